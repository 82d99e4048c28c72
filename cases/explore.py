"""What the pictures of `/explore/` show of a selection of cases: where, when, with what result.

Every number is the number of cases that the list shows under the same filters and the one value
more: places, tools and outcomes are counted in memory, as the filters of the list are, and general
rules, in which a case only stands as an example, are left out. All is read in a fixed number of
queries, and no picture grows beyond MOST cases.
"""

from dataclasses import dataclass
from functools import cached_property
from math import pi, sqrt

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from cases import geo, timeline
from cases.expressions import Bytewise
from cases.filters import Selection, narrower
from cases.models import Case, CaseFacet, Country, Term
from cases.models.fields import by_name
from cases.models.vocabulary import ABSENCE_CODES
from cases.tally import Tally

# Cases that one picture shows; the list holds all of them, twenty a page.
MOST = 50
DATED = ~Q(start="", end="")
# Of one case, in pixels where the map has its full width.
RADIUS = 7
MAP_WIDTH = 860
# On a telephone the whole map is this wide; there a circle may be a fingertip.
SMALL_RADIUS = 12
SMALL_WIDTH = 288
# All circles together cover no more than this part of the map: of many cases each has less.
COVER = 0.1


@dataclass(frozen=True)
class Place:
    """A country, the number of its cases, and its circle on the map: `small` on a narrow screen."""

    country: Country
    count: int
    circle: geo.Circle
    small: geo.Circle


@dataclass(frozen=True)
class Map:
    """The countries of the cases; `placeless` cases are those of regions or of no stated place.

    `is_partial`: only the countries that were asked for are shown, and the cases have others too.
    """

    places: list[Place]
    frame: geo.Frame
    placeless: list[Case]
    placeless_count: int
    is_partial: bool


@dataclass(frozen=True)
class Bar:
    """A stretch of a bar, in hundredths of its axis."""

    start: float
    length: float
    is_certain: bool


@dataclass(frozen=True)
class Timed:
    """A dated case and its bar."""

    case: Case
    course: timeline.Course
    bars: list[Bar]

    @property
    def start(self) -> float:
        return self.bars[0].start

    @property
    def end(self) -> float:
        return self.bars[-1].start + self.bars[-1].length


@dataclass(frozen=True)
class Timeline:
    """The first MOST of the dated cases, by their start, and the others by title."""

    axis: timeline.Axis
    dated: list[Timed]
    dated_count: int
    undated: list[Case]
    undated_count: int


@dataclass(frozen=True)
class Gap:
    """A case with a stated interval from warning to action; the upper end may be open."""

    case: Case
    bar: Bar


@dataclass(frozen=True)
class Gaps:
    """The first MOST of the stated intervals, the shortest first, and how many are not stated."""

    axis: timeline.Axis
    stated: list[Gap]
    stated_count: int
    not_stated: int


@dataclass(frozen=True)
class Heading:
    """A row or a column: a term, the number of cases that have it, and its depth."""

    term: Term
    count: int
    depth: int
    has_narrower: bool


@dataclass(frozen=True)
class Cell:
    """The cases that have the tool of the row and this outcome; `shade` goes from 0 to 1."""

    outcome: str
    count: int
    shade: float


@dataclass(frozen=True)
class Matrix:
    """Tools by outcomes."""

    outcomes: list[Heading]
    rows: list[tuple[Heading, list[Cell]]]


