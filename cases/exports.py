"""Tables that leave the database as files: their columns, and the bytes of each format.

A table is one query whose every column is made by the database, so PostgreSQL writes CSV by COPY
and SQLite streams rows; both give the same bytes. Column names are the same in every language of
the interface and values are codes. Only what readers may see leaves here.
"""

import errno
import hashlib
import io
import json
import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, islice
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import (
    Count,
    Exists,
    Expression,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Substr
from django.db.models.lookups import Exact, IsNull
from django.http import QueryDict
from django.utils import translation
from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cases import models
from cases.expressions import (
    COLON,
    HYPHEN,
    SLASH,
    AnyOf,
    Bytewise,
    Code,
    IsoTime,
    Joined,
    Unindexed,
    text,
)
from cases.filters import select_cases
from cases.findings import select_findings
from cases.models.choices import CountryRole, Part, Review, Scope
from cases.tally import FEW, cases_of

Row = tuple[Any, ...]
FORMATS = ("csv", "excel", "xlsx", "json")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "excel": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
# The tables that also travel together, each on a sheet of its own.
WORKBOOK = ("cases", "statements", "quotations")
BOM = "\ufeff"
# Few enough that the first of them are soon there, and many enough that the rest are not late.
CHUNK = 200
# Of a table that is read in parts each is so many times as large as the one before, since each of
# the large ones reads whole tables.
GROWTH = 10
LARGEST_PART = 100_000

# What a spreadsheet would run as a formula, also behind apostrophes that escaping put there.
FORMULA = re.compile(r"^'*[=+\-@\t\r]")
# XLSX keeps no more in a cell, nothing of these characters, and reads this pattern as one of them.
LONGEST_CELL = 32_767
CUT = " […]"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CHARACTER_CODE = re.compile("_x[0-9A-Fa-f]{4}_")
NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")


@dataclass(frozen=True)
class Table:
    """A file's columns, and the query that fills them.

    `public` takes published cases (or, `of_findings`, findings) and gives the rows of `model` that
    readers may see; `rows` gives a queryset of tuples with the columns, knowing whether it is for
    the desk; `finish` fills columns that the database does not know.
    """

    name: str
    columns: tuple[str, ...]
    model: type[Model]
    rows: Callable[[QuerySet, bool], QuerySet]
    public: Callable[[QuerySet], QuerySet]
    finish: Callable[[dict], dict] | None = None
    of_cases: bool = False
    of_findings: bool = False
    # All rows that the desk has, where that is not every row of the model.
    all_rows: Callable[[], QuerySet] | None = None
    # For other models: how their rows are found from this one's.
    owners: dict[type[Model], str] = field(default_factory=dict)
    desk_columns: tuple[str, ...] = ()
    at_desk: bool = False
    # Whether PostgreSQL would sort whole rows, and so make all of them before it gives the first;
    # SQLite goes along the index of the list's order.
    in_parts: bool = False

    def for_desk(self) -> "Table":
        """The same table with drafts; only pages and commands of the desk may ask for it."""
        return replace(self, columns=self.columns + self.desk_columns, at_desk=True)

    def select(self, params: QueryDict, *, also_known=()) -> QuerySet:
        """The cases or findings that a query string asks for, or InvalidQuery."""
        if self.of_findings:
            return select_findings(params, also_known=also_known).findings
        return cases_of(select_cases(params, also_known=also_known))

    def query(self, selected: QuerySet | None = None) -> QuerySet:
        """The table's rows; `selected` narrows tables that are about cases or findings.

        Without it: all that the site gives where nothing is asked, and in that order. At the desk
        `selected` has rows of the table's own model or of one of its owners.
        """
        return self.rows(self._chosen(selected), self.at_desk)

    def parts(self, selected: QuerySet | None = None) -> Iterator[QuerySet]:
        """Queries that give the same rows one after the other, the first of them soon.

        Which rows, and their order, are asked once, and each row is as it is when its part is read.
        """
        chosen = self._chosen(selected)
        if not self.in_parts or connections[chosen.db].vendor != "postgresql":
            yield self.rows(chosen, self.at_desk)
            return
        keys = _keys(chosen)
        # A few hundred are soon there even if they are sorted together.
        first, size = 0, CHUNK if len(keys) > FEW else FEW
        while first < len(keys):
            these = AnyOf(F("pk"), keys[first : first + size].tolist())
            if chosen.query.annotations:  # by which they may be ordered
                yield self.rows(chosen.filter(these), self.at_desk)
            else:
                every = _rows_of_all(self.name, self.at_desk)
                yield every.order_by(*chosen.query.order_by).filter(these)
            first, size = first + size, min(GROWTH * size, LARGEST_PART)

    def _chosen(self, selected: QuerySet | None) -> QuerySet:
        if self.at_desk:
            return self._desk_rows(selected)
        return self.public(self.select(QueryDict()) if selected is None else selected)

    def _desk_rows(self, selected: QuerySet | None) -> QuerySet:
        rows = self.all_rows() if self.all_rows else self.model._default_manager.all()
        if selected is None:
            return rows
        chosen = selected.order_by().values("pk")
        if selected.model is self.model:
            return rows.filter(pk__in=chosen)
        owned = self.model._default_manager.filter(**{f"{self.owners[selected.model]}__in": chosen})
        return rows.filter(pk__in=owned.order_by().values("pk"))


@cache
def _rows_of_all(name: str, at_desk: bool) -> QuerySet:
    """The query for all that whoever asks may see, made once, since making it takes long."""
    table = TABLES[name]
    seen = table._desk_rows(None) if at_desk else table.public(models.Case.objects.published())
    return table.rows(seen, at_desk)


def _keys(chosen: QuerySet) -> array:
    """The ids of rows in their order; PostgreSQL.

    Joined by the database, since each would be a row to fetch, and by no cursor of the server's,
    which plans for the first rows. Numbers of eight bytes each: a list of a hundred thousand would
    be four megabytes.
    """
    try:
        sql, params = chosen.values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return array("q")
    with connections[chosen.db].cursor() as cursor:
        cursor.execute(f"SELECT ARRAY_TO_STRING(ARRAY({sql}), E'\\n')", params)  # noqa: S608
        (lines,) = cursor.fetchone()
    return array("q", map(int, io.BytesIO(lines.encode())))


def _statements_of(scheme: str) -> QuerySet:
    return models.Statement.objects.counted().filter(case=OuterRef("pk"), scheme=scheme)


def _codes(scheme: str) -> Joined:
    return Joined(_statements_of(scheme), Code("term_id"))


def _count(queryset: QuerySet, owner: str, counted: str = "pk") -> Coalesce:
    counts = queryset.order_by().values(owner).annotate(n=Count(counted, distinct=True)).values("n")
    return Coalesce(Subquery(counts), 0)


def _document_codes() -> Joined:
    """Documents whose words a case stands on, or that a statement of it names."""
    # From the few statements of the case to documents: the other way round all would be tried.
    told = {"statement__case": OuterRef("pk")}
    quoted = models.StatementQuotation.objects.filter(**told).exclude(
        statement__scope=Scope.PATTERN
    )
    named = models.Statement.documents.through.objects.filter(**told).exclude(
        statement__scope=Scope.PATTERN
    )
    return Joined(
        quoted, F("quotation__passage__edition__document__code"), also=(named, F("document__code"))
    )


CASE_COLUMNS = (
    "slug version title_en title_fa title_ar summary_en summary_fa summary_ar countries "
    "other_countries regions start end coverage relations start_earliest start_latest "
    "end_earliest end_latest situations triggers aims initiation un_role tools actors outcomes "
    "success_elements gap_min_days gap_max_days documents statements quotations published_on "
    "changed_on"
).split()


@cache
def _lists_of_case(at_desk: bool) -> dict[str, Expression]:
    """What stands in a row beside the case's own columns; made once, since making it takes long."""
    countries = models.CaseCountry.objects.filter(case=OuterRef("pk"))
    others = countries.exclude(role=CountryRole.SCENE)
    # Asked of the other case itself: a list of all that are known would be made for each case.
    if at_desk:
        known = IsNull(Unindexed("to__working_copy_of"), True)
    else:
        known = Exact(Unindexed("to__review"), Review.PUBLISHED)
    relations = models.CaseRelation.objects.filter(known, case=OuterRef("pk"))
    roles = models.StatementActor.objects.filter(
        statement__case=OuterRef("pk"), statement__scheme="role", part=Part.BY
    ).exclude(statement__scope=Scope.PATTERN)
    counted = models.Statement.objects.counted().filter(case=OuterRef("pk"))
    return {
        "countries_": Joined(
            countries.filter(role=CountryRole.SCENE), F("country_id"), ordered_by=["order", "id"]
        ),
        "other_countries": Joined(
            others, text("country_id", COLON, "role"), ordered_by=["order", "id"]
        ),
        "regions_": Joined(models.Region.objects.filter(cases=OuterRef("pk")), F("code")),
        "relations_": Joined(relations, text("kind", COLON, "to__slug")),
        "situations": _codes("situation"),
        "triggers": _codes("trigger"),
        "aims": _codes("aim"),
        "initiation": _codes("initiation"),
        "un_role": _codes("un_role"),
        "tools": _codes("tool"),
        "actors": Joined(roles, text("actor__code", COLON, Code("statement__term_id"))),
        "outcomes": _codes("outcome"),
        "success_elements": _codes("success_element"),
        "documents": _document_codes(),
        "statements_": _count(counted, "case"),
        "quotations": _count(counted, "case", "evidence__quotation"),
        "published": IsoTime("published_on"),
        "changed": IsoTime("changed_on"),
    }


def _cases(cases: QuerySet, at_desk: bool) -> QuerySet:
    annotated = cases.annotate(**_lists_of_case(at_desk))
    renamed = {
        "countries": "countries_",
        "regions": "regions_",
        "relations": "relations_",
        "gap_min_days": "gap_least",
        "gap_max_days": "gap_most",
        "statements": "statements_",
        "published_on": "published",
        "changed_on": "changed",
    }
    return _values(annotated, CASE_COLUMNS, renamed)


STATEMENT_ROW = (
    "term when scope support by with on_behalf_of in_support_of at_request_of towards subject"
).split()
STATEMENT_COLUMNS = [
    *("case", "key", "version"),
    *STATEMENT_ROW,
    *("phase horizon assessed_by attribution credited_to effect quantity place".split()),
    *("documents", "note_en", "note_fa", "note_ar", "quotations"),
]


@cache
def _lists_of_statement() -> dict[str, Expression]:
    """The actors, documents and words of a statement as joined codes."""
    parts = models.StatementActor.objects.filter(statement=OuterRef("pk"))
    evidence = models.StatementQuotation.objects.filter(statement=OuterRef("pk"))
    span = text("quotation__passage__ref", SLASH, "quotation__start", HYPHEN, "quotation__end")
    documents = models.Document.objects.filter(statements=OuterRef("pk"))
    tools = models.Statement.objects.filter(credited_with=OuterRef("pk"))
    return {
        **{
            f"part_{part}": Joined(
                parts.filter(part=part), F("actor__code"), ordered_by=["order", "id"]
            )
            for part in Part.values
        },
        "documents_": Joined(documents, F("code")),
        "credited": Joined(tools, F("key")),
        "quoted": Joined(evidence, span, ordered_by=["order", "id"]),
        "assessor": Coalesce("assessed_by__code", Value("")),
    }


STATEMENT_RENAMED = {
    **{part: f"part_{part}" for part in Part.values},
    "term": "term_id",
    "assessed_by": "assessor",
    "credited_to": "credited",
    "documents": "documents_",
    "quotations": "quoted",
}


def _statements_of_cases(cases: QuerySet) -> QuerySet:
    return models.Statement.objects.filter(case__in=cases.values("pk"))


def _statements(rows: QuerySet, at_desk: bool) -> QuerySet:
    rows = rows.annotate(**_lists_of_statement()).annotate(
        slug=F("case__slug"), case_version=F("case__version"), by_slug=Bytewise("case__slug")
    )
    renamed = STATEMENT_RENAMED | {"case": "slug", "version": "case_version"}
    return _values(rows.order_by("by_slug", "order", "id"), STATEMENT_COLUMNS, renamed)


FINDING_COLUMNS = [
    *("key", "version"),
    *STATEMENT_ROW,
    *("quantity", "place", "documents", "about", "note_en", "note_fa", "note_ar", "quotations"),
]


def _findings(findings: QuerySet, at_desk: bool) -> QuerySet:
    topics = models.Term.objects.filter(findings=OuterRef("pk"))
    rows = findings.annotate(**_lists_of_statement(), topics=Joined(topics, F("id")))
    return _values(rows, FINDING_COLUMNS, STATEMENT_RENAMED | {"about": "topics"})


EVIDENCE_COLUMNS = (
    "case key scheme code actors when earliest latest horizon attribution scope support document "
    "language passage passage_kind number words translation_en"
).split()


def _evidence_of_cases(cases: QuerySet) -> QuerySet:
    return models.StatementQuotation.objects.filter(statement__case__in=cases.values("pk"))


def _evidence(rows: QuerySet, at_desk: bool) -> QuerySet:
    parts = models.StatementActor.objects.filter(statement=OuterRef("statement_id"))
    rows = rows.annotate(
        code_=Code("statement__term_id"),
        actors_=Joined(parts, text("actor__code", COLON, "part"), ordered_by=["order", "id"]),
        words=Substr(
            "quotation__passage__text",
            F("quotation__start") + 1,
            F("quotation__end") - F("quotation__start"),
        ),
        by_slug=Bytewise("statement__case__slug"),
    )
    passage = "quotation__passage"
    renamed = {
        "case": "statement__case__slug",
        "code": "code_",
        "actors": "actors_",
        "document": f"{passage}__edition__document__code",
        "language": f"{passage}__edition__language",
        "passage": f"{passage}__code",
        "passage_kind": f"{passage}__kind",
        "number": f"{passage}__number",
        "words": "words",
        "translation_en": "quotation__translation_en",
    }
    for name in "key scheme when earliest latest horizon attribution scope support".split():
        renamed[name] = f"statement__{name}"
    ordered = rows.order_by("by_slug", "statement__order", "statement", "order", "id")
    return _values(ordered, EVIDENCE_COLUMNS, renamed)


QUOTATION_COLUMNS = (
    "ref document language passage start end words translation_en translated_by"
).split()


def _quotations_of_cases(cases: QuerySet) -> QuerySet:
    """Words that a published case or a finding stands on; a draft's words stay at the desk."""
    used = models.StatementQuotation.objects.filter(quotation=OuterRef("pk")).filter(
        Q(statement__case__in=cases.values("pk")) | Q(statement__scheme="finding")
    )
    return models.Quotation.objects.filter(Exists(used))


def _quotations(rows: QuerySet, at_desk: bool) -> QuerySet:
    rows = rows.with_words()
    columns = [*QUOTATION_COLUMNS, *(["version"] if at_desk else [])]
    renamed = {
        "document": "passage__edition__document__code",
        "language": "passage__edition__language",
        "passage": "passage__code",
    }
    ordered = rows.order_by(Bytewise("passage__edition__ref"), "passage__order", "start", "end")
    return _values(ordered, columns, renamed)


def _official_name(language: str) -> Coalesce:
    names = models.ActorName.objects.filter(
        actor=OuterRef("pk"), language=language, kind__in=("official", "short")
    )
    return Coalesce(Subquery(names.order_by("kind", "order").values("name")[:1]), Value(""))


def _code_of_actor(pointer: str, at_desk: bool) -> Expression:
    """The code of an actor that a row points to, unless readers may not know of it."""
    if at_desk:
        return F(f"{pointer}__code")
    known = models.Actor.objects.public().filter(pk=OuterRef(pointer))
    return Subquery(known.values("code"))


ACTOR_COLUMNS = (
    "code version type naming parent country start end successor note_en note_fa note_ar "
    "name_en name_fa name_ar"
).split()


def _actors(actors: QuerySet, at_desk: bool) -> QuerySet:
    rows = actors.annotate(
        type_code=Code("type_id"),
        parent_code=_code_of_actor("parent", at_desk),
        successor_code=_code_of_actor("successor", at_desk),
        **{f"name_{language}": _official_name(language) for language in ("en", "fa", "ar")},
        by_code=Bytewise("code"),
    )
    renamed = {
        "type": "type_code",
        "parent": "parent_code",
        "country": "country_id",
        "successor": "successor_code",
    }
    return _values(rows.order_by("by_code"), ACTOR_COLUMNS, renamed)


ACTOR_NAME_COLUMNS = ("actor", "version", "language", "name", "kind")


def _actor_names(names: QuerySet, at_desk: bool) -> QuerySet:
    rows = names.annotate(by_code=Bytewise("actor__code"))
    renamed = {"actor": "actor__code", "version": "actor__version"}
    return _values(rows.order_by("by_code", "order", "id"), ACTOR_NAME_COLUMNS, renamed)


TERM_COLUMNS = (
    "scheme code version label_en label_fa label_ar definition_en definition_fa definition_ar "
    "scope_note_en scope_note_fa scope_note_ar broader match retired_on replaced_by"
).split()


def _terms(terms: QuerySet, at_desk: bool) -> QuerySet:
    renamed = {"broader": "broader__code", "replaced_by": "replaced_by__code"}
    rows = terms.annotate(by_scheme=Bytewise("scheme"), by_code=Bytewise("code"))
    return _values(rows.order_by("by_scheme", "order", "by_code"), TERM_COLUMNS, renamed)


COUNTRY_COLUMNS = (
    "alpha3 version alpha2 m49 region longitude latitude name_en name_fa name_ar"
).split()


def _countries(countries: QuerySet, at_desk: bool) -> QuerySet:
    """Without the names, which CLDR has and the database has not."""
    return _values(countries.order_by("alpha3"), COUNTRY_COLUMNS[:-3], {"region": "region_id"})


def _country_names(row: dict) -> dict:
    country = models.Country(alpha2=row["alpha2"])
    for language in ("en", "fa", "ar"):
        with translation.override(language):
            row[f"name_{language}"] = str(country)
    return row


DOCUMENT_COLUMNS = (
    "code version symbol kind title_en title_fa title_ar date earliest latest issuer url "
    "identification licence note_en note_fa note_ar"
).split()


def _documents(documents: QuerySet, at_desk: bool) -> QuerySet:
    rows = documents.annotate(
        by_code=Bytewise("code"), issuer_code=_code_of_actor("issuer", at_desk)
    )
    return _values(rows.order_by("by_code"), DOCUMENT_COLUMNS, {"issuer": "issuer_code"})


PASSAGE_COLUMNS = ("ref", "document", "language", "kind", "number", "section", "text")


def _passages(passages: QuerySet, at_desk: bool) -> QuerySet:
    renamed = {
        "document": "edition__document__code",
        "language": "edition__language",
        "section": "section__code",
    }
    rows = passages.order_by(Bytewise("edition__ref"), "order")
    return _values(rows, PASSAGE_COLUMNS, renamed)


ERRATUM_COLUMNS = (
    "code version edition kind printed reading reading_en why_en why_fa why_ar basis certainty "
    "places"
).split()


def _errata(errata: QuerySet, at_desk: bool) -> QuerySet:
    places = models.ErratumPlace.objects.filter(erratum=OuterRef("pk"))
    span = text("passage__ref", SLASH, "start", HYPHEN, "end")
    rows = errata.annotate(
        places_=Joined(places, span, ordered_by=["id"]), by_code=Bytewise("code")
    )
    renamed = {"edition": "edition__ref", "places": "places_"}
    return _values(rows.order_by("by_code"), ERRATUM_COLUMNS, renamed)


REFERENCE_COLUMNS = ("passage", "start", "end", "words", "document", "kind")


def _references(references: QuerySet, at_desk: bool) -> QuerySet:
    rows = references.annotate(
        words=Substr("passage__text", F("start") + 1, F("end") - F("start"))
    ).order_by(
        Bytewise("passage__edition__ref"), "passage__order", "start", Bytewise("document__code")
    )
    columns = [*REFERENCE_COLUMNS, *(["version"] if at_desk else [])]
    return _values(rows, columns, {"passage": "passage__ref", "document": "document__code"})


def _values(queryset: QuerySet, columns: Iterable[str], renamed: dict[str, str]) -> QuerySet:
    """The columns in order, taken from the expressions that make them."""
    return queryset.values_list(*(renamed.get(column, column) for column in columns))


def _all(model: type[Model]) -> Callable[[QuerySet], QuerySet]:
    return lambda cases: model._default_manager.all()


def _public_actors(cases: QuerySet) -> QuerySet:
    return models.Actor.objects.public()


def _names_of_public_actors(cases: QuerySet) -> QuerySet:
    return models.ActorName.objects.filter(actor__in=models.Actor.objects.public())


def _plain(name: str, columns: Iterable[str], model: type[Model], rows, **more) -> Table:
    """A table that readers and the desk see alike."""
    return Table(name, tuple(columns), model, rows, _all(model), **more)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "cases",
            tuple(CASE_COLUMNS),
            models.Case,
            _cases,
            lambda cases: cases,
            of_cases=True,
            all_rows=lambda: models.Case.objects.originals().order_by(Bytewise("slug")),
            in_parts=True,
        ),
        Table(
            "statements",
            tuple(STATEMENT_COLUMNS),
            models.Statement,
            _statements,
            _statements_of_cases,
            of_cases=True,
            all_rows=lambda: _statements_of_cases(models.Case.objects.originals()),
            owners={models.Case: "case"},
        ),
        Table(
            "evidence",
            tuple(EVIDENCE_COLUMNS),
            models.StatementQuotation,
            _evidence,
            _evidence_of_cases,
            of_cases=True,
            all_rows=lambda: _evidence_of_cases(models.Case.objects.originals()),
            owners={models.Case: "statement__case"},
        ),
        Table(
            "findings",
            tuple(FINDING_COLUMNS),
            models.Statement,
            _findings,
            lambda findings: findings,
            of_findings=True,
            all_rows=lambda: models.Statement.objects.findings().order_by("order", "id"),
        ),
        Table(
            "quotations",
            tuple(QUOTATION_COLUMNS),
            models.Quotation,
            _quotations,
            _quotations_of_cases,
            owners={models.Case: "statements__case"},
            desk_columns=("version",),
        ),
        Table("actors", tuple(ACTOR_COLUMNS), models.Actor, _actors, _public_actors),
        Table(
            "actor_names",
            ACTOR_NAME_COLUMNS,
            models.ActorName,
            _actor_names,
            _names_of_public_actors,
            owners={models.Actor: "actor"},
        ),
        _plain("terms", TERM_COLUMNS, models.Term, _terms),
        _plain("countries", COUNTRY_COLUMNS, models.Country, _countries, finish=_country_names),
        _plain("documents", DOCUMENT_COLUMNS, models.Document, _documents),
        _plain("passages", PASSAGE_COLUMNS, models.Passage, _passages),
        _plain("errata", ERRATUM_COLUMNS, models.Erratum, _errata),
        _plain(
            "references",
            REFERENCE_COLUMNS,
            models.Reference,
            _references,
            desk_columns=("version",),
        ),
    )
}


