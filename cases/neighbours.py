"""The published cases that are most like a situation, and what was done there.

The measure itself is cases.similarity; this module asks the database for what it compares.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Prefetch, Value
from django.db.models.functions import Concat

from cases.models import Case, CaseCountry, Region, Statement, StatementActor, Term
from cases.models.choices import PLACES, Coverage, Part
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES
from cases.similarity import Match, Measure

SCHEMES = ("situation", "trigger", "region", "initiation", "un_role")
BESIDE_A_CASE = 3


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
    """All published cases by the terms that make them alike, read in four queries."""

    def __init__(self):
        public = Case.objects.published()
        titles = ("title_en", "title_fa", "title_ar")
        told = public.with_statement_count().only("slug", "coverage", *titles)
        self.cases = {case.pk: case for case in told}
        # Terms and regions together: the region of a case stands among its terms.
        self.terms: dict[str, Term | Region] = {
            **{term.pk: term for term in Term.objects.filter(scheme__in=HEADER_SCHEMES)},
            **{f"region:{region.code}": region for region in Region.objects.all()},
        }
        self.known: dict[int, set[str]] = {pk: set() for pk in self.cases}
        for pk, term in _said_of(public):
            if pk in self.known:
                self.known[pk].add(term)

    @cached_property
    def measure(self) -> Measure:
        return Measure(
            self.known,
            broader={key: _above(term) for key, term in self.terms.items()},
            silent=ABSENCE_CODES,
        )

    def nearest(self, asked, *, leave_out: int | None = None) -> list[Neighbour]:
        """The cases that share anything with what is asked, the nearest first.

        Of equally near ones those come first of which the sources tell most.
        """
        asked = self.measure.said(asked)
        matches = [each for each in self.measure.matches(asked) if each.key != leave_out]
        matches.sort(key=self._order)
        return [self._neighbour(asked, match) for match in matches]

    def _order(self, match: Match):
        case = self.cases[match.key]
        return (
            -match.likeness,
            case.coverage != Coverage.SUBSTANTIAL,
            -case.statement_count,
            case.slug,
        )

    def _neighbour(self, asked: frozenset[str], match: Match) -> Neighbour:
        return Neighbour(
            self.cases[match.key],
            match,
            # Who asks for Africa gets Africa, whatever part of it the case is in.
            [SharedTerm(self.terms[s.term], s.term not in asked) for s in match.shared],
            [self.terms[term] for term in self.measure.unshared(asked, match.shared)],
        )


def similar_cases(case: Case) -> list[Neighbour]:
    """The published cases nearest to a published one."""
    around = Neighbourhood()
    asked = around.known.get(case.pk, ())
    return around.nearest(asked, leave_out=case.pk)[:BESIDE_A_CASE]


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


def _said_of(public):
    """(case, term) of all that makes cases alike, in one query; a region is a term here."""
    said = Statement.objects.counted().filter(case__in=public, scheme__in=HEADER_SCHEMES)
    places = CaseCountry.objects.filter(
        case__in=public, role__in=PLACES, country__region__isnull=False
    )
    named = Case.regions.through.objects.filter(case__in=public)
    return (
        said.order_by()
        .values_list("case_id", "term_id")
        .union(
            places.order_by().values_list("case_id", _as_term("country__region_id")),
            named.order_by().values_list("case_id", _as_term("region_id")),
        )
    )


def _as_term(column: str) -> Concat:
    return Concat(Value("region:"), column, output_field=CharField())
