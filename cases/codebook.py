"""The codebook: every vocabulary, fixed choice, field and file column, made from the live model.

One entry is one code with its names and meaning in the three languages. Counts are over published
cases, general rules left out, and over findings; what stays at the desk has no entry.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cases import definitions, reference
from cases.exports import BOM, TABLES, harmless
from cases.models import (
    Actor,
    ActorName,
    Case,
    CaseCountry,
    CaseRelation,
    Quotation,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
    choices,
)
from cases.models.vocabulary import ALL_SCHEMES
from cases.querysets import is_public, is_published
from cases.text import fold

PARTS = {
    "terms": _("Vocabularies"),
    "choices": _("Fixed choices"),
    "fields": _("Fields of the records"),
    "columns": _("Columns of the files"),
}
# The record of which each row of a file is one, or about which it is.
RECORD_OF_FILE = {
    "cases": "case",
    "statements": "statement",
    "evidence": "statement",
    "findings": "statement",
    "quotations": "quotation",
    "actors": "actor",
    "actor_names": "actorname",
    "terms": "term",
    "countries": "country",
    "documents": "document",
    "passages": "passage",
    "errata": "erratum",
    "references": "reference",
}


@dataclass
class Entry:
    """One code of the codebook; without a code, the group itself (a vocabulary, a record …)."""

    part: str
    group: str
    code: str
    label_en: str = ""
    label_fa: str = ""
    label_ar: str = ""
    definition_en: str = ""
    definition_fa: str = ""
    definition_ar: str = ""
    scope_note_en: str = ""
    scope_note_fa: str = ""
    scope_note_ar: str = ""
    broader: str = ""
    match: str = ""
    retired_on: str = ""
    replaced_by: str = ""
    values: str = ""
    uses: int | str = ""
    cases: int | str = ""
    uses_with_narrower: int | str = ""
    cases_with_narrower: int | str = ""
    findings: int | str = ""

    def meets(self, words: Iterable[str]) -> bool:
        """Whether each word begins a word of its code, names or meaning in any language."""
        texts = [self.code.replace("_", " "), *(getattr(self, name) for name in TEXTS), self.match]
        found = f" {fold(' '.join(filter(None, texts)))}"
        return all(f" {word}" in found for word in words)

    def rank(self, words: list[str]) -> int:
        """How near it is to the words: named so, named with them first, named with them, meant."""
        names = [self.code.replace("_", " "), *(getattr(self, name) for name in LABELS)]
        names = [f"{fold(name)} " for name in names if name]
        asked = " ".join(words)
        if f"{asked} " in names:
            return 0
        if any(name.startswith(asked) for name in names):
            return 1
        if any(all(f" {word}" in f" {name}" for word in words) for name in names):
            return 2
        return 3


COLUMNS = tuple(field.name for field in fields(Entry))
LABELS = tuple(name for name in COLUMNS if name.startswith("label_"))
TEXTS = tuple(name for name in COLUMNS if name.startswith(("label_", "definition_", "scope_")))


def groups(part: str) -> list[Entry]:
    """The groups of a part of the codebook, without counts."""
    return [
        Entry(part, group, "", **_in_languages("label", label), **_in_languages("definition", said))
        for group, label, said in _GROUPS[part]()
    ]


def entries(part: str, group: str, *, counted: bool = True) -> list[Entry]:
    """The codes of one group, in order."""
    return list(_ENTRIES[part](group, counted))


def everything(*, counted: bool = True) -> Iterator[Entry]:
    """The whole codebook: each group and after it its codes."""
    for part in PARTS:
        for group in groups(part):
            yield group
            yield from entries(part, group.group, counted=counted)


def rows(found: Iterable[Entry]) -> Iterator[list]:
    """The cells of entries, in the order of COLUMNS."""
    return ([getattr(entry, name) for name in COLUMNS] for entry in found)


def as_csv(found: Iterable[list], *, for_excel: bool = False) -> str:
    """Rows of the codebook as a file."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([harmless(cell) for cell in row] if for_excel else row)
    return (BOM if for_excel else "") + buffer.getvalue()


def _in_languages(name: str, said) -> dict[str, str]:
    """A sentence of the interface in all its languages."""
    texts = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts[f"{name}_{language}"] = str(said)
    return texts


