"""Documents: the list, the record of one, and its whole text."""

from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.filters import select_cases
from cases.findings import select_findings
from cases.models import Document, Edition, Statement
from cases.querysets import SEARCHED
from cases.reader import read_edition
from cases.tally import Tally
from cases.views.common import file_links, page_number, refuse_unknown
from cases.views.kept import kept

PER_PAGE = 100


@require_safe
def document_list(request):
    """Every document that is cited or read here: what it is, and how much of it is coded."""
    refuse_unknown(request.GET, "page")
    number = page_number(request.GET)
    pages = Paginator(Document.objects.for_list().texts_first(), PER_PAGE)
    if number > pages.num_pages:
        raise Http404(_("There is no such page of these documents."))
    return render(
        request,
        "cases/document_list.html",
        {"page": pages.page(number), "files": file_links("documents", "")},
    )


@require_safe
@kept
def document_page(request, code):
    """The record of a document: its texts, where it is cited, and what names it."""
    refuse_unknown(request.GET)
    document = get_object_or_404(Document.objects.for_list(), code=_clean(code))
    unread = [f"case__{name}" for name in (*SEARCHED, "internal_notes")]
    named = (
        Statement.objects.public()
        .filter(documents=document)
        .select_related("term", "case")
        .defer(*unread)
        .order_by("case__slug", "order", "pk")
    )
    asked = QueryDict(mutable=True)
    asked["document"] = document.code
    return render(
        request,
        "cases/document_page.html",
        {
            "document": document,
            "named": named,
            "assessed_count": Statement.objects.public().filter(assessed_by=document).count(),
            "case_count": Tally(select_cases(asked)).total,
            "finding_count": select_findings(asked).findings.count(),
            "query": asked.urlencode(),
        },
    )


@require_safe
@kept
def document_text(request, code, edition):
    """The whole text of an edition with what was coded from it."""
    refuse_unknown(request.GET)
    editions = Edition.objects.select_related("document").defer("content")
    edition = get_object_or_404(editions, document__code=_clean(code), code=_clean(edition))
    others = Edition.objects.filter(document=edition.document).exclude(pk=edition.pk)
    return render(
        request,
        "cases/document_text.html",
        {
            "edition": edition,
            "document": edition.document,
            "reading": read_edition(edition),
            "others": others.defer("content"),
        },
    )


def _clean(code: str) -> str:
    """A code as an address gives it; PostgreSQL takes no NUL, and no code has one."""
    if "\x00" in code:
        raise Http404
    return code
