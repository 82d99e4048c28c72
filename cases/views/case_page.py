"""One case."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.models import Case, CaseCountry, CaseRelation, Statement
from cases.models.vocabulary import SCHEMES
from cases.views.errors import error_page


@require_safe
def case_detail(request, slug):
    """One case with everything said of it and, beside each statement, its words."""
    public = Case.objects.published()
    related = CaseRelation.objects.filter(to__in=public).select_related("to")
    related_from = CaseRelation.objects.filter(case__in=public).select_related("case")
    cases = public.with_gap().prefetch_related(
        Prefetch("case_countries", CaseCountry.objects.select_related("country")),
        "regions",
        Prefetch("relations", related),
        Prefetch("related_from", related_from),
        Prefetch("statements", Statement.objects.for_page()),
    )
    case = Case.objects.originals().filter(slug=slug).only("review").first()
    if case is not None and case.review == "withdrawn":
        return error_page(
            request, 410, _("Withdrawn"), [_("This case was published once and then withdrawn.")]
        )
    case = get_object_or_404(cases, slug=slug)
    groups: dict[str, list[Statement]] = {scheme: [] for scheme in SCHEMES}
    for statement in case.statements.all():
        groups[statement.scheme].append(statement)
    return render(
        request,
        "cases/case_detail.html",
        {
            "case": case,
            "groups": [(s, SCHEMES[s], said) for s, said in groups.items() if said],
        },
    )
