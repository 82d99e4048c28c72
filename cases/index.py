"""What the case list looks things up in, written anew when records change."""

from django.conf import settings
from django.db import transaction
from django.utils import translation

from cases.facets import rows_of
from cases.models import Case, CaseFacet, Region, Term
from cases.models.fields import translated, update_each
from cases.querysets import ORDERED, SEARCHED
from cases.search import head_of, texts_of
from cases.text import alphabetical, fold, searchable

BATCH = 500  # few enough at a time for memory, and for a database's limit of parameters


def is_written() -> bool:
    """Whether every case is indexed: tables and columns that a migration brings start empty."""
    unwritten = Case.objects.filter(title_order_en="").exists()
    return CaseFacet.objects.exists() and not unwritten


def refresh(slugs=None) -> None:
    """Write anew what the list knows of these cases (None: of all): words and values of filters."""
    if slugs is None:
        slugs = Case.objects.originals().values_list("slug", flat=True)
    slugs = sorted(slugs)
    terms = dict(Term.objects.values_list("id", "broader_id"))
    regions = dict(Region.objects.values_list("code", "parent_id"))
    with transaction.atomic(savepoint=False):
        for first in range(0, len(slugs), BATCH):
            _refresh(slugs[first : first + BATCH], terms, regions)


def _refresh(slugs: list[str], terms: dict, regions: dict) -> None:
    """The same for a few, working copies too."""
    cases, values = Case.objects.for_search().filter(slug__in=slugs), {}
    for case in cases:
        rows = put(case, terms, regions)
        values |= {(case.pk, row.facet, row.value): row for row in rows}
    update_each(cases, [*SEARCHED, *ORDERED])
    _keep_values([case.pk for case in cases], values)


def _keep_values(cases: list[int], wanted: dict[tuple[int, str, str], CaseFacet]) -> None:
    """Make the values that these cases have in filters exactly these."""
    stored = CaseFacet.objects.filter(case__in=cases).order_by()
    there = {tuple(row): pk for pk, *row in stored.values_list("pk", "case", "facet", "value")}
    if gone := [pk for row, pk in there.items() if row not in wanted]:
        CaseFacet.objects.filter(pk__in=gone).delete()
    fresh = [row for key, row in wanted.items() if key not in there]
    CaseFacet.objects.bulk_create(fresh, batch_size=500)


def put(case: Case, terms: dict, regions: dict) -> list[CaseFacet]:
    """Fill the columns of a case that it is found and ordered by; gives its values of filters.

    The case comes as `for_search` gives it; `terms` and `regions` map each to the one around it.
    """
    texts = [(language, text) for _kind, language, text in texts_of(case)]
    case.search_head = f" {fold(head_of(case))} "
    case.search_text, case.search_squashed = searchable(texts)
    _put_in_order(case)
    return rows_of(case, terms, regions)


def _put_in_order(case: Case) -> None:
    """What the case stands by, in the order of titles and in that of places, in each language."""
    place = case.place()
    for language, _name in settings.LANGUAGES:
        title = translated(case, "title", language)[0]
        setattr(case, f"title_order_{language}", alphabetical(title, language))
        with translation.override(language):
            name = alphabetical(str(place), language) if place else None
        setattr(case, f"place_order_{language}", name)
