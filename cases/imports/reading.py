"""A file as it came, read as rows of text: CSV in any delimiter, CSV for Excel, XLSX.

Nothing here knows what the columns mean. What cannot be read is refused with what to do instead.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cases.exports import from_xlsx

# A cell may be as long as the file.
csv.field_size_limit(2**31 - 1)

DELIMITERS = ",;\t"
ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A zip bomb swells a thousandfold; spreadsheets of text swell some ten to thirtyfold.
SWELLING = 200
# What a spreadsheet has at the most, whatever a file says of its rows.
MOST_ROWS = 1_048_576
# Many times what any table has.
MOST_COLUMNS = 1_000
# No spreadsheet writes a document type, and nothing good comes of the entities in one.
_DOCTYPES = tuple("<!DOCTYPE".encode(each) for each in ("ascii", "utf-16-le", "utf-16-be"))


class Unreadable(Exception):
    """A file that is refused whole; says why, and what to do."""


@dataclass
class Sheet:
    """The rows of one table as text.

    `rows` has the number that a spreadsheet shows beside a row and its cells, one for each column
    of the head. `bad` says of cells, by number and column, why their text cannot be trusted.
    """

    name: str
    head: list[str]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    bad: dict[tuple[int, str], str] = field(default_factory=dict)
    # Columns without a name that have something in them, as letters: D, AA.
    nameless: list[str] = field(default_factory=list)
    # Whether long cells may have been cut off.
    from_xlsx: bool = False


def read(content: bytes, *, limit: int | None) -> list[Sheet]:
    """The sheets of a file (one, without a name, if it is CSV), or Unreadable.

    `limit` is the most bytes that are taken; a workbook may unpack to ten times as many.
    """
    if limit is not None and len(content) > limit:
        raise Unreadable(
            _("The file is larger than %(limit)s MB: divide it, or use manage.py import.")
            % {"limit": limit // 1_000_000}
        )
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if content.startswith(ZIP):
        _check_package(content, limit)
        return _read_xlsx(content)
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(
                _("The workbook is protected by a password: save it without one, as XLSX.")
            )
        raise Unreadable(_("This is an old Excel file (XLS): save it as XLSX or CSV UTF-8."))
    return [_read_csv(content)]


def _as_lines(content: bytes) -> io.TextIOWrapper:
    """The lines of a file in UTF-8, or in UTF-16 with its mark, as Excel's “Unicode text” has it.

    All of it is looked at before, but not kept: as text it takes twice as much memory and more.
    """
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(
            _(
                "The file is not UTF-8 (line %(line)s); it looks like %(guess)s. Save it as "
                "“CSV UTF-8” or as XLSX: only these keep every letter."
            )
            % {"line": line, "guess": _guess(content)}
        ) from error
    if "\0" in text:
        raise Unreadable(_("This is no text: save the table as CSV UTF-8 or XLSX."))
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def _guess(content: bytes) -> str:
    """The old encoding that a file is most likely in."""
    try:
        text = content.decode("cp1256")
    except UnicodeDecodeError:
        return "Windows-1252"
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text)
    foreign = sum(not letter.isascii() for letter in text)
    return "Windows-1256" if arabic * 2 > foreign else "Windows-1252"


def _read_csv(content: bytes) -> Sheet:
    lines = _as_lines(content)
    first, delimiter = lines.readline(), None
    if found := re.fullmatch(r"sep=(.)\r?\n", first):
        delimiter, first = found[1], lines.readline()
    if not first:
        raise Unreadable(_("The file is empty."))
    # Names of columns need no quotation marks, so the first line has delimiters only.
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
    return _sheet("", _parted(reader))


def _parted(reader) -> Iterator[tuple[int, list[str], dict[int, str]]]:
    """The rows of a CSV file with their numbers."""
    number = 0
    try:
        for number, line in enumerate(reader, start=1):
            _check_width(line)
            yield number, line, {}
    except csv.Error as error:
        raise Unreadable(
            _("Row %(row)s cannot be read as CSV (%(error)s): look at its quotation marks.")
            % {"row": number + 1, "error": error}
        ) from error


def _check_width(line) -> None:
    if len(line) > MOST_COLUMNS:
        raise Unreadable(
            _("A row has more than %(limit)s columns: no table has as many; check the file.")
            % {"limit": MOST_COLUMNS}
        )


def _sheet(name: str, lines: Iterable[tuple[int, list[str], dict[int, str]]]) -> Sheet:
    """Rows by column name; each line has its number, its cells, and what is wrong with them."""
    rest = iter(lines)
    head = [cell.strip() for cell in next(rest, (1, [], {}))[1]]
    if not any(head):
        raise Unreadable(_("The first row is empty: it must have the names of the columns."))
    sheet = Sheet(name, [column for column in head if column])
    nameless, unnamed = set(), [place for place, column in enumerate(head) if not column]
    # Of a column that stands there twice the first one counts.
    columns = {column: head.index(column) for column in sheet.head}
    for number, line, bad in rest:
        if not any(cell.strip() for cell in line) and not bad:
            continue
        width = len(line)
        cells = {column: line[place] if place < width else "" for column, place in columns.items()}
        for place in (*unnamed, *range(len(head), width)):
            if place < width and line[place].strip():
                nameless.add(place)
        sheet.rows.append((number, cells))
        for place, what in bad.items():
            if place < len(head) and head[place]:
                sheet.bad[number, head[place]] = what
    sheet.nameless = [_letters(place) for place in sorted(nameless)]
    return sheet


def _letters(place: int) -> str:
    """What a spreadsheet calls a column: A, B … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _read_xlsx(content: bytes) -> list[Sheet]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheets = [_read_sheet(sheet) for sheet in book.worksheets]
        book.close()
    except Unreadable:
        raise
    except Exception as error:
        # A damaged package breaks the reader at any of a hundred places.
        raise Unreadable(
            _("The workbook is damaged: open it in a spreadsheet and save it anew as XLSX.")
        ) from error
    filled = [sheet for sheet in sheets if sheet is not None]
    if not filled:
        raise Unreadable(_("The workbook is empty."))
    return filled


