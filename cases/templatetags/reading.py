"""How templates show values: dates in words, texts in their own language and direction."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases import edtf
from cases.models.choices import CountryRole, Part
from cases.models.fields import translated

register = template.Library()
RIGHT_TO_LEFT = {"fa", "ar"}
# Of an English text among other words; longer ones may be broken.
SHORT = 24
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@register.filter
def when(text: str) -> str:
    """An EDTF date in words of the reader's language."""
    return edtf.words(text, _language()) if text else ""


@register.filter
def until(case) -> str:
    """When a case ended, after what `when` says of its start; empty if that says it already."""
    if not case.end or case.end == case.start:
        return ""
    # «January 2008 to 2008» would read as a slip: the end is some day of a longer stretch.
    is_within = case.start_earliest and case.end_earliest <= case.start_earliest
    is_plain = case.end.replace("-", "").isdigit()
    sentence = _("to some time in %(end)s") if is_within and is_plain else _("to %(end)s")
    return sentence % {"end": when(case.end)}


@register.filter
def digits(number) -> str:
    """A number in the digits of the reader's language; Arabic pages keep those of the sources."""
    return str(number).translate(PERSIAN_DIGITS) if _language() == "fa" else str(number)


@register.simple_tag
def values_to_tick(facet) -> str:
    """The values of a filter as list items with a box each.

    Written out here, not in a template: a list has hundreds, and they took half of its time.
    """
    is_persian, name = _language() == "fa", escape(facet.name)
    items = []
    for option in facet.options:
        value, count = escape(option.value), str(option.count)
        none = "" if option.count else ' class="none"'
        deeper = ' data-depth="1"' if option.depth else ""
        items.append(
            f"<li{none}{deeper}>"
            f'<label><input type="checkbox" name="{name}" value="{value}"'
            f"{' checked' if option.chosen else ''}><span>{escape(option.label)}</span>"
            f'<span class="n" id="n-{name}-{value}">'
            f"{count.translate(PERSIAN_DIGITS) if is_persian else count}</span></label></li>"
        )
    return mark_safe("".join(items))  # noqa: S308 (all that is not ours is escaped)


@register.filter
def direction(language: str) -> str:
    """ltr or rtl, as the language is written."""
    return "rtl" if str(language) in RIGHT_TO_LEFT else "ltr"


@register.simple_tag
def in_own_language(record, name: str):
    """A text of a record in the reader's language, or marked as being in another one."""
    text, language = translated(record, name)
    if not text or language == _language():
        return text
    return format_html('<span lang="{}" dir="{}">{}</span>', language, direction(language), text)


@register.filter
def own_name(actor):
    """An actor's name, marked with its language where that is not the reader's."""
    name, language = actor.name()
    if language == _language():
        return name
    return format_html('<bdi lang="{}">{}</bdi>', language, name)


@register.filter
def in_english(text: str):
    """A text that exists in English only, marked as such; a short one stays on one line."""
    kept = ' class="nb"' if len(text) <= SHORT else ""
    return format_html('<bdi lang="en"{}>{}</bdi>', mark_safe(kept), text)  # noqa: S308 (ours)


@register.filter
def quantity(statement):
    """How much or how many a statement says, in parentheses; nothing where it says none."""
    if not statement.quantity:
        return ""
    # Among words of another language the figure is named.
    name = "" if _language() == "en" else format_html("{}: ", _("quantity"))
    said = in_english(statement.quantity)
    return format_html(' <span class="quiet">({}{})</span>', name, said)


@register.filter
def places(case) -> list:
    """The countries and regions where a case is; neighbours at risk are not among them."""
    countries = [c.country for c in case.case_countries.all() if c.role != CountryRole.AT_RISK]
    return list(dict.fromkeys([*countries, *case.regions.all()]))


@register.filter
def terms_said(case, scheme: str) -> list:
    """The terms of a scheme that are said of a listed case, each once."""
    said = [statement.term for statement in case.shown_statements if statement.scheme == scheme]
    return list(dict.fromkeys(said))


@register.filter
def words_of(quotation) -> str:
    """The quoted stretch of the passage."""
    return quotation.passage.text[quotation.start : quotation.end]


@register.filter
def errata_in(quotation) -> list:
    """The places of errata that touch the quoted words, each misprint once."""
    return list(
        {
            (place.erratum_id, place.words): place
            for place in quotation.passage.erratum_places.all()
            if place.start < quotation.end and place.end > quotation.start
        }.values()
    )


@register.filter
def by_part(statement) -> list:
    """(label of the part, actors) of a statement, in the order of the parts."""
    groups: dict[str, list] = {}
    for part in statement.parts.all():
        # Nobody does a role: who has it is just the actor.
        is_holder = statement.scheme == "role" and part.part == Part.BY
        label = _("Actor") if is_holder else part.get_part_display()
        groups.setdefault(label, []).append(part.actor)
    return list(groups.items())


@register.simple_tag(takes_context=True)
def page_link(context, number: int) -> str:
    """The present address with another page number."""
    query = context["request"].GET.copy()
    query["page"] = number
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def in_language(context, code: str) -> str:
    """The present address in another language of the interface, filters kept."""
    from django.urls import translate_url

    return translate_url(context["request"].get_full_path(), code)
