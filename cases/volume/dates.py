"""Dates of every kind that EDTF has, most of them as vague as sources are."""

from random import Random

# How each kind is written, and how often it comes among a hundred; {end} is a later year.
KINDS = {
    "{year}": 24,
    "{year}-{month:02}": 18,
    "{year}-{month:02}-{day:02}": 18,
    "{year}-{season}": 8,
    "{year}/{end}": 8,
    "{year}~": 5,
    "{year}?": 4,
    "{year}-{month:02}%": 2,
    "[{year}..{end}]": 6,
    "{year}/..": 5,
    "../{year}": 2,
}
# What ends can be: nothing ends before a beginning that is not told.
CLOSED = {form: weight for form, weight in KINDS.items() if ".." not in form}
FIRST_YEAR, LAST_YEAR = 1946, 2021


def year(random: Random) -> int:
    """A year of the sources: the later the more of them."""
    return round(random.triangular(FIRST_YEAR, LAST_YEAR, LAST_YEAR - 10))


def date(random: Random, year: int, kinds: dict[str, int] = KINDS) -> str:
    """A date in or from the year on, as a source may tell it."""
    form = random.choices(list(kinds), list(kinds.values()))[0]
    return form.format(
        year=year,
        month=random.randint(1, 12),
        day=random.randint(1, 28),
        season=random.randint(21, 24),
        end=year + random.randint(1, 2),
    )


def period(random: Random, year: int) -> tuple[str, str]:
    """When a case starts and ends, either of which may not be told."""
    start = date(random, year) if random.random() < 0.94 else ""
    if random.random() < 0.4:
        return start, ""
    # Within one year the months could be in no order; the year itself never is.
    lasted = random.choice((0, 1, 1, 2))
    return start, date(random, year + lasted, CLOSED) if lasted else str(year)
