"""What the documents say of no single case."""

from itertools import groupby

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.findings import DEFAULT_ORDER, ORDERS, select_findings
from cases.models import Statement
from cases.models.fields import translated
from cases.views.case_list import chips_of_facets
from cases.views.common import (
    clean_address,
    file_links,
    options,
    page_number,
    refuse_unknown,
    without,
)
from cases.views.kept import kept

PER_PAGE = 25
TITLE_WORDS = 12


@require_safe
@clean_address
def finding_list(request):
    """The findings that the query string asks for, by kind or in the order of the texts."""
    params = request.GET
    selection = select_findings(params, also_known=["page"])
    pages = Paginator(selection.findings.for_page(), PER_PAGE)
    number = page_number(params)
    if number > pages.num_pages:
        raise Http404(_("There is no page %(number)s of these findings.") % {"number": number})
    page = pages.page(number)
    facets = selection.facets()
    order = selection.asked.get("order") or DEFAULT_ORDER
    return render(
        request,
        "cases/finding_list.html",
        {
            "page": page,
            "groups": _groups(page, order),
            "facets": facets,
            "chips": chips_of_facets(params, facets),
            "orders": options(ORDERS, [order]),
            "files": file_links("findings", without(params, "page")),
        },
    )


@require_safe
@kept
def finding_page(request, key):
    """One finding at an address of its own."""
    refuse_unknown(request.GET)
    if "\x00" in key:  # PostgreSQL takes none, and no key has one
        raise Http404
    finding = get_object_or_404(Statement.objects.findings().for_page(), key=key)
    sentence, _language = translated(finding, "note")
    title = Truncator(sentence or str(finding.term)).words(TITLE_WORDS)
    return render(request, "cases/finding_page.html", {"finding": finding, "title": title})


def _groups(page, order: str) -> list[tuple]:
    """(heading, what it means, findings): by kind, or by the text that they stand in."""
    if order == "kind":
        parts = groupby(page, key=lambda finding: finding.term)
        return [(str(kind), kind.definition, list(findings)) for kind, findings in parts]
    parts = groupby(page, key=_text_of)
    return [(str(document or ""), "", list(findings)) for document, findings in parts]


def _text_of(finding):
    """The document in which a finding's first words stand."""
    documents = {
        evidence.quotation.passage.edition.ref: evidence.quotation.passage.edition.document
        for evidence in finding.evidence.all()
    }
    return documents.get(finding.first_text)
