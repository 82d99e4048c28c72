"""How UN reports number and mark their parts, in the languages of the UN and in Persian."""

import re
from dataclasses import dataclass
from typing import NamedTuple

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
DIGITS = str.maketrans(f"۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩０１２３４５６７８９{SUPERSCRIPTS}", "0123456789" * 4)
RAISED = str.maketrans("0123456789", SUPERSCRIPTS)
ANY_DIGIT = "0-9۰-۹٠-٩０-９"
CHINESE = "\u3400-\u9fff"
# Marker, sign, title: before a Latin letter the sign must stand free, or «E-mail» would be one.
MARKED = re.compile(r"^\s*(?P<marker>\S+?)\s*[-–—ـ.、．](?:\s+|(?![A-Za-z]))(?P<title>\S.*)$")
VOWEL_MARKS = dict.fromkeys(range(0x064B, 0x0653))
# Cyrillic letters that look Latin: typists take the one for the other.
LOOK_LATIN = str.maketrans("АВСЕНІКМОРТХ", "ABCEHIKMOPTX")

# «- ۱- », «۶- », "1. ", "١ - ", "1、": number, sign, words (a digit there would make it a decimal).
NUMBERED = re.compile(
    rf"^\s*(?:[-–•]\s*)?(?P<number>[{ANY_DIGIT}]{{1,3}})\s*[-–—.)ـ．、）]\s*"
    rf"(?P<body>(?![{ANY_DIGIT}])\S.*)$"
)
# "1 See …", "¹ See …": a footnote may print its number without a sign.
UNSIGNED = re.compile(
    rf"^\s*(?P<number>[{ANY_DIGIT}]{{1,3}}(?=\s)|[{SUPERSCRIPTS}]{{1,3}})\s*"
    rf"(?P<body>(?![{ANY_DIGIT}])\S.*)$"
)
STARRED = re.compile(r"^\s*(?P<number>\*{1,3})\s*(?P<body>\S.*)$")
ADDRESS = re.compile(r"^\s*(?:https?://|www\.)\S+\s*$")
# «أ)», "(a)", "（一）", "• ": what opens an item of a list, never a heading.
ITEM = re.compile(r"^\s*(?:[(（]\w{1,4}[)）]|\w{1,3}[)）]|[•▪◦–-]\s)")
FURNITURE = re.compile(
    r"""(?:
        (?:صورة|تصوير|الصورة|عکس|عكس|تصویر|photo|un\ photo|photo\ credit|фото|foto)\b.{0,60}(?<!\.)
        | [^.؟!。]{2,50}/\s*(?:الأمم\ المتحدة|سازمان\ ملل|united\ nations|nations\ unies
            |naciones\ unidas|организация\ объединенных\ наций|联合国|un\ photo)\S{0,3}
        | [-–—\s]*[0-9۰-۹٠-٩]{1,4}(?:\s*/\s*[0-9۰-۹٠-٩]{1,4})?[-–—\s]*
        | (?:page|página|стр\.|страница|صفحه|صفحة|الصفحة)\s+[0-9۰-۹٠-٩]{1,4}
            (?:\s*(?:/|of|sur|de|из|از|من)\s*[0-9۰-۹٠-٩]{1,4})?
        | 第\s?\d{1,4}\s?页(?:\s?共\s?\d{1,4}\s?页)?
        | [ASE]/(?=\S*\d)[\w/.()-]{2,30}(?:\s\(\d{4}\))?
        | (?:GE\.)?\d{2}-\d{5}(?:\s*\(?[A-Z]\)?)?
        | [-–—_*=~.•\s]+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?؟…:。！？：][\s\"'»”’)\]」』）]*$")
# What a text may carry after its last full stop: a footnote mark, in one of its prints.
TRAILING_MARK = re.compile(
    rf"\s*(?:\^\{{[{ANY_DIGIT}]+\}}|[{SUPERSCRIPTS}]+|[{ANY_DIGIT}]{{1,3}}\s*\.?)\s*$"
)
# Signs after which something must follow.
OPEN_SIGNS = (",", "،", "-", "؛", "，", "、")

MARKER_LENGTH = 20  # of the column that keeps it


class Marker(NamedTuple):
    """A heading's marker as printed, the places it may stand for, and the title."""

    printed: str
    places: tuple["Place", ...]
    title: str


class Place(NamedTuple):
    """One reading of a marker: its level, its order there, and the markers it runs among."""

    level: int
    order: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Conventions:
    """Section markers in order, each row with its level, and the words a parser must know."""

    markers: tuple[tuple[int, tuple[str, ...]], ...]
    summary: frozenset[str]
    documents: frozenset[str]
    dangling: frozenset[str]
    counting: frozenset[str]
    # Longer than any heading of the reports, shorter than any of their sentences' first lines.
    heading_length: int = 110

    def marker(self, line: str) -> Marker | None:
        """The marker of a marked heading, or None if the line is no such heading."""
        if len(line) > self.heading_length or not (found := MARKED.match(line)):
            return None
        if len(found["marker"]) > MARKER_LENGTH:
            return None
        name = found["marker"].translate(VOWEL_MARKS)
        spellings = dict.fromkeys((name, name.translate(LOOK_LATIN)))
        places = tuple(
            Place(level, names.index(spelling), names)
            for level, names in self.markers
            for spelling in spellings
            if spelling in names
        )
        return Marker(found["marker"], places, found["title"].strip()) if places else None


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _romans(count: int) -> tuple[str, ...]:
    tens, ones = ("", "X", "XX"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return tuple(tens[n // 10] + ones[n % 10] for n in range(1, count + 1))


_ROMAN_THEN_LATIN = ((1, _romans(20)), (2, tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
_CHINESE_ONES = tuple("一二三四五六七八九")
_CHINESE_NUMBERS = (*_CHINESE_ONES, "十", *(f"十{one}" for one in _CHINESE_ONES), "二十")

LANGUAGES = {
    "en": Conventions(
        markers=_ROMAN_THEN_LATIN,
        summary=_words("summary abstract"),
        documents=_words("documents"),
        dangling=_words("a an and as at by for from in of on or that the to which with"),
        counting=_words("article articles chapter paragraph paragraphs resolution no"),
    ),
    "fa": Conventions(
        markers=(
            (1, tuple("اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم".split())),
            (2, tuple("الف ب ج د ه و ز ح ط ی".split())),
        ),
        summary=_words("خلاصه چکیده"),
        documents=_words("اسناد"),
        dangling=_words("از با بر برای به تا در را که و یا این آن یک"),
        counting=_words("ماده مواد فصل بند پاراگراف قطعنامه شماره"),
    ),
    "ar": Conventions(
        markers=(
            (1, tuple("أولا ثانيا ثالثا رابعا خامسا سادسا سابعا ثامنا تاسعا عاشرا".split())),
            (2, tuple("ألف باء جيم دال هاء واو زاي حاء طاء ياء".split())),
        ),
        summary=_words("موجز ملخص خلاصة"),
        documents=_words("وثائق الوثائق"),
        dangling=_words("من إلى في على عن أن التي الذي أو ثم مع"),
        counting=_words("المادة المادتان المادتين المواد الفصل الفقرة القرار رقم"),
    ),
    "fr": Conventions(
        markers=_ROMAN_THEN_LATIN,
        summary=_words("résumé sommaire"),
        documents=_words("documents"),
        dangling=_words(
            "à au aux avec dans de des du en entre et la le les ou par pour que qui sur un une"
        ),
        counting=_words("article articles chapitre paragraphe paragraphes résolution no n°"),
    ),
    "es": Conventions(
        markers=_ROMAN_THEN_LATIN,
        summary=_words("resumen"),
        documents=_words("documentos"),
        dangling=_words(
            "a al con de del e el en entre la las los o para por que se sobre un una y"
        ),
        counting=_words("artículo artículos capítulo párrafo párrafos resolución núm. núm"),
    ),
    "ru": Conventions(
        markers=(*_ROMAN_THEN_LATIN, (2, tuple("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"))),
        summary=_words("резюме аннотация"),
        documents=_words("документы"),
        dangling=_words("а в во для и из или к как на не о об от по при с со у что"),
        counting=_words(
            "статьи статья статьей главе главы пункт пункта пункте пункты резолюции резолюция №"
        ),
    ),
    "zh": Conventions(
        markers=((1, _CHINESE_NUMBERS), *_ROMAN_THEN_LATIN),
        summary=_words("摘要 提要 内容提要"),
        documents=_words("文件"),
        dangling=_words("的 和 在 与 及 为 从 对"),
        counting=_words("第"),
        heading_length=50,
    ),
}


def printed_number(text: str) -> int:
    """The number that digits of any script print."""
    return int(text.translate(DIGITS))


def ends_sentence(text: str) -> bool:
    """Whether the text closes with a full stop or its like, a footnote mark aside."""
    text = text[-80:]  # the end decides, and some paragraphs are very long
    return bool(SENTENCE_END.search(text) or SENTENCE_END.search(TRAILING_MARK.sub("", text)))


def raised(number: str) -> str:
    """A footnote mark as a reader of files prints it: raised digits, or `^{…}` for others."""
    digits = number.translate(DIGITS)
    plain = digits.isascii() and digits.isdigit() and len(digits) <= 3
    return digits.translate(RAISED) if plain else f"^{{{number}}}"
