"""Which cases have which values of the filters, held in memory: a bit for each case; and when.

To count fifteen filters in a hundred thousand cases a database has to look at millions of rows; of
bits it is a few milliseconds. What is held is never older than what the request sees:

- Whatever changes the values of a case (`cases.index`) writes an IndexChange in the same
  transaction; so does whatever saves another record (`cases.records`) or an edition
  (`ingest.services`). Its id is drawn at random, so none ever comes twice.
- Each count begins with the ids that it sees. A case of which an id has come or gone since the
  values were read is read again. So is everything if a note for any number of cases came or went.
- The ids are read before the values: values may be newer than their ids say, never older, and then
  the next count reads them once more.

What one transaction sees and takes back again, others read anew for the same reason. The values
hold published cases only, and what is shown of them is still asked of the database.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce, wraps
from itertools import chain, compress, islice, repeat
from math import fsum
from operator import or_
from threading import Lock
from typing import NamedTuple

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from cases.answers import Answers
from cases.bits import add, bits_of, flags_of, places_of
from cases.compiled import asked_again
from cases.filters import DEFAULT_ORDER, MEETING, Selection, narrower
from cases.fulltext import Has, Word, ids_having
from cases.models import Case, CaseFacet, IndexChange
from cases.models.index import ALL, OTHER
from cases.naming import Vocabulary, vocabulary

# Filters that are told of a case as a whole by its values; more than one of MEETING is not.
HELD = (
    *("country", "region", "situation", "trigger", "aim", "tool", "initiation", "un_role"),
    *("outcome", "success_element", "document", "coverage"),
)
# Values that fewer than one case in so many has are held as a set of places.
RARE = 256
# Cases that are few enough to be asked for by their ids.
FEW = 1000
# Words of questions whose cases are held, at most; a common one takes a bit for each case.
MOST_WORDS = 500
# Counts that a function keeps, at most.
MOST_REMEMBERED = 1000
# Weights are added up in whole parts of this size.
FINENESS = 2**32


class Time(NamedTuple):
    """When a case was, as ISO dates, and its slug; together what the list is ordered by."""

    start: str
    until: str
    slug: str

    @property
    def order(self) -> tuple[bool, str, str]:
        """As `cases.filters` has it: undated cases last, the slug settles ties."""
        return not self.start, self.start, self.slug


@dataclass(frozen=True)
class Values:
    """The values of all public cases: for each the places of its cases, as bits or as a set."""

    changes: dict[int, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    cases: dict[tuple[str, str], int | frozenset[int]] = field(default_factory=dict)
    times: dict[int, Time] = field(default_factory=dict)
    # The places in the list's own order.
    order: list[int] = field(default_factory=list)
    # The cases of words that were looked for, as `Tally` asked the full-text index for them.
    words: dict[tuple[Word, ...], int] = field(default_factory=dict)

    def bits(self, facet: str, values: Iterable[str]) -> int:
        """The cases that have any of the values."""
        found = 0
        for value in values:
            held = self.cases.get((facet, value), 0)
            found |= held if isinstance(held, int) else bits_of(held)
        return found

    @cached_property
    def every(self) -> int:
        return self.bits("coverage", [value for facet, value in self.cases if facet == "coverage"])

    @cached_property
    def sizes(self) -> dict[str, dict[str, int]]:
        """How many cases each value has, by filter."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for (facet, value), held in self.cases.items():
            found[facet][value] = held.bit_count() if isinstance(held, int) else len(held)
        return found

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The cases by their places."""
        return {place: case for case, place in self.places.items()}

    @cached_property
    def total(self) -> int:
        """How many cases there are."""
        return self.every.bit_count()

    @cached_property
    def ids(self) -> list[int]:
        """The ids of the cases, the smallest first."""
        return sorted(self.numbers[place] for place in places_of(self.every))

    def these(self, cases: Iterable[int]) -> int:
        """Those of some cases, by their ids, that are public, as bits."""
        # Those that are not public share a place of nobody's.
        places = map(self.places.get, cases, repeat(len(self.places)))
        return bits_of(places) & self.every

    def in_order(self, cases: int, first: int, last: int) -> list[int]:
        """The ids of the cases from one place to another, in the list's own order."""
        chosen = map(self.flags(cases).__getitem__, self.order)
        return [self.numbers[place] for place in islice(compress(self.order, chosen), first, last)]

    def flags(self, cases: int) -> bytes:
        """The bits of some cases as a byte for each place."""
        return flags_of(cases, len(self.places))

    def heaviest(self, weights: dict[tuple[str, str], float], most: int) -> dict[int, float]:
        """So many of the cases that have any of the values, with the greatest sums of weights.

        By their ids, with the sums. Which they are follows from sums of rounded weights (by less
        than a billionth each), added up for all cases at once: `sums` has a figure of each, and so
        takes no longer for cases that have many of the values.
        """
        having = {(facet, value): self.bits(facet, [value]) for facet, value in weights}
        sums: list[int] = []
        left = chosen = 0
        for key, cases in having.items():
            add(sums, cases, round(weights[key] * FINENESS))
            left |= cases
        for figure in reversed(sums):
            greater = left & figure
            if (chosen | greater).bit_count() > most:
                left = greater
            else:
                chosen |= greater
                left ^= greater
        places = [*places_of(chosen), *islice(places_of(left), most - chosen.bit_count())]
        flags = [(self.flags(cases), weights[key]) for key, cases in having.items()]
        return {
            self.numbers[place]: fsum(weight for chosen, weight in flags if chosen[place])
            for place in places
        }

    def within(self, first: str, last: str, *, certainly: bool) -> int:
        """The cases of a time, as `certainly_within` and `possibly_within` find them."""
        last = last or "9999-12-31"
        dated = ((place, time) for place, time in self.times.items() if time.start)
        if certainly:
            return bits_of(p for p, time in dated if first <= time.start and time.until <= last)
        return bits_of(p for p, time in dated if time.start <= last and first <= time.until)

    def changed(self, changes: dict[int, int], cases: Collection[int], rows, times) -> "Values":
        """The same with these cases as the rows have them: (case, filter, value), (case, *time)."""
        places = self.places
        if unknown := {case for case, _facet, _value in rows} - places.keys():
            places = places | {case: len(places) + at for at, case in enumerate(sorted(unknown))}
        old = frozenset(places[case] for case in cases if case in places)
        mask = bits_of(old)
        held = {
            key: each & ~mask if isinstance(each, int) else each - old
            for key, each in self.cases.items()
        }
        for case, *key in rows:
            place, key = places[case], tuple(key)
            each = held.get(key, frozenset())
            held[key] = each | 1 << place if isinstance(each, int) else each | {place}
        held = {key: each for key, each in held.items() if each}
        known = {place: time for place, time in self.times.items() if place not in old}
        order = [place for place in self.order if place not in old]
        for case, *time in times:
            if case in places:
                place = places[case]
                known[place] = _time(*time)
                insort(order, place, key=lambda each: known[each].order)
        return Values(changes, places, held, known, order)


