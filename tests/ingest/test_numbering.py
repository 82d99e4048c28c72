from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.parsers.numbering import NumberedLine, label_lines

FLAGS = {"h": "after_heading", "b": "after_broken", "l": "in_list", "*": "called"}
LETTERS = {"paragraph": "P", "footnote": "F", "text": "T"}


def read(lines):
    """Labels as letters. Lines are numbers, such as `3h*`: a heading before it, a mark calls it."""
    numbered = []
    for line in lines.split():
        number = line.rstrip("hbl*")
        flags = {FLAGS[letter]: True for letter in line[len(number) :]}
        numbered.append(NumberedLine(int(number), **flags))
    return "".join(LETTERS[label] for label in label_lines(numbered))


@pytest.mark.parametrize(
    ("lines", "labels"),
    [
        ("1 2 3", "PPP"),
        ("1 2 1* 2* 3 4", "PPFFPP"),
        ("1 2 3 1* 2* 4 5 3* 6", "PPPFFPPFP"),
        ("1 2 3 1* 2* 4h 3* 5h", "PPPFFPFP"),
        # The notes of a page end with the number of the paragraph that opens the next one.
        ("1 1* 2* 2h* 3 3h 4 5", "PFFPFPPP"),
        ("1 2 3 4 5 1* 2* 3* 4* 5* 6* 6h* 7h", "PPPPPFFFFFFPP"),
        # The paragraph before breaks off, so the first of the two is the note.
        ("1 2 1* 2* 3 3b* 4 5", "PPFFPFPP"),
        ("1 1* 2* 3* 2h 3 4b* 4 5", "PFFFPPFPP"),
        ("1 1* 2* 3* 2h 3 4 4b* 5", "PFFFPPPFP"),
        # The print leaves out a paragraph, a note, or a mark.
        ("1 2 4 5", "PPPP"),
        ("1 2 1* 3 4 3* 5 6", "PPFPPFPP"),
        ("1 2 1* 2 3* 3 4 4* 5", "PPFFFPPFP"),
        # No mark calls what follows the notes: paragraphs up to the end.
        ("1 2 1* 2* 3 4 5 6 7", "PPFFPPPPP"),
        # A list, and a number that merely opens a line of the text.
        ("1 2 1l 2l 3l 3 4", "PPTTTPP"),
        ("1 1l 2l 3l 2 3", "PTTTPP"),
        ("1 2 1l 2l 1* 3", "PPTTFP"),
        ("1 2 3 1l 2l 3l 4l 5 6", "PPPTTTPPP"),
        ("1 2 90 3 4", "PPTPP"),
        ("0 1 2", "TPP"),
        ("", ""),
    ],
)
def test_it_tells_paragraphs_from_footnotes_by_their_order(lines, labels):
    assert read(lines) == labels


@st.composite
def printed_reports(draw):
    """Paragraphs 1 to n under a heading a page, each page's footnotes after its last paragraph."""
    lines, labels, paragraph, note = [], "", 0, 0
    for count in draw(st.lists(st.integers(1, 6), min_size=1, max_size=12)):
        for place in range(count):
            paragraph += 1
            lines.append(NumberedLine(paragraph, after_heading=not place, called=paragraph <= note))
            labels += "P"
        # Where notes run ahead of paragraphs nobody could tell the two apart by order.
        for _ in range(draw(st.integers(0, min(4, max(0, paragraph - 1 - note))))):
            note += 1
            lines.append(NumberedLine(note, called=True))
            labels += "F"
    return lines, labels


@given(printed_reports())
def test_a_report_with_headings_between_its_pages_is_read_as_printed(report):
    lines, labels = report
    assert "".join(LETTERS[label] for label in label_lines(lines)) == labels


FLAG = st.booleans()
NUMBERED_LINES = st.builds(NumberedLine, st.integers(0, 30), *[FLAG] * 6)


@given(st.lists(NUMBERED_LINES, max_size=60))
@example([NumberedLine(1), NumberedLine(1, signed=False), NumberedLine(1, recalled=True)])
def test_whatever_the_numbers_both_sequences_run_upwards_or_begin_anew_where_they_are_recalled(
    lines,
):
    labels = label_lines(lines)
    assert len(labels) == len(lines)
    for kind in ("paragraph", "footnote"):
        found = [line for line, label in zip(lines, labels, strict=True) if label == kind]
        for before, line in pairwise(found):
            begins_anew = kind == "footnote" and line.number == 1 and line.recalled
            assert line.number > before.number or begins_anew
        assert all(line.number for line in found)


def test_a_long_file_of_stray_numbers_still_has_labels_for_all_its_lines():
    # Without a limit on the readings kept, this takes minutes instead of seconds.
    random = Random(7)
    numbers = [place % 900 + 1 for place in range(5000)]
    numbers += [random.randint(1, 999) for _ in range(5000)]
    labels = label_lines(NumberedLine(number) for number in numbers)
    assert labels[:900] == ["paragraph"] * 900
    assert len(labels) == 10_000
