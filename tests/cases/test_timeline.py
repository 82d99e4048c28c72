"""From dates to bars."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import edtf
from cases.timeline import Axis, course, day_axis, year_axis


def pieces(start, end=""):
    """The stretches as text: = is certain, ~ is some time within; an open end is two dots."""
    found = course(start, end)
    edges = {edtf.OPEN_START: "..", edtf.OPEN_END: ".."}
    return [
        f"{'=' if s.is_certain else '~'} {edges.get(s.first, s.first)} {edges.get(s.last, s.last)}"
        for s in found.stretches
    ]


@pytest.mark.parametrize(
    ("start", "end", "drawn"),
    [
        # Days are certain, and so is the time between them.
        ("2010-05-31", "", ["= 2010-05-31 2010-05-31"]),
        ("2010-05-31", "2010-05-31", ["= 2010-05-31 2010-05-31"]),
        ("2010-05-01", "2010-05-31", ["= 2010-05-01 2010-05-31"]),
        # A year, a month, a season: some time within.
        ("2009", "", ["~ 2009-01-01 2009-12-31"]),
        ("2008-23", "", ["~ 2008-09-01 2008-11-30"]),
        ("[2008..2010-06]", "", ["~ 2008-01-01 2010-06-30"]),
        # On the last day of its first year it had begun; on the first of its last month it went on.
        (
            "2009",
            "2010-12",
            ["~ 2009-01-01 2009-12-30", "= 2009-12-31 2010-12-01", "~ 2010-12-02 2010-12-31"],
        ),
        ("2009-03-05", "2009-07", ["= 2009-03-05 2009-07-01", "~ 2009-07-02 2009-07-31"]),
        ("2009-03", "2009-07-09", ["~ 2009-03-01 2009-03-30", "= 2009-03-31 2009-07-09"]),
        # It may have ended as soon as it began.
        ("2008-01", "2008", ["~ 2008-01-01 2008-12-31"]),
        ("2008", "2008-03", ["~ 2008-01-01 2008-12-31"]),
        ("2008", "2008", ["~ 2008-01-01 2008-12-31"]),
        # About a day is no certain day.
        ("2010-04-01~", "", ["~ 2010-04-01 2010-04-01"]),
        ("2010-04-01~", "2010-04-09", ["~ 2010-04-01 2010-04-01", "= 2010-04-02 2010-04-09"]),
        ("2010-04-01", "2010-04-09?", ["= 2010-04-01 2010-04-08", "~ 2010-04-09 2010-04-09"]),
        # Throughout, since, until.
        (
            "2009/2010",
            "",
            ["~ 2009-01-01 2009-12-30", "= 2009-12-31 2010-01-01", "~ 2010-01-02 2010-12-31"],
        ),
        ("2009/2010", "2011-02-03", ["~ 2009-01-01 2009-12-30", "= 2009-12-31 2011-02-03"]),
        ("2008/..", "", ["~ 2008-01-01 2008-12-30", "= 2008-12-31 .."]),
        ("2008-05-01", "2009/..", ["= 2008-05-01 .."]),
        ("../2010", "", ["~ .. 2010-12-31"]),
        ("../2010", "2011-05-06", ["~ .. 2011-05-06"]),
        # Only the end is stated.
        ("", "2010-12", ["~ 2010-12-01 2010-12-31"]),
        ("", "2010-12-04", ["= 2010-12-04 2010-12-04"]),
    ],
)
def test_what_is_certain_and_what_is_not(start, end, drawn):
    assert pieces(start, end) == drawn


def test_without_a_date_there_is_no_course():
    assert course("", "") is None


@pytest.mark.parametrize(
    ("start", "end", "goes_on", "end_is_stated"),
    [
        ("2008", "", False, False),
        ("2008/2010", "", False, False),
        ("2008", "2009", False, True),
        ("2008/..", "", True, True),
        ("2008", "2009/..", True, True),
        ("2008/..", "2010", False, True),
    ],
)
def test_an_end_is_stated_or_open_or_neither(start, end, goes_on, end_is_stated):
    found = course(start, end)
    assert (found.goes_on, found.end_is_stated) == (goes_on, end_is_stated)


days = st.dates(date(1, 1, 1), date(9998, 12, 31))
texts = st.one_of(
    days.map(lambda day: day.isoformat()),
    days.map(lambda day: f"{day.isoformat()}~"),
    days.map(lambda day: day.isoformat()[:7]),
    days.map(lambda day: day.isoformat()[:4]),
    days.map(lambda day: f"{day.isoformat()[:4]}/.."),
    days.map(lambda day: f"../{day.isoformat()[:4]}"),
)


@given(texts, texts | st.just(""))
def test_stretches_follow_each_other_and_fit_their_axis(start, end):
    first, last = edtf.bounds(start)[0], edtf.bounds(end)[1]
    if last and first > last:
        return
    found = course(start, end)
    axis = year_axis([found])
    for stretch in found.stretches:
        assert stretch.first <= stretch.last
        begin, length = axis.bar(stretch.first.toordinal(), stretch.last.toordinal() + 1)
        assert 0 <= begin <= 100
        assert 0 <= length <= 100 - begin + 1e-9
    for one, other in zip(found.stretches, found.stretches[1:], strict=False):
        assert (other.first - one.last).days == 1


def test_years_are_marked_evenly_and_never_crowded():
    axis = year_axis([course("2008", "2010-12"), course("2007-05-01", "")])
    assert [tick.number for tick in axis.ticks] == [2007, 2008, 2009, 2010, 2011]
    assert axis.steps == 4
    assert axis.bar(date(2007, 1, 1).toordinal(), date(2011, 1, 1).toordinal()) == (0, 100)
    long = year_axis([course("1948", "2011")])
    assert [tick.number for tick in long.ticks] == [1940, 1950, 1960, 1970, 1980, 1990, 2000] + [
        *(2010, 2020)
    ]
    assert year_axis([]).ticks


@given(st.integers(0, 4_000_000))
def test_days_begin_at_nought_and_reach_the_longest_gap(most):
    axis = day_axis(most)
    assert axis.first == axis.ticks[0].number == 0
    assert axis.last == axis.ticks[-1].number >= most
    assert 2 <= len(axis.ticks) <= 9


def test_bars_are_cut_off_at_the_ends_of_the_axis():
    axis = Axis(100, 200, ())
    assert axis.bar(0, 150) == (0, 50)
    assert axis.bar(150, 999) == (50, 50)
    assert axis.bar(0, 50) == (0, 0)
