"""What published cases and findings say of a term, an actor or a country.

Every number here is of published cases, general rules left out; everything begins with
`Case.objects.published()` or with what is held in memory of these (cases.tally), so a draft shows
neither in a list nor in a count.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from cases.filters import TERM_FILTERS, narrower
from cases.models import Actor, Case, Statement, StatementActor, Term
from cases.models.choices import Attribution, Part
from cases.models.fields import by_name
from cases.tally import Grouped, Listed, current, having, remembered

PER_PAGE = 40


@dataclass(frozen=True)
class Told:
    """A case and what it says of the thing that is asked about."""

    case: Case
    statements: list[Statement]


@dataclass
class Share:
    """Somebody or something, and in how many of the cases."""

    record: Actor | Term
    cases: int


@dataclass
class Results:
    """What came of a tool's cases: owed to the tool, by how the source says so, and what is not."""

    credited: list[Share]
    contributed: list[Share]
    beside: list[Share]
    silent: int


def statements_told() -> QuerySet:
    """The statements of published cases."""
    return Statement.objects.counted().filter(case__in=Case.objects.published())


def findings_told() -> QuerySet:
    """The findings, which are no case's and therefore no draft's."""
    return Statement.objects.counted().filter(scheme="finding")


def with_narrower(term: Term) -> list[str]:
    """The ids of a term and of all terms under it."""
    pairs = Term.objects.filter(scheme=term.scheme).values_list("id", "broader_id")
    return sorted(narrower(pairs, [term.id]))


@remembered
def count_terms(scheme: str) -> dict[str, dict[str, int]]:
    """Of each term: uses, cases, both with narrower terms, and findings about it.

    The uses of a type of actor are the actors of the type that readers can meet.
    """
    pairs = list(Term.objects.filter(scheme=scheme).values_list("id", "broader_id"))
    names = ("uses", "cases", "uses_with_narrower", "cases_with_narrower", "findings")
    counts = {term: dict.fromkeys(names, 0) for term, _broader in pairs}
    if scheme == "actor_type":
        rows, term, case = Actor.objects.public(), "type", ""
        played = StatementActor.objects.filter(statement__in=statements_told())
        in_cases = played.order_by().values_list("actor__type")
        for type_, cases in in_cases.annotate(n=Count("statement__case", distinct=True)):
            counts[type_]["cases"] = counts[type_]["cases_with_narrower"] = cases
    elif scheme == "finding":
        rows, term, case = findings_told(), "term", ""
    else:
        rows, term, case = statements_told().filter(scheme=scheme), "term", "case"
    number = {"n": Count("pk")} | ({"c": Count(case, distinct=True)} if case else {})
    for row in rows.order_by().values(term).annotate(**number):
        of_term = counts[row[term]]
        of_term["uses"] = of_term["uses_with_narrower"] = row["n"]
        if case:
            of_term["cases"] = of_term["cases_with_narrower"] = row["c"]
    about = Statement.about.through.objects.filter(
        statement__in=findings_told(), term__scheme=scheme
    )
    for id_, findings in about.order_by().values_list("term").annotate(n=Count("pk")):
        counts[id_]["findings"] = findings
    groups = sorted({broader for _term, broader in pairs if broader} & set(counts))
    if groups and case:
        # One query for all: a case that has two terms of a group counts once.
        under = [Q(term__in=narrower(pairs, [group])) for group in groups]
        wanted = {f"n{at}": Count("pk", filter=those) for at, those in enumerate(under)}
        for at, those in enumerate(under):
            wanted[f"c{at}"] = Count("case", filter=those, distinct=True)
        found = rows.order_by().aggregate(**wanted)
        for at, group in enumerate(groups):
            counts[group]["uses_with_narrower"] = found[f"n{at}"]
            counts[group]["cases_with_narrower"] = found[f"c{at}"]
    return counts


def cases_of_term(term: Term) -> Listed:
    """The published cases that say a term or a narrower one.

    Those of a type of actor are those in which such an actor has a part.
    """
    # The filter by role finds those who held it, which is not all that a statement may say of one.
    if term.scheme in (*TERM_FILTERS, "actor_type"):
        return having(term.scheme, term.code)
    return _cases_saying(*with_narrower(term))


@remembered
def _cases_saying(*terms: str) -> Listed:
    held = current()
    said = Statement.objects.counted().filter(term__in=terms, case__isnull=False).order_by()
    return Listed(held, held.these(said.values_list("case", flat=True).distinct()))


