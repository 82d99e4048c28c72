"""The published cases that are most like a situation, and what was done there.

The measure itself is cases.similarity; this module asks what is held in memory which cases may be
near (cases.tally), and the database for what it compares.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Prefetch, Value
from django.db.models.functions import Concat

from cases.models import Case, CaseCountry, Region, Statement, StatementActor, Term
from cases.models.choices import PLACES, Coverage, Part
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES
from cases.similarity import Match, Measure
from cases.tally import current, remembered

SCHEMES = ("situation", "trigger", "region", "initiation", "un_role")
BESIDE_A_CASE = 3
# So many cases are looked at before more: the nearest are nearly always among them.
FIRST_LOOK = 200
ROUNDING = 1e-6
AT_A_TIME = 2_000


@dataclass(frozen=True)
class SharedTerm:
    """A term or a region that a case shares with what was asked; `broader` if only from above."""

    label: object
    broader: bool


@dataclass(frozen=True)
class Neighbour:
    """A published case near to what was asked, and why it is near."""

    case: Case
    match: Match
    shared: list[SharedTerm]
    unshared: list


class Neighbourhood:
    """What makes the published cases alike, and which of them are nearest to what is asked."""

    def __init__(self):
        self.values = current()
        self.total = self.values.total
        # Terms and regions together: the region of a case stands among its terms.
        self.terms: dict[str, Term | Region] = {
            **{term.pk: term for term in Term.objects.filter(scheme__in=HEADER_SCHEMES)},
            **{f"region:{region.code}": region for region in Region.objects.all()},
        }
        sizes = self.values.sizes
        self.measure = Measure(
            self.total,
            {f"{scheme}:{code}": n for scheme in SCHEMES for code, n in sizes[scheme].items()},
            broader={key: _above(term) for key, term in self.terms.items()},
            silent=ABSENCE_CODES,
        )

    def nearest(self, asked, *, enough: int, leave_out: int | None = None) -> list[Neighbour]:
        """The cases that share anything with what is asked, the nearest first.

        Of equally near ones those come first of which the sources tell most. There are `enough`
        of them, and all that are as near as the last of these; further ones may be missing.
        """
        asked = self.measure.said(asked)
        at_once = FIRST_LOOK
        while True:
            likeliest = self._likeliest(asked, at_once)
            known = {}
            for cases in _published(likeliest):
                known |= _said_of(cases)
            found = self.measure.matches(asked, known)
            found = [match for match in found if match.key != leave_out]
            found.sort(key=lambda match: -match.likeness)
            if len(likeliest) < at_once:
                break
            # Whoever was not looked at shares no more than the last that was; they are chosen by
            # sums that are off by a rounding at most.
            further = min(likeliest.values()) + ROUNDING
            if len(found) >= enough and found[enough - 1].likeness > further:
                break
            at_once *= 8
        if len(found) > enough:
            last = found[enough - 1].likeness
            found = [match for match in found if match.likeness >= last]
        titles = ("title_en", "title_fa", "title_ar")
        cases = {}
        for some in _published([match.key for match in found]):
            told = some.with_statement_count().only("slug", "coverage", *titles)
            cases |= {case.pk: case for case in told}
        # A case may be withdrawn between one query and the next.
        matches = [(cases[match.key], match) for match in found if match.key in cases]
        return [self._neighbour(asked, *each) for each in sorted(matches, key=_order)]

    def _likeliest(self, asked: frozenset[str], at_most: int) -> dict[int, float]:
        """Cases by their ids that could be nearest, with what their likeness is at the most."""
        most = self.measure.most(asked).items()
        weights = {tuple(term.split(":", 1)): weight for term, weight in most}
        return self.values.heaviest(weights, at_most)

    def _neighbour(self, asked: frozenset[str], case: Case, match: Match) -> Neighbour:
        return Neighbour(
            case,
            match,
            # Who asks for Africa gets Africa, whatever part of it the case is in.
            [SharedTerm(self.terms[s.term], s.term not in asked) for s in match.shared],
            [self.terms[term] for term in self.measure.unshared(asked, match.shared)],
        )


def terms_of(case: int) -> set[str]:
    """The terms and regions by which a published case, named by its id, is like others."""
    return _said_of(Case.objects.published().filter(pk=case)).get(case, set())


@remembered
def similar_cases(case: int) -> list[Neighbour]:
    """The published cases nearest to a published one, which its id names."""
    near = neighbourhood().nearest(terms_of(case), enough=BESIDE_A_CASE, leave_out=case)
    return near[:BESIDE_A_CASE]


@remembered
def neighbourhood() -> Neighbourhood:
    """The published cases as they are now, with every term that may make them alike."""
    return Neighbourhood()


def with_precedents(cases):
    """Cases with their places, their gap and, as `told`, what was done and what came of it."""
    told = (
        Statement.objects.counted()
        .filter(scheme__in=("tool", "outcome"))
        .select_related("term", "assessed_by")
        .prefetch_related(
            Prefetch(
                "parts",
                StatementActor.objects.select_related("actor").prefetch_related("actor__names"),
            ),
            "credited_to__term",
        )
    )
    return (
        cases.defer("search_text", "search_squashed", "internal_notes")
        .with_gap()
        .prefetch_related(
            Prefetch("case_countries", CaseCountry.objects.select_related("country")),
            "regions",
            Prefetch("statements", told, to_attr="told"),
        )
    )


def dated(statements) -> list[Statement]:
    """Those with a date, by the earliest day that it allows."""
    known = [each for each in statements if each.earliest]
    return sorted(known, key=lambda each: (each.earliest, each.latest, each.order, each.pk))


def done_by(statement: Statement) -> list:
    """The actors who did what the statement says."""
    return [part.actor for part in statement.parts.all() if part.part == Part.BY]


def _above(term: Term | Region) -> str | None:
    if isinstance(term, Region):
        return term.parent_id and f"region:{term.parent_id}"
    return term.broader_id


def _order(near: tuple[Case, Match]):
    case, match = near
    told = (case.coverage != Coverage.SUBSTANTIAL, -case.statement_count)
    return (-match.likeness, *told, case.slug)


def _published(keys: Iterable[int]):
    """The published ones of these cases, so few at a time that a database takes their ids."""
    keys = list(keys)
    for first in range(0, len(keys), AT_A_TIME):
        yield Case.objects.published_among(keys[first : first + AT_A_TIME])


def _said_of(cases) -> dict[int, set[str]]:
    """All that makes cases alike, by their ids, in one query; a region is a term here."""
    said = Statement.objects.counted().filter(case__in=cases, scheme__in=HEADER_SCHEMES)
    places = CaseCountry.objects.filter(
        case__in=cases, role__in=PLACES, country__region__isnull=False
    )
    named = Case.regions.through.objects.filter(case__in=cases)
    found: dict[int, set[str]] = defaultdict(set)
    rows = (
        said.order_by()
        .values_list("case_id", "term_id")
        .union(
            places.order_by().values_list("case_id", _as_term("country__region_id")),
            named.order_by().values_list("case_id", _as_term("region_id")),
        )
    )
    for pk, term in rows:
        found[pk].add(term)
    return found


def _as_term(column: str) -> Concat:
    return Concat(Value("region:"), column, output_field=CharField())
