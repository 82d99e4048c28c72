"""From first warning to first action: the interval between two dates that may be uncertain."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from cases import edtf
from cases.models.choices import Phase, Scope

# The earliest and the latest day of something dated.
Days = tuple[date, date]


class Gap(NamedTuple):
    """Whole days: at least, and at most; None where they are not stated."""

    least: int | None
    most: int | None


def opens(scheme: str, phase: str, scope: str) -> bool:
    """Whether a statement begins the case and the clock."""
    return scheme == "event" and phase == Phase.OPENING and scope != Scope.PATTERN


def acts(scheme: str, scope: str) -> bool:
    """Whether a statement says what was done about it."""
    return scheme == "tool" and scope != Scope.PATTERN


def gap(openings: Collection[Days], actions: Collection[Days]) -> Gap:
    """The gap from the first dated opening to the first dated action.

    At least the action's earliest day less the opening's latest, at most the reverse, never below
    0. None where either is undated, or where the action was over before the opening began; an
    action without a stated end sets no upper bound.
    """
    if not openings or not actions:
        return Gap(None, None)
    opening, action = min(openings), min(actions)
    if action[1] < opening[0]:
        return Gap(None, None)
    most = None if action[1] == edtf.OPEN_END else (action[1] - opening[0]).days
    return Gap(max((action[0] - opening[1]).days, 0), most)
