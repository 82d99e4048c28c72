"""How alike two situations are: by what is coded of both, never by what caused what.

A situation is a set of ids of terms, such as `situation:electoral` or `region:western_africa`
(a region stands among the terms as a scheme of its own). Four rules, in words that a page can
repeat:

1.  What both say counts. Where one says a narrower term than the other, or both say different
    terms under the same broader one, the nearest term above both counts instead, at half.
2.  A term counts its scheme's weight (SCHEME_WEIGHTS: what happens and what set it off most, then
    where, then who asked and how the UN came in) times its rarity: 1 for a term that all known
    situations have, 1 more each time half as many have it. Who has a narrower term has the
    broader one.
3.  Silence is no likeness: absence codes (not stated, unknown …) never count.
4.  The likeness is the sum. It is the same from both sides, never below 0, and no situation is
    more like another one than it is like itself.

What only one of the two says does not lower their likeness: a case of which a report tells much
would else be unlike everything.

Nothing here knows of a database; cases.neighbours does.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import fsum, log2

SCHEME_WEIGHTS = {"situation": 3, "trigger": 3, "region": 2, "initiation": 1, "un_role": 1}
BROADER_COUNTS = 0.5


@dataclass(frozen=True)
class Shared:
    """A term that two situations share; `outright` if both say it and not something under it."""

    term: str
    weight: float
    outright: bool


@dataclass(frozen=True)
class Match:
    """A known situation beside the one asked about."""

    key: Hashable
    shared: tuple[Shared, ...]

    @cached_property
    def likeness(self) -> float:
        return total(self.shared)


def total(shared: Iterable[Shared]) -> float:
    """The exact sum, whatever the order, so that equally alike situations compare as equal."""
    return fsum(each.weight for each in shared)


class Measure:
    """The likeness of situations among the known ones, whose number makes a term rare or common.

    `total` is that number, and `having` says how many of them have a term or a narrower one;
    `broader` maps a term to the one above it; `silent` are the codes that say that a source says
    nothing.
    """

    def __init__(
        self,
        total: int,
        having: Mapping[str, int],
        *,
        broader: Mapping[str, str | None],
        silent: Collection[str],
    ):
        self.total, self._having = total, having
        self.broader, self.silent = broader, frozenset(silent)
        self._paths: dict[str, tuple[str, ...]] = {}
        self._weights: dict[str, float] = {}

    @classmethod
    def among(cls, known: Collection[Iterable[str]], **about) -> "Measure":
        """The measure among these situations."""
        having = Counter()
        measure = cls(len(known), having, **about)
        for terms in known:
            having.update(measure.with_broader(measure.said(terms)))
        return measure

    def said(self, terms: Iterable[str]) -> frozenset[str]:
        """The terms that can be shared: of a scheme that counts, and no absence code."""
        split = ((term, *term.split(":", 1)) for term in terms)
        return frozenset(
            term
            for term, scheme, code in split
            if scheme in SCHEME_WEIGHTS and code not in self.silent
        )

    def having(self, term: str) -> int:
        """How many of the known situations have the term or a narrower one."""
        return self._having.get(term, 0)

    def weight(self, term: str) -> float:
        """What it counts to share the term outright."""
        if term not in self._weights:
            # A term that no known situation has is as rare as can be.
            halvings = log2(max(self.total, 1) / max(self.having(term), 1))
            self._weights[term] = SCHEME_WEIGHTS[term.partition(":")[0]] * (1 + halvings)
        return self._weights[term]

    def shared(self, one: Iterable[str], other: Iterable[str]) -> tuple[Shared, ...]:
        """What two situations share, what counts most first."""
        one, other = self.said(one), self.said(other)
        common = self.with_broader(one) & self.with_broader(other)
        above = {broader for term in common for broader in self._path(term)[1:]}
        both = one & other
        found = (
            Shared(term, self.weight(term) * (1 if term in both else BROADER_COUNTS), term in both)
            for term in common - above
        )
        return tuple(sorted(found, key=lambda each: (-each.weight, each.term)))

    def likeness(self, one: Iterable[str], other: Iterable[str]) -> float:
        return total(self.shared(one, other))

    def unshared(self, one: Iterable[str], shared: Iterable[Shared]) -> list[str]:
        """The terms of a situation of which nothing is shared, not even a broader term."""
        found = {each.term for each in shared}
        said = self.said(one)
        above = {broader for term in said for broader in self._path(term)[1:]}
        return sorted(term for term in said - above if found.isdisjoint(self._path(term)))

    def most(self, asked: Iterable[str]) -> dict[str, float]:
        """What each term that can be shared with a situation adds to a likeness at the most."""
        asked = self.said(asked)
        return {
            term: self.weight(term) * (1 if term in asked else BROADER_COUNTS)
            for term in self.with_broader(asked)
        }

    def matches(self, asked: Iterable[str], known: Mapping[Hashable, Iterable[str]]) -> list[Match]:
        """Those of some situations, by their keys, that share anything with the one asked about."""
        asked = self.said(asked)
        around = self.with_broader(asked)
        # Many situations are coded alike: what is worked out of one holds for all of them.
        of_said: dict[frozenset[str], tuple[Shared, ...]] = {}
        found = []
        for key, terms in known.items():
            said = self.said(terms)
            if said not in of_said:
                near = not around.isdisjoint(self.with_broader(said))
                of_said[said] = self.shared(asked, said) if near else ()
            if of_said[said]:
                found.append(Match(key, of_said[said]))
        return found

    def _path(self, term: str) -> tuple[str, ...]:
        """The term and all above it, nearest first."""
        if term not in self._paths:
            path = [term]
            # Vocabularies are edited by people: a ring of broader terms must not hang a page.
            while (above := self.broader.get(path[-1])) and above not in path:
                path.append(above)
            self._paths[term] = tuple(path)
        return self._paths[term]

    def with_broader(self, terms: Iterable[str]) -> set[str]:
        """The terms and all above them."""
        return {each for term in terms for each in self._path(term)}
