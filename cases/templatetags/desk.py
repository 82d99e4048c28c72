"""What the templates of the desk show: what waits, statements in a line, what editors may do."""

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from cases import reasons, worklist
from cases.edtf import EdtfError
from cases.templatetags.reading import by_part, when, words_of

# How far words are coded, as classes of the stylesheet.
MARKS = {"quoted": "", "coded": "coded", "here": "coded here"}

register = template.Library()
register.filter(words_of)


@register.simple_tag
def work_list() -> list[worklist.Task]:
    """The kinds of work of which there is any."""
    return worklist.tasks()


@register.filter
def told_actors(form) -> list:
    """(label of the part, names) of a statement's form, in the order of the parts."""
    return [(part, _(", ").join(map(str, actors))) for part, actors in by_part(form.instance)]


@register.simple_tag
def said_when(text: str) -> str:
    """A date in words of the reader's language; as it was typed if it is none."""
    try:
        return when(text)
    except EdtfError:
        return text


@register.filter
def first_words(quotation) -> str:
    """The beginning of a quotation, short enough for one line with other things."""
    return Truncator(words_of(quotation)).chars(60)


@register.filter
def told_why(why: str) -> str:
    """A reason in history; the program's own in the language of the page."""
    return reasons.told(why)


@register.filter
def has_errors(form, fields: str) -> bool:
    """Whether something is wrong in one of these fields of a statement's form."""
    return any(field.errors for field in getattr(form, fields))


@register.simple_tag(takes_context=True)
def may(context, action: str, model: str) -> bool:
    """Whether the editor may do this with rows of one of our models."""
    return context["request"].user.has_perm(f"cases.{action}_{model}")


@register.simple_tag
def options(entries) -> SafeString:
    """The options of a list from which codes are picked by their labels."""
    # Without Django's formatting, which takes ten times as long: there may be thousands.
    written = (
        f'<option value="{escape(entry.code)}">{escape(entry.label)}</option>' for entry in entries
    )
    return mark_safe("".join(written))  # noqa: S308 (every part is escaped)


@register.simple_tag(takes_context=True)
def fields(context, form, *chosen) -> SafeString:
    """Fields of a statement's form with their labels and errors; each may be a list of them.

    A case of a hundred statements has two thousand: a template for each took most of its page.
    """
    bound = [field for each in chosen for field in (each if isinstance(each, list) else [each])]
    written = (
        f'<div class="f f-{field.name}">'
        f'<label for="{field.id_for_label}">{escape(capfirst(str(field.label)))}</label>'
        f"{field.errors or ''}{field}{_adding(context, form, field)}</div>"
        for field in bound
    )
    return mark_safe("".join(written))  # noqa: S308 (names are ours, the rest is escaped)


def _adding(context, form, field) -> str:
    """The link to the form of a new actor or term, for those who may make one."""
    if field.name == "who" and may(context, "add", "actor"):
        address, label = reverse("admin:cases_actor_add") + "?_to_field=code", _("new actor")
    elif field.name == "term" and may(context, "add", "term"):
        address, label = reverse("admin:cases_term_add") + f"?scheme={form.scheme}", _("new term")
    else:
        return ""
    link = (
        '<a class="related-widget-wrapper-link add-related" data-popup="yes" id="add_{}" href="{}"'
        ' target="_blank">{}</a>'
    )
    return format_html(link, field.id_for_label, address, label)


@register.filter
def cut(passage, quotation) -> str:
    """The quoted words, where the quotation's own passage is not at hand."""
    return passage.text[quotation.start : quotation.end]


@register.filter
def quoted_pieces(pieces) -> SafeString:
    """The pieces of a passage as HTML that without its tags is the text to the letter."""
    return format_html_join("", "{}", ((_quoted_piece(piece),) for piece in pieces))


def _quoted_piece(piece) -> str:
    if isinstance(piece, str):
        return piece
    inner = quoted_pieces(piece.children)
    return format_html('<span class="q {}">{}</span>', MARKS[piece.span.mark], inner)
