"""Countries and regions: the cases there, and the actors that are theirs."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import reference
from cases.filters import narrower
from cases.models import Actor, Case, CaseCountry, Country, Region
from cases.models.choices import PLACES, CountryRole
from cases.models.fields import by_name
from cases.tally import Grouped, Listed, current, having, remembered
from cases.views.common import page_number, refuse_unknown
from cases.views.kept import kept


@dataclass(frozen=True)
class Cell:
    """In how many cases a country has a role, and the query of the page on which they begin."""

    role: str
    cases: int
    query: str


@dataclass(frozen=True)
class Row:
    """A country in the list: in how many cases it has each role, and how many actors it has."""

    country: Country
    roles: list[Cell]
    actors: int


@require_safe
def country_list(request):
    """The countries that published cases name, or that actors belong to, by name."""
    refuse_unknown(request.GET)
    in_role = _count_cases_in_roles()
    actors = Actor.objects.public().exclude(country=None).order_by()
    of_country = dict(actors.values_list("country").annotate(n=Count("pk")))
    codes = {country for country, _role in in_role} | set(of_country)
    rows = [
        Row(
            country,
            _cells([in_role.get((country.pk, role), 0) for role in CountryRole.values]),
            of_country.get(country.pk, 0),
        )
        for country in Country.objects.filter(pk__in=codes).select_related("region")
    ]
    rows.sort(key=lambda row: by_name(row.country))
    labels = [label for _value, label in CountryRole.choices]
    return render(request, "cases/country_list.html", {"rows": rows, "roles": labels})


def _cells(numbers: list[int]) -> list[Cell]:
    """Of the numbers of cases in each role."""
    cells, before = [], 0
    for role, number in zip(CountryRole.values, numbers, strict=True):
        page = reference.page_at(before)
        cells.append(Cell(role, number, f"?page={page}" if page > 1 else ""))
        before += number
    return cells


@remembered
def _count_cases_in_roles() -> dict[tuple[str, str], int]:
    """By country and its role, the number of published cases in which it has it."""
    named = CaseCountry.objects.filter(case__in=Case.objects.published())
    by_role = named.order_by().values_list("country", "role")
    return {
        (country, role): cases
        for country, role, cases in by_role.annotate(n=Count("case", distinct=True))
    }


@require_safe
@kept
def country_page(request, alpha3):
    """One country: the cases that name it, by what it is to them, and its actors."""
    if alpha3 != alpha3.upper():
        return redirect("country", alpha3.upper(), permanent=True)
    refuse_unknown(request.GET, "page")
    countries = Country.objects.select_related("region__parent")
    country = get_object_or_404(countries, alpha3=alpha3)
    in_roles = _cases_in_roles(country.pk)
    page = reference.page_of_cases(in_roles, page_number(request.GET))
    if page is None:
        raise Http404(_("There is no such page of these cases."))
    actors = Actor.objects.public().filter(country=country).select_related("type")
    return render(
        request,
        "cases/country_page.html",
        {
            "country": country,
            "regions": [
                region
                for region in (country.region, country.region and country.region.parent)
                if region
            ],
            # What the filter by country finds: a neighbour at risk is not where the case is.
            "here": in_roles.number_in(PLACES),
            "page": page,
            "groups": [(role, len(in_roles.groups[role]), cases) for role, cases in page],
            "actors": reference.with_cases(actors.prefetch_related("names")),
        },
    )


@remembered
def _cases_in_roles(country: str) -> Grouped:
    """The published cases by what a country is to them."""
    held, cases = current(), defaultdict(list)
    named = CaseCountry.objects.filter(country=country).order_by()
    for role, case in named.values_list("role", "case"):
        cases[role].append(case)
    return Grouped({role: Listed(held, held.these(cases[role])) for role in CountryRole.values})


@require_safe
@kept
def region_page(request, code):
    """One region: its countries that have cases, and all cases in it, as the filter finds them."""
    refuse_unknown(request.GET, "page")
    region = get_object_or_404(Region.objects.select_related("parent"), code=code)
    page = reference.page_of_cases(having("region", region.code), page_number(request.GET))
    if page is None:
        raise Http404(_("There is no such page of these cases."))
    regions = narrower(Region.objects.values_list("code", "parent_id"), [region.code])
    named = {country for country, _role in _count_cases_in_roles()}
    countries = Country.objects.filter(region__in=regions, pk__in=named)
    return render(
        request,
        "cases/region_page.html",
        {
            "region": region,
            "subregions": sorted(region.subregions.all(), key=by_name),
            "countries": sorted(countries, key=by_name),
            "page": page,
            "total": page.paginator.count,
        },
    )
