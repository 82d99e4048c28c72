"""Compare incoming records with stored ones, save the difference, remember what was."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import router, transaction
from django.db.models import F, Max, Model, QuerySet
from django.db.models.lookups import IsNull
from django.utils import timezone

from cases.compiled import asked_again
from cases.index import note_change
from cases.models import Revision
from cases.models.choices import Source
from cases.models.fields import update_each
from cases.models.index import OTHER
from cases.records.kinds import EVERY_KIND
from cases.records.shapes import Data, Index, Problem

BATCH = 500  # few enough at a time for a database's limit of parameters


class Conflict(Exception):
    """Somebody else saved the record since it was read; nothing was written."""


@dataclass
class Plan:
    """What saving incoming records of one kind would do; nothing is saved yet.

    `changed` maps a key to the stored and the incoming canonical data; `lacks` is what drafts are
    still without.
    """

    kind: str
    new: dict[str, Data] = field(default_factory=dict)
    changed: dict[str, tuple[Data, Data]] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    lacks: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Provenance:
    """The newest revision of a record: where it came from, and whether it deleted the record."""

    source: str
    version: int
    deleted: bool


def dump(kind: str, keys=None) -> dict[str, Data]:
    """Canonical data of stored records by key; `keys` None means all."""
    spec = EVERY_KIND[kind]
    wanted = None if keys is None else set(keys)
    found = {spec.key_of(row): data for row, data in spec.stored(wanted)}
    return found if wanted is None else {k: data for k, data in found.items() if k in wanted}


def provenance(kind: str) -> dict[str, Provenance]:
    """The newest revision of every record of a kind, by key."""
    rows = asked_again(_newest, [kind], router.db_for_write(Revision))
    return {
        key: Provenance(source, version, bool(deleted)) for key, source, version, deleted in rows
    }


def _newest(kinds) -> QuerySet:
    """The newest revisions of all records of one kind; not their data, which is most of them."""
    newest = Revision.objects.filter(kind__in=kinds).values("key").annotate(newest=Max("pk"))
    rows = Revision.objects.filter(pk__in=newest.values("newest")).order_by()
    return rows.values_list("key", "source", "version", IsNull(F("data"), True))


def plan(
    kind: str,
    incoming: Mapping[str, Data],
    index: Index,
    where: Mapping[str, str],
    stored: Mapping[str, Data] | None = None,
    *,
    drafts_may_lack: bool = False,
) -> Plan:
    """Every difference between incoming and stored records, and every error of the incoming ones.

    `where` says for each key where its data stands, for the error messages. `stored` is what is
    stored under these keys, for those who have read it. At the desk `drafts_may_lack` what the
    form of a case lets them lack; in seeds nothing may be missing.
    """
    spec, result = EVERY_KIND[kind], Plan(kind)
    stored = dump(kind, incoming) if stored is None else stored
    spec.prepare(incoming.values(), index)
    for key, data in incoming.items():
        found: list[Problem] = []
        place = where.get(key, f"{kind} {key}")
        wanted = spec.reread(data, stored.get(key, {}), place, index, found)
        for problem in found:
            may_stand = drafts_may_lack and problem.may_wait
            (result.lacks if may_stand else result.problems).append(problem)
        if key not in stored:
            result.new[key] = wanted
        elif stored[key] == wanted:
            result.unchanged.add(key)
        else:
            result.changed[key] = stored[key], wanted
    return result


@transaction.atomic
def apply(
    plans: list[Plan], index: Index, *, source: Source, why: str = "", who=None, change_set=None
) -> uuid.UUID:
    """Save plans that have no problems, in one transaction, and write their revisions.

    Raises `Conflict` if a record was saved by somebody else since its plan was made.
    """
    if any(plan.problems for plan in plans):
        raise ValueError("A plan with problems cannot be applied.")
    change_set = change_set or uuid.uuid4()
    written: dict[str, dict[str, tuple[Model, Data]]] = {}
    before: dict[tuple[str, str], Data] = {}
    for each in plans:
        spec, rows = EVERY_KIND[each.kind], {}
        of_kind = written.setdefault(each.kind, {})
        wanted = [*each.new.values(), *(data for _there, data in each.changed.values())]
        spec.prepare(wanted, index)
        # A row whose key is its primary key would not be refused but overwritten.
        if each.new and (there := dump(each.kind, each.new)):
            raise Conflict(f"{spec.name} {', '.join(there)} was made by somebody else meanwhile.")
        for key, data in each.new.items():
            row = spec.model()
            spec.save(row, data, index)
            index.add(each.kind, key, row.pk)
            of_kind[key] = row, data
        if each.changed:
            # Locked before they are read, until the transaction ends.
            waiting = spec.stored(each.changed, lock=True)
            rows = {spec.key_of(row): (row, there) for row, there in waiting}
        for key, (stored, data) in each.changed.items():
            row, there = rows.get(key, (None, None))
            if there != stored:
                raise Conflict(f"{spec.name} {key} was changed by somebody else meanwhile.")
            spec.assign(row, data, index)
            of_kind[key] = row, data
            before[each.kind, key] = stored
        update_each(of_kind[key][0] for key in each.changed)
    for kind, of_kind in written.items():
        spec, changed = EVERY_KIND[kind], []
        for key, (row, data) in of_kind.items():
            if (kind, key) in before:
                changed.append((row, before[kind, key], data))
            else:
                spec.link(row, data, index)
        spec.relink(changed, index)
    for kind, of_kind in written.items():
        _write_revisions(kind, of_kind, source, why, who, change_set)
    return change_set


def _write_revisions(
    kind: str, written: Mapping[str, tuple[Model, Data]], source, why, who, change_set
) -> None:
    """One revision a record, numbered on from its newest, and the row's version after it."""
    now, newest, revisions = timezone.now(), {}, []
    keys = list(written)
    for first in range(0, len(keys), BATCH):
        of_batch = keys[first : first + BATCH]
        past = Revision.objects.filter(kind=kind, key__in=of_batch).values("key").order_by()
        newest |= dict(past.annotate(newest=Max("version")).values_list("key", "newest"))
    for key, (row, data) in written.items():
        row.version = newest.get(key, 0) + 1
        row.changed_on = now
        revisions.append(
            Revision(
                kind=kind,
                key=key,
                version=row.version,
                source=source,
                why=why,
                who=who,
                change_set=change_set,
                data=data,
            )
        )
    update_each([row for row, _data in written.values()], ["version", "changed_on"])
    Revision.objects.bulk_create(revisions, batch_size=BATCH)
    _note_change(kind)


