from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import edtf

YEARS = st.integers(1, 9998)
MARKS = st.sampled_from(["", "~", "?", "%"])
LANGUAGES = st.sampled_from(["en", "fa", "ar"])
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@st.composite
def plain_dates(draw):
    """A year, month, season or day, without a mark."""
    day = draw(st.dates(max_value=date(9998, 12, 31)))
    year = f"{day.year:04}"
    month = f"{year}-{day.month:02}"
    season = f"{year}-{draw(st.integers(21, 24))}"
    return draw(st.sampled_from([year, month, season, f"{month}-{day.day:02}"]))


@st.composite
def values(draw):
    """A canonical text of any form."""
    first, last = sorted(
        [draw(plain_dates()), draw(plain_dates())], key=lambda text: edtf.parse(text).earliest
    )
    first, last = first + draw(MARKS), last + draw(MARKS)
    return draw(
        st.sampled_from(
            [first, f"{first}/{last}", f"{first}/..", f"../{last}", f"[{first}..{last}]"]
        )
    )


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2010", date(2010, 1, 1), date(2010, 12, 31)),
        ("0001", date(1, 1, 1), date(1, 12, 31)),
        ("9998", date(9998, 1, 1), date(9998, 12, 31)),
        ("2010-12", date(2010, 12, 1), date(2010, 12, 31)),
        ("2009-09-28", date(2009, 9, 28), date(2009, 9, 28)),
        ("2008-02-29", date(2008, 2, 29), date(2008, 2, 29)),
        ("2008-21", date(2008, 3, 1), date(2008, 5, 31)),
        ("2008-22", date(2008, 6, 1), date(2008, 8, 31)),
        ("2008-23", date(2008, 9, 1), date(2008, 11, 30)),
        ("2008-24", date(2008, 12, 1), date(2009, 2, 28)),
        ("2007-24", date(2007, 12, 1), date(2008, 2, 29)),
        ("2009/2010", date(2009, 1, 1), date(2010, 12, 31)),
        ("2008-01/2008", date(2008, 1, 1), date(2008, 12, 31)),
        ("2008/2008-01", date(2008, 1, 1), date(2008, 1, 31)),
        ("2008-12-05/2008-24", date(2008, 12, 5), date(2009, 2, 28)),
        ("2008/..", date(2008, 1, 1), date(9999, 12, 31)),
        ("../2008-06", date(1, 1, 1), date(2008, 6, 30)),
        ("[2008..2011]", date(2008, 1, 1), date(2011, 12, 31)),
        ("[2008-04-16..2008-23]", date(2008, 4, 16), date(2008, 11, 30)),
    ],
)
def test_it_finds_the_first_and_the_last_day(text, earliest, latest):
    value = edtf.parse(text)
    assert (value.text, value.earliest, value.latest) == (text, earliest, latest)
    assert edtf.bounds(text) == (earliest, latest)


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("2010", False, False),
        ("2010~", True, False),
        ("2010-05?", False, True),
        ("2010-05-07%", True, True),
        ("2010-23~", True, False),
        ("2008~/2010", True, False),
        ("2008~/2010?", True, True),
        ("2008?/..", False, True),
        ("../2008~", True, False),
        ("[2008..2011%]", True, True),
    ],
)
def test_marks_qualify_and_do_not_widen(text, approximate, uncertain):
    value = edtf.parse(text)
    assert (value.approximate, value.uncertain) == (approximate, uncertain)
    bare = "".join(char for char in text if char not in "~?%")
    assert edtf.bounds(text) == edtf.bounds(bare)


