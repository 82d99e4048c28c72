"""How templates lead to the pages of terms, actors, countries and regions, and say shares."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Actor, Country, Region, Term
from cases.models.choices import Language
from cases.models.fields import translated
from cases.models.vocabulary import ALL_SCHEMES
from cases.templatetags.reading import digits, direction
from cases.views.common import language

register = template.Library()


@register.filter
def address(record) -> str:
    """The page of a term (a tool's is its own), an actor, a country or a region."""
    if isinstance(record, Term):
        if record.scheme == "tool":
            return reverse("tool", args=[record.code])
        return reverse("term", args=[record.scheme, record.code])
    if isinstance(record, Actor):
        return reverse("actor", args=[record.code])
    if isinstance(record, Country):
        return reverse("country", args=[record.alpha3])
    if isinstance(record, Region):
        return reverse("region", args=[record.code])
    raise TypeError(f"There is no page for {record!r}.")


@register.simple_tag
def share(number: int, total: int, *, only_numbers: bool = False) -> str:
    """In how many of how many cases: never a percentage, which a handful does not carry."""
    if only_numbers:
        return _("%(count)s of %(total)s") % {"count": digits(number), "total": digits(total)}
    sentence = ngettext("%(number)s of %(total)s case", "%(number)s of %(total)s cases", total)
    return sentence % {"number": digits(number), "total": digits(total)}


@register.simple_tag
def told_in_own_language(record, name: str):
    """A text of a record; where it is in another language than the page, that is said too."""
    text, written_in = translated(record, name)
    if not text or written_in == language():
        return text
    note = _("in %(language)s") % {"language": Language(written_in).label}
    return format_html(
        '<span lang="{}" dir="{}">{}</span> <span class="quiet small">({})</span>',
        written_in,
        direction(written_in),
        text,
        note,
    )


# What stands for a text of law in `match`, and the sentences that name its parts.
_CHARTER = re.compile(r"Charter:(?P<part>[IVX]+|[0-9-]+)(?P<inquiry> enquiry)?")


@register.simple_tag
def outside_lists(match: str) -> str:
    """The entries of other lists to which a term answers, in words.

    FIELD names no list that a reader could look up: it is for the files only.
    """
    listed = [each.strip() for each in match.split(";")]
    said = [_outside(each) for each in listed if each and not each.startswith("FIELD:")]
    return format_html_join(_("; "), "{}", ((each,) for each in said))


def _outside(entry: str) -> str:
    found = _CHARTER.fullmatch(entry)
    if not found:
        # Names of data sets and symbols of documents are English everywhere.
        return format_html('<bdi lang="en">{}</bdi>', entry.replace(":", ": "))
    part = found["part"]
    if part.isalpha():
        return _("UN Charter, Chapter %(number)s") % {"number": part}
    if "-" in part:
        return _("UN Charter, Articles %(number)s") % {"number": digits(part.replace("-", "–"))}
    sentence = _("UN Charter, Article %(number)s") % {"number": digits(part)}
    inquiry = _("enquiry") if found["inquiry"] else ""
    return f"{sentence} ({inquiry})" if inquiry else sentence


@register.filter
def scheme_label(scheme: str):
    """The name of a vocabulary."""
    return ALL_SCHEMES[scheme]
