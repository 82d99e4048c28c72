"""The filters as the list offers them: which values there are, and how many cases each would leave.

A count leaves the filter's own selection out, so it says what choosing the value instead (or as
well) would give. Values come from CaseFacet, for which `values_of` tells those of a case; they are
counted in memory (cases.tally).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from cases.filters import TERM_FILTERS, Selection, ancestors
from cases.models.choices import PLACES, Part, Scope
from cases.models.vocabulary import ABSENCE_CODES, ALL_SCHEMES
from cases.naming import Vocabulary, named, vocabulary
from cases.tally import Tally, current
from cases.told import ToldCase

FACETS = (
    *("region", "country", "situation", "trigger", "aim", "tool"),
    *("actor", "actor_type", "role", "initiation", "un_role"),
    *("outcome", "success_element", "document", "coverage"),
)


# Filters whose values grow with the sources, not with a list of ours; so many of them are offered.
MANY = ("actor", "document")
MOST = 50


@dataclass(frozen=True)
class Option:
    """One value of a filter: how many cases it would leave, and how deep it stands."""

    value: str
    label: str
    count: int
    chosen: bool
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """One filter with its values."""

    name: str
    label: str
    options: list[Option]
    # How many more values there are; only the filters of MANY may have such.
    rest: int = 0

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.chosen]

    @property
    def is_long(self) -> bool:
        return len(self.options) > 12


def labels() -> dict[str, str]:
    """The name of every filter in the reader's language."""
    places = {"region": _("Region"), "country": _("Country"), "actor": _("Actor")}
    rest = {"document": _("Document"), "coverage": _("Coverage")}
    return places | {name: str(ALL_SCHEMES[name]) for name in FACETS if name in ALL_SCHEMES} | rest


def values_of(
    case: ToldCase, terms: dict[str, str | None], regions: dict[str, str | None]
) -> set[tuple[str, str]]:
    """(filter, value) of a case; `terms` and `regions` map each to the one around it."""
    found: dict[str, set[str]] = defaultdict(set)
    if not case.is_public:
        return set()
    found["coverage"].add(case.coverage)
    here = {region.code for region in case.regions}
    for role, country in case.places:
        if role in PLACES:
            found["country"].add(country.alpha3)
            here.add(country.region_id)
    found["region"] |= ancestors(regions, here - {None})
    for statement in case.statements:
        if statement.scope == Scope.PATTERN:
            continue
        if statement.scheme in TERM_FILTERS:
            found[statement.scheme] |= ancestors(terms, [statement.term])
        for played in statement.parts:
            found["actor"].add(played.actor)
            found["actor_type"] |= ancestors(terms, [played.type])
            if statement.scheme == "role" and played.part == Part.BY:
                found["role"] |= ancestors(terms, [statement.term])
        found["document"].update(statement.documents)
        found["document"] |= {words.document for words in statement.words}
    return {
        (facet, value.rpartition(":")[2]) for facet, values in found.items() for value in values
    }


def count_facets(tally: Tally) -> list[Facet]:
    """Every filter with its values and counts, for the cases that were asked for."""
    known, asked = tally.values.sizes, tally.asked
    shown = {name: _shown(name, known[name], asked.get(name, ())) for name in FACETS}
    counts = {name: tally.counts(name, shown[name]) for name in FACETS}
    facets = _labelled(FACETS, shown, counts, asked, tally.vocabulary)
    return [
        replace(facet, rest=len(known[facet.name].keys() - shown[facet.name])) for facet in facets
    ]


def _shown(name: str, known: dict[str, int], chosen: Iterable[str]) -> set[str]:
    """The values that a filter offers: all that there are, or those of most cases, and chosen."""
    values = set(known)
    if name in MANY and len(known) > MOST:
        values = set(sorted(known, key=lambda value: (-known[value], value))[:MOST])
    return values | set(chosen)


def offered_facets(names: Iterable[str]) -> list[Facet]:
    """Filters with what published cases have of them: for a form that starts from nothing."""
    sizes = current().sizes
    # Silence is nothing to ask for.
    counts = {
        name: {code: n for code, n in sizes[name].items() if code not in ABSENCE_CODES}
        for name in names
    }
    known = {name: set(counts[name]) for name in names}
    return _labelled(names, known, counts, {}, vocabulary())


def chosen_facets(selection: Selection, known_terms: Vocabulary) -> list[Facet]:
    """Only the filters that are asked for, without counts: for pages that offer no others."""
    asked = {name: selection.asked[name] for name in FACETS if name in selection.asked}
    if not asked:
        return []
    known = defaultdict(set, {name: set(values) for name, values in asked.items()})
    names = [name for name in FACETS if name in asked]
    facets = _labelled(names, known, {}, asked, known_terms)
    return [facet for facet in facets if facet.chosen]


def _labelled(
    wanted: Iterable[str],
    known: dict[str, set[str]],
    counts: dict[str, dict[str, int]],
    asked: dict,
    vocabulary: Vocabulary,
) -> list[Facet]:
    """The facets with labels and order: terms as their vocabulary has them, the rest by name."""
    names = labels()
    facets = []
    for name in wanted:
        chosen, count = asked.get(name, ()), counts.get(name, {})
        if name in ALL_SCHEMES:
            shown = known[name] | set(count)
            pairs = [
                (term.code, str(term), 1 if term.broader_id else 0)
                for term in vocabulary.terms.get(name, ())
                if term.code in shown
            ]
        else:
            pairs = named(name, known[name])
        options = [
            Option(code, label, count.get(code, 0), code in chosen, depth)
            for code, label, depth in pairs
        ]
        facets.append(Facet(name, names[name], options))
    return facets
