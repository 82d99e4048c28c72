"""Codes and names written like one that is not known, for the sentences that refuse it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

# Of 100: at least so many of the letters of both stand in both, in the same order.
ALIKE = 65


def written_alike(said: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Those of the known that are written most like what was said, the likest first.

    Of those equally like, the first ones of `known`; none if nothing is like it.
    """
    found = process.extract(said, list(known), scorer=fuzz.ratio, limit=most, score_cutoff=ALIKE)
    return [each for each, _score, _place in found]


def not_known(code: str, known: Iterable[str]) -> str:
    """The sentence that a code is none of these, with those that may be meant."""
    return _("“%(code)s” is not known here.") % {"code": code} + meant(code, known)


def meant(said: str, known: Iterable[str], most: int = 3) -> str:
    """A question whether what is written alike is meant, to follow a sentence, or nothing."""
    found = written_alike(said, known, most)
    return " " + _("Did you mean %(near)s?") % {"near": ", ".join(found)} if found else ""
