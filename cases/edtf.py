"""Dates as sources give them: a small reader of EDTF (ISO 8601-2).

======================  ====================================================
``2008``                a year, 0001 to 9998
``2008-09``             a month
``2008-09-28``          a day
``2008-23``             a season: 21 spring, 22 summer, 23 autumn, 24 winter;
                        they begin in March, June, September and December and
                        last three months, so 2008-24 ends in February 2009
``2008/2010``           throughout; each end a year, month, day or season
``2008/..  ../2008``    since, until
``[2008..2010]``        some time within
``2008~ 2008? 2008%``   about, uncertain, both: after any date, also inside
                        the forms above; they do not widen the bounds
======================  ====================================================

A value has an earliest and a latest day. An open end is 9999-12-31, which no other value
reaches; an open start is 0001-01-01.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeAlias

from django.utils.translation import gettext_noop as _

Bounds: TypeAlias = tuple[date, date] | tuple[None, None]

OPEN_START = date.min
OPEN_END = date.max

_SEASONS = range(21, 25)
_GRAINS = ("day", "month", "season", "year")
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<part>\d\d)(?:-(?P<day>\d\d))?)?(?P<mark>[~?%])?", re.ASCII
)


# Dashes that word processors put for a hyphen, and what Arabic and Persian keyboards type.
_TYPED = str.maketrans({**dict.fromkeys("‐‑‒–—−", "-"), "؟": "?", "٪": "%"})


class EdtfError(ValueError):
    """A text that is no date for us: says what was read and what is allowed.

    `message` is the English sentence with %(name)s gaps, fit to be a key of a message
    catalogue, and `params` what fills them; `str()` is the filled sentence.
    """

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message % params)
        self.message = message
        self.params = params


@dataclass(frozen=True)
class Edtf:
    """A date that was read: its canonical text, its first and last day, what qualifies it."""

    text: str
    earliest: date
    latest: date
    approximate: bool
    uncertain: bool


class _Date(NamedTuple):
    """One year, month, day or season; `part` is the month or the season (21 to 24) or 0."""

    earliest: date
    latest: date
    part: int
    day: int
    approximate: bool
    uncertain: bool


class _Reading(NamedTuple):
    """The form (`date`, `interval`, `since`, `until` or `set`) and its one or two dates."""

    form: str
    dates: list[_Date]


class _Wording(NamedTuple):
    """How one language says a date; `forms` has the sentence of each form of `_Reading`."""

    months: list[str]
    seasons: list[str]
    forms: dict[str, str]
    about: str
    uncertain: str
    digits: dict[int, int]


def parse(text: str) -> Edtf:
    """Read canonical EDTF; EdtfError for anything else, the empty text too."""
    form, dates = _read(text)
    return Edtf(
        text=text,
        earliest=OPEN_START if form == "until" else dates[0].earliest,
        latest=OPEN_END if form == "since" else dates[-1].latest,
        approximate=any(each.approximate for each in dates),
        uncertain=any(each.uncertain for each in dates),
    )


def clean(text: str) -> str:
    """The canonical text of what an editor typed, "" for nothing; EdtfError if it is no date.

    Forgives digits of any script, spaces, bidirectional and other invisible marks, dashes for
    hyphens, the Arabic question mark and per cent sign.
    """
    visible = (char for char in text if unicodedata.category(char) != "Cf")
    text = "".join(_ascii_digit(char) for char in visible).strip().translate(_TYPED)
    # Not around hyphens: «2008 – 09» is two years, and must not become September 2008.
    text = re.sub(r"\s*(\.\.|[/[\]~?%])\s*", r"\1", text)
    return parse(text).text if text else ""


def bounds(text: str) -> Bounds:
    """The earliest and latest day of a canonical EDTF text, (None, None) for ""."""
    if not text:
        return None, None
    value = parse(text)
    return value.earliest, value.latest


def certainly_within(value: Bounds, period: tuple[date | None, date | None]) -> bool:
    """Whether all of `value` lies in `period`, its first and last day; None there is no limit.

    What has no date is within no period. For a case, `value` is its start's earliest and its
    end's latest day, or its start's latest where no end is stated.
    """
    earliest, latest = value
    if earliest is None or latest is None:
        return False
    first, last = period
    return earliest >= (first or OPEN_START) and latest <= (last or OPEN_END)


def possibly_within(value: Bounds, period: tuple[date | None, date | None]) -> bool:
    """Whether `value` and `period` share a day; the arguments are those of certainly_within."""
    earliest, latest = value
    if earliest is None or latest is None:
        return False
    first, last = period
    return earliest <= (last or OPEN_END) and latest >= (first or OPEN_START)


def precision(text: str) -> str:
    """How finely a canonical EDTF text is told: `day`, `month`, `season` or `year`.

    Of two dates the coarser counts: from 2008 to January 2009 is known to the year.
    """
    return max((_grain(each) for each in _read(text).dates), key=_GRAINS.index)


def words(text: str, language: str) -> str:
    """A canonical EDTF text in words of "en", "fa" or "ar", "" for "".

    >>> words("2008-23", "en")
    'autumn 2008'

    EdtfError for what is no date, KeyError for another language.
    """
    wording = _WORDINGS[language]
    if not text:
        return ""
    form, dates = _read(text)
    sentence = wording.forms[form].format(*(_date_in_words(each, wording) for each in dates))
    return sentence.translate(wording.digits)


def _grain(value: _Date) -> str:
    if value.part in _SEASONS:
        return "season"
    if value.part:
        return "day" if value.day else "month"
    return "year"


def _read(text: str) -> _Reading:
    if text.startswith("[") and text.endswith("]") and ".." in text:
        first, _dots, last = text[1:-1].partition("..")
        if not first or not last:
            raise EdtfError(
                _(
                    "“%(read)s”: some time within needs both ends, as [2008..2010]; "
                    "since 2008 is 2008/.. and until 2008 is ../2008."
                ),
                read=text,
            )
        return _Reading("set", _in_order(first, last, text))
    if "/" not in text:
        return _Reading("date", [_read_date(text)])
    first, _dots, last = text.partition("/")
    if not first or not last or first == last == "..":
        raise EdtfError(
            _(
                "“%(read)s”: an interval has two ends, as 2008/2010. An open end is two dots: "
                "2008/.. is since 2008, ../2008 is until 2008."
            ),
            read=text,
        )
    if last == "..":
        return _Reading("since", [_read_date(first)])
    if first == "..":
        return _Reading("until", [_read_date(last)])
    return _Reading("interval", _in_order(first, last, text))


def _in_order(first: str, last: str, text: str) -> list[_Date]:
    dates = [_read_date(first), _read_date(last)]
    # 2008/2008-01 is in order: where the ends overlap, some reading of them is.
    if dates[1].latest < dates[0].earliest:
        raise EdtfError(
            _("“%(read)s” ends before it starts: write the earlier date first."), read=text
        )
    return dates


def _read_date(text: str) -> _Date:
    match = _DATE.fullmatch(text)
    if not match:
        raise EdtfError(
            _(
                "“%(read)s” is not a date. Allowed are 2008, 2008-09, 2008-09-28 and the seasons "
                "2008-21 (spring) to 2008-24 (winter), each with ~ (about), ? (uncertain) or "
                "%% (both) at its end; 2008/2010 (throughout), 2008/.. (since), ../2008 (until); "
                "[2008..2010] (some time within)."
            ),
            read=text,
        )
    year, part, day = (int(match[name] or 0) for name in ("year", "part", "day"))
    if not 1 <= year <= 9998:
        # 9999 would make a stated end look like an open one.
        raise EdtfError(_("“%(read)s”: years run from 0001 to 9998."), read=text)
    if match["part"] is None:
        earliest, latest = date(year, 1, 1), date(year, 12, 31)
    elif 1 <= part <= 12:
        last = monthrange(year, part)[1]
        if match["day"] is not None and not 1 <= day <= last:
            raise EdtfError(
                _("“%(read)s”: the days of that month run from 01 to %(last)s."),
                read=text,
                last=str(last),
            )
        earliest, latest = date(year, part, day or 1), date(year, part, day or last)
    elif part in _SEASONS and match["day"] is None:
        begins = 3 * (part - 20)
        ends_in, ends = (year + 1, 2) if begins == 12 else (year, begins + 2)
        earliest, latest = date(year, begins, 1), date(ends_in, ends, monthrange(ends_in, ends)[1])
    else:
        raise EdtfError(
            _(
                "“%(read)s”: after the year comes a month, 01 to 12, or a season, "
                "21 (spring) to 24 (winter); a season has no days."
            ),
            read=text,
        )
    mark = match["mark"]
    return _Date(earliest, latest, part, day, mark in ("~", "%"), mark in ("?", "%"))


def _ascii_digit(char: str) -> str:
    """The ASCII form of a decimal digit of any script; other characters as they are."""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def _date_in_words(value: _Date, wording: _Wording) -> str:
    year = str(value.earliest.year)
    if value.part in _SEASONS:
        # Winter lies in two years, and the one we count it by is not everybody's.
        years = year if value.latest.year == value.earliest.year else f"{year}–{value.latest.year}"
        text = f"{wording.seasons[value.part - 21]} {years}"
    elif value.part:
        text = f"{wording.months[value.part - 1]} {year}"
        text = f"{value.day} {text}" if value.day else text
    else:
        text = year
    if value.approximate:
        text = wording.about.format(text)
    return wording.uncertain.format(text) if value.uncertain else text


_WORDINGS = {
    "en": _Wording(
        months=[
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ],
        seasons=["spring", "summer", "autumn", "winter"],
        forms={
            "date": "{}",
            "interval": "from {} to {}",
            "since": "since {}",
            "until": "until {}",
            "set": "some time between {} and {}",
        },
        about="about {}",
        uncertain="{} (uncertain)",
        digits={},
    ),
    "fa": _Wording(
        # A month that ends in a silent ه carries the ezafe that joins it to its year.
        months=[
            *("ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مه", "ژوئن"),
            *("ژوئیهٔ", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
        ],
        seasons=["بهار", "تابستان", "پاییز", "زمستان"],
        forms={
            "date": "{}",
            "interval": "از {} تا {}",
            "since": "از {} به بعد",
            "until": "تا {}",
            "set": "زمانی میان {} و {}",
        },
        about="حدود {}",
        uncertain="{} (نامطمئن)",
        digits=str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
    ),
    "ar": _Wording(
        # As the United Nations writes them, for readers east and west.
        months=[
            *("كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل"),
            *("أيار/مايو", "حزيران/يونيه", "تموز/يوليه", "آب/أغسطس", "أيلول/سبتمبر"),
            *("تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"),
        ],
        seasons=["ربيع", "صيف", "خريف", "شتاء"],
        forms={
            "date": "{}",
            "interval": "من {} إلى {}",
            "since": "منذ {}",
            "until": "حتى {}",
            "set": "وقتٌ ما بين {} و{}",
        },
        about="نحو {}",
        uncertain="{} (غير مؤكد)",
        digits={},
    ),
}
