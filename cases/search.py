"""Finding cases by words: what is indexed of a case, and how a question meets it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Case as Conditional
from django.db.models import Q, Value, When

from cases.models import Case
from cases.models.choices import CountryRole
from cases.text import find_beginnings, fold, squash

QUESTION_PART = re.compile(r'"([^"]*)"|(\S+)')
# A squashed text has no word boundaries, so two letters would be found nearly everywhere.
SQUASHED_LEAST = 4
LANGUAGES = ("en", "fa", "ar")
# Characters that a snippet shows before and after its first match, about.
BEFORE, AFTER = 60, 140
# Words of a question that decide the order; the rest only have to be there.
WEIGHED = 10


def head_of(case: Case) -> str:
    """Titles and places of a case, in every language: a word found here weighs most."""
    parts = [case.slug.replace("-", " "), case.title_en, case.title_fa, case.title_ar]
    for place in case.case_countries.all():
        if place.role != CountryRole.AT_RISK:
            parts += place.country.names()
    for region in case.regions.all():
        parts += region.names()
    return "\n".join(parts)


def words_of(case: Case) -> str:
    """Titles, summaries, places, terms, actors, notes and words of a case, in every language.

    The case comes with countries, regions and statements (as for a page) prefetched.
    """
    return "\n".join(dict.fromkeys(text for _kind, _language, text in texts_of(case)))


def texts_of(case: Case) -> Iterator[tuple[str, str, str]]:
    """(kind, language, text) of all that search looks in, the weightiest first."""
    for language in LANGUAGES:
        yield "title", language, getattr(case, f"title_{language}")
    yield "title", "en", case.slug.replace("-", " ")
    for place in case.case_countries.all():
        yield from zip(["place"] * 3, LANGUAGES, place.country.names(), strict=True)
    for region in case.regions.all():
        yield from zip(["place"] * 3, LANGUAGES, region.names(), strict=True)
    for language in LANGUAGES:
        yield "summary", language, getattr(case, f"summary_{language}")
    for statement in case.statements.all():
        for language in LANGUAGES:
            yield "term", language, getattr(statement.term, f"label_{language}")
            yield "note", language, getattr(statement, f"note_{language}")
        yield "place", "en", statement.place
        for part in statement.parts.all():
            for name in part.actor.names.all():
                yield "actor", name.language, name.name
        for evidence in statement.evidence.all():
            quotation = evidence.quotation
            passage = quotation.passage
            words = passage.text[quotation.start : quotation.end]
            yield "quotation", passage.edition.language, words
            yield "translation", "en", quotation.translation_en


def parts_of(question: str) -> list[tuple[str, str, bool]]:
    """(folded, squashed, is a phrase) of each word and "phrase" of a question that has letters."""
    found = []
    for phrase, word in QUESTION_PART.findall(question):
        if folded := fold(phrase or word):
            found.append((folded, squash(phrase or word), bool(phrase)))
    return found


def matching(question: str) -> Q | None:
    """The condition that a case has every word and "phrase" of the question; None: no word in it.

    A word matches where a word begins; written without its half-space it matches too.
    """
    parts = parts_of(question)
    if not parts:
        return None
    condition = Q()
    for folded, squashed, is_phrase in parts:
        found = Q(search_text__contains=f" {folded} " if is_phrase else f" {folded}")
        if len(squashed) >= SQUASHED_LEAST and not is_phrase:
            found |= Q(search_squashed__contains=squashed)
        condition &= found
    return condition


def relevance(question: str):
    """How well a matching case answers: a word whole in the head, begun there, whole elsewhere …"""
    total = Value(0)
    for folded, _squashed, _is_phrase in list(dict.fromkeys(parts_of(question)))[:WEIGHED]:
        total = total + Conditional(
            When(search_head__contains=f" {folded} ", then=Value(8)),
            When(search_head__contains=f" {folded}", then=Value(5)),
            When(search_text__contains=f" {folded} ", then=Value(2)),
            When(search_text__contains=f" {folded}", then=Value(1)),
            default=Value(0),
        )
    return total


@dataclass(frozen=True)
class Snippet:
    """Where a case was found: a stretch of one of its texts, cut into (words, is a match)."""

    kind: str
    language: str
    pieces: list[tuple[str, bool]]


def snippet(question: str, texts: Iterable[tuple[str, str, str]]) -> Snippet | None:
    """The stretch of the texts that shows best why a case was found, or None.

    Of the texts with most of the question's words the first is taken, so the order of the texts
    is that of their weight.
    """
    asked = [phrase or word for phrase, word in QUESTION_PART.findall(question)]
    # «و» alone stands everywhere and shows nothing, unless nothing else was asked.
    asked = [part for part in asked if len(squash(part)) > 1] or asked
    best, most = None, 0
    for kind, language, text in texts:
        found = [spans for word in asked if (spans := find_beginnings(word, text))]
        if len(found) > most:
            best, most = (kind, language, text, [s for spans in found for s in spans]), len(found)
    if best is None:
        return None
    kind, language, text, spans = best
    return Snippet(kind, language, _window(text, sorted(set(spans))))


def _window(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text around the first match, with every match in it marked."""
    first = max(0, text.rfind(" ", 0, max(0, spans[0][0] - BEFORE)) + 1)
    if spans[0][0] <= BEFORE:
        first = 0
    last = text.find(" ", spans[0][1] + AFTER)
    last = len(text) if last < 0 else last
    pieces, here = [("… " if first else "", False)], first
    for start, end in spans:
        if start < here or end > last:
            continue
        pieces += [(text[here:start], False), (text[start:end], True)]
        here = end
    pieces += [(text[here:last], False), (" …" if last < len(text) else "", False)]
    return [piece for piece in pieces if piece[0]]
