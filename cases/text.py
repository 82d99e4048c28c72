"""Letters, words and places in texts of mixed scripts: folding for search, finding quotations.

Persian, Arabic and Latin texts print one word in many ways: two keyboards for ی and ک, vowel
marks or none, a half-space (ZWNJ), a space or nothing inside a word, three sets of digits. Here
they become one. Folded text is for comparing only, never for showing.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from heapq import nlargest
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple
from unicodedata import normalize

ZWNJ = "\u200c"

# What decomposition leaves apart: the letters of other keyboards, and Latin letters whose
# stroke is no accent. A hamza that is not on a letter, tatweel, ayn and apostrophes of
# transliteration go.
_LETTERS = {
    **dict.fromkeys("يىېےۍێ", "ی"),
    **dict.fromkeys("كڪ", "ک"),
    **dict.fromkeys("ةەہھۃ", "ه"),
    **dict.fromkeys("ٱٲٳ", "ا"),
    **dict.fromkeys("ءٴـʿʾʼ", ""),
    **dict(zip("øłđı", "oldi", strict=True)),
    "æ": "ae",
    "œ": "oe",
}

# The article with what is written onto it, as often as it comes: «الألماني» folds like
# «ألماني», and folding it again changes nothing. Three letters must stay, for «امن».
_ARTICLE = re.compile(r"^(?:[وف]?(?:[بک]?ال|لل))+(?=\w{3})")

# «And, so, in, to, as» that Arabic writes onto the next word, a conjunction first.
_PARTICLES = re.compile(r"(?:[وف]|[وف]?[بلک])\Z")

# Joints of Latin words that are one notion, which some write together: co-operation, d'Ivoire.
_INNER_JOINT = re.compile(r"['’‐‑-]")
# Longer than what anybody types together.
_LONGEST_RUN = 24

# Marks that print alike for the one who types a quotation.
_MARKS = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟‘’‚‛‹›'", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict(zip("،؛؟", ",;?", strict=True)),
    }
)


class _Word(NamedTuple):
    """A word's folded letters, article and all, and where it stands: text[start:end]."""

    letters: str
    start: int
    end: int


# Labels and names come again with every case.
@lru_cache(maxsize=2000)
def fold(text: str) -> str:
    """The words of a text for a word index: folded, without Arabic article, one space between.

    >>> fold("«الأمين العام»، Côte d'Ivoire، ۲۰۰۸")
    'امین عام cote d ivoire 2008'

    A half-space parts words, because our sources print a space there. fold(fold(x)) == fold(x).
    Persian words that begin like the article lose those letters too: «آلمان» meets «مان».
    """
    return " ".join(_ARTICLE.sub("", letters) for letters in _letters(text))


def squash(text: str) -> str:
    """The folded letters of a text with nothing between them, for a substring index.

    «می‌شود», «می شود» and «میشود» are one. The article stays: where words meet, nobody can
    tell it from the middle of a word («بین‌المللی», «بینالمللی»).
    """
    return "".join(_letters(text))


