"""Two editors on one record: what was saved while a form was open, and what is to become of it.

A form carries the version of the record that it was opened with. When it comes back and the record
has moved on, what the form would save is worked out (in a transaction that is taken back), and
three states are compared: the version that the form was opened with, the one that is there now
(theirs), and what the form would make of it (ours).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db import models
from django.db.models import F
from django.http import QueryDict

from cases import records
from cases.admin.changes import ChoiceShown, Shown, Wording, listed
from cases.models import Revision
from cases.records import statements
from cases.records.differences import Clash, Merge, merge, path_of, steps_of
from cases.records.shapes import Data

# Hidden in every form: the version that it was opened with; the one that its editor was shown.
READ_VERSION = "read_version"
SEEN_VERSION = "seen_version"
# Begins the names of the choices between theirs and ours; the path of the cell follows.
CHOICE = "take:"
THEIRS, OURS = "theirs", "ours"
# More rows than any form has; a posted number must not make us count to a billion.
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Record:
    """The record that a form writes: what kind it is, its key, and the row with its version."""

    kind: str
    key: str
    row: models.Model

    def now(self) -> Data | None:
        """Its canonical data as stored."""
        return records.dump(self.kind, [self.key]).get(self.key)

    def lock(self) -> int | None:
        """Keep others from saving it until the transaction ends; its version, None if it is gone.

        Who waits here for another's transaction sees the version that this one left.
        """
        same = type(self.row)._base_manager.filter(pk=self.row.pk)
        same.update(version=F("version"))
        return same.values_list("version", flat=True).first()


@dataclass
class Meanwhile:
    """What happened to a record since `version`, with which a form was opened.

    `ours` is what the form would make of the record, None as long as the form makes no sense.
    `choices` says for each path that both changed whose value is to stand.
    """

    record: Record
    version: int
    now: int
    theirs: Data | None
    choices: Mapping[str, str]
    ours: Data | None = None
    problems: list[str] = field(default_factory=list)

    @classmethod
    def since(cls, record: Record, version: int, now: int, posted: QueryDict) -> "Meanwhile":
        """What happened since a version, with what the editor chose already."""
        choices = {
            name.removeprefix(CHOICE): value
            for name, value in posted.items()
            if name.startswith(CHOICE) and value in (THEIRS, OURS)
        }
        return cls(record, version, now, record.now(), choices)

    @cached_property
    def base(self) -> Data | None:
        """The record as the form was opened with it, None if no revision tells."""
        found = Revision.objects.filter(kind=self.record.kind, key=self.record.key)
        return found.filter(version=self.version).values_list("data", flat=True).first()

    @cached_property
    def merge(self) -> Merge:
        """All three joined, as the editor chose; ours where nothing was chosen.

        Where nothing tells what the form was opened with, one is to choose between the wholes.
        """
        if self.base is None:
            result = self.theirs if self.choices.get("") == THEIRS else self.ours
            return Merge(result, [Clash("", None, self.theirs, self.ours)])
        take = [path for path, side in self.choices.items() if side == THEIRS]
        return merge(self.base, self.theirs, self.ours, take)

    @property
    def is_decided(self) -> bool:
        """Whether it is known what is to be saved."""
        return self.ours is not None and {c.path for c in self.merge.clashes} <= set(self.choices)

    def revive(self) -> None:
        """Write statements back that they deleted, so that a form that still has them can be read.

        Only in a transaction that is taken back.
        """
        there = {row["key"] for row in (self.theirs or {}).get("statements", [])}
        gone = [row for row in (self.base or {}).get("statements", []) if row["key"] not in there]
        index, problems = records.Index(), []
        all_rows = [*(self.theirs or {}).get("statements", []), *gone]
        wanted = statements.read_of_case(all_rows, "", index, problems, of_draft=True)
        if gone and all(problem.may_wait for problem in problems):
            statements.write(self.record.row, wanted, index)

    # For the page

    @cached_property
    def revisions(self) -> list[Revision]:
        """Who saved meanwhile, the newest first."""
        newer = Revision.objects.filter(kind=self.record.kind, key=self.record.key)
        newer = newer.filter(version__gt=self.version).select_related("who").defer("data")
        return list(newer.order_by("-version")[:5])

    @cached_property
    def clashes(self) -> list[ChoiceShown]:
        """What both changed."""
        found = self.merge.clashes if self.ours else []
        return [self._shown(clash) for clash in self._wording.in_order(found)]

    @cached_property
    def kept(self) -> list[Shown]:
        """What they changed and the form did not: it stays as they saved it."""
        theirs = self._wording.shown(self.base, self.theirs) if self.base else []
        taken = {clash.path for clash in self.merge.clashes} if self.ours else set()
        return [
            each
            for each in theirs
            if each.path not in taken and path_of(steps_of(each.path)[:2]) not in taken
        ]

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self.record.kind, [self.base, self.ours, self.theirs])

    def _shown(self, clash: Clash) -> ChoiceShown:
        name, chosen = f"{CHOICE}{clash.path}", self.choices.get(clash.path, "")
        choice = self._wording.choice(clash, name, chosen)
        if clash.path or not self.theirs:
            return choice
        differing = self._wording.shown(self.theirs, self.ours)
        theirs = listed((each.label, each.old) for each in differing)
        ours = listed((each.label, each.new) for each in differing)
        return replace(choice, theirs=theirs, ours=ours)


def number(text: str | None) -> int:
    """A posted version; what is none is -1, which no record has."""
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else -1


def rows_found_again(
    posted: QueryDict, prefix: str, rows: models.QuerySet, owner: str
) -> tuple[QueryDict, models.QuerySet]:
    """What was posted for a formset, fitted to rows that changed since the form was opened.

    A posted row whose row is gone is taken for the one that says the same (imports write rows
    anew), or else for a new one. Gives the fitted data, and of the rows those that it speaks of.
    """
    total = min(number(posted.get(f"{prefix}-TOTAL_FORMS")), MOST_ROWS)
    names, key = _named_by(rows.model, owner), rows.model._meta.pk.name
    living = {str(row.pk): row for row in rows}
    found = {}
    for place in range(total):
        if (pk := posted.get(f"{prefix}-{place}-{key}", "")) in living:
            found[place] = pk
    says = {
        tuple(str(row.serializable_value(name)) for name in names): pk
        for pk, row in living.items()
        if pk not in found.values()
    }
    for place in set(range(total)) - set(found):
        said = tuple(posted.get(f"{prefix}-{place}-{name}", "") for name in names)
        if any(said) and said in says:
            found[place] = says.pop(said)
    order = list(living)
    old_rows = sorted(found, key=lambda place: order.index(found[place]))
    places = [*old_rows, *(place for place in range(total) if place not in found)]
    moved = {str(old): new for new, old in enumerate(places)}
    result = QueryDict(mutable=True)
    for name, values in posted.lists():
        row = re.fullmatch(rf"{re.escape(prefix)}-(\d+)-([A-Za-z_].*)", name)
        if row and row[1] in moved:
            name = f"{prefix}-{moved[row[1]]}-{row[2]}"
        result.setlist(name, values)
    for old, new in moved.items():
        result[f"{prefix}-{new}-{key}"] = found.get(int(old), "")
    result[f"{prefix}-INITIAL_FORMS"] = str(len(found))
    # For formsets that read their rows by themselves.
    result.spoken_of = {int(pk) for pk in found.values()}
    return result, rows.filter(pk__in=found.values())


def _named_by(model: type[models.Model], owner: str) -> list[str]:
    """The columns that tell rows of one owner apart."""
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and owner in rule.fields:
            return [name for name in rule.fields if name != owner]
    return []
