"""Cells: what a spreadsheet does to them unasked, and how each column is written and read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.exports import NOT_IN_XML, for_xlsx, from_xlsx
from cases.expressions import SEPARATOR
from cases.records.shapes import Data, Index, Span, plain

NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\d{1,3}(,\d{3})+|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# Dates as spreadsheets write them: 28/09/2009, 03/04/26; 28-Sep-2009, 28 Sep; Sep-09, Dec 2010.
IN_NUMBERS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})", re.ASCII)
WITH_NAME = re.compile(r"(?:(\d{1,2})[ -])?([a-z]{3})[a-z]*(?:[ -](\d{4}|\d{2}))?", re.ASCII)

PAIR = re.compile(r"(\d{1,2})[/.-](\d{1,2})", re.ASCII)


def is_same(cell: str, written: str) -> bool:
    """Whether a cell that came home is one that was written and that nobody edited.

    Spreadsheets change line ends, drop control characters, cut what is longer than their cells,
    write numbers and dates of plain CSV in their own way.
    """
    if cell == written:
        return True
    if settled(cell) in {settled(written), *map(settled, _through_xlsx(written))}:
        return True
    if {cell.lower(), written.lower()} <= {"true", "false"}:
        return cell.lower() == written.lower()
    if NUMBER.fullmatch(written) and NUMBER.fullmatch(cell):
        return float(written.replace(",", "")) == float(cell.replace(",", ""))
    return _is_same_date(cell.strip().lower(), written)


def settled(text: str) -> str:
    """A text without what gets lost or changed on the way through a spreadsheet."""
    return NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _through_xlsx(text: str) -> tuple[str, str]:
    """The text from our own workbook, and from one that was saved by a program that takes no care
    of what looks like the code of a character."""
    return from_xlsx(for_xlsx(text)), from_xlsx(text)


def _is_same_date(cell: str, written: str) -> bool:
    """Whether a date stands in a spreadsheet's own form: a day, a month, or what it took for one.

    What is a date for us is never another's form: 2010-12-01 for 2010-12 is an edit.
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell, re.ASCII) and not PAIR.fullmatch(written):
        return False
    if day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", written, re.ASCII):
        return (int(day[1]), int(day[2]), int(day[3])) in set(_dates(cell))
    if month := re.fullmatch(r"(\d{4})-(\d\d)", written, re.ASCII):
        return (int(month[1]), int(month[2]), 0) in set(_dates(cell))
    if pair := PAIR.fullmatch(written):
        # 3/4 becomes the third of April, or the fourth of March, of this year.
        days = {(month, day) for _year, month, day in _dates(cell)}
        first, second = int(pair[1]), int(pair[2])
        return bool({(first, second), (second, first)} & days)
    return False