def page_of_cases(cases: Listed | Grouped, number: int) -> Page | None:
    """A page of the cases as lists show them, or None if there are not so many."""
    pages = Paginator(cases, PER_PAGE)
    return pages.page(number) if number <= pages.num_pages else None


def page_at(place: int) -> int:
    """The number of the page that has the case at a place, from 0."""
    return place // PER_PAGE + 1


def told(page: Page, statements: QuerySet) -> list[Told]:
    """The cases of a page, each with those of the statements that are its own."""
    by_case: dict[int, list[Statement]] = defaultdict(list)
    actors = StatementActor.objects.select_related("actor").prefetch_related("actor__names")
    said = statements.filter(case__in=[case.pk for case in page]).select_related("term")
    said = said.prefetch_related(
        Prefetch("parts", actors),
        Prefetch("credited_to", Statement.objects.select_related("term")),
    )
    for statement in said.order_by("order", "id"):
        by_case[statement.case_id].append(statement)
    return [Told(case, by_case[case.pk]) for case in page]


def findings_for_page(findings: QuerySet) -> QuerySet:
    """Findings with their kind, in the order of their list."""
    return findings.select_related("term").order_by("term__order", "order", "id")


def first_findings(findings: QuerySet, most: int) -> tuple[list[Statement], int]:
    """The first findings of a page, and how many there are; counted only if there are more."""
    found = list(findings_for_page(findings)[: most + 1])
    return found[:most], len(found) if len(found) <= most else findings.count()


def actors_of(statements: QuerySet, *, part: str = Part.BY, most: int = 40) -> list[Share]:
    """Who did what the statements say, and in how many cases; most frequent first."""
    played = StatementActor.objects.filter(statement__in=statements.order_by(), part=part)
    counts = played.order_by().values_list("actor")
    counts = counts.annotate(cases=Count("statement__case", distinct=True))
    found = list(counts.order_by("-cases", "actor__code")[:most])
    actors = Actor.objects.prefetch_related("names").in_bulk([actor for actor, _n in found])
    return [Share(actors[actor], cases) for actor, cases in found]


def terms_of(statements: QuerySet, *, column: str = "term") -> list[Share]:
    """The terms of the statements and in how many cases each is; most frequent first."""
    counts = statements.order_by().values_list(column).exclude(**{column: None})
    counts = counts.annotate(cases=Count("case", distinct=True))
    found = sorted(counts, key=lambda pair: -pair[1])
    terms = Term.objects.in_bulk([term for term, _cases in found])
    order = sorted(found, key=lambda pair: (-pair[1], terms[pair[0]].order, pair[0]))
    return [Share(terms[term], cases) for term, cases in order]


def results_of(tools: QuerySet) -> Results:
    """What came of the cases in which the tools were used; `silent` ones state no outcome.

    An outcome is owed to the tools only where the source says so; one that came in the same case
    without that is counted apart. A case counts once in each list.
    """
    uses = tools.order_by()
    owed = Exists(uses.filter(credited_with=OuterRef("pk")))
    outcomes = statements_told().filter(scheme="outcome", case__in=uses.values("case"))
    credited = outcomes.filter(owed, attribution=Attribution.CREDITED)
    contributed = outcomes.filter(owed, attribution=Attribution.CONTRIBUTED)
    neither = ~owed | ~Q(attribution__in=[Attribution.CREDITED, Attribution.CONTRIBUTED])
    beside = terms_of(outcomes.filter(neither))
    return Results(
        terms_of(credited),
        terms_of(contributed),
        [share for share in beside if share.record.code != "not_stated"],
        sum(share.cases for share in beside if share.record.code == "not_stated"),
    )


def with_cases(actors: QuerySet) -> list[Share]:
    """The actors by name, each with the number of cases that name it."""
    counts = current().sizes["actor"]
    found = [Share(actor, counts.get(actor.code, 0)) for actor in actors]
    return sorted(found, key=lambda each: by_name(each.record))


def count_cases_with_parts(actor: Actor) -> int:
    """In how many published cases the actor, or any that belongs to it, has a part."""
    pairs = Actor.objects.order_by().values_list("code", "parent__code")
    return len(having("actor", *narrower(pairs, [actor.code])))


@remembered
def done_by(actor: int) -> tuple[list[Share], list[Share]]:
    """The roles that the actor of an id held and the tools that it used itself."""
    said = statements_told().filter(parts__actor=actor, parts__part=Part.BY)
    return terms_of(said.filter(scheme="role")), terms_of(said.filter(scheme="tool"))
