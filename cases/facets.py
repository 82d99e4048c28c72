"""The filters as the list offers them: which values there are, and how many cases each would leave.

A count leaves the filter's own selection out, so it says what choosing the value instead (or as
well) would give. Values come from CaseFacet, which `rows_of` fills; the three filters that must
meet in one statement (actor, its type, its role) are counted on the statements themselves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from cases.filters import PLACES, TERM_FILTERS, CaseFilterSet, Selection, ancestors
from cases.models import Actor, Case, CaseFacet, Country, Document, Region, StatementActor, Term
from cases.models.choices import Coverage, Scope
from cases.models.vocabulary import ALL_SCHEMES

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


def rows_of(case: Case, terms: dict[str, str | None], regions: dict[str, str | None]) -> list:
    """The CaseFacet rows of a case; `terms` and `regions` map each to the one around it.

    The case comes with countries, regions and statements (actors and words too) prefetched.
    """
    found: dict[str, set[str]] = defaultdict(set)
    if case.review != "published" or case.working_copy_of_id:
        return []
    found["coverage"].add(case.coverage)
    here = {region.code for region in case.regions.all()}
    for place in case.case_countries.all():
        if place.role in PLACES:
            found["country"].add(place.country_id)
            here.add(place.country.region_id)
    found["region"] |= ancestors(regions, here - {None})
    for statement in case.statements.all():
        if statement.scope == Scope.PATTERN:
            continue
        if statement.scheme in TERM_FILTERS:
            found[statement.scheme] |= ancestors(terms, [statement.term_id])
        found["document"] |= {document.code for document in statement.documents.all()}
        found["document"] |= {
            evidence.quotation.passage.edition.document.code
            for evidence in statement.evidence.all()
        }
    return [
        CaseFacet(case=case, facet=facet, value=value.rpartition(":")[2])
        for facet, values in found.items()
        for value in values
    ]


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
    for name in FACETS:
        known[name] |= set(asked.get(name, ()))
    return _labelled(known, counts, asked, vocabulary)


def chosen_facets(selection: Selection) -> list[Facet]:
    """Only the filters that are asked for, without counts: for pages that offer no others."""
    asked = {name: selection.asked[name] for name in FACETS if name in selection.asked}
    if not asked:
        return []
    vocabulary = list(Term.objects.filter(scheme__in=asked).order_by("scheme", "order"))
    known = defaultdict(set, {name: set(values) for name, values in asked.items()})
    facets = _labelled(known, defaultdict(Counter), asked, vocabulary)
    return [facet for facet in facets if facet.chosen]


def _count(counts: dict[str, Counter], cases, names: Iterable[str]) -> None:
    rows = CaseFacet.objects.filter(case__in=cases.order_by().values("pk"), facet__in=names)
    totals = rows.order_by().values_list("facet", "value").annotate(n=Count("pk"))
    for facet, value, count in totals:
        counts[facet][value] = count


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
    known: dict[str, set[str]], counts: dict[str, Counter], asked: dict, vocabulary: list[Term]
) -> list[Facet]:
    """The facets with labels and order: terms as their vocabulary has them, the rest by name."""
    names = labels()
    terms: dict[str, list[Term]] = defaultdict(list)
    for term in vocabulary:
        terms[term.scheme].append(term)
    told = StatementActor.objects.exclude(statement__scope=Scope.PATTERN).filter(
        statement__case__in=Case.objects.published()
    )
    actors = Actor.objects.filter(pk__in=told.values("actor")).prefetch_related("names")
    plain: dict[str, dict[str, str]] = {
        "region": {r.code: str(r) for r in Region.objects.filter(code__in=known["region"])},
        "country": {c.pk: str(c) for c in Country.objects.filter(pk__in=known["country"])},
        "actor": {actor.code: str(actor) for actor in actors},
        "document": {
            document.code: str(document)
            for document in Document.objects.filter(code__in=known["document"])
        },
        "coverage": dict(Coverage.choices),
    }
    facets = []
    for name in FACETS:
        chosen, count = asked.get(name, ()), counts[name]
        if name in plain:
            pairs = [(code, label, 0) for code, label in plain[name].items()]
            pairs.sort(key=lambda pair: pair[1])
        else:
            shown = known[name] | set(count)
            pairs = [
                (term.code, str(term), 1 if term.broader_id else 0)
                for term in terms[name]
                if term.code in shown
            ]
        options = [
            Option(code, str(label), count[code], code in chosen, depth)
            for code, label, depth in pairs
        ]
        facets.append(Facet(name, names[name], options))
    return facets