def write(table: Table, file_format: str, selected: QuerySet | None = None) -> Iterator[bytes]:
    """The bytes of a table in one of FORMATS, in pieces."""
    parts = table.parts(selected)
    if file_format == "csv":
        vendor = connections[router.db_for_read(table.model)].vendor
        if vendor == "postgresql" and table.finish is None:
            return _copy(table, parts)
        return _csv(table, parts)
    if file_format == "excel":
        return _csv(table, parts, for_excel=True)
    if file_format == "xlsx":
        return _xlsx([(table, parts)])
    if file_format == "json":
        return _json(table, parts)
    raise ValueError(f"{file_format!r} is not one of {', '.join(FORMATS)}.")


def write_workbook(cases: QuerySet | None = None, *, for_desk: bool = False) -> Iterator[bytes]:
    """Cases, their statements and the words of these, as three sheets of one XLSX file."""
    tables = [TABLES[name] for name in WORKBOOK]
    if for_desk:
        tables = [table.for_desk() for table in tables]
    return _xlsx((table, table.parts(cases)) for table in tables)


def rows_of(table: Table, selected: QuerySet | None = None) -> Iterator[Row]:
    """The rows of a table, with the values that the database gives."""
    return _rows(table, [table.query(selected)])


def _rows(table: Table, parts: Iterable[QuerySet]) -> Iterator[Row]:
    for row in chain.from_iterable(part.iterator(chunk_size=CHUNK) for part in parts):
        if table.finish:
            row = tuple(table.finish(dict(zip(table.columns, row, strict=False))).values())
        yield row


