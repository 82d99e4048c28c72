"""The front page."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def home(request):
    """The cases are the way in."""
    return redirect("case-list")
