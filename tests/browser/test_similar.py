"""Finding cases like one's own and putting them side by side, as a browser does it."""

import pytest

from tests.browser.views import VIEWS, check_view, follow
from tests.factories import make_case, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = (
    *("/similar/", "/similar/?situation=electoral&region=africa", "/similar/?case=guinea-2009"),
    *("/compare/", "/compare/?case=guinea-2009", "/compare/?case=guinea-2009&case=kenya-2008"),
    *("/compare/?case=guinea-2009&case=kenya-2008&case=niger", "/cases/guinea-2009/"),
)


@pytest.fixture
def cases():
    passage = make_passage("سازمان ملل متحد به مردم گینه در هدایت گذار کمک کرد.")
    passage.edition.__class__.objects.filter(pk=passage.edition_id).update(language="fa")
    words = make_quotation("هدایت گذار", passage)
    for slug, country in (("guinea-2009", "GIN"), ("kenya-2008", "KEN"), ("niger", "LBR")):
        case = make_case(slug, countries=[country], start="2009", terms=["situation:electoral"])
        make_statement(case, "event:coup", when="2009-01", phase="opening")
        tool = make_statement(
            case, "tool:facilitation", by=["unowa"], when="2009", quotations=[words]
        )
        make_statement(case, "tool:mediation", by=["ecowas"], scope="group", quotations=[words])
        make_statement(case, "outcome:agreement_reached").credited_to.add(tool)
        make_statement(case, "trigger:not_stated")


@pytest.mark.parametrize(
    ("prefix", "width", "scheme"),
    VIEWS,
)
def test_pages_are_accessible_and_never_wider_than_the_screen(
    cases, open_page, prefix, width, scheme
):
    for address in ADDRESSES:
        page = open_page(prefix + address, width=width, scheme=scheme)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), address
        # What is folded away is to be as good as what is not.
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        check_view(page, prefix)


def test_from_a_situation_to_a_comparison_without_javascript(cases, open_page):
    page = open_page("/similar/", java_script_enabled=False)
    page.locator("input[name=situation][value=electoral]").check()
    follow(page.get_by_role("button", name="Find cases like it").last)
    assert page.url.endswith("/similar/?situation=electoral")
    boxes = page.locator(".precedents input[name=case]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    follow(page.get_by_role("button", name="Compare the ticked cases"))
    assert page.url.endswith("/compare/?case=guinea-2009&case=kenya-2008")
    words = page.locator("details", has_text="هدایت گذار").first
    assert not words.locator("blockquote").is_visible()
    words.locator("summary").click()
    assert words.locator("blockquote").get_attribute("dir") == "rtl"
    assert words.locator("blockquote").is_visible()


def test_from_a_case_to_those_like_it(cases, open_page):
    page = open_page("/cases/guinea-2009/")
    beside = page.locator("#similar")
    assert beside.locator("h3").all_inner_texts() == ["Niger", "Kenya 2008"]
    follow(beside.get_by_role("button"))
    assert page.url.endswith("/compare/?case=guinea-2009&case=niger")


def test_on_a_phone_every_value_says_whose_it_is(cases, open_page):
    page = open_page("/compare/?case=guinea-2009&case=kenya-2008", width=320)
    cell = page.locator("#tool tr.both td").first
    assert cell.locator(".whose").is_visible()
    assert cell.locator(".whose").inner_text() == "Guinea 2009"
    wide = open_page("/compare/?case=guinea-2009&case=kenya-2008")
    assert not wide.locator("#tool tr.both td .whose").first.is_visible()