def _meaning(said, *owners: str, name: str):
    """The sentence for a field or column: its owner's own, the model's help, or the general one."""
    for owner in owners:
        if found := definitions.MEANINGS.get(f"{owner}.{name}"):
            return found
    return said or definitions.MEANINGS.get(name, "")


# Vocabularies


def _schemes():
    return [(code, label, definitions.SCHEMES[code]) for code, label in ALL_SCHEMES.items()]


def _terms(scheme: str, counted: bool) -> Iterator[Entry]:
    counts = reference.count_terms(scheme) if counted else {}
    for term in Term.objects.filter(scheme=scheme).select_related("broader", "replaced_by"):
        entry = Entry("terms", scheme, term.code)
        for name in TEXTS:
            setattr(entry, name, getattr(term, name))
        entry.match = term.match
        entry.broader = term.broader.code if term.broader else ""
        entry.retired_on = term.retired_on.isoformat() if term.retired_on else ""
        entry.replaced_by = term.replaced_by.code if term.replaced_by else ""
        if counted:
            for name, count in counts[term.id].items():
                setattr(entry, name, count)
        yield entry


# Fixed choices


def _lists() -> dict[str, type[models.TextChoices]]:
    found = {}
    for name, each in vars(choices).items():
        if isinstance(each, type) and issubclass(each, models.TextChoices) and each.choices:
            found[re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()] = each
    return found


def _list_groups():
    return [(code, *definitions.LISTS[code]) for code in _lists() if code in definitions.LISTS]


def _choices(group: str, counted: bool) -> Iterator[Entry]:
    values = _lists()[group]
    uses, cases = _count_choices(values) if counted else ({}, {})
    for value, label in values.choices:
        entry = Entry("choices", group, value, **_in_languages("label", label))
        if said := definitions.CHOICES.get(f"{group}.{value}"):
            for name, sentence in _in_languages("definition", said).items():
                setattr(entry, name, sentence)
        if counted:
            entry.uses, entry.cases = uses.get(value, 0), cases.get(value, 0 if cases else "")
        yield entry


def _count_choices(values: type[models.TextChoices]) -> tuple[dict, dict]:
    """How many rows have each value and, where they are rows of cases, in how many cases."""
    uses: dict[str, int] = {}
    cases: dict[str, int] = {}
    for record, field in _fields_with(values):
        rows, case = _public_rows(record)
        counts = {"n": Count("pk")} | ({"in_cases": Count(case, distinct=True)} if case else {})
        for row in rows.order_by().values(field).annotate(**counts):
            value = row[field]
            uses[value] = uses.get(value, 0) + row["n"]
            if case:
                cases[value] = cases.get(value, 0) + row["in_cases"]
    return uses, cases


def _fields_with(values: type[models.TextChoices]) -> list[tuple[str, str]]:
    return [
        (record, field.name)
        for record in definitions.RECORDS
        for field in _fields_of(record)
        if field.choices and [value for value, _label in field.choices] == values.values
    ]


# Fields of the records


def _model(record: str) -> type[models.Model]:
    return apps.get_model("cases", record)


def _records():
    return [
        (record, _model(record)._meta.verbose_name, said)
        for record, said in definitions.RECORDS.items()
    ]


def _fields_of(record: str) -> list[models.Field]:
    """The fields that a reader can meet, in the model's order."""
    meta = _model(record)._meta
    own = [*meta.concrete_fields, *meta.many_to_many]
    return [
        field
        for field in own
        if not isinstance(field, models.AutoField)
        and f"{record}.{field.name}" not in definitions.NOT_FOR_READERS
    ]


def _public_rows(record: str) -> tuple[models.QuerySet, str]:
    """The rows that readers may see, and the way from a row to its case (empty: it has none)."""
    # Along joins: as a subquery all of them would be made anew for every row.
    told = is_public("statement__") & ~Q(statement__scope=choices.Scope.PATTERN)
    if record == "case":
        return Case.objects.published(), "pk"
    if record == "casecountry":
        return CaseCountry.objects.filter(is_published("case__")), "case"
    if record == "caserelation":
        return CaseRelation.objects.filter(is_published("case__"), is_published("to__")), "case"
    if record == "statement":
        return Statement.objects.counted().filter(is_public()), "case"
    if record == "statementactor":
        return StatementActor.objects.filter(told), "statement__case"
    if record == "statementquotation":
        return StatementQuotation.objects.filter(told), "statement__case"
    if record == "quotation":
        used = StatementQuotation.objects.filter(told, quotation=OuterRef("pk"))
        return Quotation.objects.filter(Exists(used)), ""
    if record == "actor":
        return Actor.objects.public(), ""
    if record == "actorname":
        return ActorName.objects.filter(actor__in=Actor.objects.public()), ""
    return _model(record).objects.all(), ""


