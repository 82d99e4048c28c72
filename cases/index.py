"""What the case list looks things up in, written anew when records change."""

from django.db import transaction

from cases.facets import rows_of
from cases.models import Case, CaseFacet, Region, Term
from cases.search import head_of, texts_of
from cases.text import fold, searchable


def refresh(slugs=None) -> None:
    """Write anew what the list knows of these cases (None: of all): words and values of filters."""
    cases = Case.objects.for_search()
    if slugs is not None:
        cases = cases.filter(slug__in=slugs)
    terms = dict(Term.objects.values_list("id", "broader_id"))
    regions = dict(Region.objects.values_list("code", "parent_id"))
    rows = []
    for case in cases:
        rows += rows_of(case, terms, regions)
        texts = [(language, text) for _kind, language, text in texts_of(case)]
        case.search_head = f" {fold(head_of(case))} "
        case.search_text, case.search_squashed = searchable(texts)
    with transaction.atomic():
        Case.objects.bulk_update(
            cases, ["search_head", "search_text", "search_squashed"], batch_size=100
        )
        CaseFacet.objects.filter(case__in=[case.pk for case in cases]).delete()
        CaseFacet.objects.bulk_create(rows, batch_size=500)