class Exploration:
    """The pictures of a selection, each read when it is asked for; `language` orders titles."""

    def __init__(self, selection: Selection, *, language: str):
        self.asked = selection.asked
        self.language = language
        self.found = Tally(selection)
        self.cases = self.found.cases()

    @cached_property
    def tally(self) -> dict[str, int]:
        """How many cases there are, and how many have a date, a country, a stated gap."""
        asked = self.cases.aggregate(
            dated=Count("pk", filter=DATED), gaps=Count("pk", filter=Q(gap_least__isnull=False))
        )
        placed = self.found.common("country", self.counts["country"])
        return asked | {"all": self.found.total, "placed": placed}

    @cached_property
    def counts(self) -> dict[str, dict[str, int]]:
        """The number of cases of each country, tool and outcome, by filter and value."""
        return {name: self.found.having(name) for name in ("country", "tool", "outcome")}

    @cached_property
    def map(self) -> Map:
        counts = self.counts["country"]
        # A link can ask for this country or for that, not for cases that lie in both: next to
        # a chosen country, the number of another would not be the number that its link shows.
        wanted = set(self.asked.get("country", counts))
        shown = {code: count for code, count in counts.items() if code in wanted}
        countries = Country.objects.filter(pk__in=shown)
        placeless = self.cases.filter(~Exists(_countries_of(OuterRef("pk"))))
        return Map(
            *_placed([(country, shown[country.pk]) for country in countries]),
            list(self._by_title(placeless).prefetch_related("regions")),
            self.tally["all"] - self.tally["placed"],
            is_partial=len(shown) < len(counts),
        )

    @cached_property
    def timeline(self) -> Timeline:
        first = Coalesce("start_earliest", "end_earliest")
        dated = _light(self.cases.filter(DATED)).order_by(first, Bytewise("slug"))[:MOST]
        courses = [(case, timeline.course(case.start, case.end)) for case in dated]
        axis = timeline.year_axis(course for _case, course in courses)
        return Timeline(
            axis,
            [Timed(case, course, _bars(course, axis)) for case, course in courses],
            self.tally["dated"],
            list(self._by_title(self.cases.exclude(DATED))),
            self.tally["all"] - self.tally["dated"],
        )

    @cached_property
    def gaps(self) -> Gaps:
        stated = _light(self.cases.filter(gap_least__isnull=False))
        stated = stated.annotate(gap_min_days=F("gap_least"), gap_max_days=F("gap_most"))
        most = F("gap_most").asc(nulls_last=True)
        stated = list(stated.order_by("gap_least", most, Bytewise("slug"))[:MOST])
        longest = [case.gap_min_days for case in stated] + [
            case.gap_max_days for case in stated if case.gap_max_days is not None
        ]
        axis = timeline.day_axis(max(longest, default=0))
        return Gaps(
            axis,
            [Gap(case, _gap_bar(case, axis)) for case in stated],
            self.tally["gaps"],
            self.tally["all"] - self.tally["gaps"],
        )

    @cached_property
    def matrix(self) -> Matrix:
        """All tools, but of the outcomes only the broadest, unless some were asked for.

        As on the map, a tool that was not asked for has no place next to one that was.
        """
        vocabulary = Term.objects.filter(scheme__in=("tool", "outcome"))
        labels = [f"label_{language}" for language in ("en", "fa", "ar")]
        vocabulary = vocabulary.order_by("order", "code").only("scheme", "code", "broader", *labels)
        terms = {"tool": [], "outcome": []}
        for term in vocabulary:
            terms[term.scheme].append(term)
        tools = self._headings("tool", terms["tool"])
        outcomes = self._headings("outcome", terms["outcome"])
        if "outcome" not in self.asked:
            outcomes = [heading for heading in outcomes if not heading.depth]
        pairs = [("outcome", heading.term.code) for heading in outcomes]
        numbers = [self.found.with_each(("tool", each.term.code), pairs) for each in tools]
        # Silence is no outcome: it has its column, but takes no part in the shading.
        told = [outcome.term.code not in ABSENCE_CODES for outcome in outcomes]
        tellable = [n for row in numbers for n, is_told in zip(row, told, strict=True) if is_told]
        darkest = max(tellable, default=0) or 1
        rows = []
        for tool, row in zip(tools, numbers, strict=True):
            cells = [
                Cell(outcome.term.code, n, n / darkest if is_told else 0)
                for outcome, n, is_told in zip(outcomes, row, told, strict=True)
            ]
            rows.append((tool, cells))
        return Matrix(outcomes, rows)

    def _by_title(self, cases):
        title = Bytewise(f"title_order_{self.language}")
        return _light(cases).order_by(title, Bytewise("slug"))[:MOST]

    def _headings(self, scheme: str, terms: list[Term]) -> list[Heading]:
        """The terms that occur, each followed by its narrower ones."""
        counts = self.counts[scheme]
        shown = {f"{scheme}:{code}" for code in counts}
        if scheme in self.asked:
            asked = [f"{scheme}:{code}" for code in self.asked[scheme]]
            shown &= narrower([(term.id, term.broader_id) for term in terms], asked)
        children: dict[str | None, list[Term]] = {}
        for term in terms:
            if term.id in shown:
                parent = term.broader_id if term.broader_id in shown else None
                children.setdefault(parent, []).append(term)
        found, waiting = [], [(term, 0) for term in reversed(children.get(None, []))]
        while waiting:
            term, depth = waiting.pop()
            below = children.get(term.id, [])
            found.append(Heading(term, counts[term.code], depth, bool(below)))
            waiting += [(each, depth + 1) for each in reversed(below)]
        return found


def _countries_of(case):
    return CaseFacet.objects.filter(case=case, facet="country")


def _light(cases):
    """What a picture says of a case, without the texts that search looks in."""
    return cases.only("slug", "title_en", "title_fa", "title_ar", "start", "end")


def _placed(counted: list[tuple[Country, int]]) -> tuple[list[Place], geo.Frame]:
    """Countries with their circles, most cases first, and the part of the map that holds them."""
    counted = sorted(counted, key=lambda pair: (-pair[1], by_name(pair[0])))
    points = [
        geo.project(float(country.longitude), float(country.latitude)) for country, _n in counted
    ]
    frame = geo.frame(points)
    total = max(1, sum(n for _country, n in counted))
    crowded = sqrt(COVER * frame.width * frame.height / pi / total)
    one = min(RADIUS * frame.width / MAP_WIDTH, crowded)
    small = min(SMALL_RADIUS * frame.width / SMALL_WIDTH, crowded)

    def circles(one: float) -> list[geo.Circle]:
        # Areas, not radii, are in proportion to the numbers.
        sized = [(x, y, one * sqrt(n)) for (x, y), (_c, n) in zip(points, counted, strict=True)]
        moved = geo.spread([geo.Circle(*each) for each in sized])
        return [geo.within(frame, circle) for circle in moved]

    pairs = zip(counted, circles(one), circles(max(one, small)), strict=True)
    return [Place(*pair, wide, narrow) for pair, wide, narrow in pairs], frame


def _bars(course: timeline.Course, axis: timeline.Axis) -> list[Bar]:
    return [
        Bar(*axis.bar(*timeline.as_numbers(stretch)), stretch.is_certain)
        for stretch in course.stretches
    ]


def _gap_bar(case: Case, axis: timeline.Axis) -> Bar:
    most = axis.last if case.gap_max_days is None else case.gap_max_days
    return Bar(*axis.bar(case.gap_min_days, most), case.gap_min_days == case.gap_max_days)
