import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cases.text import (
    alphabetical,
    bare_words,
    find_beginnings,
    find_words,
    fold,
    joined_words,
    nearest,
    searchable,
    squash,
)

REPORTS = Path(__file__).parents[2] / "seeds" / "reports"
PERSIAN = REPORTS / "s-2011-552.fa.txt"
ARABIC = REPORTS / "secretary-general-mediation.ar.txt"

# Letters, marks, digits, spaces and punctuation that our sources mix, so that hypothesis
# meets them together.
MIXED = st.text(alphabet="اآأإٱبكکلمهةۀهٔيیىئؤوءـًُّ\u200c\u200f\u00ad «»'\"،.()-12۱۲١٢½aéßİSﷲﻻ")
ANY = st.one_of(MIXED, st.text())
WORDS = st.lists(st.text("ابکدصلشمنیوگر", min_size=2, max_size=6), min_size=1, max_size=8)


def prints(needle, haystack):
    """What stands in the haystack where the needle's words are found."""
    return [haystack[start:end] for start, end in find_words(needle, haystack)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        ("  a \n b ", "a b"),
        ("Côte d’Ivoire", "cote d ivoire"),
        ("Straße İSTANBUL Łódź", "strasse istanbul lodz"),
        ("S/RES/1325 (2000)", "s res 1325 2000"),
        ("۱۳۲۵ ١٣٢٥ １３２５", "1325 1325 1325"),
        ("كوفي عنان", "کوفی عنان"),
        ("علی على علي", "علی علی علی"),
        ("تأثیر مسؤول مسئول", "تاثیر مسوول مسیول"),
        ("آمریکا إيران ٱلله", "امریکا ایران الله"),
        ("زعماء شيء", "زعما شی"),
        ("مُســلِّطاً", "مسلطا"),
        ("منظمة ادارۀ ادارهٔ اداره", "منظمه اداره اداره اداره"),
        ("اداره‌ی اداره ی ما", "اداره اداره ما"),
        ("گاهی شاهی", "گاهی شاهی"),
        ("می‌شود", "می شود"),
        ("\u202bلیبی\u200fا\u202c", "لیبیا"),
        ("«نقل قول»، و... بعد؟", "نقل قول و بعد"),
        ("ﻻ ﷲ ﻣﻨﻈﻤﺔ", "لا الله منظمه"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


def test_the_long_alif_is_the_first_letter_of_persian_and_none_of_its_own_in_arabic():
    names = ["ایران", "بنین", "آنگولا", "اتریش", "آ\u0644مان", "ا\u0653رژانتین", "پاکستان"]
    in_order = sorted(names, key=lambda name: alphabetical(name, "fa"))
    assert in_order == ["ا\u0653رژانتین", "آلمان", "آنگولا", "اتریش", "ایران", "بنین", "پاکستان"]
    arabic = ["آسيا", "أرمينيا", "إيران", "ألبانيا"]
    assert sorted(arabic, key=lambda name: alphabetical(name, "ar"))[0] == "أرمينيا"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("السلم والأمن الدوليين", "سلم امن دولیین"),
        ("بالوسائل كالوساطة للأمين فالأمين", "وسایل وساطه امین امین"),
        ("الآن والي بالا كالا لله", "الان والی بالا کالا لله"),
        ("الألمانية ألمانية", "مانیه مانیه"),
    ],
)
def test_the_arabic_article_goes_from_words_that_stay_long_enough(text, folded):
    assert fold(text) == folded


@given(ANY)
@example("الألمان")
@example("وللالتزام")
@example("ه ی ی")
@example("ه،‌ی")
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert squash(squash(text)) == squash(text)


def test_no_character_folds_further_than_once():
    characters = map(chr, range(0x20000))
    assert [char for char in characters if fold(fold(char)) != fold(char)] == []


@given(ANY)
def test_folded_text_is_words_with_single_spaces(text):
    assert fold(text) == " ".join(fold(text).split())
    assert re.fullmatch(r"\w*", squash(text))
    assert not re.search(r"[كيىةآأإٱؤئء\u0640\u064b-\u0655\u200c-\u200f۰-۹٠-٩A-Z]", fold(text))


