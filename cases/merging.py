"""Making one record of two that mean the same: nothing is lost, and old codes go on working.

What named the record that goes names the other one afterwards. An actor that goes is deleted, its
names kept by the other; so is a case, whose statements, places and relations the other takes over;
a term that goes is retired and replaced. All leave an OldCode, by which addresses, filters, imports
and seeds find what stands there now. Every record that changed gets a revision, all with one
change set.
"""

import uuid
from dataclasses import dataclass, field

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import index, reasons, records
from cases.models import (
    Actor,
    ActorName,
    Case,
    CaseRelation,
    Document,
    OldCode,
    Statement,
    StatementActor,
    Term,
)
from cases.models.choices import Coverage, NameKind, Source
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES
from cases.records import Data, Index, Plan


class MergeRefused(Exception):
    """The two cannot be made one; `sentences` say why."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass
class Preview:
    """What a merge would do: the records it changes by kind, and why it is refused, if it is."""

    changed: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(map(len, self.changed.values()))


def preview(kind: str, old: models.Model, new: models.Model) -> Preview:
    """Which records would change if the old one became part of the new one; nothing is saved."""
    refused = []
    if old.pk == new.pk:
        refused.append(_("A record cannot be merged with itself."))
    elif kind == "term" and old.scheme != new.scheme:
        refused.append(_("Terms of two vocabularies cannot become one."))
    elif kind == "term" and new.retired_on:
        refused.append(_("“%(term)s” is retired: merge into a term in use.") % {"term": new})
    elif kind == "case":
        refused += [
            _("“%(case)s” has a working copy: publish or discard it first.") % {"case": each}
            for each in (old, new)
            if Case.objects.filter(working_copy_of=each).exists()
        ]
        refused += [str(each) for each in _plan_of_case(old, new).problems]
    if refused:
        return Preview(refused=refused)
    touched = _TOUCHED[kind](old)
    return Preview({name: sorted(set(keys)) for name, keys in touched.items() if keys})


@transaction.atomic
def merge(kind: str, old: models.Model, new: models.Model, *, who=None, why: str = "") -> uuid.UUID:
    """Make the old record part of the new one; returns the change set. MergeRefused says why not.

    The statements, names and other records that named the old one name the new one afterwards.
    """
    found = preview(kind, old, new)
    if found.refused:
        raise MergeRefused(found.refused)
    spec, mark = records.KINDS[kind], uuid.uuid4()
    old_code, new_code = spec.key_of(old), spec.key_of(new)
    why = why or reasons.MERGED % {"old": old_code, "new": new_code}
    noted = {"source": Source.ADMIN, "who": who, "why": why[:300], "change_set": mark}
    if kind == "case":
        _merge_case(old, new, **noted)
    else:
        (_merge_actor if kind == "actor" else _merge_term)(old, new)
    if kind != "term":
        records.note_deleted(kind, old_code, **noted)
    OldCode.objects.filter(kind=kind, target=old_code).update(target=new_code)
    OldCode.objects.create(kind=kind, code=old_code, target=new_code)
    for name, keys in found.changed.items():
        for key in keys:
            if (name, key) != (kind, old_code) or kind == "term":
                records.note_saved(name, key, **noted)
    records.note_saved(kind, new_code, **noted)
    index.refresh({*found.changed.get("case", []), *([new_code] if kind == "case" else [])})
    return mark


def _cases_and_findings(statements) -> dict[str, list[str]]:
    originals = statements.filter(case__working_copy_of=None)
    return {
        "case": list(originals.filter(case__isnull=False).values_list("case__slug", flat=True)),
        "finding": list(statements.filter(case=None).values_list("key", flat=True)),
    }


def _touched_by_actor(actor: Actor) -> dict[str, list[str]]:
    said = Statement.objects.filter(parts__actor=actor).distinct()
    named = Actor.objects.filter(models.Q(parent=actor) | models.Q(successor=actor))
    return _cases_and_findings(said) | {
        "actor": list(named.values_list("code", flat=True)),
        "document": list(Document.objects.filter(issuer=actor).values_list("code", flat=True)),
    }


def _touched_by_term(term: Term) -> dict[str, list[str]]:
    said = Statement.objects.filter(models.Q(term=term) | models.Q(about=term)).distinct()
    named = Term.objects.filter(models.Q(broader=term) | models.Q(replaced_by=term))
    return _cases_and_findings(said) | {
        "actor": list(Actor.objects.filter(type=term).values_list("code", flat=True)),
        "term": [term.id, *named.values_list("id", flat=True)],
    }


def _touched_by_case(case: Case) -> dict[str, list[str]]:
    related = CaseRelation.objects.filter(to=case, case__working_copy_of=None)
    return {"case": [case.slug, *related.values_list("case__slug", flat=True)]}


_TOUCHED = {"actor": _touched_by_actor, "term": _touched_by_term, "case": _touched_by_case}


def _merge_actor(old: Actor, new: Actor) -> None:
    parts = StatementActor.objects.filter(actor=old)
    there = StatementActor.objects.filter(
        actor=new, statement=models.OuterRef("statement"), part=models.OuterRef("part")
    )
    parts.filter(models.Exists(there)).delete()
    parts.update(actor=new)
    for name in ("parent", "successor"):
        # What would name itself says what the other one said.
        if getattr(new, f"{name}_id") == old.pk:
            other = getattr(old, f"{name}_id")
            setattr(new, f"{name}_id", None if other == new.pk else other)
        Actor.objects.filter(**{name: old}).exclude(pk=new.pk).update(**{name: new})
    new.save()
    Document.objects.filter(issuer=old).update(issuer=new)
    _take_over_names(old, new)
    old.delete()


def _take_over_names(old: Actor, new: Actor) -> None:
    """Search finds the actor by the other's names too; an actor has one official name a language.

    A name that is no longer official becomes a short one.
    """
    known = {(name.language, name.name) for name in new.names.all()}
    official = {name.language for name in new.names.all() if name.kind == NameKind.OFFICIAL}
    added = []
    for name in old.names.all():
        if (name.language, name.name) in known:
            continue
        known.add((name.language, name.name))
        is_second = name.kind == NameKind.OFFICIAL and name.language in official
        kind = NameKind.SHORT if is_second else name.kind
        order = len(known)
        added.append(
            ActorName(actor=new, language=name.language, name=name.name, kind=kind, order=order)
        )
    ActorName.objects.bulk_create(added)


def _merge_term(old: Term, new: Term) -> None:
    Statement.objects.filter(term=old).update(term=new)
    topics = Statement.about.through.objects
    there = topics.filter(term=new).values("statement")
    topics.filter(term=old, statement__in=list(there.values_list("statement", flat=True))).delete()
    topics.filter(term=old).update(term=new)
    Actor.objects.filter(type=old).update(type=new)
    if new.broader_id == old.pk:
        new.broader_id = old.broader_id
        new.save()
    Term.objects.filter(broader=old).exclude(pk=new.pk).update(broader=new)
    Term.objects.filter(replaced_by=old).update(replaced_by=new)
    Term.objects.filter(pk=old.pk).update(
        retired_on=old.retired_on or timezone.localdate(), replaced_by=new
    )


def _plan_of_case(old: Case, new: Case, index_of_rows: Index | None = None) -> Plan:
    """What the case that stays would say."""
    stored = records.dump("case", [old.slug, new.slug])
    joined = _joined(stored[new.slug], stored[old.slug])
    rows = index_of_rows or Index()
    return records.plan("case", {new.slug: joined}, rows, {}, drafts_may_lack=True)


def _merge_case(old: Case, new: Case, *, source, who, why, change_set) -> None:
    rows = Index()
    plan = _plan_of_case(old, new, rows)
    records.apply([plan], rows, source=source, who=who, why=why, change_set=change_set)
    related = CaseRelation.objects.filter(to=old)
    there = CaseRelation.objects.filter(
        to=new, case=models.OuterRef("case"), kind=models.OuterRef("kind")
    )
    related.filter(models.Q(case=new) | models.Exists(there)).delete()
    related.update(to=new)
    old.delete()


def _joined(stays: Data, goes: Data) -> Data:
    """What two cases say together: texts of the one that stays, all else of both, nothing twice."""
    both = dict(stays)
    for name in (name for name in goes if name.startswith("summary_")):
        both.setdefault(name, goes[name])
    notes = [case["internal_notes"] for case in (stays, goes) if case.get("internal_notes")]
    if notes:
        both["internal_notes"] = "\n\n".join(dict.fromkeys(notes))
    if Coverage.SUBSTANTIAL in (stays["coverage"], goes["coverage"]):
        both["coverage"] = Coverage.SUBSTANTIAL.value
    here = {row["country"] for row in stays.get("countries", [])}
    more = [row for row in goes.get("countries", []) if row["country"] not in here]
    both["countries"] = [*stays.get("countries", []), *more]
    ours = stays.get("relations", [])
    relations = [*ours, *(row for row in goes.get("relations", []) if row not in ours)]
    itself = (stays["slug"], goes["slug"])
    both["relations"] = [row for row in relations if row["to"] not in itself]
    both["regions"] = sorted({*stays.get("regions", []), *goes.get("regions", [])})
    both["statements"] = _joined_statements(stays.get("statements", []), goes.get("statements", []))
    return {name: value for name, value in both.items() if value != []}


def _joined_statements(ours: list[Data], theirs: list[Data]) -> list[Data]:
    """The statements of both, those of the second under keys that are free; silence gives way."""
    taken = {statement["key"] for statement in ours}
    said = [_without_key(statement) for statement in ours]
    new_keys: dict[str, str] = {}
    added = []
    for statement in theirs:
        if _without_key(statement) in said:
            twin = ours[said.index(_without_key(statement))]
            new_keys[statement["key"]] = twin["key"]
            continue
        new_keys[statement["key"]] = _free_key(statement["key"], taken)
        added.append(statement | {"key": new_keys[statement["key"]]})
    for statement in added:
        if "credited_to" in statement:
            statement["credited_to"] = sorted(new_keys[key] for key in statement["credited_to"])
    everything = [*ours, *added]
    told = {
        scheme
        for scheme, code in (statement["term"].split(":") for statement in everything)
        if scheme in HEADER_SCHEMES and code not in ABSENCE_CODES
    }
    silences = {f"{scheme}:{code}" for scheme in told for code in ABSENCE_CODES}
    return [statement for statement in everything if statement["term"] not in silences]


def _without_key(statement: Data) -> Data:
    return {name: value for name, value in statement.items() if name != "key"}


def _free_key(key: str, taken: set[str]) -> str:
    free, number = key, 1
    while free in taken:
        number += 1
        free = f"{key}-{number}"
    taken.add(free)
    return free
