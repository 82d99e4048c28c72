"""How UN reports number and mark their parts in English, Persian and Arabic."""

import re
from dataclasses import dataclass
from typing import NamedTuple

DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
ANY_DIGIT = "0-9۰-۹٠-٩"
# Marker, sign, title: before a Latin letter the sign must stand free, or «E-mail» would be one.
MARKED = re.compile(r"^\s*(?P<marker>\S+?)\s*[-–—ـ.](?:\s+|(?![A-Za-z]))(?P<title>\S.*)$")
VOWEL_MARKS = dict.fromkeys(range(0x064B, 0x0653))

# «- ۱- », «۶- », "1. ", "١ - ": number, sign, words (a digit there would make it a decimal).
NUMBERED = re.compile(
    rf"^\s*(?:[-–•]\s*)?(?P<number>[{ANY_DIGIT}]{{1,3}})\s*[-–—.)ـ]\s*(?P<body>(?![{ANY_DIGIT}])\S.*)$"
)
STARRED = re.compile(r"^\s*(?P<number>\*{1,3})\s*(?P<body>\S.*)$")
ADDRESS = re.compile(r"^\s*(?:https?://|www\.)\S+\s*$")
# «أ)», "(a)", "• ": what opens an item of a list, never a heading.
ITEM = re.compile(r"^\s*(?:\(\w{1,4}\)|\w{1,3}\)|[•▪◦–-]\s)")
FURNITURE = re.compile(
    r"""(?:
        (?:صورة|تصوير|الصورة|عکس|عكس|تصویر|photo|un\ photo|photo\ credit)\b.{0,60}(?<!\.)
        | [^.؟!]{2,50}/\s*(?:الأمم\ المتحدة|سازمان\ ملل|united\ nations|un\ photo)\S{0,3}
        | [-–—\s]*[0-9۰-۹٠-٩]{1,4}(?:\s*/\s*[0-9۰-۹٠-٩]{1,4})?[-–—\s]*
        | (?:page|صفحه|صفحة|الصفحة)\s+[0-9۰-۹٠-٩]{1,4}(?:\s*(?:/|of|از|من)\s*[0-9۰-۹٠-٩]{1,4})?
        | [ASE]/(?=\S*\d)[\w/.()-]{2,30}(?:\s\(\d{4}\))?
        | \d{2}-\d{5}(?:\s*\(?[A-Z]\)?)?
        | [-–—_*=~.•\s]+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?؟…:][\s\"'»”’)\]]*$")
# What a text may carry after its last full stop: a footnote mark, in one of its prints.
TRAILING_MARK = re.compile(rf"\s*(?:\^\{{[{ANY_DIGIT}]+\}}|[{ANY_DIGIT}]{{1,3}}\s*\.?)\s*$")
# Longer than any heading of the reports, shorter than any of their sentences' first lines.
HEADING_LENGTH = 110


class Marker(NamedTuple):
    """A heading's marker as printed, what (level, order) it may stand for, and the title."""

    printed: str
    places: tuple[tuple[int, int], ...]
    title: str


@dataclass(frozen=True)
class Conventions:
    """Section markers of two levels, in order, and the words a parser must know."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    summary: frozenset[str]
    documents: frozenset[str]
    dangling: frozenset[str]
    counting: frozenset[str]

    def marker(self, line: str) -> Marker | None:
        """The marker of a marked heading, or None if the line is no such heading."""
        if len(line) > HEADING_LENGTH or not (found := MARKED.match(line)):
            return None
        name = found["marker"].translate(VOWEL_MARKS)
        places = tuple(
            (level, names.index(name))
            for level, names in enumerate((self.first, self.second), start=1)
            if name in names
        )
        return Marker(found["marker"], places, found["title"].strip()) if places else None


def _romans(count: int) -> tuple[str, ...]:
    tens, ones = ("", "X", "XX"), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
    return tuple(tens[n // 10] + ones[n % 10] for n in range(1, count + 1))


LANGUAGES = {
    "en": Conventions(
        first=_romans(20),
        second=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        summary=frozenset({"summary", "abstract"}),
        documents=frozenset({"documents"}),
        dangling=frozenset("a an and as at by for from in of on or that the to which with".split()),
        counting=frozenset("article articles chapter paragraph paragraphs resolution no".split()),
    ),
    "fa": Conventions(
        first=tuple("اول دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم".split()),
        second=tuple("الف ب ج د ه و ز ح ط ی".split()),
        summary=frozenset({"خلاصه", "چکیده"}),
        documents=frozenset({"اسناد"}),
        dangling=frozenset("از با بر برای به تا در را که و یا این آن یک".split()),
        counting=frozenset("ماده مواد فصل بند پاراگراف قطعنامه شماره".split()),
    ),
    "ar": Conventions(
        first=tuple("أولا ثانيا ثالثا رابعا خامسا سادسا سابعا ثامنا تاسعا عاشرا".split()),
        second=tuple("ألف باء جيم دال هاء واو زاي حاء طاء ياء".split()),
        summary=frozenset({"موجز", "ملخص", "خلاصة"}),
        documents=frozenset({"وثائق", "الوثائق"}),
        dangling=frozenset("من إلى في على عن أن التي الذي أو ثم مع".split()),
        counting=frozenset("المادة المادتان المادتين المواد الفصل الفقرة القرار رقم".split()),
    ),
}


def printed_number(text: str) -> int:
    """The number that digits of any of the three scripts print."""
    return int(text.translate(DIGITS))


def ends_sentence(text: str) -> bool:
    """Whether the text closes with a full stop or its like, a footnote mark aside."""
    text = text[-80:]  # the end decides, and some paragraphs are very long
    return bool(SENTENCE_END.search(text) or SENTENCE_END.search(TRAILING_MARK.sub("", text)))