@pytest.mark.parametrize(
    "variants",
    [
        ["می‌شود", "می شود", "میشود", "مي‌شود", "می\u200bشود", "می¬شود"],
        ["بین‌المللی", "بین المللی", "بینالمللی", "بين المللي"],
        ["موافقت‌نامه", "موافقت نامه", "موافقتنامه", "موافقتنامۀ", "موافقت‌نامه‌ی"],
        ["کمک", "كمك", "کُمَک", "کـمـک"],
        ["co-operation", "cooperation", "Coöperation"],
    ],
)
def test_half_spaces_and_keyboards_meet_when_squashed(variants):
    assert len({squash(variant) for variant in variants}) == 1


@given(WORDS)
def test_any_words_meet_whatever_joins_them(words):
    joined = {squash(joint.join(words)) for joint in ["", " ", "\u200c", "\n", " \u200f"]}
    assert len(joined) == 1


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("", ""),
        ("میز", ""),
        ("می‌شود", "میشود"),
        ("ساز و کار", "سازوکار وکار"),
        ("بین‌المللی بین المللی", "بینالمللیبین المللیبینالمللی بینالمللی"),
        ("to Government", ""),
        ("Côte d'Ivoire, co-operation", "divoire cooperation"),
        ("سال 2008 the", "سال2008"),
    ],
)
def test_what_may_be_typed_as_one_word(text, joined):
    assert joined_words(text) == joined


def test_arabic_words_stand_without_their_particles_too():
    assert bare_words("وتونس وبإعارة لدعم والأمين بلد") == "تونس باعاره اعاره دعم"
    assert searchable([("fa", "وزیر"), ("ar", "وتونس")]) == (" وزیر | وتونس | تونس ", "  ")


@given(WORDS)
def test_neighbouring_words_written_together_begin_a_run(words):
    runs = f" {joined_words(' '.join(words))}"
    for first, second in zip(words, words[1:], strict=False):
        assert f" {squash(first)}{squash(second)}" in runs


@pytest.mark.parametrize(
    ("needle", "haystack", "found"),
    [
        ("کشور", "کشورها و کشوری", ["کشورها", "کشوری"]),
        ("أمين", "الأمين العام", ["الأمين"]),
        ("گفتوگو", "در گفت‌وگوی ملی", ["گفت‌وگوی"]),
        ("سازوکار", "ساز و کارهای بومی", ["ساز و کارهای"]),
        ("Togo", "to Government", []),
        ("ا ل ف", "الف", ["الف"]),
        ("«»", "a", []),
    ],
)
def test_find_beginnings(needle, haystack, found):
    spans = find_beginnings(needle, haystack)
    assert [haystack[start:end] for start, end in spans] == found


@pytest.mark.parametrize(
    ("report", "typed", "printed"),
    [
        (PERSIAN, "انعطاف‌پذیری", ["انعطاف پذیری", "انعطافپذیری"]),
        (PERSIAN, "موافقتنامه حاصله", ["موافقت نامه حاصله"]),
        (PERSIAN, "موافقت‌نامهٔ حاصله", ["موافقت نامه حاصله"]),
        (PERSIAN, "اتحادیه‌ی آفریقا", ["اتحادیه آفریقا"]),
        (PERSIAN, "تاثیری شدید", ["تأثیری شدید"]),
        (PERSIAN, "مأموریت های سیاسی", ["ماموریت های سیاسی"]),
        (PERSIAN, "همچنان که اخیرا در افغانستان", ["همچنان که اخیراً در افغانستان"]),
        (PERSIAN, "سازوکارهای بومی", ["سازو کارهای بومی"]),
        (PERSIAN, "بروندی", ["بروندي"]),
        (PERSIAN, "«فرهنگ پیشگیری»", ['"فرهنگ پیشگیری"']),
        (PERSIAN, "قطعنامه 1325 (2000)", ["قطعنامه ۱۳۲۵ (۲۰۰۰)"]),
        (PERSIAN, "۱۶ ژوئيه ٢٠١٠", ["۱۶ ژوئیه ۲۰۱۰"]),
        (PERSIAN, "s/prst/2010/14", ["S/PRST/2010/14"]),
        (ARABIC, "أعد هذا التقرير عملا بقرار", ["أُعِدَّ هذا التقرير عملاً بقرار"]),
        (ARABIC, "ان ینبه مجلس الامن", ["أن ينبِّه مجلس الأمن"]),
        (ARABIC, "رقم ۲۱۷۱ (۲۰۱۴)", ["رقم 2171 (2014)"]),
        (ARABIC, "“تعزيز دور الوساطة", ['"تعزيز دور الوساطة']),
        (ARABIC, "غالباً", []),
    ],
)
def test_it_finds_what_the_reports_print(report, typed, printed):
    assert set(prints(typed, report.read_text(encoding="utf-8"))) == set(printed)


