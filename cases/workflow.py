"""How a case comes to its readers and goes from them: states, steps, working copies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import index, records
from cases.models import Case, Revision
from cases.models.choices import Coding, Review, Source
from cases.models.vocabulary import SCHEMES
from cases.records.completeness import Lack, lacks
from cases.records.differences import Clash, Difference, differences, merge, steps_of
from cases.records.shapes import Data

CHANGE, PUBLISHES, WITHDRAWS = (f"cases.{each}_case" for each in ("change", "publish", "withdraw"))
LONGEST_WHY = Revision._meta.get_field("why").max_length
# Where the record stands, not what it says: a working copy never brings these to its case.
STANDING = ("review", "coding")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Step:
    """One way from a state to another: who may go it, and whether a reason is due."""

    name: str
    before: Review
    after: Review
    permission: str
    label: Any
    done: Any
    asks_why: bool = False


STEPS = {
    step.name: step
    for step in (
        Step(
            *("submit", Review.DRAFT, Review.IN_REVIEW, CHANGE),
            *(gettext_lazy("Send to review"), gettext_lazy("Sent to review")),
        ),
        Step(
            *("return", Review.IN_REVIEW, Review.DRAFT, CHANGE),
            *(gettext_lazy("Send back to draft"), gettext_lazy("Sent back to draft")),
            asks_why=True,
        ),
        Step(
            *("publish", Review.IN_REVIEW, Review.PUBLISHED, PUBLISHES),
            *(gettext_lazy("Publish"), gettext_lazy("Published")),
        ),
        Step(
            *("withdraw", Review.PUBLISHED, Review.WITHDRAWN, WITHDRAWS),
            *(gettext_lazy("Withdraw"), gettext_lazy("Withdrawn")),
            asks_why=True,
        ),
        Step(
            *("reopen", Review.WITHDRAWN, Review.DRAFT, WITHDRAWS),
            *(gettext_lazy("Make a draft again"), gettext_lazy("Made a draft again")),
            asks_why=True,
        ),
    )
}


class Missing(NamedTuple):
    """What a case lacks, and the address of the form in which it is mended."""

    what: str
    address: str


class Refused(Exception):
    """A step that cannot be gone; nothing was written.

    `missing` is what the case lacks, `clashes` what its case and a working copy both changed.
    """

    def __init__(self, *sentences: str, missing: list[Missing] = (), clashes: list[Clash] = ()):
        super().__init__(*sentences)
        self.sentences, self.missing, self.clashes = list(sentences), list(missing), list(clashes)

    def __str__(self) -> str:
        return " ".join([*self.sentences, *(each.what for each in self.missing)])


class Move(NamedTuple):
    """One step that was gone, as its revision tells; a working copy may also be «discarded»."""

    when: datetime
    who: Any
    why: str
    before: str
    after: str
    of_copy: bool
    change_set: UUID

    @property
    def told(self) -> str:
        """The new state in words."""
        ends = {"deleted": _("deleted"), "discarded": _("discarded")}
        return str(dict(Review.choices).get(self.after) or ends[self.after])


# Who may write where


def kind_of(case: Case) -> str:
    """The kind of record that a row is."""
    return "working_copy" if case.working_copy_of_id else "case"


def may_write(case: Case, who) -> bool:
    """Whether somebody's changes go into this very row."""
    open_to_editors = case.review in (Review.DRAFT, Review.IN_REVIEW)
    return who.has_perm(CHANGE) and (open_to_editors or who.has_perm(PUBLISHES))


def goes_to_copy(case: Case, who) -> bool:
    """Whether somebody's changes go into a working copy of this case."""
    return case.review == Review.PUBLISHED and who.has_perm(CHANGE) and not may_write(case, who)


def working_copy(case: Case) -> Case | None:
    """The working copy of a case, if there is one."""
    return Case.objects.filter(working_copy_of=case.pk).first()


@transaction.atomic
def writable(case: Case, who) -> Case:
    """The row in which somebody may change a case: itself, or its working copy, made if need be.

    Raises Refused where he may change neither.
    """
    if may_write(case, who):
        return case
    if not goes_to_copy(case, who):
        raise Refused(_("You may not change this case."))
    original = _locked(case)
    return working_copy(original) or _make_copy(original, _data(original), who)


@transaction.atomic
def change_in_copy(case: Case, who, change: Callable[[], Result]) -> tuple[Result, Case | None]:
    """Run what changes the rows of a published case, and keep it as a working copy instead.

    The case itself is left as it was; other records that were saved with it (a quotation, an
    actor) stay saved. The copy is None if nothing was changed. Raises Refused if there is a
    working copy already.
    """
    original = _locked(case)
    if working_copy(original):
        raise Refused(_("There is a working copy of this case already: make the change there."))
    before, last = _data(original), Revision.objects.aggregate(Max("pk"))["pk__max"] or 0
    try:
        with transaction.atomic():
            result = change()
            after = _data(original)
            others = list(Revision.objects.filter(pk__gt=last, who=who).exclude(kind="case"))
            raise _Undo
    except _Undo:
        pass
    if after == before:
        return result, None
    _save_again(others, who)
    return result, _make_copy(original, after, who, before)


