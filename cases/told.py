"""What search and the filters look in: the words and values of cases, read as plain rows.

It is read with every save of a case and thousands of times by an import, so no models are made of
the rows: that would take many times as long as the database.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db import router
from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from cases.compiled import asked_again
from cases.models import (
    Case,
    CaseCountry,
    Country,
    Region,
    Statement,
    StatementActor,
    StatementQuotation,
)

LANGUAGES = ("en", "fa", "ar")


class Played(NamedTuple):
    """The part of an actor in a statement."""

    part: str
    actor: str
    type: str


class Words(NamedTuple):
    """A quotation behind a statement, and the document in which it stands."""

    text: str
    language: str
    translation_en: str
    document: str


@dataclass(slots=True)
class ToldStatement:
    """What is looked up of a statement; labels and notes are in the order of LANGUAGES."""

    term: str
    scheme: str
    scope: str
    place: str
    phase: str
    # The earliest and the latest day, where it is dated.
    days: tuple[date, date] | None
    notes: tuple[str, ...]
    labels: tuple[str, ...]
    parts: list[Played] = field(default_factory=list)
    # (language, name) of each actor with a part in it.
    names: list[tuple[str, str]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


@dataclass(slots=True)
class ToldCase:
    """What is looked up of a case; titles and summaries are in the order of LANGUAGES."""

    pk: int
    slug: str
    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    coverage: str
    is_public: bool
    # (role, country), in their order.
    places: list[tuple[str, Country]] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    statements: list[ToldStatement] = field(default_factory=list)


def told(cases: Collection[int]) -> list[ToldCase]:
    """The cases of these ids, in no order, in seven queries."""
    if not cases:
        return []
    found = {
        pk: ToldCase(pk, slug, texts[:3], texts[3:], coverage, review == "published" and not of)
        for pk, slug, review, of, coverage, *texts in _rows(_cases, cases)
    }
    for case, role, *country in _rows(_countries, cases):
        found[case].places.append((role, _country(*country)))
    for case, *region in _rows(_regions, cases):
        found[case].regions.append(_region(*region))
    statements = {}
    for pk, case, term, scheme, scope, place, phase, first, last, *texts in _rows(
        _statements, cases
    ):
        days = (_day(first), _day(last)) if first else None
        each = ToldStatement(term, scheme, scope, place, phase, days, texts[:3], texts[3:])
        statements[pk] = each
        found[case].statements.append(each)
    for pk, language, name, *played in _rows(_parts, cases):
        each = statements[pk]
        if language is not None:
            each.names.append((language, name))
        if not each.parts or each.parts[-1] != tuple(played):
            each.parts.append(Played(*played))
    for statement, document in _rows(_documents, cases):
        statements[statement].documents.append(document)
    for statement, *words in _rows(_words, cases):
        statements[statement].words.append(Words(*words))
    return list(found.values())


def _rows(query, cases: Collection[int]) -> Iterable[tuple]:
    return asked_again(query, cases, router.db_for_read(Case))


def _day(value: date | str) -> date:
    """A day as a plain row has it: SQLite's are text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _cases(ids) -> QuerySet:
    texts = (f"{name}_{language}" for name in ("title", "summary") for language in LANGUAGES)
    rows = Case.objects.filter(pk__in=ids).order_by()
    return rows.values_list("pk", "slug", "review", "working_copy_of", "coverage", *texts)


def _countries(ids) -> QuerySet:
    rows = CaseCountry.objects.filter(case__in=ids).order_by("order", "id")
    columns = ("alpha3", "alpha2", "region")
    return rows.values_list("case", "role", *(f"country__{column}" for column in columns))


def _regions(ids) -> QuerySet:
    rows = Case.regions.through.objects.filter(case__in=ids).order_by("region")
    return rows.values_list("case", "region", "region__m49")


def _statements(ids) -> QuerySet:
    rows = Statement.objects.filter(case__in=ids).order_by("order", "id")
    texts = (f"{name}_{language}" for name in ("note", "term__label") for language in LANGUAGES)
    columns = ("scheme", "scope", "place", "phase", "earliest", "latest")
    return rows.values_list("pk", "case", "term", *columns, *texts)


def _parts(ids) -> QuerySet:
    """A row for each name of each actor; one that has no name comes once, without it."""
    rows = StatementActor.objects.filter(statement__case__in=ids)
    rows = rows.order_by("order", "id", "actor__names__order", "actor__names__id")
    name = "actor__names__language", "actor__names__name"
    return rows.values_list("statement", *name, "part", "actor__code", "actor__type")


def _documents(ids) -> QuerySet:
    rows = Statement.documents.through.objects.filter(statement__case__in=ids).order_by()
    return rows.values_list("statement", "document__code")


def _words(ids) -> QuerySet:
    passage, start = "quotation__passage", F("quotation__start")
    stretch = Substr(f"{passage}__text", start + 1, F("quotation__end") - start)
    rows = StatementQuotation.objects.filter(statement__case__in=ids).order_by("order", "id")
    edition = f"{passage}__edition"
    return rows.values_list(
        "statement",
        stretch,
        f"{edition}__language",
        "quotation__translation_en",
        f"{edition}__document__code",
    )


# Their names are not the database's, so these rows serve as well as any; nobody changes them.
@lru_cache(maxsize=1000)
def _country(alpha3: str, alpha2: str, region: str | None) -> Country:
    return Country(alpha3=alpha3, alpha2=alpha2, region_id=region)


@lru_cache(maxsize=200)
def _region(code: str, m49: str) -> Region:
    return Region(code=code, m49=m49)