@pytest.mark.parametrize(
    ("needle", "haystack", "found"),
    [
        ("لیبیا", "لیبیا، لیبیایی و لیبیا", ["لیبیا", "لیبیا"]),
        ("الأمين", "والأمين", []),
        ("نظرا", "نظراً.", ["نظراً"]),
        ("خانه", "خانهٔ ما", ["خانهٔ"]),
        ("خانهٔ", "خانه‌ی ما", ["خانه‌ی"]),
        ("زعما", "زعماء", ["زعماء"]),
        ("می شود", "نمی‌شود می\u200c\u200fشود", ["می\u200c\u200fشود"]),
        ("(a)", "a (a) ( a )", ["a", "(a)", "( a )"]),
        ("1.", "1.\u064b", ["1.\u064b"]),
        ("“a”", '"a"a"', ['"a"', 'a"']),
        ("a.", "a", ["a"]),
        ("12", "1, 2 and 12", ["12"]),
        ("1, 2", "12 and 1 2", ["1 2"]),
        ("ha ha", "ha ha ha ha ha", ["ha ha", "ha ha"]),
        ("no where", "nowhere, now here", ["nowhere", "now here"]),
        ("", "a", []),
        ("«…»", "«…»", []),
        ("a", "", []),
    ],
)
def test_find_words(needle, haystack, found):
    assert prints(needle, haystack) == found


@given(MIXED, MIXED)
def test_what_is_found_has_the_needles_letters_and_cuts_no_mark(needle, haystack):
    last = 0
    for start, end in find_words(needle, haystack):
        assert last <= start < end <= len(haystack)
        assert squash(haystack[start:end]) == squash(needle)
        assert not re.match(r"[\u064b-\u0655]", haystack[end:])
        last = end


@given(WORDS, st.lists(st.integers(0, 7), min_size=2, max_size=2))
def test_words_of_a_passage_are_found_in_it_at_their_place(words, cut):
    first, last = sorted(min(at, len(words) - 1) for at in cut)
    start = len("، ".join([*words[:first], ""]))
    needle = "، ".join(words[first : last + 1])
    found = find_words(needle.replace("، ", " "), "، ".join(words))
    assert found
    # An occurrence further left may overlap the one that was cut out.
    assert found[0][0] <= start
    assert nearest(needle, "، ".join(words)) == (*found[0], 1.0)


PASSAGE = "در ژانویه ۲۰۰۸ اتحادیه آفریقا به کوفی عنان ماموریت داد مانع جنگ داخلی شود."


@pytest.mark.parametrize(
    ("needle", "stretch"),
    [
        ("اتحادیه افریقا", "اتحادیه آفریقا"),
        ("کوفی انان", "کوفی عنان"),
        ("اتحادیه آفریقا به عنان ماموریت داد", "اتحادیه آفریقا به کوفی عنان ماموریت داد"),
        ("به کوفی عطا عنان مأموریت داد", "به کوفی عنان ماموریت داد"),
        ("مانع از جنگ‌های داخلی", "مانع جنگ داخلی"),
        ("ژانویهٔ ۲۰۰۹", "ژانویه ۲۰۰۸"),
    ],
)
def test_nearest_shows_the_words_that_were_meant(needle, stretch):
    start, end, ratio = nearest(needle, PASSAGE)
    assert PASSAGE[start:end] == stretch
    assert 0.6 < ratio <= 1.0


@pytest.mark.parametrize(("needle", "haystack"), [("", "a"), ("a", ""), ("«»", "a"), ("a", "…")])
def test_nearest_to_nothing_is_nothing(needle, haystack):
    assert nearest(needle, haystack) == (0, 0, 0.0)


def test_nearest_to_something_else_has_a_low_ratio():
    assert nearest("xyz", PASSAGE)[2] == 0.0
    assert nearest("انتخابات پارلمانی", PASSAGE)[2] < 0.6


@given(MIXED, MIXED)
def test_nearest_is_whole_words(needle, haystack):
    start, end, ratio = nearest(needle, haystack)
    assert 0 <= start <= end <= len(haystack)
    assert 0.0 <= ratio <= 1.0
    for edge in (start, end):
        assert not (haystack[:edge][-1:].isalnum() and haystack[edge:][:1].isalnum())
