"""Files as they come: every flavour is read, what cannot be read is refused with the remedy."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from cases import imports
from cases.imports import Unreadable

HEAD = ["slug", "title_en", "title_fa"]
ROW = ["guinea", 'The "coup", and after;\nnothing', "گینه"]


def only(content: bytes, **options) -> tuple[list[str], list[str]]:
    """The head and the one row of a file."""
    (sheet,) = imports.read(content, limit=None, **options)
    ((number, cells),) = sheet.rows
    assert number == 2
    return sheet.head, list(cells.values())


def csv_of(delimiter=",", rows=(HEAD, ROW)) -> str:
    def cell(text):
        return '"' + text.replace('"', '""') + '"' if set(text) & set(',;\t"\n') else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def xlsx_of(*rows, change=None, title="cases") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def refusal(content: bytes, limit=None) -> str:
    with pytest.raises(Unreadable) as refused:
        imports.read(content, limit=limit)
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_delimiter_in_any_unicode_is_read(delimiter, encoding):
    assert only(csv_of(delimiter).encode(encoding)) == (HEAD, ROW)


def test_a_first_line_that_names_the_delimiter_is_no_row():
    assert only(("sep=;\r\n" + csv_of(";")).encode()) == (HEAD, ROW)


def test_a_workbook_is_read():
    assert only(xlsx_of(HEAD, ROW)) == (HEAD, ROW)


@pytest.mark.parametrize(
    ("value", "number_format", "read"),
    [
        (2010, "General", "2010"),
        (2010.0, "General", "2010"),
        (-10.5, "0.00", "-10.5"),
        (True, "General", "TRUE"),
        (datetime(2010, 12, 1), "mmm-yy", "2010-12"),  # noqa: DTZ001 (a cell has no zone)
        (datetime(2010, 12, 1), "dd/mm/yyyy", "2010-12-01"),  # noqa: DTZ001
        (date(2010, 12, 1), "[$-409]mmm-yy;@", "2010-12"),
        (datetime(2010, 12, 1, 3, 4), "yyyy-mm-dd hh:mm", "2010-12-01T03:04:00"),  # noqa: DTZ001
        (time(3, 4), "hh:mm", "03:04:00"),
    ],
)
def test_what_a_spreadsheet_made_of_a_text_becomes_text_again(value, number_format, read):
    def change(book):
        cell = book.active.cell(2, 2, value)
        cell.number_format = number_format

    assert only(xlsx_of(HEAD, ["a", "", "b"], change=change))[1] == ["a", read, "b"]


def test_a_formula_and_an_error_of_a_workbook_are_named_by_row_and_column():
    (sheet,) = imports.read(xlsx_of(HEAD, ["a", "=1+1", "#REF!"]), limit=None)
    assert set(sheet.bad) == {(2, "title_en"), (2, "title_fa")}
    assert "formula" in sheet.bad[2, "title_en"]
    assert "#REF!" in sheet.bad[2, "title_fa"]


def test_blank_lines_are_no_rows_and_numbers_are_those_of_the_spreadsheet():
    content = csv_of(rows=(HEAD, ["a", "x", ""], ["", "", ""], ["b", "y\nz", ""], ["c", "", ""]))
    (sheet,) = imports.read(content.encode(), limit=None)
    assert [number for number, _cells in sheet.rows] == [2, 4, 5]


def test_a_column_without_a_name_is_told_only_if_it_holds_something():
    rows = (["slug", "", ""], ["a", "", "lost"])
    (sheet,) = imports.read(csv_of(rows=rows).encode(), limit=None)
    assert (sheet.head, sheet.nameless) == (["slug"], ["C"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("slug,title_ar\nغينيا,غينيا\n".encode("cp1256"), "line 2); it looks like Windows-1256"),
        ("slug,title\nCôte d’Ivoire,é\n".encode("cp1252"), "Windows-1252"),
        ("slug\na\n".encode("utf-16-le"), "no text"),
        (b"slug\n\0\n", "no text"),
        (b'slug,title\n"a,b\n', "Row 2 cannot be read as CSV"),
        (b",,\n1,2,3\n", "first row is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "XLS"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"PK\x03\x04 and then nonsense", "damaged"),
        (xlsx_of(), "empty"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_remedy(content, said):
    assert said in refusal(content)


def package(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members:
            written.writestr(name, content)
    return buffer.getvalue()


BOOK = ("xl/workbook.xml", b"<workbook/>")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (package(("word/document.xml", b"")), "no XLSX workbook"),
        (package(BOOK, ("xl/vbaProject.bin", b"")), "macros"),
        (package(BOOK, ("xl/worksheets/sheet1.xml", b" " * 20_000_000)), "larger unpacked"),
        (package(BOOK), "damaged"),
        (xlsx_of(HEAD, ROW)[:-300], "damaged"),
    ],
)
def test_packages_that_are_no_plain_workbooks_are_refused(content, said):
    assert said in refusal(content)


def rewritten(part: str, change) -> bytes:
    """A workbook of which one part was changed by hand."""
    original = zipfile.ZipFile(io.BytesIO(xlsx_of(["slug"], ["a"])))
    members = ((name, original.read(name)) for name in original.namelist())
    return package(*((name, change(each) if name == part else each) for name, each in members))


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_entities_are_refused_in_whatever_part_they_stand(part, encoding):
    content = rewritten(part, lambda data: ENTITIES.encode(encoding) + data)
    assert "declares a document type" in refusal(content)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'r="2"', b'r="999999999999"', "more rows than a spreadsheet can hold"),
        (b'r="A2"', b'r="ZZZ2"', "more than 1000 columns"),
    ],
)
def test_a_small_file_that_says_it_is_endless_is_refused(old, new, said):
    assert said in refusal(rewritten(SHEET, lambda data: data.replace(old, new)))


def test_a_file_of_nothing_but_delimiters_is_refused():
    assert "more than 1000 columns" in refusal(b"slug" + b"," * 2_000_000)


def test_a_row_far_below_the_others_is_read_with_its_number():
    content = rewritten(SHEET, lambda data: data.replace(b'r="2"', b'r="9000"'))
    (sheet,) = imports.read(content, limit=None)
    assert sheet.rows == [(9000, {"slug": "a"})]


def test_one_huge_cell_is_read_as_it_is():
    assert only(b"slug\r\n" + b"x" * 3_000_000 + b"\r\n")[1] == ["x" * 3_000_000]


def test_a_protected_package_is_refused():
    content = bytearray(package(BOOK))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert "password" in refusal(bytes(content))


def test_a_file_beyond_the_limit_is_refused_before_it_is_read():
    assert "larger than 2 MB" in refusal(b"x" * 2_000_001, limit=2_000_000)
