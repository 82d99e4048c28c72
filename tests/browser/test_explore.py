"""The pictures of /explore/ in a browser: what they show, how they mirror, where they lead."""

import pytest

from tests.browser.views import check_view
from tests.factories import make_case, make_statement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cases():
    for slug, country, start, end in [
        ("guinea-2009", "GIN", "2009", "2010-12"),
        ("kenya-2008", "KEN", "2008-01", ""),
        ("kyrgyzstan-2010", "KGZ", "2010-04/..", ""),
    ]:
        case = make_case(slug, countries=[country], start=start, end=end)
        make_statement(case, "event:violence", phase="opening", when=start)
        make_statement(case, "tool:mediation", when="2010")
        make_statement(case, "outcome:peaceful_vote")


def test_a_circle_leads_to_its_cases_by_mouse_and_by_keyboard(cases, open_page):
    page = open_page("/explore/?tool=mediation")
    page.locator("svg a[aria-label^=Kenya] circle.wide").click()
    page.wait_for_url("**/cases/?tool=mediation&country=KEN")
    assert page.locator(".cases h3").all_inner_texts() == ["Kenya 2008"]
    page.go_back()
    page.locator("svg a[aria-label^=Guinea]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?tool=mediation&country=GIN")


def test_the_land_is_drawn(cases, open_page):
    page = open_page("/explore/")
    box = page.locator("svg use.land").evaluate("land => land.getBBox().width")
    assert box > 1000


def test_time_runs_from_right_to_left_where_the_page_does_and_the_map_stays(cases, open_page):
    def places(page, selector):
        """From left to right, the middles of what is shown, as parts of the picture's width."""
        return page.locator(selector).evaluate_all(
            """marks => marks.map(mark => {
              const whole = mark.closest("svg, .track").getBoundingClientRect();
              const box = mark.getBoundingClientRect();
              return (box.left + box.width / 2 - whole.left) / whole.width;
            })"""
        )

    bars = "#timeline .track > :first-child"
    english, persian = open_page("/explore/"), open_page("/fa/explore/")
    left, right = places(english, bars), places(persian, bars)
    assert left == sorted(left)
    assert left[0] < left[-1]
    assert right == pytest.approx([1 - each for each in left], abs=0.01)
    circles = sorted(places(persian, "svg circle.wide"))
    assert circles == pytest.approx(sorted(places(english, "svg circle.wide")), abs=0.01)


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_the_tables_behind_the_pictures_are_accessible_too(cases, open_page, prefix):
    for width in (1280, 320):
        page = open_page(f"{prefix}/explore/", width=width)
        for summary in page.locator("details.as-table summary").all():
            summary.click()
        assert page.locator("details[open] table").count() == 3
        check_view(page, prefix)
