import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.parsers.source import SourceError, decode, read_source

TEXT = "۱- دیپلماسی پیشگیرانه. Présence."


def test_it_drops_a_byte_order_mark_and_nothing_else():
    assert decode(b"\xef\xbb\xbf" + TEXT.encode(), "report.txt") == TEXT
    assert decode(f"\r\n{TEXT}\r\n".encode(), "report.txt") == f"\r\n{TEXT}\r\n"


def test_it_reads_the_page_breaks_of_a_printed_report():
    assert decode(b"one\x0ctwo\tthree", "report.txt") == "one\x0ctwo\tthree"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b" \n\r\n\t", "the file is empty"),
        (b"\xef\xbb\xbf", "no text"),
        (b"\xef\xbb\xbf \n", "no text"),
        ("\u2003\n".encode(), "no text"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "binary"),
        (b"%PDF-1.7\n\x00\x01", "binary"),
        (b"%PDF-1.7\n\x01\x02", "U+0001"),
        ("1. Présence".encode("latin-1"), "byte 0xe9 at position 5"),
        ("۱- دیپلماسی".encode()[:-1], "not UTF-8"),
        ("دبلوماسية".encode("cp1256"), "not UTF-8"),
    ],
)
def test_it_refuses_what_is_no_utf8_text_and_names_the_file(content, says):
    with pytest.raises(SourceError) as refused:
        decode(content, "report.txt")
    assert str(refused.value).startswith("report.txt: ")
    assert says in str(refused.value)


def test_the_position_of_a_bad_byte_counts_from_the_first_byte_of_the_file():
    with pytest.raises(SourceError, match="byte 0xe9 at position 4;"):
        decode(b"\xef\xbb\xbfa\xe9", "report.txt")


@given(st.binary())
@example(b"\xff\xfe\x00\x00")
@example(b"\xed\xa0\x80")
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
def test_any_bytes_are_text_or_refused(content):
    try:
        text = decode(content, "report.txt")
    except SourceError:
        return
    assert text.strip()
    assert text.encode() == content.removeprefix(b"\xef\xbb\xbf")


def test_it_reads_the_bytes_as_they_are(tmp_path):
    path = tmp_path / "report.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\n")
    assert read_source(path) == b"\xef\xbb\xbfone\r\n"
    assert read_source(str(path)) == b"\xef\xbb\xbfone\r\n"


def test_it_says_why_a_file_cannot_be_opened(tmp_path):
    with pytest.raises(SourceError, match=r"missing\.txt: cannot be read: No such file"):
        read_source(tmp_path / "missing.txt")
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        read_source(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_it_says_that_a_file_may_not_be_read(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_bytes(b"text")
    path.chmod(0)
    with pytest.raises(SourceError, match="Permission denied"):
        read_source(path)


def test_a_name_that_no_file_can_have_is_refused_too():
    with pytest.raises(SourceError, match="cannot be read"):
        read_source("a\x00b")
