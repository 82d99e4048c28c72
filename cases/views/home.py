"""The front page, and the pages that say how the data were made and how to take them away."""

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.exports import TABLES
from cases.facets import offered_facets
from cases.models import (
    Case,
    Document,
    Edition,
    Erratum,
    Passage,
    Quotation,
    Statement,
    StatementQuotation,
)
from cases.models.choices import Coverage
from cases.neighbours import SCHEMES
from cases.querysets import is_public, is_published
from cases.tally import remembered
from cases.views.common import file_links


@remembered
def figures() -> dict[str, int]:
    """How much of what readers may see; general rules are not counted as statements of a case."""
    published = Case.objects.published()
    cases = published.aggregate(
        cases=Count("pk"), substantial=Count("pk", filter=Q(coverage=Coverage.SUBSTANTIAL))
    )
    behind = StatementQuotation.objects.filter(statement=OuterRef("pk"))
    told = Statement.objects.counted().filter(is_published("case__"))
    statements = told.annotate(has_words=Exists(behind)).aggregate(
        statements=Count("pk"),
        claims=Count("pk", filter=~Q(support="")),
        with_words=Count("pk", filter=Q(has_words=True)),
    )
    statements["silent"] = statements["statements"] - statements["claims"]
    stands = StatementQuotation.objects.filter(is_public("statement__"), quotation=OuterRef("pk"))
    return {
        **cases,
        **statements,
        "findings": Statement.objects.findings().count(),
        "quotations": Quotation.objects.filter(Exists(stands)).count(),
        "passages": Passage.objects.count(),
        "documents": Document.objects.count(),
        "texts": Edition.objects.values("document").distinct().order_by().count(),
        "errata": Erratum.objects.count(),
    }


@require_safe
def home(request):
    """What this is, the doors in, and what is inside."""
    context = {"figures": figures(), "question": offered_facets(SCHEMES)}
    return render(request, "cases/home.html", context)


@require_safe
def method(request):
    """How a report becomes cases, and how far to trust them."""
    return render(request, "cases/method.html", {"figures": figures()})


@require_safe
def about_the_data(request):
    """The files, their columns and how to cite them."""
    files = [
        {"name": name, "links": file_links(name, ""), "columns": table.columns}
        for name, table in TABLES.items()
    ]
    context = {
        "tables": files,
        "of_cases": _names(table.name for table in TABLES.values() if table.of_cases),
        "with_bounds": _files_with("earliest", "start_earliest"),
        "with_version": _files_with("version"),
        "with_day": _files_with("changed_on"),
        "licence": settings.DATA_LICENCE,
        "licence_url": settings.DATA_LICENCE_URL,
    }
    return render(request, "cases/about_the_data.html", context)


def _files_with(*columns: str) -> str:
    """The names of the files that have one of the columns."""
    return _names(name for name, table in TABLES.items() if {*columns} & {*table.columns})


def _names(names) -> str:
    """Names of files in a sentence; each runs from the left wherever the sentence runs from."""
    return format_html_join(_(", "), '<code dir="ltr">{}</code>', ((name,) for name in names))
