"""Differences of records in the reader's language: labels for fields, names and words for codes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cases import definitions
from cases.models import Actor, ActorName, Case, Country, Document, Passage, Region, Statement, Term
from cases.models.fields import EdtfField
from cases.records import EVERY_KIND, KINDS, statements
from cases.records.differences import (
    NAMED_BY,
    Clash,
    Difference,
    differences,
    row_names,
    steps_of,
)
from cases.records.shapes import Data, Shape, Span

# The lists of rows below a record: their shapes, and what they are called.
TABLES = {
    "statements": (statements.SHAPE, Statement._meta.verbose_name_plural),
    "countries": (KINDS["case"].countries, definitions.LABELS["countries"]),
    "relations": (KINDS["case"].relations, definitions.LABELS["relations"]),
    "names": (KINDS["actor"].names, ActorName._meta.verbose_name_plural),
}
# Columns with spans of passages, which shapes do not tell.
SPANS = {"ref", "places", "quotations"}
# Texts longer than this show which of their words changed.
LONG = 40
NOTHING = mark_safe("–")
Change = TypeVar("Change", Difference, Clash)


class Shown(NamedTuple):
    """One difference as a reader sees it; all but path and kind are safe HTML."""

    path: str
    label: str
    kind: str
    old: str
    new: str


@dataclass(frozen=True)
class ChoiceShown:
    """A clash as its editor sees it; what is at the path is safe HTML."""

    name: str
    label: str
    base: str
    theirs: str
    ours: str
    chosen: str


class Names:
    """What the codes in states of records of one kind stand for; asks once a kind of code."""

    def __init__(self, kind: str, states: Iterable[Data | None]):
        codes: dict[str, set[str]] = defaultdict(set)
        for state in states:
            for shape, row in _rows(kind, state or {}):
                for column, value in row.items():
                    if kind_of_code := _kind_of_code(shape, column):
                        codes[kind_of_code].update(value if isinstance(value, list) else [value])
        self._names = {kind: _names(kind, found) for kind, found in codes.items()}

    def get(self, kind_of_code: str, code: str) -> str | None:
        """The name of a row or the words of a span, None where the code names nothing any more."""
        return self._names.get(kind_of_code, {}).get(code)


class Wording:
    """Words for states of one record, the newest last; `names` may serve more records."""

    def __init__(self, kind: str, states: Iterable[Data | None], names: Names | None = None):
        self.kind = kind
        self.states = [state for state in states if state]
        self.names = names or Names(kind, self.states)

    def shown(self, old: Data | None, new: Data | None, only: str = "") -> list[Shown]:
        """The differences, of the row at the path `only` alone if that is given."""
        found = [
            each
            for each in differences(old, new)
            if not only or steps_of(each.path)[:2] == steps_of(only)
        ]
        return [self.difference(each) for each in self.in_order(found)]

    def in_order(self, found: list[Change]) -> list[Change]:
        """As the columns follow each other in forms: databases keep the keys of JSON otherwise."""
        top = [*_columns(self._shape()), *TABLES]
        rows = {tuple(steps_of(each.path)[:2]): place for place, each in enumerate(found[::-1])}

        def place(each: Change) -> tuple[int, int, int]:
            steps = steps_of(each.path)
            cell = _index(_columns(TABLES[steps[0]][0]), steps[2]) if len(steps) > 2 else 0
            return _index(top, "".join(steps[:1])), -rows[tuple(steps[:2])], cell

        return sorted(found, key=place)

    def difference(self, each: Difference) -> Shown:
        """One difference, with the words marked that changed in a long text."""
        old, new = self.cell(each.path, each.old), self.cell(each.path, each.new)
        if self._is_long_text(each):
            old, new = _marked(each.old, each.new)
        return Shown(each.path, self.label(each.path), each.kind, old, new)

    def choice(self, clash: Clash, name: str, chosen: str) -> ChoiceShown:
        """One clash, under the name that its choice has in a form."""
        cells = [self.cell(clash.path, each) for each in clash[1:]]
        return ChoiceShown(name, self.label(clash.path), *cells, chosen)

    def label(self, path: str) -> str:
        """What a path names, for people."""
        match steps_of(path):
            case []:
                return _("the whole record")
            case [table] if table in NAMED_BY:
                return format_html(_("order of {}"), TABLES[table][1])
            case [column]:
                return format_html("{}", _label(self._shape(), column))
            case [table, row]:
                return self._row(table, row)
            case [table, row, column]:
                return format_html(
                    "{} · {}", self._row(table, row), _label(TABLES[table][0], column)
                )

    def cell(self, path: str, value: Any) -> str:
        """What stands at a path, for people."""
        steps = steps_of(path)
        if value in (None, "", []):
            return NOTHING
        if not steps:
            return self._rest(self._shape(), value)
        if len(steps) == 1 and steps[0] in NAMED_BY:
            rows = [self._row(steps[0], row) for row in value]
            return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", zip(rows)))
        if len(steps) == 2:
            return self._rest(TABLES[steps[0]][0], value)
        return self._value(TABLES[steps[0]][0] if steps[1:] else self._shape(), steps[-1], value)

    def _shape(self) -> Shape:
        return _shape(self.kind)

    def _is_long_text(self, each: Difference) -> bool:
        steps = steps_of(each.path)
        if len(steps) == 2 or not (isinstance(each.old, str) and isinstance(each.new, str)):
            return False
        shape = TABLES[steps[0]][0] if len(steps) == 3 else self._shape()
        field = _field(shape, steps[-1])
        is_text = _kind_of_code(shape, steps[-1]) is None and not (field and field.choices)
        return is_text and max(len(each.old), len(each.new)) > LONG

    def _row(self, table: str, name: str) -> str:
        """What a row below a record is called: its key, and what it says in short."""
        code = format_html('<bdi dir="ltr">{}</bdi>', name)
        row = self._find(table, name)
        if row is None:
            return code
        shape = TABLES[table][0]
        if table == "statements":
            return format_html("{} {}", code, self._value(shape, "term", row.get("term")))
        columns = row_names(table, row)[name]
        values = ((self._value(shape, each, row[each]),) for each in columns)
        return format_html_join(" · ", "{}", values)

    def _find(self, table: str, name: str) -> Data | None:
        """The row of that name in the newest state that has one."""
        rows = (row for state in self.states[::-1] for row in state.get(table, []))
        return next((row for row in rows if name in row_names(table, row)), None)

    def _rest(self, shape: Shape, row: Data) -> str:
        """All of a row, cell by cell."""
        columns = [each for each in row if each != "key" and each not in NAMED_BY]
        columns.sort(key=lambda column: _index(_columns(shape), column))
        cells = ((_label(shape, each), self._value(shape, each, row[each])) for each in columns)
        return listed(cells)

    def _value(self, shape: Shape, column: str, value: Any) -> str:
        if isinstance(value, list):
            items = ((self._value(shape, column, each),) for each in value)
            return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
        if kind := _kind_of_code(shape, column):
            return self._code(kind, value)
        field = _field(shape, column)
        if field is not None and field.choices:
            return format_html("{}", dict(field.flatchoices).get(value, value))
        plain = (EdtfField, models.SlugField, models.URLField, models.DateField)
        if column == "key" or isinstance(field, plain) or not isinstance(value, str):
            return format_html('<bdi dir="ltr">{}</bdi>', value)
        language = column.rpartition("_")[2]
        if language in ("en", "fa", "ar"):
            return format_html('<bdi lang="{}">{}</bdi>', language, value)
        return format_html("<bdi>{}</bdi>", value)

    def _code(self, kind: str, code: str) -> str:
        plain = format_html('<code dir="ltr">{}</code>', code)
        name = self.names.get(kind, code)
        return format_html("{} {}", name, plain) if name else plain


def _shape(kind: str) -> Shape:
    return statements.SHAPE if kind == "finding" else EVERY_KIND[kind].shape


def _rows(kind: str, state: Data) -> Iterator[tuple[Shape, Data]]:
    """The record itself and the rows below it, with their shapes."""
    yield _shape(kind), state
    for table, (shape, _name) in TABLES.items():
        yield from ((shape, row) for row in state.get(table, []))


def listed(cells: Iterable[tuple[str, str]]) -> str:
    """Labels with what is said of each."""
    return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", cells))


def _columns(shape: Shape) -> list[str]:
    """The columns of a shape as they are told: first what it is about."""
    return [*shape.codes, *shape.columns, *shape.lists]


def _index(names: list[str], name: str) -> int:
    """The place of a name in a list; one that is not there comes last."""
    return names.index(name) if name in names else len(names)


def _field(shape: Shape, column: str) -> models.Field | None:
    """The field of a column; rows of another table (an erratum's places) are no field."""
    try:
        field = shape.model._meta.get_field(column)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _label(shape: Shape, column: str) -> str:
    field = _field(shape, column)
    return str(field.verbose_name if field else definitions.LABELS.get(column, column))


def _kind_of_code(shape: Shape, column: str) -> str | None:
    if column in SPANS:
        return "span"
    return shape.codes.get(column) or shape.lists.get(column)


def _names(kind: str, codes: set[str]) -> dict[str, str]:
    """What these codes stand for, where they still stand for something."""
    if kind == "span":
        return _words(codes)
    model, lookup = {
        "actor": (Actor, "code"),
        "case": (Case, "slug"),
        "country": (Country, "alpha3"),
        "document": (Document, "code"),
        "region": (Region, "code"),
        "term": (Term, "id"),
    }.get(kind, (None, ""))
    if model is None:
        return {}
    rows = model._default_manager.filter(**{f"{lookup}__in": codes})
    if model is Actor:
        rows = rows.prefetch_related("names")
    if model is Case:
        rows = rows.originals()
    return {getattr(row, lookup): str(row) for row in rows}


def _words(refs: set[str]) -> dict[str, str]:
    """The words of the passages at these places, in their language; passages never change."""
    spans = {ref: span for ref in refs if (span := Span.parse(ref))}
    rows = Passage.objects.filter(ref__in={span.passage for span in spans.values()})
    passages = {row.ref: row for row in rows.select_related("edition")}
    return {
        ref: format_html(
            '«<bdi lang="{}">{}</bdi>»',
            passages[span.passage].edition.language,
            passages[span.passage].text[span.start : span.end],
        )
        for ref, span in spans.items()
        if span.passage in passages
    }


def _marked(old: str, new: str) -> tuple[SafeString, SafeString]:
    """Both texts, with the words marked that only one of them has."""
    before, after = (re.findall(r"\s+|\S+", text) for text in (old, new))
    left, right = [], []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        left.append(format_html("{}" if kind == "equal" else "<del>{}</del>", gone))
        right.append(format_html("{}" if kind == "equal" else "<ins>{}</ins>", come))
    return (
        format_html("<bdi>{}</bdi>", mark_safe("".join(left))),  # noqa: S308 (escaped above)
        format_html("<bdi>{}</bdi>", mark_safe("".join(right))),  # noqa: S308
    )
