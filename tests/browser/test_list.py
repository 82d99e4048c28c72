"""The list of cases in a browser: live filters, Back, search, and the same without JavaScript."""

import pytest

from tests.browser.views import follow
from tests.factories import make_case, make_statement

pytestmark = pytest.mark.django_db(transaction=True)

TITLES = ".cases h3"


@pytest.fixture
def cases():
    for slug, country, tool in [
        ("guinea-2009", "GIN", "tool:mediation"),
        ("kenya-2008", "KEN", "tool:mediation"),
        ("kyrgyzstan-2010", "KGZ", "tool:good_offices"),
    ]:
        make_statement(make_case(slug, countries=[country]), tool, by=["au"])


def open_facet(page, name):
    page.locator(f"#f-{name}").click()


def test_ticking_a_value_changes_results_and_counts_in_place(cases, open_page):
    page = open_page("/cases/")
    page.evaluate("window.stayed = true")
    open_facet(page, "tool")
    box = page.locator("input[name=tool][value=mediation]")
    box.check()
    page.wait_for_url("**tool=mediation**")
    page.locator(TITLES).nth(2).wait_for(state="detached")
    assert page.locator(TITLES).all_inner_texts() == ["Guinea 2009", "Kenya 2008"]
    # The page was not loaded anew, the focus stayed, the counts of other filters followed.
    assert page.evaluate("window.stayed")
    assert box.evaluate("box => box === document.activeElement")
    assert page.locator("#n-country-KGZ").text_content() == "0"
    assert page.locator("#n-tool-good_offices").text_content() == "1"
    # Empty fields and defaults do not clutter the address that is shared.
    assert page.url.endswith("/cases/?tool=mediation")


def test_back_brings_the_results_and_the_boxes(cases, open_page):
    page = open_page("/cases/")
    open_facet(page, "country")
    page.locator("input[name=country][value=KEN]").check()
    page.wait_for_url("**country=KEN**")
    page.locator(TITLES).nth(1).wait_for(state="detached")
    page.go_back()
    page.locator(TITLES).nth(2).wait_for()
    assert not page.locator("input[name=country][value=KEN]").is_checked()
    page.go_forward()
    page.locator(TITLES).nth(1).wait_for(state="detached")
    assert page.locator("input[name=country][value=KEN]").is_checked()


def test_a_chip_takes_its_filter_away(cases, open_page):
    page = open_page("/cases/?tool=mediation&country=GIN")
    page.locator(".chips a", has_text="Guinea").click()
    page.wait_for_url("**/cases/?tool=mediation")
    page.locator(TITLES).nth(1).wait_for()
    assert page.locator(TITLES).count() == 2


def test_a_date_that_cannot_be_read_is_explained(cases, open_page):
    page = open_page("/cases/")
    page.get_by_label("From").fill("2008-13")
    page.get_by_label("From").press("Tab")
    # The list and what was typed stay; the reason stands above the list.
    page.get_by_role("alert").get_by_text("2008-13", exact=False).wait_for()
    assert page.locator("ol.cases > li").count() > 0
    assert page.get_by_label("From").input_value() == "2008-13"
    page.get_by_label("From").fill("2008")
    page.get_by_label("From").press("Tab")
    page.wait_for_url("**from=2008**")
    page.get_by_role("alert").wait_for(state="detached")


def test_ticked_cases_stay_ticked_over_filters_and_the_switch_keeps_them(cases, open_page):
    page = open_page("/cases/")
    box = page.locator("ol.cases input[name=case]").first
    slug = box.get_attribute("value")
    box.check()
    page.locator("#q").fill("zzzz")
    page.locator("#q").press("Enter")
    page.wait_for_url("**q=zzzz**")
    page.get_by_text("No case matches").wait_for()
    assert "q=zzzz" in page.locator(".langs a[hreflang=fa]").get_attribute("href")
    page.locator("#q").fill("")
    page.locator("#q").press("Enter")
    page.locator(f"ol.cases input[value={slug}]:checked").wait_for()


def test_an_arabic_keyboard_finds_persian_words(cases, open_page):
    make_case("niger", title_fa="کمیسیون گفت‌وگوی نیجر")
    page = open_page("/fa/cases/")
    page.locator("#q").fill("كميسيون")
    page.locator("#q").press("Enter")
    page.wait_for_url("**q=**")
    page.locator(TITLES).nth(1).wait_for(state="detached")
    assert page.locator(".snippet mark").all_inner_texts() == ["کمیسیون"]


def test_two_ticked_cases_are_compared(cases, open_page):
    page = open_page("/cases/", java_script_enabled=False)
    for slug in ("guinea-2009", "kenya-2008"):
        page.locator(f"input[name=case][value={slug}]").check()
    follow(page.get_by_role("button", name="Compare"))
    assert page.url.endswith("/compare/?case=kenya-2008&case=guinea-2009") or page.url.endswith(
        "/compare/?case=guinea-2009&case=kenya-2008"
    )