def _note_change(kind: str) -> None:
    """Tell what counts in memory; whoever saves a case has it indexed, which tells so too."""
    if kind not in ("case", "working_copy"):
        note_change(OTHER)


def _as_stored(kind: str, key: str) -> dict[str, tuple[Model, Data]]:
    """One record as it is, by its key; nothing if it is not there."""
    spec = EVERY_KIND[kind]
    found = {spec.key_of(row): (row, data) for row, data in spec.stored([key])}
    return {key: found[key]} if key in found else {}


def note_saved(kind: str, key: str, *, source: Source, who=None, why="", change_set=None) -> bool:
    """Write a revision of a record saved by other means, such as an admin form.

    Returns False if the record is what its newest revision says already.
    """
    newest = Revision.objects.filter(kind=kind, key=key).order_by("-pk").first()
    there = _as_stored(kind, key)
    if newest and newest.data == (there[key][1] if there else None):
        return False
    _write_revisions(kind, there, source, why, who, change_set or uuid.uuid4())
    return True


def note_belonging(kind: str, key: str, *, source: Source, why: str, who=None) -> None:
    """Write a revision of a record that is as it was: what belongs to it was saved, as `why` says.

    So the history of a document tells of its editions, which are no records of their own.
    """
    _write_revisions(kind, _as_stored(kind, key), source, why, who, uuid.uuid4())


def note_deleted(kind: str, key: str, *, source: Source, who=None, why="", change_set=None) -> None:
    """Write the revision that says a record is gone, so that no seed brings it back."""
    newest = Revision.objects.filter(kind=kind, key=key).aggregate(Max("version"))["version__max"]
    Revision.objects.create(
        kind=kind,
        key=key,
        version=(newest or 0) + 1,
        source=source,
        who=who,
        why=why,
        change_set=change_set or uuid.uuid4(),
        data=None,
    )
    _note_change(kind)
