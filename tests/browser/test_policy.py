"""The policies as a browser holds to them; every other test here fails at a violation too."""

from datetime import UTC, datetime

import pytest

from cases import index
from cases.models import Case
from releases.making import make
from tests.addresses import all_addresses
from tests.cases.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = {
    "slug": "guinea-2009",
    "key": "f1",
    "code": "mediation",
    "edition": "en",
    "alpha3": "GIN",
    "scheme": "tool",
    "group": "tool",
    "name": "2026-11",
}
# Where the same word names something else.
OTHERS = {
    "/actors/%(code)s/": {"code": "au"},
    "/regions/%(code)s/": {"code": "western_africa"},
    "/documents/%(code)s/": {"code": "S-2011-552"},
    "/documents/%(code)s/%(edition)s/": {"code": "S-2011-552"},
    "/codebook/%(part)s/%(group)s/": {"part": "terms"},
}
FOUND = ("/explore/?country=GIN", "/cases/?q=guinea", "/compare/?case=guinea-2009&case=kenya-2008")
REFUSED = ("/cases/nowhere/", "/cases/?tol=x")


@pytest.fixture
def world(settings, tmp_path):
    """Records of every kind, the cases published, and a release of them."""
    settings.RELEASES_DIR = tmp_path / "releases"
    make_world()
    Case.objects.update(review="published", published_on="2020-01-01T00:00:00Z")
    index.refresh()
    make("2026-11", datetime(2026, 11, 3, tzinfo=UTC))


def pages() -> list[str]:
    """Every page of the site by its pattern; the files, which no browser draws, left out."""
    forms = [each for each in all_addresses() if not each.is_of_desk and each.form.endswith("/")]
    apart = ("/i18n/setlang/", "/api/v1/")
    readable = [each for each in forms if not each.form.startswith(apart)]
    return [
        each.with_parts(VALUES | OTHERS.get(each.form, {})) if each.parts else each.form
        for each in readable
    ]


def test_no_page_has_anything_that_the_policies_forbid(world, open_page, live_server):
    page = open_page("/")
    for prefix in ("", "/fa", "/ar"):
        for address in (*pages(), *FOUND):
            answer = page.goto(f"{live_server.url}{prefix}{address}")
            assert answer.status == 200, address
        for address in REFUSED:
            assert page.goto(f"{live_server.url}{prefix}{address}").status in (400, 404)


def test_what_the_policy_forbids_is_noticed_and_has_no_effect(open_page, violations):
    page = open_page("/method/")
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", '<p id="p" style="color: red">red</p>');
          const script = document.createElement("script");
          script.textContent = "document.title = 'run'";
          document.head.append(script);
        }"""
    )
    page.wait_for_function("document.getElementById('p')")
    assert len(violations) == 2
    assert page.title() != "run"
    violations.clear()


def test_what_the_pictures_need_of_a_style_comes_from_the_stylesheet(world, open_page):
    page = open_page("/explore/")
    widths = page.locator(".track .sure, .track .within").evaluate_all(
        "bars => bars.map(bar => getComputedStyle(bar).getPropertyValue('inline-size'))"
    )
    assert widths
    assert all(width.endswith("px") for width in widths)
    assert page.locator("[style], style").count() == 0
