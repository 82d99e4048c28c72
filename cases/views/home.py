"""The front page, and the pages that say how the data were made and how to take them away."""

from django.db.models import Count, Q
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.exports import TABLES
from cases.models import Case, Document, Erratum, Passage, Quotation, Statement
from cases.models.choices import Coverage, Scope


def figures() -> dict[str, int]:
    """How much of what readers may see; general rules are not counted as statements of a case."""
    published = Case.objects.published()
    cases = published.aggregate(
        cases=Count("pk"), substantial=Count("pk", filter=Q(coverage=Coverage.SUBSTANTIAL))
    )
    told = Statement.objects.filter(case__in=published).exclude(scope=Scope.PATTERN)
    statements = told.aggregate(
        statements=Count("pk", distinct=True),
        claims=Count("pk", filter=~Q(support=""), distinct=True),
        with_words=Count("pk", filter=Q(evidence__isnull=False), distinct=True),
    )
    stood_on = Q(statements__case__in=published) | Q(statements__scheme="finding")
    return {
        **cases,
        **statements,
        "findings": Statement.objects.findings().count(),
        "quotations": Quotation.objects.filter(stood_on).distinct().count(),
        "passages": Passage.objects.count(),
        "documents": Document.objects.count(),
        "texts": Document.objects.filter(editions__isnull=False).distinct().count(),
        "errata": Erratum.objects.count(),
    }


@require_safe
def home(request):
    """What this is, the doors in, and what is inside."""
    return render(request, "cases/home.html", {"figures": figures()})


@require_safe
def method(request):
    """How a report becomes cases, and how far to trust them."""
    return render(request, "cases/method.html", {"figures": figures()})


@require_safe
def about_the_data(request):
    """The files, their columns and how to cite them."""
    return render(request, "cases/about_the_data.html", {"tables": TABLES.values()})
