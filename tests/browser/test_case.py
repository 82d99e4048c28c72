"""The case page in a browser: words that open beside their value, and what paper shows."""

import pytest

from tests.browser.views import VIEWS, check_view, follow
from tests.factories import make_case, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/cases/guinea-2009/"


@pytest.fixture
def guinea():
    case = make_case("guinea-2009", start="2009", end="2010-12", coding="double")
    passage = make_passage("سازمان ملل متحد به مردم گینه در هدایت گذار کمک کرد.")
    passage.edition.__class__.objects.filter(pk=passage.edition_id).update(language="fa")
    words = make_quotation("هدایت گذار", passage, translation_en="steering the transition")
    more = make_quotation("به مردم گینه در هدایت", passage)
    make_statement(case, "event:coup", key="v1", when="2008-12", phase="opening")
    make_statement(case, "event:deployment", key="v2", quotations=[words])
    for key, tool in (("t1", "tool:facilitation"), ("t2", "tool:mediation")):
        make_statement(case, tool, key=key, by=["unowa"], when="2009", quotations=[words, more])
    for key, role in (("p1", "role:partner"), ("p2", "role:host"), ("p3", "role:observer")):
        make_statement(case, role, key=key, by=["ecowas"], scope="group", quotations=[words])
    make_statement(case, "situation:electoral", key="s1", quotations=[words])
    make_statement(case, "aim:calm", key="a1", scope="pattern", quotations=[words])
    make_statement(case, "outcome:agreement_reached", key="o1", quotations=[words])
    make_statement(case, "success_element:leverage", key="e1", quotations=[words])
    make_statement(case, "trigger:not_stated", key="x1")
    return case


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    VIEWS,
)
def test_with_all_words_open_it_is_accessible_and_fits_the_screen(
    guinea, open_page, prefix, width, scheme
):
    page = open_page(prefix + ADDRESS, width=width, scheme=scheme)
    references = page.locator(".ref")
    for number in range(references.count()):
        references.nth(number).click()
    assert page.locator(".opened").count() == references.count()
    check_view(page, prefix)


def test_words_open_beside_their_value_and_close_again(guinea, open_page):
    page = open_page(ADDRESS)
    reference = page.locator("#p2 .ref")
    reference.focus()
    page.keyboard.press("Enter")
    assert reference.get_attribute("aria-expanded") == "true"
    opened = page.locator("#p2 + tr .opened")
    # Another stretch crosses it, so it stands there in two pieces.
    assert "".join(opened.locator("mark.this").all_text_contents()) == "هدایت گذار"
    assert opened.locator("blockquote").evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert "steering the transition" in opened.inner_text()
    # The actor's name goes on beside its roles.
    assert page.locator("#role th[rowspan]").get_attribute("rowspan") == "4"
    assert page.evaluate("location.hash") == ""
    reference.click()
    assert page.locator(".opened").count() == 0
    assert page.locator("#role th[rowspan]").get_attribute("rowspan") == "3"


def test_opened_words_name_their_reference_and_have_a_way_to_close_them(guinea, open_page):
    page = open_page(f"/fa{ADDRESS}")
    reference = page.locator("#p2 .ref")
    reference.click()
    head = page.locator(".opened .whose")
    assert head.locator("span").inner_text() == reference.inner_text()
    head.get_by_role("button", name="بستن").click()
    assert page.locator(".opened").count() == 0
    assert reference.get_attribute("aria-expanded") == "false"
    assert reference.evaluate("element => element === document.activeElement")


def test_a_phone_has_the_contents_folded_above_the_text(guinea, open_page):
    page = open_page(ADDRESS, width=320)
    assert not page.locator("nav.toc").is_visible()
    contents = page.locator(".folded-toc")
    contents.locator("summary").click()
    follow(contents.get_by_role("link", name="Tools"))
    assert page.url.endswith("#tool")
    assert not open_page(ADDRESS).locator(".folded-toc").is_visible()


def test_without_javascript_a_reference_leads_to_the_words(guinea, open_page):
    page = open_page(ADDRESS, java_script_enabled=False)
    reference = page.locator("#p2 .ref")
    target = reference.get_attribute("href").removeprefix("#")
    follow(reference)
    assert page.url.endswith(f"#{target}")
    assert page.locator(f"mark#{target}").is_visible()


def test_the_data_for_engines_offend_no_policy(guinea, open_page):
    page = open_page(ADDRESS)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    assert said == []
    data = page.locator('script[type="application/ld+json"]').text_content()
    assert '"@type":"Dataset"' in data


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_paper_shows_the_words_and_nothing_to_click(guinea, open_page, prefix):
    page = open_page(prefix + ADDRESS, scheme="dark")
    page.locator("#p2 .ref").click()
    page.locator("details.told summary").first.click()  # somebody folded them
    page.emulate_media(media="print")
    assert page.locator(".told blockquote", has_text="هدایت گذار").is_visible()
    for gone in (".top nav", ".langs", ".toc", ".formats", ".opened", ".crumbs", "button"):
        assert not any(each.is_visible() for each in page.locator(gone).all()), gone
    for kept in ("#cite", "#record", "#tool", "#not-stated", ".brand"):
        assert page.locator(kept).is_visible(), kept
    paper = "getComputedStyle(document.documentElement)"
    assert page.evaluate(f"{paper}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{paper}.color") == "rgb(0, 0, 0)"
    # No address after a link.
    after = "e => getComputedStyle(e, '::after').content"
    assert page.locator("#tool th a").first.evaluate(after) == "none"