def digest_of(cells: Iterable[Any]) -> str:
    """32 letters that tell a row from any other: the same for its values and for what is read."""
    written = "\0".join(str(_text(cell)) for cell in cells)
    return hashlib.blake2b(written.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(value: Any) -> Any:
    return "" if value is None else value


def _copy(table: Table, parts: Iterable[QuerySet]) -> Iterator[bytes]:
    """PostgreSQL's own CSV; empty text is made NULL, since COPY would print it as two quotes."""
    head = (",".join(table.columns) + "\n").encode()
    for query in parts:
        try:
            sql, params = query.query.sql_with_params()
        except EmptyResultSet:
            continue
        names = [f"c{place}" for place in range(len(table.columns))]
        cells = ", ".join(f"NULLIF({name}::text, '')" for name in names)
        source = f"({sql}) AS t({', '.join(names)})"  # Django's own SQL; its values stay parameters
        statement = f"COPY (SELECT {cells} FROM {source}) TO STDOUT (FORMAT csv)"  # noqa: S608
        # psycopg's own cursor: Django's, while it logs queries (DEBUG), takes no parameters here.
        with (
            connections[query.db].cursor() as cursor,
            cursor.cursor.copy(statement, params) as copy,
        ):
            if head:
                yield head
                head = b""
            for block in copy:
                yield bytes(block)
    if head:
        yield head


def _csv(table: Table, parts: Iterable[QuerySet], *, for_excel: bool = False) -> Iterator[bytes]:
    head = (BOM if for_excel else "") + _line(table.columns)
    rows = _rows(table, parts)
    while some := list(islice(rows, CHUNK)):
        if for_excel:
            some = [map(harmless, row) for row in some]
        yield (head + "".join(map(_line, some))).encode()
        head = ""
    if head:
        yield head.encode()


def _line(cells: Iterable[Any]) -> str:
    """A row as PostgreSQL writes it.

    Python's own writer looks at each letter by itself, and until 3.13 leaves a line end that is not
    its own without quotes. Most rows have nothing that needs any.
    """
    texts = ["" if cell is None else str(cell) for cell in cells]
    line = ",".join(texts)
    if '"' in line or "\n" in line or "\r" in line or line.count(",") >= len(texts):
        line = ",".join(map(_cell, texts))
    return line + "\n"


def _cell(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _xlsx(sheets: Iterable[tuple[Table, Iterable[QuerySet]]]) -> Iterator[bytes]:
    """A workbook whose every cell is text, so that nothing is taken for a formula."""
    book = Workbook(write_only=True)
    try:
        for table, parts in sheets:
            _fill_sheet(book.create_sheet(table.name), table, parts)
        buffer = io.BytesIO()
        book.save(buffer)
    except SerialisationError as error:
        # What lxml makes of a file that cannot be written; it names the reason as C does.
        number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
        raise OSError(number, os.strerror(number)) from error
    finally:
        for sheet in book.worksheets:
            # Left to itself, openpyxl keeps what was not saved until the process ends.
            if sheet._writer and os.path.exists(sheet._writer.out):
                sheet._writer.cleanup()
    yield buffer.getvalue()


def _fill_sheet(sheet: WriteOnlyWorksheet, table: Table, parts: Iterable[QuerySet]) -> None:
    try:
        sheet.append(table.columns)
        for row in _rows(table, parts):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet)
                cell.value = for_xlsx(str(_text(value)))
                cell.data_type, cell.number_format = "s", "@"
                cells.append(cell)
            sheet.append(cells)
    except BaseException:
        # What is half written would complain of it when it is cleared away.
        with suppress(SerialisationError):
            sheet.close()
        raise


def _json(table: Table, parts: Iterable[QuerySet]) -> Iterator[bytes]:
    lead = "[\n"
    for row in _rows(table, parts):
        record = dict(zip(table.columns, row, strict=True))
        yield (lead + json.dumps(record, ensure_ascii=False, default=str)).encode()
        lead = ",\n"
    yield b"\n]\n" if lead == ",\n" else b"[\n]\n"


def for_xlsx(cell: str) -> str:
    """A text as a cell of XLSX can hold it; what is cut off says so."""
    # XML has no control characters; a vertical tab comes with text from slides.
    cell = CHARACTER_CODE.sub(r"_x005F\g<0>", NOT_IN_XML.sub("", cell))
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(CUT)] + CUT


def from_xlsx(cell: str) -> str:
    """The text of a cell as it was before `for_xlsx`, but for what XLSX cannot hold."""
    return CHARACTER_CODE.sub(_character, cell)


def _character(found: re.Match) -> str:
    code = int(found[0][2:6], 16)
    return chr(code) if code and not 0xD800 <= code < 0xE000 else found[0]


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet runs as a formula; `restored` undoes it."""
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.match(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """A cell as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
