"""From words that an editor types or pastes to the place where a source prints them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from cases.models import Passage, Quotation
from cases.text import find_words, nearest, squash

# Passages that are looked through letter by letter where none has the words.
LOOKED_THROUGH = 5
# Less alike than this is another sentence, of which to speak would only mislead.
ALIKE = 0.5


@dataclass(frozen=True)
class Place:
    """A stretch of a passage: the words as the source prints them."""

    passage: Passage
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.passage.text[self.start : self.end]

    def __str__(self) -> str:
        return f"{self.passage.ref}/{self.start}-{self.end}"


@dataclass(frozen=True)
class Located:
    """Every place that prints the words; where there is none, what is most like them."""

    places: list[Place]
    nearest: Place | None = None
    likeness: float = 0.0


def locate(words: str, passages: Iterable[Passage]) -> Located:
    """Where passages print these words, in their order.

    Forgives spaces, half-spaces, marks and forms of letters. Words that stand nowhere get the
    nearest print, if any is like them by half (`likeness`, 0.5 to 1).
    """
    passages = list(passages)
    letters = squash(words)
    places = [
        Place(passage, start, end)
        for passage in passages
        if letters in _letters(passage.text)
        for start, end in find_words(words, passage.text)
    ]
    if places:
        return Located(places)
    sought = _triples(words)
    if not sought:
        return Located([])
    likely = nlargest(LOOKED_THROUGH, passages, key=lambda each: len(sought & _triples(each.text)))
    best = Located([])
    for passage in likely:
        start, end, likeness = nearest(words, passage.text)
        if likeness >= ALIKE and likeness > best.likeness:
            best = Located([], Place(passage, start, end), likeness)
    return best


def quote(place: Place, translation_en: str = "", translated_by: str = "") -> Quotation:
    """The quotation of a place: the one that is there, or a new one that is saved.

    A translation fills the gap of a stored quotation, it never replaces what somebody wrote.
    """
    quotation, _new = Quotation.objects.get_or_create(
        passage=place.passage,
        start=place.start,
        end=place.end,
        defaults={"translation_en": translation_en, "translated_by": translated_by},
    )
    if translation_en and not quotation.translation_en:
        quotation.translation_en, quotation.translated_by = translation_en, translated_by
        quotation.save()
    return quotation


# Passages never change, and their letters are asked for with every quotation.
@lru_cache(maxsize=5_000)
def _letters(text: str) -> str:
    return squash(text)


def _triples(text: str) -> set[str]:
    letters = _letters(text)
    return {letters[at : at + 3] for at in range(len(letters) - 2)}
