"""Links from a picture to the cases behind it."""

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def cases_with(context, page: str = "case-list", **values: str) -> str:
    """The address of a page under the present filters, with these values in place of their own."""
    query = context["request"].GET.copy()
    for name, value in values.items():
        query[name] = value
    return f"{reverse(page)}?{query.urlencode()}"