_values: dict[tuple, Values] = {}
_lock = Lock()


def current() -> Values:
    """The values as the request sees them."""
    alias = router.db_for_read(CaseFacet)
    where = alias, str(connections[alias].settings_dict["NAME"])
    changes = dict(asked_again(_changes, (), alias))
    held = _values.get(where)
    if held is None or _anew(held.changes) != _anew(changes):
        with _lock:
            # Another thread may have read them meanwhile.
            held = _values.get(where)
            if held is None or _anew(held.changes) != _anew(changes):
                held = _values[where] = _read(alias, changes)
    between = held.changes.keys() ^ changes.keys()
    if between:
        both = held.changes | changes
        cases = sorted({both[each] for each in between} - {ALL, OTHER})
        rows, times = (list(_rows_of(each, cases, alias)) for each in (_values_of, _times_of))
        held = _values[where] = held.changed(changes, cases, rows, times)
    return held


def remembered(count: Callable) -> Callable:
    """Keeps what a function counts in all that readers may see, until anything has changed.

    Like the values it is counted after the notes of changes were read: it may be newer, never
    older. What it returns is for reading only.
    """
    kept: dict[tuple, tuple[Values, object]] = {}

    @wraps(count)
    def found(*asked):
        values = current()
        of, counted = kept.get(asked, (None, None))
        if of is not values:
            for old in [key for key, (of, _counted) in list(kept.items()) if of is not values]:
                kept.pop(old, None)
            counted = count(*asked)
            if len(kept) >= MOST_REMEMBERED:
                kept.clear()
            kept[asked] = values, counted
        return counted

    return found