class _Undo(Exception):
    """Takes back what was written inside, on purpose."""


def _save_again(revisions: list[Revision], who) -> None:
    """Save records as these revisions say, where that is no longer so."""
    wanted: dict[str, dict[str, Data]] = {}
    for revision in sorted(revisions, key=lambda each: each.pk):
        if revision.data is not None:
            wanted.setdefault(revision.kind, {})[revision.key] = revision.data
    there, found = records.Index(), []
    for kind in records.KINDS:
        there.expect(kind, wanted.get(kind, ()))
    for kind in records.KINDS:
        if kind in wanted:
            found.append(records.plan(kind, wanted[kind], there, {}))
    records.apply(found, records.Index(), source=Source.ADMIN, who=who)


def _make_copy(original: Case, data: Data, who, base: Data | None = None) -> Case:
    """A working copy that says `data`, taken from the case as `base` says it (`data` if None)."""
    newest = Revision.objects.filter(kind="case", key=original.slug).order_by("-version").first()
    if newest is None or newest.data != (base or data):
        # The base of the copy must be a revision: this one writes down what is there.
        records.note_saved("case", original.slug, source=Source.ADMIN, who=None)
    slug, wanted = original.slug, data | {"review": Review.DRAFT.value}
    plan = records.Plan("working_copy", new={slug: wanted})
    records.apply([plan], records.Index(), source=Source.ADMIN, who=who)
    index.refresh([slug])
    return working_copy(original)


# What is missing


def missing(case: Case) -> list[Missing]:
    """All that the case, or working copy, lacks for publication, with where it is mended."""
    return _linked(case, lacks(_data(case)))


def _linked(case: Case, found: list[Lack]) -> list[Missing]:
    keys = dict(case.statements.values_list("key", "pk"))
    return [Missing(each.what, _address(case, steps_of(each.path), keys)) for each in found]


def _address(case: Case, steps: list[str], keys: Mapping[str, int]) -> str:
    if steps[0] == "statements" and steps[1] in keys:
        return reverse("admin:cases_statement_change", args=[keys[steps[1]]])
    place = f"scheme-{steps[0]}" if steps[0] in SCHEMES else f"id_{steps[0]}"
    return f"{reverse('admin:cases_case_change', args=[case.pk])}#{place}"


# Steps


def state_of(case: Case) -> str:
    """A mark that changes whenever the row, or the case that it is a copy of, is saved anew."""
    row = Case.objects.select_related("working_copy_of").get(pk=case.pk)
    base = row.working_copy_of
    return f"{row.pk}.{row.review}.{row.version}" + (f".{base.version}" if base else "")


def steps_for(case: Case, who) -> list[Step]:
    """The steps that somebody may go from where the case is."""
    return [step for step in STEPS.values() if not _objections(case, step, who)]


@transaction.atomic
def move(
    case: Case,
    step: Step,
    who,
    *,
    why: str = "",
    seen: str | None = None,
    choices: Mapping[str, str] | None = None,
    change_set: UUID | None = None,
) -> Case:
    """Go one step, and write who did, when and why; gives the row that readers see or may see.

    `seen` is what `state_of` said when the case was looked at. `choices` settles, for a working
    copy, what the case and the copy both changed: by path, `case` or `copy`. Raises Refused, with
    every reason, and then nothing was written.
    """
    row, why = _locked(case), why.strip()
    objections = _objections(row, step, who)
    if step.asks_why and not why:
        objections.append(_("Say why."))
    if len(why) > LONGEST_WHY:
        objections.append(_("The reason is longer than %(n)d characters.") % {"n": LONGEST_WHY})
    if seen is not None and seen != state_of(row):
        objections.append(_("Somebody changed it since you looked: look again, then decide."))
    if objections:
        raise Refused(*objections)
    mark = change_set or uuid4()
    if step.after == Review.PUBLISHED:
        if row.working_copy_of_id:
            return _publish_copy(row, who, why, choices or {}, mark)
        if lacking := missing(row):
            raise Refused(_("It is not complete."), missing=lacking)
        row.coding, row.published_on = _coding(row, who), row.published_on or timezone.now()
    row.review = step.after
    row.save(update_fields=["review", "coding", "published_on"])
    key = {"kind": kind_of(row), "key": row.slug}
    records.note_saved(**key, source=Source.ADMIN, who=who, why=why, change_set=mark)
    index.refresh([row.slug])
    row.refresh_from_db()
    return row


def _objections(case: Case, step: Step, who) -> list[str]:
    found = []
    if not who.has_perm(step.permission):
        found.append(_("You may not do this."))
    if case.review != step.before:
        said = {"state": case.get_review_display(), "needed": step.before.label}
        found.append(_("Its state is «%(state)s»; for this it must be «%(needed)s».") % said)
    return found


