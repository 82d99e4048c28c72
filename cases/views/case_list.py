"""The list of cases and its filters."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.filters import (
    DATES,
    DEFAULT_ORDER,
    LAST_PAGE,
    ORDERS,
    TERM_FILTERS,
    InvalidQuery,
    select_cases,
)
from cases.models import Actor, Case, Country, Document, Region, Statement, Term
from cases.models.choices import Coverage
from cases.models.vocabulary import ALL_SCHEMES
from cases.views.common import Option, file_links, language, options, without

PER_PAGE = 20


@dataclass(frozen=True)
class Facet:
    """One filter as the page shows it."""

    name: str
    label: str
    options: list[Option]

    @property
    def open(self) -> bool:
        return any(option.chosen for option in self.options)


@require_safe
def case_list(request):
    """The cases that the query string asks for, a page of them, and the filters to change it."""
    params = request.GET
    selection = select_cases(params, also_known=["page"], language=language())
    number = _page_number(params)
    pages = Paginator(selection.cases.for_list(), PER_PAGE)
    if number > pages.num_pages:
        raise Http404(_("There is no page %(number)s of these cases.") % {"number": number})
    return render(
        request,
        "cases/case_list.html",
        {
            "page": pages.page(number),
            "facets": _facets(selection.asked),
            "asked": {name: params.get(name, "") for name in ("q", "from", "to")},
            "dates": options(DATES, [selection.asked.get("dates") or "possibly"]),
            "orders": options(ORDERS, [selection.asked.get("order") or DEFAULT_ORDER]),
            "is_filtered": bool(set(selection.asked) - {"order", "dates"}),
            "files": file_links("cases", without(params, "page")),
        },
    )


def _page_number(params) -> int:
    word = params.get("page") or "1"
    number = word.lstrip("0")
    if not (number.isascii() and number.isdigit()):
        raise InvalidQuery({"page": [_("Write a number from 1 up.")]})
    # Not all of it: Python reads no number of more than 4,300 digits.
    if int(number[:9]) > LAST_PAGE:
        sentence = _("Pages run to %(last)s; the file holds all of these cases.")
        raise InvalidQuery({"page": [sentence % {"last": LAST_PAGE}]})
    return int(number)


def _facets(asked: dict) -> list[Facet]:
    """What can be chosen: values that published cases really have."""
    cases = Case.objects.published()
    told = Statement.objects.counted().filter(case__in=cases)
    terms: dict[str, dict[str, str]] = {}
    for term in Term.objects.filter(statements__in=told).distinct():
        terms.setdefault(term.scheme, {})[term.code] = str(term)
    types = Term.objects.filter(actors_of_type__statements__in=told).distinct()
    terms["actor_type"] = {term.code: str(term) for term in types}
    countries = Country.objects.filter(case_countries__case__in=cases).distinct()
    regions = set(countries.values_list("region", flat=True))
    regions |= set(Region.objects.filter(cases__in=cases).values_list("code", flat=True))
    regions = Region.objects.filter(code__in=regions)
    actors = Actor.objects.filter(statements__in=told).distinct().prefetch_related("names")
    quoted = Document.objects.filter(editions__passages__quotations__statements__in=told)
    named = Document.objects.filter(statements__in=told)
    documents = (quoted | named).distinct()
    choices = [
        ("region", _("Region"), {region.code: str(region) for region in regions}),
        ("country", _("Country"), {country.alpha3: str(country) for country in countries}),
        *((name, str(ALL_SCHEMES[name]), terms.get(name, {})) for name in TERM_FILTERS[:4]),
        ("actor", _("Actor"), {actor.code: str(actor) for actor in actors}),
        *(
            (name, str(ALL_SCHEMES[name]), terms.get(name, {}))
            for name in ("actor_type", "role", *TERM_FILTERS[4:])
        ),
        ("document", _("Document"), {document.code: str(document) for document in documents}),
        ("coverage", _("Coverage"), dict(Coverage.choices)),
    ]
    by_name = {"region", "country", "actor"}
    return [
        Facet(
            name,
            label,
            options(
                dict(sorted(values.items(), key=lambda item: item[1]))
                if name in by_name
                else values,
                asked.get(name, ()),
            ),
        )
        for name, label, values in choices
    ]
