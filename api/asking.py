"""What may be asked: filters of the pages, and the place and size of a page of rows."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import translation

from api.paging import MOST, USUAL
from cases.facets import labels
from cases.filters import (
    CaseFilterSet,
    ChosenField,
    CodesField,
    InvalidQuery,
    KnownParameters,
    PeriodField,
)
from cases.findings import FindingFilterSet
from cases.models import Actor, Country, Document, Region, Term
from cases.models.vocabulary import ALL_SCHEMES

PAGING = ("cursor", "limit")


class TermQuery(KnownParameters):
    """Terms by their scheme."""

    repeatable = frozenset({"scheme"})
    also_known = frozenset(PAGING)
    scheme = ChosenField(choices=list(ALL_SCHEMES.items()), required=False)


class ActorQuery(KnownParameters):
    """Actors by words of their names and by type, as on their page."""

    repeatable = frozenset({"type"})
    also_known = frozenset(PAGING)
    q = forms.CharField(max_length=200, required=False)
    type = CodesField(model=Term, lookup="id", prefix="actor_type:", required=False)


class PageQuery(KnownParameters):
    """A list without filters."""

    also_known = frozenset(PAGING)


class NoQuery(KnownParameters):
    """One record, of which nothing can be asked."""


CASE_FILTERS = {name: each.field for name, each in CaseFilterSet.base_filters.items()}
# What belongs to cases stands in an order of its own.
FILTERS_OF_CASES = {name: each for name, each in CASE_FILTERS.items() if name != "order"}
FINDING_FILTERS = {name: each.field for name, each in FindingFilterSet.base_filters.items()}


def asked(form: type[KnownParameters], params: QueryDict) -> dict[str, Any]:
    """The values of a list's filters, or InvalidQuery saying what is wrong."""
    read = form(params)
    # As django-filter does it: several values of one name are a list.
    if not read.is_valid():
        raise InvalidQuery({name: list(said) for name, said in read.errors.items()})
    return {name: value for name, value in read.cleaned_data.items() if value}


def refuse_empty(params: QueryDict) -> None:
    """A form on a page leaves fields empty; a program that does so has lost a value."""
    names = [name for name, values in params.lists() if "" in values]
    if names:
        raise InvalidQuery({name: ["Write a value, or leave it out."] for name in names})


def refuse(params: QueryDict, *names: str) -> None:
    """Filters that the cases know and this list does not."""
    if there := [name for name in names if name in params]:
        raise InvalidQuery({name: ["There is no such filter."] for name in there})


def limit_of(params: QueryDict) -> int:
    """How many rows a page has."""
    word = params.get("limit", str(USUAL))
    # Not all of it: Python reads no number of more than 4,300 digits.
    number = int(word[:4]) if word.isascii() and word.isdigit() and word[0] != "0" else 0
    if not 1 <= number <= MOST:
        raise InvalidQuery({"limit": [f"Write a number from 1 to {MOST}."]})
    return number


# Where the codes of a filter are listed.
_LISTED = {
    Actor: "/api/v1/actors",
    Country: "/api/v1/countries",
    Document: "/api/v1/documents",
    Region: "/api/v1/regions",
}
_TOLD = {
    "q": "Words, all of which must begin a word of what is searched; a phrase in quotation marks.",
    "from": "The first day of the time asked for, as a date in EDTF: 2008, 2008-12, 2008-23.",
    "to": "The last day of the time asked for, as a date in EDTF.",
    "dates": "Whether the time of a case must lie within the time asked for, or may touch it.",
    "order": "The order of the rows.",
}


def listed(field: CodesField) -> str:
    """The address of the list that has the codes of a filter."""
    scheme = field.prefix.rstrip(":")
    return f"/api/v1/terms?scheme={scheme}" if scheme else _LISTED[field.model]


def parameters(fields: Mapping[str, forms.Field]) -> list[dict[str, Any]]:
    """Filters as the description of the API lists them, with the type of each."""
    with translation.override("en"):
        named = labels()
        return [_parameter(name, field, named) for name, field in fields.items()]


def _parameter(name: str, field: forms.Field, named: Mapping[str, str]) -> dict[str, Any]:
    told, values = _TOLD.get(name, f"{named.get(name, name.capitalize())}: any of these."), {}
    if isinstance(field, CodesField):
        told = f"{named.get(name, name.capitalize())}: codes of {listed(field)}; any of these."
        scheme = field.prefix.rstrip(":")
        values = {"type": "string", "minLength": 1, "format": f"{scheme or name}-code"}
    elif isinstance(field, forms.ChoiceField):
        values = {"type": "string", "enum": [value for value, _label in field.choices]}
    elif isinstance(field, PeriodField):
        values = {"type": "string", "minLength": 1, "format": "edtf"}
    else:
        # No text of a database has a NUL.
        values = {"type": "string", "minLength": 1, "pattern": "^[^\\u0000]+$"}
        values["maxLength"] = field.max_length
    if isinstance(field, CodesField | forms.MultipleChoiceField):
        values = {"type": "array", "items": values}
    return {"in": "query", "name": name, "required": False, "description": told, "schema": values}


def paging_parameters() -> list[dict[str, Any]]:
    """The two parameters of every list."""
    return [
        {
            "in": "query",
            "name": "cursor",
            "required": False,
            "description": "Where the page begins; taken from `next` of the page before.",
            "schema": {"type": "string", "minLength": 1, "format": "cursor"},
        },
        {
            "in": "query",
            "name": "limit",
            "required": False,
            "description": "How many rows a page has at most.",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        },
    ]