def _check_package(content: bytes, limit: int | None) -> None:
    """Refuse what is no plain workbook, or swells beyond measure, before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(
            _("The workbook is damaged: open it in a spreadsheet and save it anew as XLSX.")
        ) from error
    _check_members(members, content, limit)
    _check_types(content)


def _check_members(members: list[zipfile.ZipInfo], content: bytes, limit: int | None) -> None:
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        raise Unreadable(_("This is no XLSX workbook: save the table as XLSX or as CSV UTF-8."))
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable(_("The workbook has macros: save it as XLSX without them."))
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(
            _("The workbook is protected by a password: save it without one, as XLSX.")
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > SWELLING * len(content) or (limit is not None and unpacked > 10 * limit):
        raise Unreadable(_("The workbook is far larger unpacked than packed, and is refused."))


def _check_types(content: bytes) -> None:
    """Refuse a package of which a part declares a document type; its size was checked before."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = (package.read(each) for each in package.namelist() if not _is_media(each))
            has_type = any(doctype in part for part in parts for doctype in _DOCTYPES)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError) as error:
        raise Unreadable(
            _("The workbook is damaged: open it in a spreadsheet and save it anew as XLSX.")
        ) from error
    if has_type:
        raise Unreadable(
            _(
                "The workbook declares a document type, as no spreadsheet does: open it in a "
                "spreadsheet and save it anew as XLSX."
            )
        )


def _is_media(name: str) -> bool:
    return name.startswith("xl/media/")


def _read_sheet(sheet) -> Sheet | None:
    """The rows of a sheet, or None if it is empty."""
    lines = list(_lines(sheet))
    if not any(cell.strip() for _number, line, bad in lines for cell in line) and not any(
        bad for _number, _line, bad in lines
    ):
        return None
    result = _sheet(sheet.title, lines)
    result.from_xlsx = True
    return result


def _lines(sheet) -> Iterator[tuple[int, list[str], dict[int, str]]]:
    sheet.reset_dimensions()  # what the file says of them may be anything
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise Unreadable(_("A sheet has more rows than a spreadsheet can hold."))
        if number > 1 and not row:
            continue  # one that the file leaves out, down to a number that may be anything
        _check_width(row)
        line, bad = [], {}
        for place, cell in enumerate(row):
            if cell.data_type == "f":
                bad[place] = _("holds a formula: paste its value as text.")
            elif cell.data_type == "e":
                bad[place] = _("holds an error of the spreadsheet (%(error)s).") % {
                    "error": cell.value
                }
            line.append(_as_text(cell.value, cell.number_format if cell.value else ""))
        yield number, line, bad


def _as_text(value: Any, number_format: str) -> str:
    """A cell's value as the text that was typed, where a spreadsheet made something else of it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return from_xlsx(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        if value.time() != time.min:
            return value.isoformat()
        # 2010-12 becomes the first of the month, shown as Dec-10.
        has_day = "d" in re.sub(r'"[^"]*"|\[[^\]]*\]', "", number_format.lower())
        return value.strftime("%Y-%m-%d" if has_day else "%Y-%m")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