@pytest.mark.parametrize(
    ("text", "read", "remedy"),
    [
        ("", "“”", "Allowed are 2008"),
        ("soon", "“soon”", "Allowed are 2008"),
        ("2008-9", "“2008-9”", "2008-09"),
        ("208", "“208”", "Allowed are 2008"),
        ("-0044", "“-0044”", "Allowed are 2008"),
        ("12008", "“12008”", "Allowed are 2008"),
        ("2008\n", "“2008\n”", "Allowed are 2008"),
        ("۲۰۰۸", "“۲۰۰۸”", "Allowed are 2008"),
        ("28/09/2009", "“28”", "2008-09-28"),
        ("2008-2011", "“2008-2011”", "2008/2010 (throughout)"),
        ("2008..2011", "“2008..2011”", "[2008..2010] (some time within)"),
        ("2008~?", "“2008~?”", "% (both)"),
        ("~2008", "“~2008”", "at its end"),
        ("[2008..2010]~", "“[2008..2010]~”", "at its end"),
        ("[2008,2010]", "“[2008,2010]”", "[2008..2010]"),
        ("[2008]", "“[2008]”", "[2008..2010]"),
        ("2008/2009/2010", "“2009/2010”", "Allowed are 2008"),
        ("0000", "“0000”", "0001 to 9998"),
        ("9999", "“9999”", "0001 to 9998"),
        ("2009-13", "“2009-13”", "01 to 12"),
        ("2009-00", "“2009-00”", "01 to 12"),
        ("2009-20", "“2009-20”", "21 (spring) to 24 (winter)"),
        ("2009-25", "“2009-25”", "21 (spring) to 24 (winter)"),
        ("2009-21-01", "“2009-21-01”", "a season has no days"),
        ("2009-02-29", "“2009-02-29”", "from 01 to 28"),
        ("2008-02-30", "“2008-02-30”", "from 01 to 29"),
        ("2009-01-00", "“2009-01-00”", "from 01 to 31"),
        ("2008/", "“2008/”", "2008/.. is since 2008"),
        ("/2008", "“/2008”", "../2008 is until 2008"),
        ("/", "“/”", "2008/2010"),
        ("../..", "“../..”", "2008/.. is since 2008"),
        ("2010/2008", "“2010/2008”", "the earlier date first"),
        ("2008-02/2008-01-31", "“2008-02/2008-01-31”", "the earlier date first"),
        ("[2011..2008]", "“[2011..2008]”", "the earlier date first"),
        ("[2008..]", "“[2008..]”", "2008/.."),
        ("[..2008]", "“[..2008]”", "../2008"),
        ("2008/2009-13", "“2009-13”", "01 to 12"),
    ],
)
def test_a_refusal_says_what_was_read_and_what_is_allowed(text, read, remedy):
    with pytest.raises(edtf.EdtfError) as refusal:
        edtf.parse(text)
    assert read in str(refusal.value)
    assert remedy in str(refusal.value)


def test_a_refusal_can_be_put_in_another_language():
    with pytest.raises(edtf.EdtfError) as refusal:
        edtf.parse("2009-02-30")
    error = refusal.value
    assert error.params == {"read": "2009-02-30", "last": "28"}
    assert str(error) == error.message % error.params


@given(YEARS, st.integers(1, 12))
def test_a_month_has_all_its_days(year, month):
    last = monthrange(year, month)[1]
    assert edtf.bounds(f"{year:04}-{month:02}") == (date(year, month, 1), date(year, month, last))


@given(YEARS, st.integers(21, 23))
def test_a_season_follows_on_the_one_before(year, season):
    ends = edtf.parse(f"{year:04}-{season}").latest
    assert edtf.parse(f"{year:04}-{season + 1}").earliest == ends + timedelta(days=1)


@given(st.integers(1, 9997))
def test_winter_ends_where_the_next_spring_begins(year):
    ends = edtf.parse(f"{year:04}-24").latest
    assert edtf.parse(f"{year + 1:04}-21").earliest == ends + timedelta(days=1)


@given(values())
def test_bounds_are_in_order_and_only_an_open_end_reaches_the_last_day(text):
    value = edtf.parse(text)
    assert value.earliest <= value.latest
    assert (value.latest == edtf.OPEN_END) == text.endswith("/..")


@given(values())
def test_canonical_text_reads_as_itself(text):
    assert edtf.parse(text).text == text
    assert edtf.parse(edtf.parse(text).text) == edtf.parse(text)


@given(st.text(alphabet="0123456789-/.[]~?% ۰۲۸", max_size=24))
def test_any_other_text_is_read_or_refused(text):
    try:
        cleaned = edtf.clean(text)
    except edtf.EdtfError:
        return
    assert edtf.clean(cleaned) == cleaned


@given(values())
def test_digits_of_any_script_are_the_same_date(text):
    assert edtf.clean(text.translate(PERSIAN_DIGITS)) == text
    assert edtf.clean(text.translate(ARABIC_DIGITS)) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", ""),
        (" \u200f ", ""),
        (" 2008 ", "2008"),
        ("\u00a02008\u200e", "2008"),
        ("2008–09–28", "2008-09-28"),
        ("۲۰۰۸‑۲۳", "2008-23"),
        ("2008 / 2010", "2008/2010"),
        ("\u202b۲۰۰۸/۲۰۱۰\u202c", "2008/2010"),
        ("٢٠٠٨ /..", "2008/.."),
        ("[ 2008 .. 2011 ]", "[2008..2011]"),
        ("۲۰۱۰؟", "2010?"),
        ("۲۰۱۰ ٪", "2010%"),
    ],
)
def test_clean_forgives_how_it_was_typed(typed, text):
    assert edtf.clean(typed) == text


@pytest.mark.parametrize("typed", ["2008–2011", "2008 – 09", "28 September 2009", "20 08", "2008²"])
def test_clean_does_not_guess(typed):
    with pytest.raises(edtf.EdtfError):
        edtf.clean(typed)


def test_no_date_has_no_bounds_and_is_within_no_period():
    assert edtf.bounds("") == (None, None)
    for period in [(date(2008, 1, 1), date(2008, 12, 31)), (None, None)]:
        assert not edtf.certainly_within(edtf.bounds(""), period)
        assert not edtf.possibly_within(edtf.bounds(""), period)


