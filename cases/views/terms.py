"""Pages of terms: what each means, and what published cases and findings say with it."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import reference
from cases.filters import CaseFilterSet
from cases.models import Actor, Term
from cases.models.choices import Part
from cases.models.vocabulary import ALL_SCHEMES
from cases.tally import current, remembered
from cases.views.common import page_number, refuse_unknown
from cases.views.kept import kept

# Findings are read on their own page; here they are named.
FINDINGS_AT_MOST = 40
# Vocabularies that say what a case was, so that one may ask what was done about it.
CONDITIONS = ("situation", "trigger", "aim", "initiation", "un_role", "success_element")


@dataclass(frozen=True)
class Tool:
    """A tool in the list: how many cases used it, and the tools under it."""

    term: Term
    depth: int
    cases: int
    uses: int


@require_safe
def tool_list(request):
    """The tools under their groups, with the number of cases that used each."""
    refuse_unknown(request.GET)
    counts = reference.count_terms("tool")
    terms = list(Term.objects.filter(scheme="tool"))
    under: dict[str | None, list[Term]] = {}
    for term in terms:
        under.setdefault(term.broader_id, []).append(term)

    def listed(term: Term, depth: int) -> list[Tool]:
        count = counts[term.id]
        own = Tool(term, depth, count["cases_with_narrower"], count["uses_with_narrower"])
        return [own, *(tool for each in under.get(term.id, []) for tool in listed(each, depth + 1))]

    return render(
        request,
        "cases/tool_list.html",
        {
            "groups": [listed(term, 0) for term in under.get(None, [])],
            "total": current().total,
            "used": sum(1 for count in counts.values() if count["uses"]),
        },
    )


@require_safe
def scheme_page(request, scheme):
    """The terms of a vocabulary stand in the codebook."""
    if scheme not in ALL_SCHEMES:
        raise Http404
    return redirect("codebook-group", "terms", scheme, permanent=True)


@require_safe
@kept
def tool_page(request, code):
    return _page(request, "tool", code)


@require_safe
@kept
def term_page(request, scheme, code):
    if scheme == "tool":
        response = redirect("tool", code, permanent=True)
        query = request.GET.urlencode()
        response["Location"] += f"?{query}" if query else ""
        return response
    return _page(request, scheme, code)


def _page(request, scheme, code):
    refuse_unknown(request.GET, "page")
    terms = Term.objects.select_related("broader", "replaced_by")
    term = get_object_or_404(terms, id=f"{scheme}:{code}")
    ids = reference.with_narrower(term)
    said = reference.statements_told()
    if scheme == "actor_type":
        said = said.filter(actors__type__in=ids).distinct()
    else:
        said = said.filter(term__in=ids)
    page = reference.page_of_cases(reference.cases_of_term(term), page_number(request.GET))
    if page is None:
        raise Http404(_("There is no such page of these cases."))
    findings = reference.findings_told()
    if scheme == "finding":
        findings = findings.filter(term__in=ids)
    elif scheme == "actor_type":
        findings = findings.none()
    else:
        findings = findings.filter(about=term)
    findings, all_findings = reference.first_findings(findings, FINDINGS_AT_MOST)
    context = {
        "term": term,
        "narrower": list(term.narrower.all()),
        "has_narrower": len(ids) > 1,
        "page": page,
        "total": page.paginator.count,
        "told": [] if scheme == "actor_type" else reference.told(page, said),
        "findings": findings,
        "all_findings": all_findings,
        "published": current().total,
        "filter": scheme if scheme in CaseFilterSet.base_filters else "",
    }
    return render(request, "cases/term_page.html", context | _more(term, ids))


def _more(term: Term, ids: list[str]) -> dict:
    """What is worth knowing of the terms of one vocabulary only."""
    if term.scheme == "actor_type":
        actors = Actor.objects.public().filter(type=term).prefetch_related("names")
        return {"actors": reference.with_cases(actors)}
    return _counted(term.scheme, *ids)


@remembered
def _counted(scheme: str, *ids: str) -> dict:
    """What the cases that say a term, by its own id and the narrower ones', say besides."""
    said = reference.statements_told().filter(term__in=ids)
    if scheme == "tool":
        return {
            "users": reference.actors_of(said),
            "partners": reference.actors_of(said, part=Part.WITH),
            "results": reference.results_of(said),
        }
    if scheme == "role":
        return {"users": reference.actors_of(said)}
    if scheme == "outcome":
        return {"owed_to": reference.terms_of(said, column="credited_to__term")}
    if scheme in CONDITIONS:
        cases = said.order_by().values("case")
        tools = reference.statements_told().filter(scheme="tool", case__in=cases)
        return {"tools": reference.terms_of(tools)}
    return {}
