"""What the pictures are made of: links to the cases behind them, and numbers as classes."""

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


@register.filter
def hundredths(number: float, name: str) -> str:
    """A number from 0 to 100 as the classes of `hundredths.css`: 12.34 as `at-12 at_34`."""
    whole, part = divmod(round(number * 100), 100)
    return f"{name}-{whole} {name}_{part:02}"
