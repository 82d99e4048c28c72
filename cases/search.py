"""Finding cases by words: what is indexed of a case, and how a question meets it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Case as Conditional
from django.db.models import Q, Value, When

from cases.fulltext import Has, Word
from cases.models.choices import CountryRole
from cases.text import find_beginnings, fold, may_begin, squash
from cases.told import LANGUAGES, ToldCase

QUESTION_PART = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]|(\S+)')
# Two or three letters written together are the beginnings of too many words.
SQUASHED_LEAST = 4
# Words of a question that may be one word of a text: «ساز و کار» is «سازوکار» too.
APART_MOST = 3
# Letters that are written in two ways, folded: «گفت‌وگو» and «گفتگو», three hamzas, -ise and -ize.
SPELLINGS = (
    *(("گفتگو", "گفتوگو"), ("جستجو", "جستوجو")),
    *(("هیات", "هییت"), ("مساله", "مسیله"), ("مسوول", "مسیول"), ("شوون", "شیون")),
    *(("isation", "ization"), ("organis", "organiz"), ("centre", "center"), ("bour", "bor")),
    *(("enquir", "inquir"), ("defence", "defense")),
)
# «و» that Arabic writes onto a word, and what must be left of it.
CONJUNCTION = re.compile(r"^و(?=\w{3})")
# Characters that a snippet shows before and after its first match, about.
BEFORE, AFTER = 60, 140
# Words of a question that decide the order; the rest only have to be there.
WEIGHED = 10


def head_of(case: ToldCase) -> str:
    """Titles and places of a case, in every language: a word found here weighs most."""
    parts = [case.slug.replace("-", " "), *case.titles]
    for role, country in case.places:
        if role != CountryRole.AT_RISK:
            parts += [name for _language, name in country.names()]
    for region in case.regions:
        parts += [name for _language, name in region.names()]
    return "\n".join(parts)


def texts_of(case: ToldCase) -> Iterator[tuple[str, str, str]]:
    """(kind, language, text) of all that search looks in, the weightiest first."""
    for language, title in zip(LANGUAGES, case.titles, strict=True):
        yield "title", language, title
    yield "title", "en", case.slug.replace("-", " ")
    for _role, country in case.places:
        yield from (("place", *name) for name in country.names())
    for region in case.regions:
        yield from (("place", *name) for name in region.names())
    for language, summary in zip(LANGUAGES, case.summaries, strict=True):
        yield "summary", language, summary
    for statement in case.statements:
        for language, label, note in zip(LANGUAGES, statement.labels, statement.notes, strict=True):
            yield "term", language, label
            yield "note", language, note
        yield "place", "en", statement.place
        yield from (("actor", *name) for name in statement.names)
        for words in statement.words:
            yield "quotation", words.language, words.text
            yield "translation", "en", words.translation_en


class Part(NamedTuple):
    """A word or "phrase" of a question: as typed, folded, and the other ways to write it."""

    typed: str
    folded: str
    others: tuple[str, ...]
    is_phrase: bool


def parts_of(question: str) -> list[Part]:
    """The words and "phrases" of a question that have letters."""
    asked = [
        (phrase or word, fold(phrase or word), bool(phrase))
        for phrase, word in QUESTION_PART.findall(question)
    ]
    asked = [part for part in asked if part[1]]
    return [
        Part(typed, folded, () if is_phrase else _other_ways(asked, at), is_phrase)
        for at, (typed, folded, is_phrase) in enumerate(asked)
    ]


def _other_ways(asked: list[tuple[str, str, bool]], at: int) -> tuple[str, ...]:
    """How else a word may be written: together, with its neighbours, with other letters."""
    own = squash(asked[at][0])
    ways = [own]
    for first in range(max(0, at - APART_MOST + 1), at + 1):
        for stop in range(max(first + 2, at + 1), min(first + APART_MOST, len(asked)) + 1):
            if not any(is_phrase for _typed, _folded, is_phrase in asked[first:stop]):
                ways.append("".join(squash(typed) for typed, _folded, _is in asked[first:stop]))
    ways = [way for way in ways if len(way) >= SQUASHED_LEAST]
    if at:
        # A conjunction has something before it; the first word of a question begins with a letter.
        ways += {CONJUNCTION.sub("", own)} - {own}
    for one, other in SPELLINGS:
        ways += [way.replace(one, other) for way in ways if one in way]
        ways += [way.replace(other, one) for way in ways if other in way]
    return tuple(dict.fromkeys(ways))


def matching(question: str) -> Q | None:
    """The condition that a row has every word and "phrase" of the question; None: no word in it.

    A word matches where a word begins, and so does each other way to write it.
    """
    parts = parts_of(question)
    if not parts:
        return None
    condition = Q()
    for part in parts:
        ways = [Word(("search_text", "search_squashed"), way) for way in part.others]
        found = _found("search_text", part.folded, whole=part.is_phrase, others=ways)
        for way in ways:
            if way.is_long:
                found |= Q(search_text__contains=f" {way.letters}")
                found |= Q(search_squashed__contains=f" {way.letters}")
        condition &= found
    return condition


def _found(column: str, folded: str, *, whole: bool, others: Iterable[Word] = ()) -> Q:
    """The condition that a column has these words in a row, the last of them whole or begun.

    The others are words of which any will do instead.
    """
    words = folded.split()
    pairs = [" ".join(pair) for pair in pairwise(words)] or words
    asked = [Word((column,), pair, True) for pair in pairs]
    asked[-1] = asked[-1]._replace(whole=whole)
    others = [word for word in others if not word.is_long]
    if len(asked) == 1 and not asked[0].is_long:
        # Most words are written as they are typed: these are looked for once, among the others.
        asked = [] if any(_covers(other, asked[0]) for other in others) else asked
        return Q(Has([*asked, *others]))
    # The index finds the rows that have all pairs; that they stand together, the column says.
    found = Q(**{f"{column}__contains": f" {folded} " if whole else f" {folded}"})
    for word in asked:
        found = Q(Has([word])) & found
    return found | Q(Has(others)) if others else found


def _covers(one: Word, other: Word) -> bool:
    """Whether the one finds all that the other finds."""
    return (one.letters, one.whole) == (other.letters, other.whole) and (
        {*other.columns} <= {*one.columns}
    )


def weighed(question: str) -> list[list[tuple[Q, int]]]:
    """For each word that decides the order the conditions that weigh, of which the first counts.

    A word stands whole in the head, begins there, stands whole elsewhere, or begins there.
    """
    words = list(dict.fromkeys(part.folded for part in parts_of(question)))[:WEIGHED]
    return [
        [
            (_found("search_head", folded, whole=True), 8),
            (_found("search_head", folded, whole=False), 5),
            (_found("search_text", folded, whole=True), 2),
            (_found("search_text", folded, whole=False), 1),
        ]
        for folded in words
    ]


def relevance(question: str):
    """How well a matching case answers: the sum of what its words weigh."""
    total = Value(0)
    for conditions in weighed(question):
        weights = [When(condition, then=Value(weight)) for condition, weight in conditions]
        total = total + Conditional(*weights, default=Value(0))
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
    parts = parts_of(question)
    # «و» alone stands everywhere and shows nothing, unless nothing else was asked.
    parts = [part for part in parts if len(squash(part.typed)) > 1] or parts
    # Labels and names come again with every statement.
    texts = list(dict.fromkeys(texts))
    best = _best_of([[part.typed] for part in parts], texts)
    if best is None:
        best = _best_of([part.others for part in parts], texts)
    if best is None:
        return None
    kind, language, text, spans = best
    return Snippet(kind, language, _window(text, spans))


def _best_of(asked, texts):
    """The first text that has most of what is asked, each in any of its ways, and where."""
    best, most = None, 0
    for kind, language, text in texts:
        found = [
            [span for way in ways if may_begin(way, text) for span in find_beginnings(way, text)]
            for ways in asked
        ]
        if (has := sum(map(bool, found))) > most:
            best, most = (kind, language, text, sorted({s for spans in found for s in spans})), has
        if most == len(asked):
            break  # no text can have more
    return best


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
