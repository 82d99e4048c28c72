"""Rows of the tables as JSON: the columns of the files, each with its type.

A row is made by the same query as that of a file, so the two never disagree. A cell that is empty
in the file is null, a cell of several values is a list, and "KEN:party" in it an object of two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Schema
from pydantic import Field, create_model

from cases import codebook
from cases.exports import TABLES, Table
from cases.expressions import SEPARATOR


class CountryInCase(Schema):
    """A country of a case that is not its scene, and what it is to the case."""

    country: str
    role: str


class RelatedCase(Schema):
    """Another case, and how this one stands to it."""

    kind: str
    case: str


class ActorInCase(Schema):
    """An actor of a case and a role that it had."""

    actor: str
    role: str


class ActorInStatement(Schema):
    """An actor and its part in what a statement says."""

    actor: str
    part: str


@dataclass(frozen=True)
class Shape:
    """How a cell is given: its type in Python and in the description, and how it is read."""

    type: Any
    read: Callable[[Any], Any]


def _text(cell: Any) -> str | None:
    return (cell.isoformat() if isinstance(cell, date) else cell) or None


def _number(cell: Decimal | None) -> float | None:
    return None if cell is None else float(cell)


def _codes(cell: str) -> list[str]:
    return cell.split(SEPARATOR) if cell else []


def _pairs(schema: type[Schema]) -> Shape:
    """Pairs of codes with a colon between, as objects with the schema's two names."""
    names = tuple(schema.model_fields)

    def read(cell: str) -> list[dict[str, str]]:
        return [dict(zip(names, pair.split(":", 1), strict=True)) for pair in _codes(cell)]

    return Shape(list[schema], read)


def _of_format(name: str) -> Shape:
    return Shape(Annotated[str, Field(json_schema_extra={"format": name})], _text)


TEXT, WHOLE, NUMBER = Shape(str, _text), Shape(int, lambda cell: cell), Shape(float, _number)
CODES, DAY, MOMENT = Shape(list[str], _codes), _of_format("date"), _of_format("date-time")

SHAPES: dict[str, Shape] = {
    **dict.fromkeys(("version", "start", "end", "gap_min_days", "gap_max_days"), WHOLE),
    **dict.fromkeys(("longitude", "latitude"), NUMBER),
    **dict.fromkeys(("earliest", "latest", "retired_on"), DAY),
    **dict.fromkeys(("start_earliest", "start_latest", "end_earliest", "end_latest"), DAY),
    **dict.fromkeys(("published_on", "changed_on"), MOMENT),
    **dict.fromkeys(("situations", "triggers", "aims", "initiation", "un_role", "tools"), CODES),
    **dict.fromkeys(("outcomes", "success_elements", "documents", "countries", "regions"), CODES),
    **dict.fromkeys(("by", "with", "on_behalf_of", "in_support_of", "at_request_of"), CODES),
    **dict.fromkeys(("towards", "subject", "credited_to", "about", "quotations"), CODES),
}
# Where a column of this name is something else in one table.
OF_TABLE: dict[str, dict[str, Shape]] = {
    "cases": {
        # Dates in EDTF, unlike the places of a quotation.
        **dict.fromkeys(("start", "end"), TEXT),
        **dict.fromkeys(("statements", "quotations"), WHOLE),
        "other_countries": _pairs(CountryInCase),
        "relations": _pairs(RelatedCase),
        "actors": _pairs(ActorInCase),
    },
    "evidence": {"actors": _pairs(ActorInStatement)},
    "actors": dict.fromkeys(("start", "end"), TEXT),
}
# What every row has; anything else that is no list may be null.
NEVER_NULL: dict[str, tuple[str, ...]] = {
    "cases": ("slug", "version", "coverage", "statements", "quotations", "published_on"),
    "statements": ("case", "key", "version", "term", "scope"),
    "evidence": ("case", "key", "scheme", "code", "scope", "document", "language", "passage"),
    "findings": ("key", "version", "term", "scope"),
    "quotations": ("ref", "document", "language", "passage", "start", "end", "words"),
    "documents": ("code", "version", "kind"),
    "passages": ("ref", "document", "language", "kind"),
    "terms": ("scheme", "code", "version"),
    "actors": ("code", "version", "type", "naming"),
    "actor_names": ("actor", "version", "language", "name", "kind"),
    "countries": ("alpha3", "version", "alpha2", "m49", "longitude", "latitude"),
}
NAMES = {
    "cases": "Case",
    "statements": "Statement",
    "evidence": "Evidence",
    "findings": "Finding",
    "quotations": "Quotation",
    "documents": "Document",
    "passages": "Passage",
    "terms": "Term",
    "actors": "Actor",
    "actor_names": "ActorName",
    "countries": "Country",
}


def shape_of(table: str, column: str) -> Shape:
    return OF_TABLE.get(table, {}).get(column) or SHAPES.get(column, TEXT)


@cache
def _readers(table: str) -> list[tuple[str, Callable[[Any], Any]]]:
    return [(column, shape_of(table, column).read) for column in TABLES[table].columns]


def as_json(table: Table, rows: QuerySet) -> Iterator[dict[str, Any]]:
    """The rows of a table's query as objects that JSON can hold."""
    readers = _readers(table.name)
    for row in rows:
        if table.finish:
            row = table.finish(dict(zip(table.columns, row, strict=False))).values()
        cells = zip(readers, row, strict=True)
        yield {column: read(cell) for (column, read), cell in cells}


def rows_of(name: str, chosen: QuerySet) -> list[dict[str, Any]]:
    """The rows of a table for records that readers may see."""
    return list(as_json(TABLES[name], TABLES[name].rows(chosen, False)))


def _model(name: str) -> type[Schema]:
    entries = codebook.entries("columns", name, counted=False)
    told = {each.code: each.definition_en for each in entries}
    fields = {}
    for column in TABLES[name].columns:
        kind = shape_of(name, column).type
        is_list = str(kind).startswith("list[")
        kind = kind if is_list or column in NEVER_NULL[name] else kind | None
        fields[column] = kind, Field(description=told[column])
    return create_model(NAMES[name], __base__=Schema, **fields)


CaseRow, StatementRow, EvidenceRow = map(_model, ("cases", "statements", "evidence"))
FindingRow, QuotationRow = map(_model, ("findings", "quotations"))
DocumentRow, PassageRow = map(_model, ("documents", "passages"))
TermRow, CountryRow = map(_model, ("terms", "countries"))
ActorRow, ActorNameRow = map(_model, ("actors", "actor_names"))
