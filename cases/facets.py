"""The filters as the list offers them: which values there are, and how many cases each would leave.

A count leaves the filter's own selection out, so it says what choosing the value instead (or as
well) would give. Values come from CaseFacet, which `values_of` tells; the three filters that must
meet in one statement (actor, its type, its role) are counted on the statements themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Conditional
from django.db.models import Count, Value, When
from django.utils.translation import gettext as _

from cases.filters import TERM_FILTERS, CaseFilterSet, Selection, ancestors
from cases.models import Actor, Case, CaseFacet, Country, Document, Region, StatementActor, Term
from cases.models.choices import PLACES, Coverage, Part, Scope
from cases.models.fields import by_name
from cases.models.vocabulary import ABSENCE_CODES, ALL_SCHEMES
from cases.told import ToldCase

MEETING = ("actor", "actor_type", "role")
FACETS = (
    *("region", "country", "situation", "trigger", "aim", "tool"),
    *("actor", "actor_type", "role", "initiation", "un_role"),
    *("outcome", "success_element", "document", "coverage"),
)


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
        found["document"].update(statement.documents)
        found["document"] |= {words.document for words in statement.words}
    return {
        (facet, value.rpartition(":")[2]) for facet, values in found.items() for value in values
    }


def count_facets(selection: Selection) -> list[Facet]:
    """Every filter with its values and counts, for the cases that were asked for."""
    filters, asked = selection.filterset, selection.asked
    counts: dict[str, Counter] = defaultdict(Counter)
    own = [name for name in FACETS if name in asked and name not in MEETING]
    alike = [name for name in FACETS if name not in own and name not in MEETING]
    _count(counts, selection.cases, alike)
    for name in own:
        _count(counts, filters.without(name), [name])
    vocabulary = list(Term.objects.filter(scheme__in=FACETS).order_by("scheme", "order"))
    around = {term.id: term.broader_id for term in vocabulary}
    for name in MEETING:
        counts[name] = _count_meeting(filters, asked, name, around)
    known: dict[str, set[str]] = defaultdict(set)
    for facet, value in CaseFacet.objects.values_list("facet", "value").distinct().order_by():
        known[facet].add(value)
    # Of the actors themselves it is `_names` that knows them all.
    held = When(part=Part.BY, statement__scheme="role", then="statement__term_id")
    told = _parts_told().annotate(held=Conditional(held, default=Value("")))
    for type_, role in told.values_list("actor__type_id", "held").distinct():
        known["actor_type"] |= _codes(around, type_)
        known["role"] |= _codes(around, role)
    for name in FACETS:
        known[name] |= set(asked.get(name, ()))
    return _labelled(FACETS, known, counts, asked, vocabulary)


def offered_facets(names: Iterable[str]) -> list[Facet]:
    """Filters with what published cases have of them: for a form that starts from nothing."""
    counts: dict[str, Counter] = defaultdict(Counter)
    _count(counts, Case.objects.published(), names)
    vocabulary = list(Term.objects.filter(scheme__in=names).order_by("scheme", "order"))
    for name in names:
        for code in ABSENCE_CODES:
            counts[name].pop(code, None)  # silence is nothing to ask for
    known = {name: set(counts[name]) for name in names}
    return _labelled(names, known, counts, {}, vocabulary)


def chosen_facets(selection: Selection) -> list[Facet]:
    """Only the filters that are asked for, without counts: for pages that offer no others."""
    asked = {name: selection.asked[name] for name in FACETS if name in selection.asked}
    if not asked:
        return []
    vocabulary = list(Term.objects.filter(scheme__in=asked).order_by("scheme", "order"))
    known = defaultdict(set, {name: set(values) for name, values in asked.items()})
    names = [name for name in FACETS if name in asked]
    facets = _labelled(names, known, defaultdict(Counter), asked, vocabulary)
    return [facet for facet in facets if facet.chosen]


def _count(counts: dict[str, Counter], cases, names: Iterable[str]) -> None:
    rows = CaseFacet.objects.filter(case__in=cases.order_by().values("pk"), facet__in=names)
    totals = rows.order_by().values_list("facet", "value").annotate(n=Count("pk"))
    for facet, value, count in totals:
        counts[facet][value] = count


def _parts_told():
    """The parts that actors have in published cases, general rules left out."""
    told = StatementActor.objects.exclude(statement__scope=Scope.PATTERN).order_by()
    return told.filter(statement__case__in=Case.objects.published())


def _codes(around: dict, term: str) -> set[str]:
    return {each.partition(":")[2] for each in ancestors(around, [term] if term else [])}


def _count_meeting(filters: CaseFilterSet, asked: dict, name: str, around: dict) -> Counter:
    """Cases in which a value meets what is asked of the two others in one statement."""
    others = {key: asked.get(key) for key in MEETING if key != name}
    parts = filters.parts(others, by_role=name == "role")
    cases = filters.without(name) if asked.get(name) else filters.qs
    column = {
        "actor": "actor__code",
        "actor_type": "actor__type_id",
        "role": "statement__term_id",
    }[name]
    parts = parts.filter(statement__case__in=cases.order_by().values("pk"))
    pairs = parts.order_by().values_list(column, "statement__case_id").distinct()
    if name == "actor":
        return Counter(value for value, _case in pairs)
    met: dict[str, set[int]] = defaultdict(set)
    for value, case in pairs:
        for term in ancestors(around, [value]):
            met[term.partition(":")[2]].add(case)
    return Counter({value: len(cases) for value, cases in met.items()})


def _labelled(
    wanted: Iterable[str],
    known: dict[str, set[str]],
    counts: dict[str, Counter],
    asked: dict,
    vocabulary: list[Term],
) -> list[Facet]:
    """The facets with labels and order: terms as their vocabulary has them, the rest by name."""
    names = labels()
    terms: dict[str, list[Term]] = defaultdict(list)
    for term in vocabulary:
        terms[term.scheme].append(term)
    facets = []
    for name in wanted:
        chosen, count = asked.get(name, ()), counts[name]
        if name in ALL_SCHEMES:
            shown = known[name] | set(count)
            pairs = [
                (term.code, str(term), 1 if term.broader_id else 0)
                for term in terms[name]
                if term.code in shown
            ]
        else:
            pairs = _names(name, known[name])
        options = [
            Option(code, str(label), count[code], code in chosen, depth)
            for code, label, depth in pairs
        ]
        facets.append(Facet(name, names[name], options))
    return facets


def _names(name: str, known: set[str]) -> list[tuple[str, str, int]]:
    """(code, label, depth) of the values of a filter that no vocabulary has, by name."""
    if name == "coverage":
        return [(code, label, 0) for code, label in Coverage.choices]
    if name == "actor":
        actors = Actor.objects.filter(pk__in=_parts_told().values("actor")).prefetch_related(
            "names"
        )
        return _by_name((actor.code, actor) for actor in actors)
    if name == "region":
        return _nested(Region.objects.filter(code__in=known))
    model, code = {
        "country": (Country, "alpha3"),
        "document": (Document, "code"),
    }[name]
    rows = model.objects.filter(**{f"{code}__in": known})
    return _by_name((getattr(row, code), row) for row in rows)


def _by_name(records) -> list[tuple[str, str, int]]:
    ordered = sorted(records, key=lambda pair: by_name(pair[1]))
    return [(code, str(record), 0) for code, record in ordered]


def _nested(regions) -> list[tuple[str, str, int]]:
    """Regions by name, each followed by those within it."""
    within: dict[str | None, list[Region]] = defaultdict(list)
    codes = {region.code for region in regions}
    for region in sorted(regions, key=by_name):
        within[region.parent_id if region.parent_id in codes else None].append(region)

    def below(parent: str | None, depth: int):
        for region in within[parent]:
            yield region.code, str(region), min(depth, 1)
            yield from below(region.code, depth + 1)

    return list(below(None, 0))
