"""The cases on a map, in time, by tool and outcome, by how long action took."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.explore import Exploration
from cases.facets import chosen_facets
from cases.filters import select_cases
from cases.views.case_list import chips
from cases.views.common import clean_address, language


@require_safe
@clean_address
def explore(request):
    """Pictures, each with its table, of the cases that the query string asks for."""
    params = request.GET
    selection = select_cases(params, language=language())
    seen = Exploration(selection, language=language())
    return render(
        request,
        "cases/explore.html",
        {
            "seen": seen,
            "chips": chips(params, selection, chosen_facets(selection, seen.found.vocabulary)),
            "query": params.urlencode(),
        },
    )
