"""Two to four cases side by side, with the words behind every value."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.filters import InvalidQuery
from cases.models import Case, CaseCountry, Statement, Term
from cases.models.choices import Phase, Scope
from cases.models.vocabulary import ABSENCE_CODES, SCHEMES
from cases.neighbours import dated
from cases.views.choosing import named, no_such_case, offered
from cases.views.common import clean_address

LEAST, MOST = 2, 4


@dataclass(frozen=True)
class Row:
    """What each case says of one shared term or, without a term, what it does not share."""

    term: Term | None
    cells: list[tuple[Case, list[Statement]]]

    @property
    def count(self) -> int:
        return sum(bool(statements) for _case, statements in self.cells)


@dataclass(frozen=True)
class Group:
    """The rows of one scheme, shared terms first."""

    scheme: str
    label: str
    rows: list[Row]


@dataclass(frozen=True)
class Column:
    """One case of the comparison, and the address without it where enough others remain."""

    case: Case
    rest: str
    opening: Statement | None
    action: Statement | None


@require_safe
@clean_address
def compare(request):
    """The cases that the address names side by side, or a page to choose them."""
    if unknown := sorted(set(request.GET) - {"case"}):
        raise InvalidQuery({name: [_("There is no such filter.")] for name in unknown})
    slugs = [slug for slug in request.GET.getlist("case") if slug]
    public, others = named(slugs), offered()
    sentences = _refusals(slugs, public)
    if sentences or not slugs:
        # Who chose something finds it in the list, wherever its title stands.
        listed = list(dict.fromkeys([*others, *public.values()]))
        context = {"sentences": sentences, "offered": listed, "chosen": slugs}
        status = 400 if sentences else 200
        return render(request, "cases/compare_choose.html", context, status=status)
    wanted = _with_everything([public[slug].pk for slug in slugs])
    # In the order of the address: the reader chose which comes first.
    cases = sorted(wanted, key=lambda case: slugs.index(case.slug))
    return render(
        request,
        "cases/compare.html",
        {
            "columns": [_column(case, request.GET, slugs) for case in cases],
            "groups": _groups(cases),
            "others": [case for case in others if case.slug not in slugs],
            "may_grow": len(slugs) < MOST,
        },
    )


def _refusals(slugs: list[str], public) -> list[str]:
    """Why these cases cannot be compared; nothing where none is asked for yet."""
    found = [no_such_case(slug) for slug in dict.fromkeys(slugs) if slug not in public]
    for slug in dict.fromkeys(slugs):
        if slugs.count(slug) > 1:
            found.append(_("“%(code)s” is asked for twice.") % {"code": slug})
    if slugs and not LEAST <= len(slugs) <= MOST:
        sentence = _("A comparison takes %(least)s to %(most)s cases; asked for: %(count)s.")
        found.append(sentence % {"least": LEAST, "most": MOST, "count": len(slugs)})
    return found


def _with_everything(keys: list[int]):
    cases = Case.objects.published_among(keys)
    return (
        cases.defer("search_text", "search_squashed", "internal_notes")
        .with_gap()
        .prefetch_related(
            Prefetch("case_countries", CaseCountry.objects.select_related("country")),
            "regions",
            Prefetch("statements", Statement.objects.for_page(), to_attr="told"),
        )
    )


def _column(case: Case, params, slugs: list[str]) -> Column:
    rest = params.copy()
    rest.setlist("case", [slug for slug in slugs if slug != case.slug])
    query = rest.urlencode() if len(slugs) > LEAST else ""
    counted = [each for each in case.told if each.scope != Scope.PATTERN]
    opening = dated(each for each in counted if each.phase == Phase.OPENING)
    action = dated(each for each in counted if each.scheme == "tool")
    return Column(case, query, opening[0] if opening else None, action[0] if action else None)


def _groups(cases: list[Case]) -> list[Group]:
    groups = [Group(scheme, str(label), _rows(cases, scheme)) for scheme, label in SCHEMES.items()]
    return [group for group in groups if group.rows]


def _rows(cases: list[Case], scheme: str) -> list[Row]:
    """A row for each term that two cases or more share, then one for all the rest."""
    told = [(case, [each for each in case.told if each.scheme == scheme]) for case in cases]
    having: dict[Term, int] = {}
    for _case, statements in told:
        for term in {each.term for each in statements if _can_be_shared(each)}:
            having[term] = having.get(term, 0) + 1
    shared = [term for term, count in having.items() if count > 1]
    shared.sort(key=lambda term: (-having[term], term.order, term.code))

    def row(term: Term | None, belongs) -> Row:
        return Row(term, [(case, list(filter(belongs, said))) for case, said in told])

    def of_the_rest(statement: Statement) -> bool:
        return statement.term not in shared or not _can_be_shared(statement)

    rows = [
        row(term, lambda each, term=term: each.term == term and _can_be_shared(each))
        for term in shared
    ]
    rest = row(None, of_the_rest)
    return [*rows, rest] if rest.count else rows


def _can_be_shared(statement: Statement) -> bool:
    """Silence is nothing in common, nor is a rule in which a case stands as an example."""
    return statement.scope != Scope.PATTERN and statement.term.code not in ABSENCE_CODES
