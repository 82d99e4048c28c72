"""How a case page shows passages with their numbered stretches, and how exact a date is."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cases.models.choices import Certainty
from cases.telling import Words
from cases.templatetags.reading import digits

register = template.Library()

PRECISIONS = {
    "day": "",
    "month": _("known to the month"),
    "season": _("known to the season"),
    "year": _("known to the year"),
}


@register.filter
def precisely(moment):
    """What to add to a date that is not known to the day."""
    return PRECISIONS[moment.precision]


@register.filter
def codes_reading(erratum) -> bool:
    """Whether statements follow the corrected reading of an erratum rather than the print."""
    return erratum.certainty != Certainty.POSSIBLE


@register.filter
def numbered(pieces) -> SafeString:
    """The pieces of a passage as HTML; without its tags it is the text, letter for letter.

    The numbers of the stretches are attributes that the stylesheet shows: whoever copies the
    words copies the words.
    """
    parts = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(format_html("{}", piece))
            continue
        mark, inner = piece.span.mark, numbered(piece.children)
        if not isinstance(mark, Words):
            parts.append(format_html('<span class="misprint">{}</span>', inner))
            continue
        # An id and a number stand once, however many pieces there are.
        anchor = format_html(' id="{}"', mark.anchor) if piece.is_first else ""
        number = format_html(' data-n="{}"', digits(mark.number)) if piece.is_last else ""
        parts.append(
            format_html('<mark{} data-of="{}"{}>{}</mark>', anchor, mark.anchor, number, inner)
        )
    return mark_safe("".join(parts))  # noqa: S308 (every part is escaped)