def forget() -> None:
    """Hold nothing any more: the next count reads everything."""
    _values.clear()


def _anew(changes: dict[int, int]) -> set[int]:
    return {each for each, case in changes.items() if case == ALL}


def _read(alias: str, changes: dict[int, int]) -> Values:
    """All values, the cases of each joined by the database: a row for each of them is slower."""
    connection = connections[alias]
    joined = {"sqlite": "GROUP_CONCAT(case_id)", "postgresql": "STRING_AGG(case_id::text, ',')"}
    table = CaseFacet._meta.db_table
    rows = asked_again(_times, (), alias)
    places = {case: place for place, (case, *_time) in enumerate(rows)}
    held: dict[tuple[str, str], int | frozenset[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT facet, value, {joined[connection.vendor]} FROM {table} "  # noqa: S608
            "GROUP BY facet, value"
        )
        for facet, value, cases in cursor.fetchall():
            numbers = list(map(int, cases.split(",")))
            try:
                having = list(map(places.__getitem__, numbers))
            except KeyError:
                # Published since their times were read, or withdrawn and not indexed yet.
                having = [places.setdefault(number, len(places)) for number in numbers]
            few = len(having) * RARE < len(places)
            held[facet, value] = frozenset(having) if few else bits_of(having)
    times = {places[case]: _time(*time) for case, *time in rows}
    return Values(changes, places, held, times, sorted(times, key=lambda each: times[each].order))


def _rows_of(query, cases: list[int], alias: str) -> Iterator[tuple]:
    for first in range(0, len(cases), 500):
        yield from asked_again(query, cases[first : first + 500], alias)


def _changes(_none):
    return IndexChange.objects.order_by().values_list("pk", "case_number")


def _values_of(cases):
    rows = CaseFacet.objects.filter(case__in=cases).order_by()
    return rows.values_list("case", "facet", "value")


def _times(_none):
    return _with_times(Case.objects.published())


def _times_of(cases):
    return _with_times(Case.objects.published_among(cases))


def _with_times(cases: QuerySet) -> QuerySet:
    until = Coalesce("end_latest", "start_latest")
    return cases.order_by().values_list("pk", "start_earliest", until, "slug")


def _time(start, until, slug: str) -> Time:
    # A database may give a day as a date or as text.
    return Time(str(start or ""), str(until or ""), slug)


class Tally:
    """The cases of a selection, found once: how many, which of them a page shows, and counts."""

    def __init__(self, selection: Selection):
        self.selection, self.values = selection, current()
        self.filterset, self.asked = selection.filterset, selection.asked
        self.meeting = [name for name in MEETING if name in self.asked]
        # What only the database can tell: what must meet in one statement.
        meeting = self.meeting if len(self.meeting) > 1 else ()
        self.others = {name: self.asked[name] for name in meeting}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return vocabulary()

    @cached_property
    def answers(self) -> Answers[int]:
        """The cases that the words asked for find."""
        return Answers(self.asked["q"], self._having_words, self._having_texts)

    def _having_words(self, has: Has) -> int:
        held = self.values.words
        found = held.get(has.words)
        if found is None:
            alias = router.db_for_read(Case)
            found = self.values.these(ids_having(Case._meta.db_table, has.words, alias))
            if len(held) >= MOST_WORDS:
                held.clear()
            held[has.words] = found
        return found

    def _having_texts(self, condition: Q, among: int | None) -> int:
        among = self.values.every if among is None else among
        cases = self._few(among) if among.bit_count() <= FEW else Case.objects.published()
        found = cases.filter(condition).order_by().values_list("pk", flat=True)
        return self.values.these(found) & among

    def _few(self, cases: int) -> QuerySet:
        numbers = self.values.numbers
        return Case.objects.published_among([numbers[place] for place in places_of(cases)])

    @cached_property
    def _own(self) -> dict[str, int]:
        """For each filter that is asked for the cases that it alone would leave."""
        names = [*HELD, *(self.meeting if len(self.meeting) == 1 else ())]
        own = {name: self._asked_of(name) for name in names if name in self.asked}
        first, last = self.asked.get("from"), self.asked.get("to")
        if first or last:
            own["time"] = self.values.within(
                first[0].isoformat() if first else "",
                last[1].isoformat() if last else "",
                certainly=self.asked.get("dates") == "certainly",
            )
        if "q" in self.asked:
            own["q"] = self.answers.found or 0
        if self.others:
            cases = self.filterset.narrowed(Case.objects.published(), self.others).order_by()
            own["others"] = self.values.these(cases.values_list("pk", flat=True))
        return own

    def _asked_of(self, name: str) -> int:
        values = self.asked[name]
        if name in self.vocabulary.terms:
            codes = narrower(self.vocabulary.pairs, [f"{name}:{value}" for value in values])
            values = [code.partition(":")[2] for code in codes if code.startswith(f"{name}:")]
        return self.values.bits(name, values)

    def bits(self, *without: str) -> int:
        """The cases that all that is asked for leaves, these filters aside."""
        found = self.values.every
        for name, own in self._own.items():
            if name not in without:
                found &= own
        return found

    @cached_property
    def total(self) -> int:
        return self.bits().bit_count()

    def counts(self, name: str, values: Iterable[str]) -> dict[str, int]:
        """How many cases each value of a filter would leave, were it chosen instead."""
        others = [other for other in self.meeting if other != name]
        if name in MEETING and others:
            return self._counts_of_pairs(name)
        return self._count(self.bits(name), name, values)

    def _count(self, cases: int, name: str, values: Iterable[str]) -> dict[str, int]:
        """How many of these cases have each value of a filter."""
        flags = None
        found = {}
        for value in values:
            held = self.values.cases.get((name, value), 0)
            if isinstance(held, int):
                found[value] = (held & cases).bit_count()
                continue
            flags = flags or self.values.flags(cases)
            found[value] = sum(map(flags.__getitem__, held))
        return found

    def having(self, name: str) -> dict[str, int]:
        """How many of the cases have each value of a filter, of those that any of them has."""
        counts = self._count(self.bits(), name, self.values.sizes.get(name, ()))
        return {value: count for value, count in counts.items() if count}

    def common(self, name: str, values: Iterable[str]) -> int:
        """How many of the cases have any of the values."""
        return (self.bits() & self.values.bits(name, values)).bit_count()

    def with_each(self, one: tuple[str, str], others: Iterable[tuple[str, str]]) -> list[int]:
        """How many of the cases have the one (filter, value) and each of the others."""
        cases = self.bits() & self.values.bits(one[0], one[1:])
        return [(cases & self.values.bits(name, [value])).bit_count() for name, value in others]

    def cases(self) -> QuerySet:
        """The cases, for what the database is to say of them."""
        if self.total <= FEW:
            return self._few(self.bits())
        published = Case.objects.published()
        if not self._own:
            return published
        # Without the order, and the ranking behind it, that the list may have been asked for.
        return published.filter(pk__in=self.selection.cases.order_by().values("pk"))

    def _counts_of_pairs(self, name: str) -> dict[str, int]:
        """The same where a value must meet what is asked of actors otherwise in one statement."""
        flags = self.values.flags(self._apart_from_actors())
        met: dict[str, set[int]] = defaultdict(set)
        for value, case in self.filterset.pairs(name, self.asked):
            place = self.values.places.get(case)
            if place is not None and flags[place]:
                met[value].add(place)
        if name == "actor":
            return {value: len(cases) for value, cases in met.items()}
        found: dict[str, set[int]] = defaultdict(set)
        for value, cases in met.items():
            # A broader value has the cases of each of its narrower ones, once.
            while value:
                found[value.partition(":")[2]] |= cases
                value = self.vocabulary.around.get(value)
        return {value: len(cases) for value, cases in found.items()}

    def _apart_from_actors(self) -> int:
        """The cases that all but the filters of actors leave."""
        if len(self.meeting) == 1:
            return self.bits(self.meeting[0])
        return self.bits("others")

    def page(self, first: int, last: int) -> list[Case]:
        """The cases from one place in the order asked for to another."""
        return _for_list(self._ids(first, last))

    def _ids(self, first: int, last: int) -> list[int]:
        order, shown = self.asked.get("order"), self.bits()
        if order in (None, "relevance") and "q" in self.asked:
            return self._best(shown, first, last)
        if order in (None, "relevance", DEFAULT_ORDER):
            return self.values.in_order(shown, first, last)
        cases = self.selection.cases
        if self.total <= FEW:
            cases = self.cases().order_by(*self.filterset.ordering(self.asked))
        return list(cases.values_list("pk", flat=True)[first:last])

    def _best(self, cases: int, first: int, last: int) -> list[int]:
        """Of these cases those from one place to another by relevance."""
        found: list[int] = []
        before = 0
        for part in self.answers.ranked(cases):
            size = part.bit_count()
            if before < last and before + size > first:
                found += self.values.in_order(part, max(0, first - before), last - before)
            before += size
        return found


def cases_of(selection: Selection) -> QuerySet:
    """The cases of a selection in its order: by their numbers, where few are found in memory.

    SQLite would look at each published case whether it has what is asked for.
    """
    # Words are ranked by the database where a file is written.
    if "q" in selection.asked or not selection.asked.keys() - {"order"}:
        return selection.cases
    tally = Tally(selection)
    if tally.total > FEW:
        return selection.cases
    return tally.cases().order_by(*tally.filterset.ordering(tally.asked))


class Listed(Sequence):
    """Cases in the list's own order, counted in memory; only those of a slice are read."""

    def __init__(self, values: Values, cases: int):
        self.values, self.cases = values, cases

    def __len__(self) -> int:
        return self.cases.bit_count()

    def __getitem__(self, shown: slice) -> list[Case]:
        return _for_list(self.ids(shown.start or 0, shown.stop))

    def ids(self, first: int, last: int) -> list[int]:
        """Those of a slice."""
        return self.values.in_order(self.cases, first, last)


class Grouped(Sequence):
    """Groups of cases one after the other, each by its name; a case may be in several.

    A slice gives those groups that have cases in it, with these.
    """

    def __init__(self, groups: dict[str, Listed]):
        self.groups = groups

    def __len__(self) -> int:
        return sum(map(len, self.groups.values()))

    def number_in(self, names: Iterable[str]) -> int:
        """How many cases are in any of these groups."""
        return reduce(or_, (self.groups[name].cases for name in names)).bit_count()

    def __getitem__(self, shown: slice) -> list[tuple[str, list[Case]]]:
        begins, ids = 0, {}
        for name, cases in self.groups.items():
            first, last = max(0, shown.start - begins), shown.stop - begins
            if first < min(last, len(cases)):
                ids[name] = cases.ids(first, last)
            begins += len(cases)
        # Of all groups at once: each would ask as many queries.
        found = {case.pk: case for case in _for_list(list(chain.from_iterable(ids.values())))}
        return [
            (name, [found[case] for case in some if case in found]) for name, some in ids.items()
        ]


def having(facet: str, *values: str) -> Listed:
    """The cases that have any of the values of a filter, broader ones included."""
    held = current()
    return Listed(held, held.bits(facet, values))


def _for_list(ids: list[int]) -> list[Case]:
    """The cases as lists show them, in this order, but for any that is not public any more."""
    found = {case.pk: case for case in Case.objects.published_among(ids).for_list()}
    return [found[case] for case in ids if case in found]
