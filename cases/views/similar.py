"""A situation like mine: the published cases nearest to what is asked, and what was done there."""

from collections import Counter
from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.facets import Facet, Option, labels
from cases.filters import InvalidQuery
from cases.models import Case, Statement
from cases.models.choices import Attribution
from cases.models.fields import by_name
from cases.models.vocabulary import ABSENCE_CODES
from cases.near import meant, not_known
from cases.neighbours import (
    SCHEMES,
    Neighbour,
    Neighbourhood,
    dated,
    done_by,
    neighbourhood,
    terms_of,
    with_precedents,
)
from cases.views.choosing import named, no_such_case, offered
from cases.views.common import clean_address

# Few enough to be read, and to be counted on the fingers of a hand: «3 of 5».
CLOSEST = 5
FURTHER = 10
OWED = (Attribution.CREDITED, Attribution.CONTRIBUTED)


@dataclass(frozen=True)
class Question:
    """What the address asks: terms of a situation, and the case from which they were taken."""

    terms: frozenset[str]
    start: Case | None


@dataclass(frozen=True)
class Precedent:
    """A near case with what was done, in the order of the stated dates, and what came of it."""

    near: Neighbour
    case: Case
    dated: list[Statement]
    undated: list[Statement]
    outcomes: list[Statement]


@dataclass(frozen=True)
class Tally:
    """In how many of the closest cases something is said; of an outcome, how often as owed."""

    what: object
    count: int
    owed: int = 0


@dataclass(frozen=True)
class Summary:
    """The closest cases together, each counted once for whatever it has."""

    total: int
    tools: list[Tally]
    tools_once: list
    actors: list[Tally]
    actors_once: list
    outcomes: list[Tally]
    without_outcome: int
    gaps: list[Case]


@require_safe
@clean_address
def similar(request):
    """The cases most like the situation that the query string describes."""
    around = neighbourhood()
    question = read_question(request.GET, around)
    start = question.start
    enough = CLOSEST + FURTHER
    nearest = around.nearest(question.terms, enough=enough, leave_out=start and start.pk)
    closest = _precedents(nearest[:CLOSEST])
    return render(
        request,
        "cases/similar.html",
        {
            "facets": _facets(around, question.terms),
            "start": start,
            "starts": list(dict.fromkeys([*offered(), *([start] if start else [])])),
            "points": _points(around, question.terms),
            "closest": closest,
            "further": nearest[CLOSEST : CLOSEST + FURTHER],
            "more_alike": _more_alike(nearest),
            "summary": _summary(closest) if len(closest) > 1 else None,
            "total": around.total,
        },
    )


def read_question(params, around: Neighbourhood) -> Question:
    """What is asked, or InvalidQuery with a sentence for everything that is not known.

    A case alone stands for its own terms; beside chosen terms it only says where they come from,
    and is left out of the answer.
    """
    errors: dict[str, list[str]] = {}
    for name in params:
        if name not in (*SCHEMES, "case"):
            errors[name] = [_("There is no such filter.") + meant(name, (*SCHEMES, "case"))]
    terms = set()
    for scheme in SCHEMES:
        known = _codes(around, scheme)
        for code in filter(None, params.getlist(scheme)):
            if code in ABSENCE_CODES:
                sentence = _("“%(code)s” says that there is nothing to compare.")
                errors[scheme] = [sentence % {"code": code}]
            elif code not in known:
                errors[scheme] = [not_known(code, known)]
            terms.add(f"{scheme}:{code}")
    start, slugs = None, [slug for slug in params.getlist("case") if slug]
    if slugs:
        start = named(slugs[:1]).get(slugs[0])
        if len(slugs) > 1:
            errors["case"] = [_("Only one value is possible.")]
        elif start is None:
            errors["case"] = [no_such_case(slugs[0])]
    if errors:
        raise InvalidQuery(errors)
    if start and not terms:
        terms = terms_of(start.pk)
    return Question(around.measure.said(terms), start)


