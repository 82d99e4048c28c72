"""The readers' pages as a browser shows them."""

import pytest

from tests.browser.views import VIEWS, check_view, follow
from tests.factories import make_case, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db(transaction=True)

REFERENCE = (
    *("/tools/", "/tools/facilitation/", "/actors/", "/actors/unowa/"),
    *("/countries/", "/countries/GIN/", "/codebook/?q=tool", "/codebook/terms/tool/"),
    "/releases/",
)


@pytest.fixture
def guinea():
    case = make_case("guinea-2009", start="2009", end="2010-12")
    passage = make_passage("سازمان ملل متحد به مردم گینه در هدایت گذار کمک کرد.")
    passage.edition.__class__.objects.filter(pk=passage.edition_id).update(language="fa")
    make_statement(
        case,
        "tool:facilitation",
        by=["unowa"],
        when="2009/2010",
        quotations=[make_quotation("هدایت گذار", passage)],
    )
    make_statement(case, "situation:not_stated")
    return case


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_pages_are_accessible_and_never_wider_than_the_screen(
    guinea, open_page, prefix, width, scheme
):
    for address in (
        "/cases/",
        "/cases/guinea-2009/",
        "/findings/",
        "/explore/",
        "/explore/?country=GIN",
        "/documents/",
        "/similar/",
        "/cases/?tol=x",
        *REFERENCE,
    ):
        page = open_page(prefix + address, width=width, scheme=scheme)
        check_view(page, prefix)


def test_words_run_in_their_own_direction_on_an_english_page(guinea, open_page):
    page = open_page("/cases/guinea-2009/")
    words = page.locator("blockquote", has_text="هدایت گذار")
    assert words.get_attribute("dir") == "rtl"
    assert words.get_attribute("lang") == "fa"
    assert words.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_filtering_works_without_javascript(guinea, open_page):
    make_case("kenya-2008", countries=["KEN"])
    page = open_page("/cases/", java_script_enabled=False)
    page.get_by_label("Search").fill("guinea")
    follow(page.get_by_role("button", name="Apply"))
    assert "q=guinea" in page.url
    assert page.locator(".cases h3").all_inner_texts() == ["Guinea 2009"]


def test_the_language_switch_keeps_the_page_and_its_filters(guinea, open_page):
    page = open_page("/cases/?country=GIN")
    follow(page.locator(".langs a[lang=fa]"))
    assert page.url.endswith("/fa/cases/?country=GIN")
    assert page.locator("html").get_attribute("dir") == "rtl"
