"""How a passage is shown: its text with all marks in it, and addresses into it."""

import re

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.models import Reference
from cases.models.choices import PassageKind
from cases.models.fields import translated
from cases.reader import Call, Misprint, Stretch, stretch_anchor
from cases.templatetags.reading import digits, own_name

register = template.Library()

NAMES = {
    PassageKind.PARAGRAPH: gettext_lazy("paragraph %(number)s"),
    PassageKind.FOOTNOTE: gettext_lazy("footnote %(number)s"),
    PassageKind.HEADING: gettext_lazy("heading %(number)s"),
    PassageKind.ABSTRACT: gettext_lazy("abstract %(number)s"),
    PassageKind.FRONT: gettext_lazy("front matter %(number)s"),
}
# What the parsers of reports may say (see ingest.parsers.report); marks stand in paragraphs.
WARNINGS = {
    r"no title found": gettext_lazy("No title was found."),
    r"paragraph (?P<number>\d+) is missing": gettext_lazy("Paragraph {number} is missing."),
    r"footnote (?P<number>\d+) is missing": gettext_lazy("Footnote {number} is missing."),
    r"footnote (?P<number>\d+) is missing: its mark stands in (?P<place>\w+)": gettext_lazy(
        "Footnote {number} is missing; its mark stands in {place}."
    ),
    r"footnote (?P<number>\d+) has no mark in the text": gettext_lazy(
        "Footnote {number} has no mark in the text."
    ),
    r"footnote (?P<number>\d+) breaks off: «(?P<words>.+)»": gettext_lazy(
        "Footnote {number} breaks off: “{words}”"
    ),
    r"line (?P<number>\d+): text without a number after a heading": gettext_lazy(
        "Line {number}: text without a number after a heading."
    ),
    (
        r"line (?P<number>\d+): section (?P<found>\S+) follows where (?P<due>\S+) was due"
    ): gettext_lazy("Line {number}: section {found} follows where {due} was due."),
}


def text_address(edition) -> str:
    """The reader of an edition whose document is at hand."""
    return reverse("document-text", args=[edition.document.code, edition.code])


@register.filter
def in_text(quotation) -> str:
    """The address of a quotation's words in the whole text."""
    passage = quotation.passage
    return f"{text_address(passage.edition)}#{stretch_anchor(passage, quotation)}"


@register.filter
def passage_address(passage) -> str:
    """The address of a passage in the whole text."""
    return f"{text_address(passage.edition)}#{passage.code}"


@register.filter
def citing(document) -> list:
    """(edition, its passages that cite the document) in the order of the texts."""
    found: dict = {}
    for reference in document.cited_by.all():
        passages = found.setdefault(reference.passage.edition, [])
        if reference.passage not in passages:
            passages.append(reference.passage)
    return list(found.items())


@register.filter
def cited_words(reference) -> str:
    """The words with which a passage cites a document."""
    return reference.passage.text[reference.start : reference.end]


@register.filter
def passage_name(passage) -> str:
    """What a passage is called: paragraph 24, footnote 3; where no number is printed, by that of
    its code."""
    return NAMES[passage.kind] % {"number": digits(passage.number or _number_in(passage.code))}


def _number_in(code: str) -> str:
    """The number in a passage's code, but u3: the third paragraph without a number is not 3."""
    return code.lstrip("pnhaf")


@register.filter
def document_name(document, count: int = 6) -> str:
    """The symbol of a document, or the first words of its title in the reader's language."""
    return document.symbol or shortened(translated(document, "title")[0], count)


@register.filter
def in_words(warning: str, language: str) -> SafeString:
    """What a parser said of a text, which is in English, in the reader's language.

    `language` is that of the text. What is not known here stays English and is marked as such.
    """
    for pattern, sentence in WARNINGS.items():
        if match := re.fullmatch(pattern, warning):
            said = match.groupdict()
            for name in ("number", "found", "due"):
                said[name] = digits(said.get(name, ""))
            if place := said.get("place"):
                number = digits(_number_in(place))
                said["place"] = NAMES[PassageKind.PARAGRAPH] % {"number": number}
            if words := said.get("words"):
                said["words"] = format_html('<bdi lang="{}">{}</bdi>', language, words)
            return format_html(str(sentence), **said)
    return format_html('<bdi lang="en" dir="ltr">{}</bdi>', warning)


@register.filter
def shortened(words: str, count: int = 8) -> str:
    """The first words."""
    return Truncator(words).words(count)


@register.filter
def marked(pieces) -> SafeString:
    """The pieces of a passage as HTML; without their tags they are the text, but for the letters
    of misprints."""
    return _html(pieces, in_link=False)[0]


def _html(pieces, *, in_link: bool) -> tuple[SafeString, list[Misprint]]:
    """HTML, and the misprints that end in it whose letters must wait: they are links themselves."""
    parts, waiting = [], []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(format_html("{}", piece))
            continue
        mark = piece.span.mark
        is_link = isinstance(mark, Call | Reference)
        inner, ended = _html(piece.children, in_link=in_link or is_link)
        waiting += ended
        if isinstance(mark, Misprint):
            parts.append(format_html('<span class="misprint">{}</span>', inner))
            waiting += [mark] if piece.is_last else []
        else:
            parts.append(_wrapped(mark, inner, piece.is_first))
        if not in_link:
            parts += [_letter(misprint) for misprint in waiting]
            waiting = []
    return mark_safe("".join(parts)), waiting  # noqa: S308 (every part is escaped)


def _wrapped(mark: Stretch | Call | Reference, inner: SafeString, is_first: bool) -> SafeString:
    # An id stands once, however many pieces there are.
    anchor = getattr(mark, "anchor", "") if is_first else ""
    named = format_html(' id="{}"', anchor) if anchor else ""
    if isinstance(mark, Stretch):
        start = " first" if is_first else ""
        return format_html('<span class="stretch{}"{}>{}</span>', start, named, inner)
    if isinstance(mark, Call):
        return format_html(
            '<sup><a role="doc-noteref" href="#{}"{}>{}</a></sup>', mark.note_anchor, named, inner
        )
    address = reverse("document", args=[mark.document.code])
    return format_html('<a class="cited" href="{}">{}</a>', address, inner)


def _letter(misprint: Misprint) -> SafeString:
    return format_html(
        '<sup class="letter"><a href="#{}" id="{}" lang="{}" aria-label="{}">{}</a></sup>',
        misprint.note_anchor,
        misprint.anchor,
        get_language(),
        _("Erratum %(letter)s") % {"letter": misprint.letter},
        misprint.letter,
    )


@register.filter
def doers(statement) -> SafeString:
    """Who did what a statement says, in parentheses; nothing where it names nobody."""
    names = format_html_join(_(", "), "{}", ((own_name(each.actor),) for each in statement.doers))
    return format_html(" ({})", names) if names else ""
