"""From dates as sources give them to bars: what is certain, what is only some time within.

Pure: no Django. A bar is a row of stretches, each of whole days. A stretch is certain where the
dates leave no doubt that the case was going on, and uncertain where it may have been.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases import edtf

DAY = timedelta(days=1)
YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
DAY_STEPS = (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650)
MOST_STEPS = 8


@dataclass(frozen=True)
class Stretch:
    """Days, the first and the last included, and whether they are certain."""

    first: date
    last: date
    is_certain: bool


@dataclass(frozen=True)
class Course:
    """How a case lies in time.

    Of a case that goes on, a source says so: its last stretch has no end. Where no end is stated,
    nothing is known of the time after the last stretch.
    """

    stretches: tuple[Stretch, ...]
    goes_on: bool
    end_is_stated: bool


def course(start: str, end: str) -> Course | None:
    """The course of a case from its two dates (canonical EDTF, "" where not stated)."""
    begins, ends = _dates(start), _dates(end)
    if not (begins or ends):
        return None
    goes_on = (ends or begins)[-1].last == edtf.OPEN_END
    first = (begins or ends)[0]
    # A start such as 2009/2010 says that the case went on throughout, not that it ended then.
    last = ends[-1] if ends else begins[-1]
    return Course(tuple(_between(first, last)), goes_on, bool(ends) or goes_on)


def _dates(text: str) -> list[Stretch]:
    """The one or two dates of a text; an open end is a date at the end of all days."""
    if not text:
        return []
    parts = [text] if text.startswith("[") else text.split("/")
    dates = []
    for at, part in enumerate(parts):
        if part == "..":
            edge = edtf.OPEN_END if at else edtf.OPEN_START
            # Until 2010: from nobody knows when to some day in 2010.
            dates.append(Stretch(edge, edge, is_certain=bool(at)))
            continue
        value = edtf.parse(part)
        is_exact = value.earliest == value.latest
        is_sure = not (value.approximate or value.uncertain)
        dates.append(Stretch(value.earliest, value.latest, is_exact and is_sure))
    return dates


def _between(first: Stretch, last: Stretch) -> Iterable[Stretch]:
    """The stretches of a case that begins some time in the first and ends some time in the last."""
    if first == last:
        yield first
        return
    if last.first <= first.last:
        # It may have ended as soon as it began.
        yield Stretch(first.first, max(first.last, last.last), is_certain=False)
        return
    sure_from = first.first
    if not first.is_certain:
        if first.first == edtf.OPEN_START:
            # How long it had gone on before is not said: none of it is certain.
            yield Stretch(first.first, last.last, is_certain=False)
            return
        is_day = first.first == first.last
        sure_from = first.last + DAY if is_day else first.last
        yield Stretch(first.first, sure_from - DAY, is_certain=False)
    is_day = last.first == last.last
    sure_to = last.first - DAY if is_day and not last.is_certain else last.first
    if sure_from <= sure_to:
        yield Stretch(sure_from, sure_to, is_certain=True)
    if not last.is_certain:
        yield Stretch(max(sure_to + DAY, sure_from), last.last, is_certain=False)


@dataclass(frozen=True)
class Tick:
    """A number on an axis and its place, in hundredths of the axis."""

    number: int
    at: float


@dataclass(frozen=True)
class Axis:
    """A scale from its first to its last number, with evenly spaced ticks."""

    first: int
    last: int
    ticks: tuple[Tick, ...]

    @property
    def steps(self) -> int:
        """How many steps its ticks cut it into: from 1 to MOST_STEPS."""
        return max(1, len(self.ticks) - 1)

    def bar(self, first: int, last: int) -> tuple[float, float]:
        """Where a bar begins and how long it is, in hundredths; cut off at the ends of the axis."""
        whole = self.last - self.first
        begin, end = (min(max(each, self.first), self.last) for each in (first, last))
        return 100 * (begin - self.first) / whole, 100 * (end - begin) / whole


def year_axis(courses: Iterable[Course]) -> Axis:
    """Whole years around all that has an end; its numbers are days, its ticks are years."""
    days = [day for each in courses for s in each.stretches for day in (s.first, s.last)]
    years = [day.year for day in days if day not in (edtf.OPEN_START, edtf.OPEN_END)]
    first, last = min(years, default=2000), max(years, default=2000) + 1
    step = _step(last - first, YEAR_STEPS)
    first -= first % step
    last += -last % step
    ticks = tuple(
        Tick(year, 100 * (year - first) / (last - first)) for year in range(first, last + 1, step)
    )
    return Axis(_new_year(first), _new_year(last), ticks)


def day_axis(most: int) -> Axis:
    """Days from 0 to at least `most`."""
    step = _step(most, DAY_STEPS)
    last = max(step, most + -most % step)
    ticks = tuple(Tick(day, 100 * day / last) for day in range(0, last + 1, step))
    return Axis(0, last, ticks)


def _step(length: int, steps: tuple[int, ...]) -> int:
    """The smallest step that cuts the length into no more than MOST_STEPS pieces."""
    for step in steps:
        if length <= step * (MOST_STEPS - 1):
            return step
    # Longer than any step foresees: the last one, as many times over as it takes.
    return steps[-1] * -(-length // (steps[-1] * (MOST_STEPS - 1)))


def _new_year(year: int) -> int:
    """The first day of a year as a number; also of the years 0 and 10000, which no date has."""
    if 1 <= year <= 9999:
        return date(year, 1, 1).toordinal()
    nearest = date(1, 1, 1) if year < 1 else date(9999, 1, 1)
    return nearest.toordinal() + round((year - nearest.year) * 365.2425)


def as_numbers(stretch: Stretch) -> tuple[int, int]:
    """A stretch as two places on an axis of days: where it begins, and where its last day ends."""
    return stretch.first.toordinal(), stretch.last.toordinal() + 1