@pytest.mark.parametrize(
    ("text", "first", "last", "certainly", "possibly"),
    [
        ("2008-23", "2008", "2008", True, True),
        ("2008", "2008", "2008", True, True),
        ("2008-24", "2008", "2008", False, True),
        ("[2008..2011]", "2008", "2008", False, True),
        ("2009/2010", "2008", "2008", False, False),
        ("2008/..", "2020", "2021", False, True),
        ("2008/..", "2008", "", True, True),
        ("../2008", "2005", "2006", False, True),
        ("../2008", "", "2008", True, True),
        ("2008", "", "2007-12-31", False, False),
        ("2008-12-31", "2008-12-31", "", True, True),
        ("2008", "", "", True, True),
    ],
)
def test_certainly_and_possibly_within(text, first, last, certainly, possibly):
    period = (edtf.bounds(first)[0], edtf.bounds(last)[1])
    assert edtf.certainly_within(edtf.bounds(text), period) is certainly
    assert edtf.possibly_within(edtf.bounds(text), period) is possibly


@given(values(), plain_dates())
def test_what_is_certainly_within_is_possibly_within(text, period):
    value, within = edtf.bounds(text), edtf.bounds(period)
    assert edtf.possibly_within(value, within) or not edtf.certainly_within(value, within)


@pytest.mark.parametrize(
    ("text", "english", "persian", "arabic"),
    [
        ("", "", "", ""),
        ("2008", "2008", "۲۰۰۸", "2008"),
        ("2008-23", "autumn 2008", "پاییز ۲۰۰۸", "خريف 2008"),
        ("2008-24", "winter 2008–2009", "زمستان ۲۰۰۸–۲۰۰۹", "شتاء 2008–2009"),
        ("2009-09", "September 2009", "سپتامبر ۲۰۰۹", "أيلول/سبتمبر 2009"),
        ("2008-01", "January 2008", "ژانویهٔ ۲۰۰۸", "كانون الثاني/يناير 2008"),
        ("2009-09-28", "28 September 2009", "۲۸ سپتامبر ۲۰۰۹", "28 أيلول/سبتمبر 2009"),
        ("2009-05-07", "7 May 2009", "۷ مه ۲۰۰۹", "7 أيار/مايو 2009"),
        (
            "2008-01/2008",
            "from January 2008 to 2008",
            "از ژانویهٔ ۲۰۰۸ تا ۲۰۰۸",
            "من كانون الثاني/يناير 2008 إلى 2008",
        ),
        ("2008/..", "since 2008", "از ۲۰۰۸ به بعد", "منذ 2008"),
        ("../2008", "until 2008", "تا ۲۰۰۸", "حتى 2008"),
        (
            "[2008..2011]",
            "some time between 2008 and 2011",
            "زمانی میان ۲۰۰۸ و ۲۰۱۱",
            "وقتٌ ما بين 2008 و2011",
        ),
        ("2010~", "about 2010", "حدود ۲۰۱۰", "نحو 2010"),
        ("2010?", "2010 (uncertain)", "۲۰۱۰ (نامطمئن)", "2010 (غير مؤكد)"),
        ("2010%", "about 2010 (uncertain)", "حدود ۲۰۱۰ (نامطمئن)", "نحو 2010 (غير مؤكد)"),
        (
            "2008~/2010?",
            "from about 2008 to 2010 (uncertain)",
            "از حدود ۲۰۰۸ تا ۲۰۱۰ (نامطمئن)",
            "من نحو 2008 إلى 2010 (غير مؤكد)",
        ),
    ],
)
def test_dates_in_words(text, english, persian, arabic):
    assert edtf.words(text, "en") == english
    assert edtf.words(text, "fa") == persian
    assert edtf.words(text, "ar") == arabic


@given(values(), LANGUAGES)
def test_every_date_has_words_with_its_years(text, language):
    words = edtf.words(text, language)
    years = {str(day.year) for day in edtf.bounds(text)} - {"1", "9999"}
    digits = {year.translate(PERSIAN_DIGITS) if language == "fa" else year for year in years}
    assert all(year in words for year in digits)


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_every_month_and_season_has_a_name_of_its_own(language):
    parts = [*range(1, 13), *range(21, 25)]
    assert len({edtf.words(f"2008-{part:02}", language) for part in parts}) == len(parts)


def test_words_refuse_what_is_no_date_and_other_languages():
    with pytest.raises(edtf.EdtfError):
        edtf.words("soon", "en")
    with pytest.raises(KeyError):
        edtf.words("2008", "de")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2008-09-28", "day"),
        ("2008-09", "month"),
        ("2008-23", "season"),
        ("2008~", "year"),
        ("2008-09-28/..", "day"),
        ("../2008-09", "month"),
        ("[2008..2010-12]", "year"),
        ("2008-23/2009-01-02", "season"),
    ],
)
def test_a_date_is_as_precise_as_its_coarser_end(text, precision):
    assert edtf.precision(text) == precision