def _fields(group: str, counted: bool) -> Iterator[Entry]:
    own = _fields_of(group)
    counts = _count_filled(group, own) if counted else {}
    lists = {tuple(each.values): code for code, each in _lists().items()}
    for field in own:
        said = _meaning(field.help_text, group, name=field.name)
        label = definitions.LABELS.get(field.name) if not field.editable else None
        entry = Entry(
            "fields",
            group,
            field.name,
            **_in_languages("label", label or field.verbose_name),
            **_in_languages("definition", said),
            values=_values_of(field, lists),
        )
        if counted:
            entry.uses, entry.cases = counts[field.name]
        yield entry


def _values_of(field: models.Field, lists: dict) -> str:
    """What a field holds: a list of choices, a record, or a plain type."""
    if field.related_model:
        return field.related_model._meta.model_name
    if field.choices:
        return lists.get(tuple(value for value, _label in field.choices), "scheme")
    kinds = {
        "EdtfField": "edtf",
        "DateField": "date",
        "DateTimeField": "time",
        "DecimalField": "number",
        "JSONField": "json",
    }
    name = type(field).__name__
    return kinds.get(name, "number" if name.endswith("IntegerField") else "text")


# Plain types of fields; every other value is a list of choices, a record, or any vocabulary.
TYPES = {
    "edtf": _("a date in EDTF"),
    "date": _("a day"),
    "time": _("a point in time"),
    "number": _("a number"),
    "json": _("a list (JSON)"),
    "text": _("a text"),
    "scheme": _("the name of a vocabulary"),
}


def group_of(values: str) -> tuple[str, str] | None:
    """The part and the group of the codebook in which the values of a field stand."""
    if values == "term":
        return "terms", ""
    if values in definitions.RECORDS:
        return "fields", values
    return ("choices", values) if values in definitions.LISTS else None


def _count_filled(record: str, own: list[models.Field]) -> dict[str, tuple]:
    """In how many rows, and of how many cases, each field is not empty; one query."""
    rows, case = _public_rows(record)
    counts = {}
    for at, field in enumerate(own):
        if field.many_to_many:
            through = field.remote_field.through
            filled = Q(Exists(through.objects.filter(**{field.m2m_field_name(): OuterRef("pk")})))
        else:
            filled = Q(**{f"{field.name}__isnull": False})
            if isinstance(field, models.CharField | models.TextField):
                filled &= ~Q(**{field.name: ""})
        counts[f"n{at}"] = Count("pk", filter=filled)
        if case:
            counts[f"c{at}"] = Count(case, filter=filled, distinct=True)
    found = rows.order_by().aggregate(**counts)
    return {field.name: (found[f"n{at}"], found.get(f"c{at}", "")) for at, field in enumerate(own)}


# Columns of the files


def _files():
    return [(name, name, definitions.FILES[name]) for name in TABLES]


def _columns(group: str, counted: bool) -> Iterator[Entry]:
    """Without counts: a column is filled where its record's field is."""
    record = RECORD_OF_FILE[group]
    for column in TABLES[group].columns:
        try:
            field = _model(record)._meta.get_field(column)
        except FieldDoesNotExist:
            field = None
        plain = field if getattr(field, "editable", False) else None
        label = plain.verbose_name if plain else definitions.LABELS.get(column, "")
        label = label or (field.verbose_name if field is not None else column)
        said = _meaning(plain.help_text if plain else "", group, record, name=column)
        yield Entry(
            "columns",
            group,
            column,
            **_in_languages("label", label),
            **_in_languages("definition", said),
        )


_GROUPS = {"terms": _schemes, "choices": _list_groups, "fields": _records, "columns": _files}
_ENTRIES = {"terms": _terms, "choices": _choices, "fields": _fields, "columns": _columns}