def _codes(around: Neighbourhood, scheme: str) -> list[str]:
    """The codes of a scheme that say something, in the order of the vocabulary."""
    start = f"{scheme}:"
    codes = [key.removeprefix(start) for key in around.terms if key.startswith(start)]
    return [code for code in codes if code not in ABSENCE_CODES]


def _facets(around: Neighbourhood, asked: frozenset[str]) -> list[Facet]:
    """What can be chosen: terms that some case has, and those that were chosen anyway."""
    names = labels()
    return [Facet(scheme, names[scheme], _options(around, scheme, asked)) for scheme in SCHEMES]


def _options(around: Neighbourhood, scheme: str, asked: frozenset[str]) -> list[Option]:
    found = []
    for code in _codes(around, scheme):
        key = f"{scheme}:{code}"
        count, chosen = around.measure.having(key), key in asked
        if not (count or chosen):
            continue
        label, above = str(around.terms[key]), around.measure.broader[key]
        # Narrower ones stand under what is around them; regions, which have no order, by name.
        place = (by_name(around.terms[above] if above else label), bool(above), by_name(label))
        found.append((place, Option(code, label, count, chosen, 1 if above else 0)))
    if scheme == "region":
        found.sort(key=lambda each: each[0])
    return [option for _place, option in found]


def _points(around: Neighbourhood, asked: frozenset[str]) -> list[tuple]:
    """(term, how many cases have it, what it counts), what counts most first."""
    measure = around.measure
    rows = [(around.terms[term], measure.having(term), measure.weight(term)) for term in asked]
    return sorted(rows, key=lambda row: (-row[2], by_name(row[0])))


def _more_alike(nearest: list[Neighbour]) -> int:
    """How many cases are left out of the closest though they are just as near as the last."""
    if len(nearest) <= CLOSEST:
        return 0
    last = nearest[CLOSEST - 1].match.likeness
    return sum(each.match.likeness == last for each in nearest[CLOSEST:])


def _precedents(nearest: list[Neighbour]) -> list[Precedent]:
    keys = [near.case.pk for near in nearest]
    public = Case.objects.published_among(keys)
    cases = {case.pk: case for case in with_precedents(public)} if keys else {}
    found = []
    # A case may be withdrawn between one query and the next.
    for near in (near for near in nearest if near.case.pk in cases):
        case = cases[near.case.pk]
        tools = [each for each in case.told if each.scheme == "tool"]
        found.append(
            Precedent(
                near,
                case,
                dated(tools),
                [tool for tool in tools if not tool.earliest],
                [each for each in case.told if each.scheme == "outcome"],
            )
        )
    return found


def _summary(closest: list[Precedent]) -> Summary:
    tools, actors, outcomes, owed = Counter(), Counter(), Counter(), Counter()
    without_outcome = 0
    for precedent in closest:
        steps = [*precedent.dated, *precedent.undated]
        tools.update({tool.term for tool in steps})
        actors.update({actor for tool in steps for actor in done_by(tool)})
        real = [each for each in precedent.outcomes if each.term.code not in ABSENCE_CODES]
        outcomes.update({each.term for each in real})
        owed.update({each.term for each in real if each.attribution in OWED})
        without_outcome += not real
    return Summary(
        len(closest),
        *_common_and_rare(tools),
        *_common_and_rare(actors),
        _tallies(outcomes, owed),
        without_outcome,
        [each.case for each in closest if each.case.gap_min_days is not None],
    )


def _common_and_rare(counts: Counter) -> tuple[list[Tally], list]:
    """What two cases or more have, with the numbers, and what only one has."""
    tallies = _tallies(counts)
    common = [tally for tally in tallies if tally.count > 1]
    return common, [tally.what for tally in tallies if tally.count == 1]


def _tallies(counts: Counter, owed: Counter | None = None) -> list[Tally]:
    found = [Tally(what, count, (owed or {}).get(what, 0)) for what, count in counts.items()]
    return sorted(found, key=lambda tally: (-tally.count, by_name(tally.what)))
