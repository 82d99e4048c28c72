"""The cases on a map, in time, by tool and outcome, by how long action took."""

from django.http import QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.explore import Exploration
from cases.facets import chosen_facets
from cases.filters import select_cases
from cases.tally import remembered
from cases.views.case_list import chips
from cases.views.common import clean_address, language


@require_safe
@clean_address
def explore(request):
    """Pictures, each with its table, of the cases that the query string asks for."""
    params = request.GET
    selection = select_cases(params, language=language())
    seen = Exploration(selection, language=language()) if params else _of_all(language())
    return render(
        request,
        "cases/explore.html",
        {
            "seen": seen,
            "chips": chips(params, selection, chosen_facets(selection, seen.found.vocabulary)),
            "query": params.urlencode(),
        },
    )


@remembered
def _of_all(language: str) -> Exploration:
    """The pictures without a filter, which most ask for and which take longest."""
    return Exploration(select_cases(QueryDict(), language=language), language=language)
