"""The reader of a whole text as a browser shows it."""

import pytest

from tests.browser.views import VIEWS, check_view, follow
from tests.factories import (
    add_passage,
    make_case,
    make_document,
    make_edition,
    make_misprint,
    make_quotation,
    make_reference,
    make_statement,
)

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "سازمان ملل متحد در لیبیا به مردم در هدایت گذار کمک کرد ۱ و قطعنامه ۱۳۲۵ را یادآوری کرد."


@pytest.fixture
def text():
    """A text in which misprints, footnote marks, references and quoted words overlap."""
    edition = make_edition()
    for number in range(40):
        add_passage(edition, f"h{number}", f"فصل {number}")
    mark = TEXT.index("۱ و")
    passage = add_passage(edition, "p24", TEXT, calls=[[1, mark, mark + 1], [2, mark, mark + 1]])
    add_passage(edition, "n1", "نگاه کنید به https://example.org/" + "a" * 200)
    make_misprint(passage, "لیبیا", reading="لیبریا", why_fa="لیبی همسایه نیست.")
    make_misprint(passage, "قطعنامه ۱۳۲۵ را", certainty="possible")
    make_reference(passage, "قطعنامه ۱۳۲۵", make_document("S-RES-1325-2000"))
    case = make_case("liberia")
    for words in ("در لیبیا به مردم", "مردم در هدایت گذار"):
        make_statement(case, quotations=[make_quotation(words, passage)])
    make_statement(
        None,
        "finding:lesson",
        key="l1",
        note_en="Help.",
        quotations=[make_quotation(TEXT, passage)],
    )
    return edition


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    VIEWS,
)
def test_the_reader_and_the_record_are_accessible(text, open_page, prefix, width, scheme):
    for address in (
        "/documents/S-2011-552/fa/",
        "/documents/S-2011-552/",
        "/documents/S-RES-1325-2000/",
        "/findings/l1/",
    ):
        page = open_page(prefix + address, width=width, scheme=scheme)
        check_view(page, prefix)


def test_words_of_a_finding_are_shown_at_their_place(text, open_page):
    page = open_page("/findings/l1/", java_script_enabled=False)
    anchor = f"p24-0-{len(TEXT)}"
    follow(page.locator(f"a[href$='#{anchor}']"))
    words = page.locator(f"[id='{anchor}']")
    assert "لیبیا" in words.inner_text()
    assert words.evaluate("element => element.matches(':target')")
    assert words.evaluate("element => getComputedStyle(element).direction") == "rtl"
    follow(page.get_by_role("link", name="mediation").first)
    assert "/cases/liberia/#" in page.url


def test_footnotes_and_misprints_lead_there_and_back(text, open_page):
    page = open_page("/fa/documents/S-2011-552/fa/", java_script_enabled=False)
    follow(page.locator("[id=p24] [role=doc-noteref]").first)
    assert page.url.endswith("#n1")
    follow(page.locator("[id=n1] [role=doc-backlink]"))
    assert "#p24-m" in page.url
    follow(page.locator("[id=p24] .letter a").first)
    note = page.locator("[id=p24-ea-note]")
    assert page.url.endswith("#p24-ea-note")
    note.locator("summary").click()
    assert "لیبی همسایه نیست." in note.inner_text()
    follow(note.get_by_role("link"))
    assert page.url.endswith("#p24-ea")


def test_what_was_coded_from_words_opens_for_whoever_is_led_to_them(text, open_page):
    passage = add_passage(text, "p25", "One two three")
    words = [make_quotation("two", passage)]
    for _each in range(9):
        make_statement(make_case(), quotations=words)
    page = open_page("/documents/S-2011-552/fa/#p25")
    coded = page.locator("[id=p25] .coded")
    assert coded.get_attribute("open") is None
    page.evaluate("location.hash = 'p25-4-7'")
    page.locator("[id=p25] .coded[open]").wait_for()
    page = open_page("/documents/S-2011-552/fa/#p25-4-7")
    page.locator("[id=p25] .coded[open]").wait_for()


def test_the_language_switch_keeps_the_place(text, open_page):
    page = open_page("/documents/S-2011-552/fa/#p24")
    follow(page.locator(".langs a[lang=fa]"))
    assert page.url.endswith("/fa/documents/S-2011-552/fa/#p24")