def _coding(case: Case, who) -> str:
    """Who alone wrote what he publishes is a single coder; another's check makes it reviewed."""
    writers = _writers(case)
    if writers == {who.pk}:
        return Coding.SINGLE
    if writers and case.coding == Coding.SINGLE:
        return Coding.REVIEWED
    return case.coding


def _writers(case: Case) -> set[int | None]:
    """Who changed what the case says since it last became a draft; None is no account's doing."""
    rows = Revision.objects.filter(kind="case", key=case.slug).order_by("version")
    writers: set[int | None] = set()
    before: Data = {}
    for who, data in rows.values_list("who", "data"):
        if data is None or before.get("review") == Review.WITHDRAWN != data["review"]:
            writers = set()
        if data is not None and _said(data) != _said(before):
            writers.add(who)
        before = data or {}
    return writers


def _said(data: Data) -> Data:
    return {name: value for name, value in data.items() if name not in STANDING}


def moves(case: Case) -> list[Move]:
    """The steps that a case and its working copies went, the newest first."""
    found: list[Move] = []
    rows = Revision.objects.filter(key=case.slug, kind__in=("case", "working_copy"))
    rows = rows.select_related("who").defer("data").order_by("pk")
    states = dict(rows.values_list("pk", "data__review"))
    published = {each.change_set for each in rows if each.kind == "case" and states[each.pk]}
    before = {"case": "", "working_copy": ""}
    for each in rows:
        after, of_copy = states[each.pk] or "", each.kind == "working_copy"
        if after == before[each.kind]:
            continue
        told = after or ("deleted" if not of_copy else "discarded")
        if of_copy and not after and each.change_set in published:
            told = Review.PUBLISHED.value
        step = (before[each.kind], told, of_copy, each.change_set)
        found.append(Move(each.when, each.who, each.why, *step))
        before[each.kind] = after
    return found[::-1]


# Working copies


@dataclass(frozen=True)
class Proposal:
    """What publishing a working copy would do to its case.

    `wanted` is what the case would say; of what both changed, `clashes`, it has the copy's unless
    the case's was chosen. `states` is all that the two ever said, the newest last.
    """

    differences: list[Difference]
    clashes: list[Clash]
    wanted: Data
    states: list[Data]


def proposal(copy: Case, choices: Mapping[str, str] | None = None) -> Proposal:
    """Compare a working copy with its case: from the version that it was taken from, three-way."""
    original = _data(copy.working_copy_of)
    base = Revision.objects.get(kind="case", key=copy.slug, version=copy.base_version).data
    kept = [path for path, side in (choices or {}).items() if side == "case"]
    states = [_said(each) for each in (base, original, _data(copy))]
    merged = merge(*states, kept)
    found = differences(states[1], merged.result)
    standing = {name: original[name] for name in STANDING}
    return Proposal(found, merged.clashes, merged.result | standing, [*states, merged.result])


def _publish_copy(copy: Case, who, why: str, choices: Mapping[str, str], mark: UUID) -> Case:
    original = _locked(copy.working_copy_of)
    if original.review != Review.PUBLISHED:
        said = {"state": original.get_review_display()}
        raise Refused(
            _("The case itself is «%(state)s»: publish it first, then its working copy.") % said
        )
    asked = proposal(copy, choices)
    open_clashes = [each for each in asked.clashes if each.path not in choices]
    if open_clashes:
        raise Refused(
            _("The case was changed meanwhile, in the same places: choose what is to stand."),
            clashes=open_clashes,
        )
    if lacking := lacks(asked.wanted):
        raise Refused(_("It is not complete."), missing=_linked(copy, lacking))
    there = records.Index()
    plan = records.plan("case", {copy.slug: asked.wanted}, there, {})
    if plan.problems:
        raise Refused(*(problem.what for problem in plan.problems))
    records.apply([plan], there, source=Source.ADMIN, who=who, why=why, change_set=mark)
    _drop(copy, who, why, mark)
    original.refresh_from_db()
    return original


@transaction.atomic
def discard(copy: Case, who, why: str, *, seen: str | None = None) -> Case:
    """Throw a working copy away; its revisions keep what it said. Gives the case."""
    row = _locked(copy)
    if not may_write(row, who):
        raise Refused(_("You may not do this."))
    if not why.strip():
        raise Refused(_("Say why."))
    if seen is not None and seen != state_of(row):
        raise Refused(_("Somebody changed it since you looked: look again, then decide."))
    original = row.working_copy_of
    _drop(row, who, why.strip(), uuid4())
    return original


def _drop(copy: Case, who, why: str, mark: UUID) -> None:
    said = {"source": Source.ADMIN, "who": who, "why": why, "change_set": mark}
    records.note_deleted("working_copy", copy.slug, **said)
    copy.delete()
    index.refresh([copy.slug])


def _locked(case: Case) -> Case:
    """The row as it is now, for this transaction alone."""
    row = Case.objects.select_for_update().filter(pk=case.pk).first()
    if row is None:
        raise Refused(_("It is no longer there."))
    return row


def _data(case: Case) -> Data:
    return records.dump(kind_of(case), [case.slug])[case.slug]