def searchable(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """What search looks in, from (language, text): the words, and what may be typed as one.

    Each word has a space before it, so that beginnings of words are found, and a bar stands
    between two texts, so that no phrase reaches from one into the next.
    """
    texts = list(texts)
    arabic = {text for language, text in texts if language == "ar"}
    parts: list[str] = []
    bare: dict[str, None] = {}
    runs: dict[str, None] = {}
    # Text by text, so that the words of each are read once.
    for text in dict.fromkeys(text for _language, text in texts if text):
        parts.append(fold(text))
        runs |= dict.fromkeys(joined_words(text).split())
        if text in arabic:
            bare |= dict.fromkeys(bare_words(text).split())
    parts.append(" ".join(bare))
    return f" {' | '.join(filter(None, parts))} ", f" {' '.join(runs)} "


# Labels and names come again with every case.
@lru_cache(maxsize=2000)
def joined_words(text: str) -> str:
    """What may be typed together of a text: three neighbouring words as one, each such run once.

    A question written together is the beginning of a run where the text writes it apart. Latin
    words are joined where a hyphen or an apostrophe parts them: «to Government» has no Togo.
    """
    words = _words(text)
    runs = (_joined(run)[:_LONGEST_RUN] for run in _runs(text, words) if len(run) > 1)
    return " ".join(dict.fromkeys(runs))


# Labels and names come again with every case.
@lru_cache(maxsize=2000)
def bare_words(text: str) -> str:
    """The words of an Arabic text without the particles that are written onto them, each once.

    «وبإعارة» gives «إعارة», and «بإعارة» too: whether a letter is a particle nobody can tell
    from the letters. The article is for `fold`.
    """
    bare = (
        letters[length:]
        for letters in _letters(text)
        if not _ARTICLE.match(letters)
        for length in (1, 2)
        if _PARTICLES.match(letters[:length]) and len(letters) >= length + 3
    )
    return " ".join(dict.fromkeys(bare))


# Letters in their order; folding has made those of other keyboards one of these. Arabic puts the
# ه before the و, Persian after it.
_PERSIAN = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ALPHABETS = {
    language: {ord(letter): chr(0x600 + at) for at, letter in enumerate(letters)}
    for language, letters in (("fa", _PERSIAN), ("ar", _PERSIAN.replace("وه", "هو")))
}


# Folding makes the long alif one with the other; a Persian dictionary has it before all letters.
_LONG_ALIF = re.compile("آ|ا\u0653")
_FIRST = "\u05ff"


def alphabetical(text: str, language: str) -> str:
    """What to sort names by: folded, in the order of the alphabet and not of code points."""
    order = _ALPHABETS.get(language, _ALPHABETS["fa"])
    if language == "ar" or not _LONG_ALIF.search(text):
        return fold(text).translate(order)
    words = []
    for word in _words(text):
        written = text[word.start : word.end]
        # A word with the long alif cannot begin with the Arabic article.
        if _LONG_ALIF.search(written):
            folded = "".join(
                "آ" if _LONG_ALIF.match(part) else _fold_char(part)
                for part in normalize("NFC", written)
            )
        else:
            folded = fold(written)
        words.append(folded)
    return " ".join(words).translate(order | {ord("آ"): _FIRST})


def find_words(needle: str, haystack: str) -> list[tuple[int, int]]:
    """Where the needle's words stand in the haystack: (start, end) offsets into the original.

    Forgives spaces, half-spaces, vowel marks, forms of letters, digits and quotation marks,
    and other punctuation too; but «1, 2» is not 12. Finds whole words only, a half-space
    ending a word. The stretch haystack[start:end] is the print, with its combining marks and
    with the needle's outer punctuation where the haystack has it. Places are in order and do
    not overlap; a needle without letters and digits has none.
    """
    wanted = _words(needle)
    if not wanted:
        return []
    before, after = needle[: wanted[0].start][::-1], needle[wanted[-1].end :]
    sought, numbers = _joined(wanted), _numbers(needle)
    words = _words(haystack)
    letters, reached = _joined(words), _reached(words)
    ends = dict(zip(reached[1:], (word.end for word in words), strict=True))

    places: list[tuple[int, int]] = []
    passed = 0
    for at, word in zip(reached, words, strict=False):
        stop = at + len(sought)
        if at < passed or stop not in ends or not letters.startswith(sought, at):
            continue
        start, end = word.start, ends[stop]
        if _numbers(haystack[start:end]) != numbers:
            continue
        free = haystack[places[-1][1] if places else 0 : start]
        start -= _reach(before, free[: -2 * len(before) - 1 : -1])
        end += _reach(after, haystack[end : end + 2 * len(after)])
        while unicodedata.category(haystack[end : end + 1] or " ").startswith("M"):
            end += 1
        places.append((start, end))
        passed = stop
    return places


def find_beginnings(needle: str, haystack: str) -> list[tuple[int, int]]:
    """Where words of the haystack begin with the needle, as (start, end) of these whole words.

    What search finds by `fold` and `joined_words` is found here: prefixes, without the Arabic
    article or written together; a needle of several words is found as `find_words` finds it.
    """
    wanted, sought = fold(needle), squash(needle)
    spans = set(find_words(needle, haystack))
    if not wanted:
        return sorted(spans)
    words = _words(haystack)
    for run in _runs(haystack, words):
        first = run[0]
        bare = _ARTICLE.sub("", first.letters)
        if " " not in wanted and (first.letters.startswith(wanted) or bare.startswith(wanted)):
            spans.add((first.start, first.end))
        elif len(sought) > len(first.letters) and _joined(run).startswith(sought):
            reached = _reached(run)
            last = next(
                word for word, end in zip(run, reached[1:], strict=True) if end >= len(sought)
            )
            spans.add((first.start, last.end))
    return sorted(spans)


def nearest(needle: str, haystack: str) -> tuple[int, int, float]:
    """The stretch of whole words most like the needle, for messages: (start, end, ratio).

    The ratio is 1.0 where find_words finds the needle, 0.0 where nothing is alike; with no
    words on either side the answer is (0, 0, 0.0).
    """
    if found := find_words(needle, haystack):
        return *found[0], 1.0
    sought = squash(needle)
    words = _words(haystack)
    if not sought or not words:
        return 0, 0, 0.0
    letters, reached = _joined(words), _reached(words)

    # The matcher is exact and slow, so it judges only what shares most pairs of letters.
    pairs = _pairs(sought)
    stretches: list[tuple[float, int, int]] = []
    for first in range(len(words)):
        as_long = min(bisect_left(reached, reached[first] + len(sought)), len(words))
        for stop in range(max(as_long - 1, first + 1), min(as_long + 1, len(words)) + 1):
            theirs = _pairs(letters[reached[first] : reached[stop]])
            alike = len(pairs & theirs) / (len(pairs) + len(theirs))
            stretches.append((alike, first, stop))
    matcher = SequenceMatcher(b=sought, autojunk=False)
    best = (0, 0, 0.0)
    for _, first, stop in nlargest(5, stretches, key=itemgetter(0)):
        matcher.set_seq1(letters[reached[first] : reached[stop]])
        if (ratio := matcher.ratio()) > best[2]:
            best = (words[first].start, words[stop - 1].end, ratio)
    return best


class _Folding(dict):
    """The folded letters of each character, by its code point, as `str.translate` asks for them."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_char(chr(code))
        return folded


_FOLDING = _Folding()


def _letters(text: str) -> list[str]:
    """The letters of the words of a text, where nobody asks in which place they stand."""
    words = text.translate(_FOLDING).split()
    # It may be the ezafe, which depends on what stands before it.
    return [word.letters for word in _words(text)] if "ی" in words else words


# Looked for before a text is read word by word, which takes many times as long.
_EZAFE = re.compile("(?<=ه) ی(?= |$)")


def may_begin(needle: str, haystack: str) -> bool:
    """Whether the letters of the first word of the needle stand in a row in the haystack.

    If not, `find_beginnings` finds nothing.
    """
    wanted = fold(needle).partition(" ")[0]
    folded = haystack.translate(_FOLDING)
    return wanted in folded.replace(" ", "") or (
        " ی" in folded and wanted in _EZAFE.sub("", folded).replace(" ", "")
    )


# Each text that is indexed is asked for its words in two or three ways, one after the other.
@lru_cache(maxsize=8)
def _words(text: str) -> tuple[_Word, ...]:
    """The words of a text that have letters or digits, in order."""
    words: list[_Word] = []
    letters, end = "", 0
    start: int | None = None
    for at, char in enumerate(text + " "):
        folded = _fold_char(char)
        if folded != " ":
            if folded or unicodedata.category(char) != "Cf":
                start = at if start is None else start
                letters += folded
                end = at + 1
        elif start is not None:
            if letters == "ی" and words and words[-1].letters.endswith("ه"):
                # The ezafe «خانه‌ی» is written «خانهٔ» too, or not at all.
                if text[words[-1].end : start] in (ZWNJ, " "):
                    words[-1] = words[-1]._replace(end=end)
            elif letters:
                words.append(_Word(letters, start, end))
            letters, start = "", None
    return tuple(words)


@cache
def _fold_char(char: str) -> str:
    """The folded letters and digits of one character; " " if it parts words, "" if neither."""
    if char in (ZWNJ, "\u200b"):
        return " "
    folded = ""
    for part in normalize("NFKD", normalize("NFKD", char).casefold()):
        digit = unicodedata.decimal(part, None)
        if digit is not None:
            folded += str(digit)
        elif unicodedata.category(part)[0] in "LN":
            folded += _LETTERS.get(part, part)
    kind = unicodedata.category(char)
    return folded if folded or kind[0] in "LNM" or kind == "Cf" else " "


def _joined(words: Sequence[_Word]) -> str:
    return "".join(word.letters for word in words)


def _runs(text: str, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """From each word on, the one to three words that somebody may write together."""
    for at, word in enumerate(words):
        run = [word]
        for following in words[at + 1 : at + 3]:
            joint = text[run[-1].end : following.start]
            if run[-1].letters.isascii() and not _INNER_JOINT.fullmatch(joint):
                break
            run.append(following)
        yield run


def _reached(words: Sequence[_Word]) -> list[int]:
    """How many letters stand before each word, and before the end."""
    return [0, *accumulate(len(word.letters) for word in words)]


def _numbers(text: str) -> list[str]:
    return re.findall(r"[0-9]+", fold(text))


def _pairs(letters: str) -> set[str]:
    """The pairs of neighbouring letters, both ends of the text being neighbours of a space."""
    return {one + two for one, two in pairwise(f" {letters} ")}


def _reach(marks: str, text: str) -> int:
    """How many characters of the text the marks cover, in order, spaces aside."""
    reach = at = 0
    for mark in "".join(marks.split()).translate(_MARKS):
        while text[at : at + 1].isspace():
            at += 1
        if text[at : at + 1].translate(_MARKS) != mark:
            break
        at += 1
        reach = at
    return reach