def _dates(cell: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day of what a spreadsheet's date may mean; 0 for what it does not say."""
    if found := IN_NUMBERS.fullmatch(cell):
        first, second, last = int(found[1]), int(found[3]), int(found[4])
        if len(found[1]) == 4:
            yield first, second, last
            return
        for year in _years(found[4]):
            yield year, first, second
            yield year, second, first
    elif (found := WITH_NAME.fullmatch(cell)) and found[2] in MONTHS:
        for year in _years(found[3] or "0"):
            yield year, MONTHS.index(found[2]) + 1, int(found[1] or 0)


def _years(digits: str) -> tuple[int, ...]:
    """The years that digits mean, where two of them leave the century open."""
    year = int(digits)
    return (1900 + year, 2000 + year) if len(digits) == 2 else (year,)


@dataclass(frozen=True)
class Column:
    """One editable column of a file: how a row's canonical data is written in it and read back."""

    name: str

    def write(self, data: Data) -> str:
        """The cell of a row; a test holds it equal to what `cases.exports` asks the database."""
        raise NotImplementedError

    def read(self, cell: str, data: Data, index: Index, errors: list[str]) -> Any:
        """The value that a cell says (None: nothing); what is wrong with it goes to `errors`."""
        raise NotImplementedError

    def put(self, data: Data, value: Any) -> None:
        """Set the value in a row's canonical data."""
        if value in (None, "", []):
            data.pop(self.name, None)
        else:
            data[self.name] = value


@dataclass(frozen=True)
class Value(Column):
    """A column of the model itself: a text, a code of one's own, a date, a number, a choice."""

    model: type[models.Model]

    @property
    def field(self) -> models.Field:
        return self.model._meta.get_field(self.name)

    @property
    def is_free_text(self) -> bool:
        """Whether spaces at its ends are part of it; around a code or a date they mean nothing."""
        return type(self.field) in (models.CharField, models.TextField) and not self.field.choices

    def write(self, data):
        return str(data.get(self.name, ""))

    def read(self, cell, data, index, errors):
        field = self.field
        text = cell if self.is_free_text else cell.strip()
        if not text:
            if not field.blank and not field.has_default():
                errors.append(_("must not be empty."))
            return plain(field.get_default()) if field.has_default() else None
        if field.choices:
            known = [code for code, _label in field.flatchoices]
            if text not in known:
                errors.append(
                    _("“%(read)s” is not one of %(known)s.")
                    % {"read": text, "known": ", ".join(known)}
                )
            return text
        try:
            return plain(field.clean(text, None))
        except ValidationError as error:
            errors.extend(error.messages)
        return None


@dataclass(frozen=True)
class Padded(Value):
    """A number with leading zeros, such as M49's 024, which spreadsheets take away."""

    width: int = 3

    def read(self, cell, data, index, errors):
        cell = cell.strip()
        if cell.isdecimal():
            cell = cell.zfill(self.width)
        return super().read(cell, data, index, errors)


def unknown(index: Index, kind: str, code: str, shown: Callable[[str], str] = str) -> str:
    """The sentence for a code that names nothing; files never create what they name."""
    near = [shown(each) for each in index.near(kind, code)]
    words = {"code": shown(code), "kind": KIND_NAMES[kind](), "near": ", ".join(near)}
    if near:
        return _("“%(code)s” is not a known %(kind)s; did you mean %(near)s?") % words
    return _("“%(code)s” is not a known %(kind)s; create it first.") % words


KIND_NAMES: dict[str, Callable[[], str]] = {
    "actor": lambda: _("actor"),
    "case": lambda: _("case"),
    "country": lambda: _("country"),
    "document": lambda: _("document"),
    "edition": lambda: _("edition"),
    "passage": lambda: _("passage"),
    "quotation": lambda: _("quotation"),
    "region": lambda: _("region"),
    "term": lambda: _("term"),
}


@dataclass(frozen=True)
class CodeOf(Column):
    """The code of another record; `prefix` is what canonical data has before it."""

    kind: str
    required: bool = False
    prefix: Callable[[Data], str] = lambda data: ""

    def write(self, data):
        return data.get(self.name, "").removeprefix(self.prefix(data))

    def read(self, cell, data, index, errors):
        code, prefix = cell.strip(), self.prefix(data)
        if not code:
            if self.required:
                errors.append(_("must not be empty."))
            return None
        if not index.knows(self.kind, index.current(self.kind, prefix + code)):
            errors.append(
                unknown(index, self.kind, prefix + code, lambda each: each.removeprefix(prefix))
            )
        return prefix + code


def parted(cell: str) -> list[str]:
    """The codes of a cell."""
    return [code.strip() for code in cell.split(SEPARATOR) if code.strip()]


def _said_twice(codes: list[str], errors: list[str]) -> None:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        errors.append(_("“%(code)s” stands there twice.") % {"code": code})


@dataclass(frozen=True)
class CodesOf(Column):
    """Codes of other records; `in_order` where their order says something."""

    kind: str
    in_order: bool = False

    def write(self, data):
        codes = data.get(self.name, [])
        return SEPARATOR.join(codes if self.in_order else sorted(set(codes)))

    def read(self, cell, data, index, errors):
        codes = parted(cell)
        _said_twice(codes, errors)
        errors += [
            unknown(index, self.kind, code)
            for code in dict.fromkeys(codes)
            if not index.knows(self.kind, index.current(self.kind, code))
        ]
        return codes if self.in_order else sorted(codes)


@dataclass(frozen=True)
class Keys(Column):
    """Keys of other statements of the same case; `records.plan` knows which there are."""

    def write(self, data):
        return SEPARATOR.join(sorted(set(data.get(self.name, []))))

    def read(self, cell, data, index, errors):
        keys = parted(cell)
        _said_twice(keys, errors)
        return sorted(keys)


@dataclass(frozen=True)
class Places(Column):
    """Stretches of passages."""

    def write(self, data):
        return SEPARATOR.join(data.get(self.name, []))

    def read(self, cell, data, index, errors):
        places = parted(cell)
        _said_twice(places, errors)
        for place in dict.fromkeys(places):
            if what := not_a_place(place, index):
                errors.append(what)
        return places


def not_a_place(ref: str, index: Index) -> str | None:
    """Why a reference names no stretch of a passage; None if it does."""
    span = Span.parse(ref)
    if span is None:
        return _("“%(ref)s” is no place such as S-2011-552/fa/p24/12-80.") % {"ref": ref}
    text = index.text(span.passage)
    if text is None:
        return unknown(index, "passage", span.passage)
    if not span.start < span.end <= len(text):
        return _("“%(ref)s”: the passage has %(length)s characters, so no such place.") % {
            "ref": ref,
            "length": len(text),
        }
    return None


@dataclass(frozen=True)
class Coded(Column):
    """Rows below a case that a cell names by code: `LBR:at_risk`, or `GIN` where `only` is set."""

    field: str
    kind: str
    code: str  # the key of the code in a row, such as country
    role: str  # the key of what stands with it, such as role
    roles: tuple[str, ...]
    only: str = ""
    code_first: bool = True
    in_order: bool = True

    def mine(self, row: Data) -> bool:
        return row[self.role] in self.roles

    def _cell(self, row: Data) -> str:
        if self.only:
            return row[self.code]
        pair = (row[self.code], row[self.role])
        return ":".join(pair if self.code_first else reversed(pair))

    def write(self, data):
        cells = [self._cell(row) for row in data.get(self.field, []) if self.mine(row)]
        return SEPARATOR.join(cells if self.in_order else sorted(set(cells)))

    def read(self, cell, data, index, errors):
        rows = []
        parts = parted(cell)
        _said_twice(parts, errors)
        for part in parts:
            first, _colon, last = (part, "", self.only) if self.only else part.partition(":")
            code, role = (first, last) if self.code_first else (last, first)
            if role not in self.roles:
                errors.append(
                    _("“%(read)s”: write %(form)s, with one of %(known)s.")
                    % {
                        "read": part,
                        "form": "ABC:role" if self.code_first else "kind:slug",
                        "known": ", ".join(self.roles),
                    }
                )
            elif not index.knows(self.kind, index.current(self.kind, code)):
                errors.append(unknown(index, self.kind, code))
            rows.append({self.code: code, self.role: role})
        return rows

    def put(self, data, value):
        """In the places of the rows they replace, so that the order of the others stays."""
        old, new = data.get(self.field, []), list(value or [])
        if not self.in_order:
            known = [row for row in old if row in new]
            new = known + [row for row in new if row not in known]
        result = []
        for row in old:
            if not self.mine(row):
                result.append(row)
            elif new:
                result.append(new.pop(0))
        result += new
        if result:
            data[self.field] = result
        else:
            data.pop(self.field, None)
