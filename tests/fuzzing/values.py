"""Values that nobody means: for names, codes, numbers, dates and texts."""

from random import Random
from urllib.parse import quote, quote_from_bytes

ARABIC, PERSIAN = "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"
HOSTILE = (
    # what ends strings, sentences and folders elsewhere
    *("\0", "a\0b", "\x1b[2J", "\r\nSet-Cookie: a=b", "\t", " ", "\\", "\x7f", ".."),
    "../../etc/passwd",
    *("'", "''", "' OR 1=1 --", '"; DROP TABLE cases_case; --', "1) UNION SELECT 1 --"),
    "%' AND '%",
    # of the search's own language
    *('"', '""', "(", ")", "((((", "a AND", "NEAR(a b", "a OR OR b", "a*", "*", "^a", "-"),
    *("a:b", "+a"),
    *("a & b", "a | !b", "a <-> b", "!", ":*", "{a b}", "[a]"),
    # of pages, templates and formats
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}"),
    "{% debug %}",
    *("%s%n%x", "%(x)s", "%", "{0}", "{x.__class__}", "${1+1}", "javascript:alert(1)", "&#0;"),
    *("//evil.example.org/", "https://evil.example.org/", "=1+1", "@SUM(1)", "+1", "\x00=1"),
    # numbers
    *("0", "-0", "-1", "1.5", "1e9", "1e308", "NaN", "inf", "0x10", "0b1", "1_000", "９", "²", "Ⅷ"),
    *("2147483648", "9223372036854775807", "9223372036854775808", "9" * 40, "9" * 5000),
    "-" + "9" * 40,
    *("٣", "۳", "١٩٩٩", "۲۰۰۸-۰۱", "1٢۳"),
    # dates
    *("0000", "0001", "9998", "9999", "10000", "-0001", "0000-00-00", "2008-13"),
    *("2008-02-30", "2008-25"),
    *("2008/", "/2008", "2008/..", "../2008", "../..", "2009/2008", "2008~", "2008?~"),
    *("[2008..]", "[..]"),
    *("[2008..2007]", "1999-12-31T25:61", "2008-1", "99999999999-01-01", "y17e7", "{2008,2009}"),
    # letters that are not what they look like, or nothing at all
    *("\u200f", "\u202e2008", "\u200c", "\ufeffcases", "\u00ad", "e" + "\u0301" * 300, "ﷺ"),
    "ي" * 200,
    *("ك", "İ", "ß", "ſ", "ﬀ", "😀", "\U0010ffff", "\ufffe", "\uffff", "ا" * 3000, "\u0640" * 50),
    # of other languages' programs
    *("null", "None", "undefined", "true", "[]", "{}", '{"a": 1}', "__proto__", "constructor"),
    *("", "x" * 300, "x" * 9000, "a," * 500, ";" * 200, "a:b:c", "case:guinea", ".", "-", "_"),
)  # fmt: skip
# Not text at all: sent as percent codes.
BROKEN = (
    b"\xff",
    b"\xfe\xff",
    b"\xc0\xaf",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"a\x80b",
)


def hostile(chance: Random) -> str:
    """One of the values above, or some of all letters there are."""
    if chance.random() < 0.1:
        return "".join(chr(chance.randrange(0xD7FF)) for _n in range(chance.randrange(1, 40)))
    return chance.choice(HOSTILE)


def mutated(chance: Random, value: str) -> str:
    """A value that was good, changed in one place or whole."""
    at = chance.randrange(len(value) + 1)
    first, last = value[:at], value[at:]
    inserted = chance.choice(("-", "_", "x", "'", "\0", "\u200f", "%", " ", "é", "0"))
    changed = (
        lambda: first + last[1:],
        lambda: first + inserted + last,
        lambda: value.upper(),
        lambda: value.swapcase() + " ",
        lambda: value * chance.choice((2, 3, 200)),
        lambda: value[::-1],
        lambda: value.translate(str.maketrans("0123456789", chance.choice((ARABIC, PERSIAN)))),
        lambda: first + hostile(chance) + last,
    )  # fmt: skip
    return chance.choice(changed)()


def written(chance: Random, value: str, *, safe: str = "") -> str:
    """A value as it stands in an address: in percent codes, seldom broken ones."""
    luck = chance.random()
    if luck < 0.02:
        return quote_from_bytes(chance.choice(BROKEN), safe=safe)
    if luck < 0.03:
        return quote(value, safe=safe, errors="replace") + chance.choice(
            ("%", "%z", "%2", "%u0041")
        )
    if luck < 0.04:
        return quote(quote(value, safe=safe, errors="replace"))
    return quote(value, safe=safe, errors="surrogatepass")
