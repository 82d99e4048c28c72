"""The description of the API, for machines and for people, and what it says of other addresses."""

from dataclasses import dataclass
from functools import cache

from django import forms
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from api import asking
from api.answering import answer, problem
from api.description import describe
from api.middleware import REASONS
from api.paging import MOST, USUAL
from api.resources import LISTS, api
from cases import definitions
from cases.addresses import absolute
from cases.facets import labels
from cases.filters import CodesField, InvalidQuery, PeriodField
from cases.views.common import refuse_unknown


def description(request):
    """The description in OpenAPI 3.1."""
    try:
        asking.refuse_empty(request.GET)
        asking.asked(asking.NoQuery, request.GET)
    except InvalidQuery as error:
        return problem(400, REASONS[400], errors=error.errors)
    return answer(request, _described())


@cache
def _described():
    """The description, made once: it depends on the program alone."""
    return describe(api)


def nothing_here(request, rest):
    """Any other address under that of the API."""
    return problem(404, REASONS[404])


@dataclass(frozen=True)
class Filter:
    """A filter as the page tells of it: its values are codes of a list, or one of some words."""

    name: str
    label: str
    codes_of: str = ""
    words: tuple[str, ...] = ()
    is_date: bool = False


@require_safe
def api_page(request):
    """What the API gives, and how it is asked."""
    refuse_unknown(request.GET)
    root = reverse("api:index")
    told = definitions.FILES | {
        "schemes": _("The vocabularies with their names and meanings."),
        "regions": definitions.RECORDS["region"],
        "releases": _("The releases: all published data as of one day, as files."),
    }
    return render(
        request,
        "api/page.html",
        {
            "root": root,
            "example": absolute(f"{root}cases?tool=mediation&limit=2"),
            "lists": [(name, reverse(f"api:{name}"), told[name]) for name in LISTS],
            "whole": _addresses_of_one(root),
            "filters": [_filter(*each) for each in asking.CASE_FILTERS.items()],
            "finding_filters": list(asking.FINDING_FILTERS),
            "most": MOST,
            "usual": USUAL,
        },
    )


def _addresses_of_one(root: str) -> list[tuple[str, str]]:
    return [
        (
            f"{root}cases/{{slug}}",
            _("A case with its statements and the words that they stand on."),
        ),
        (f"{root}findings/{{key}}", _("A finding with the words that it stands on.")),
        (f"{root}documents/{{code}}", _("A document with its editions.")),
        (
            f"{root}documents/{{code}}/editions/{{edition}}/passages",
            definitions.FILES["passages"],
        ),
        (f"{root}terms/{{scheme}}/{{code}}", definitions.RECORDS["term"]),
        (f"{root}actors/{{code}}", _("An actor with all of its names.")),
        (f"{root}releases/{{name}}", _("A release with its files.")),
    ]


def _filter(name: str, field: forms.Field) -> Filter:
    named = labels() | {"q": _("Search"), "from": _("From"), "to": _("To"), "order": _("Order")}
    label = named.get(name, _("Dates"))
    if isinstance(field, CodesField):
        return Filter(name, label, codes_of=asking.listed(field))
    if isinstance(field, forms.ChoiceField):
        return Filter(name, label, words=tuple(str(value) for value, _label in field.choices))
    return Filter(name, label, is_date=isinstance(field, PeriodField))
