"""The description of the API, for machines and for people, and what it says of other addresses."""

from functools import cache

from django.shortcuts import render
from django.views.decorators.http import require_safe

from api import asking
from api.answering import answer, problem
from api.description import describe
from api.middleware import REASONS
from api.resources import api
from cases.filters import InvalidQuery


def description(request):
    """The description in OpenAPI 3.1."""
    try:
        asking.asked(asking.NoQuery, request.GET)
    except InvalidQuery as error:
        return problem(400, REASONS[400], errors=error.errors)
    return answer(request, _described())


@cache
def _described():
    """The description, made once: it depends on the program alone."""
    return describe(api)


def nothing_here(request, rest):
    return problem(404, REASONS[404])


@require_safe
def api_page(request):
    return render(request, "api/page.html", {})
