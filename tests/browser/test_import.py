"""A file comes home in a browser: errors first, then a conflict, then consent; axe looks on."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from cases import records
from cases.models import Case
from tests.browser.views import OPTIONS, follow
from tests.cases.world import change, edited, make_world

pytestmark = pytest.mark.django_db(transaction=True)

# Both directions, both colour schemes, both widths.
VIEWS = [("", 1280, "light"), ("/fa", 1280, "dark"), ("/fa", 320, "light")]


@pytest.fixture
def signed_in(open_page, live_server):
    """Opens a page of the desk as an editor."""
    make_world()
    user = get_user_model().objects.create_superuser("editor", password=None)
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_signed_in(address, **options):
        state = {
            "cookies": [
                {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
            ]
        }
        return open_page(address, storage_state=state, **options)

    return open_signed_in


def upload(page, content: bytes) -> None:
    page.set_input_files(
        "input[type=file]", {"name": "cases.csv", "mimeType": "text/csv", "buffer": content}
    )
    follow(page.locator("input[type=submit].default"))
    page.locator(".coming-home").wait_for()


def check_with_axe(page) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    response = axe.Axe().run(page, options=OPTIONS)
    found = [
        (each["id"], node["html"])
        for each in response.response["violations"]
        for node in each["nodes"]
    ]
    assert found == []


def keeps_to_its_width(page) -> bool:
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_errors_are_corrected_a_conflict_settled_and_the_file_saved(
    signed_in, prefix, width, scheme
):
    page = signed_in(f"{prefix}/admin/cases/case/import/", width=width, scheme=scheme)
    assert page.locator("html").get_attribute("dir") == ("rtl" if prefix else "ltr")
    check_with_axe(page)

    cells = {"title_en": "Mine", "title_fa": "گینه، پس از کودتا", "summary_en": ""}
    right = edited("cases", {"guinea-2009": cells})
    wrong = edited("cases", {"guinea-2009": cells | {"end": "soon", "coverage": "much"}})
    change("case", "guinea-2009", title_en="Theirs")

    upload(page, wrong)
    faults = page.locator(".faults tbody tr")
    assert faults.locator("td:nth-child(2)").all_inner_texts() == ["end", "coverage"]
    assert page.locator(".submit-row a.cancel-link").count() == 0
    check_with_axe(page)
    assert keeps_to_its_width(page)

    upload(page, right)
    assert page.locator(".faults").count() == 0
    clash = page.locator(".clashes tbody tr")
    cells = [text.strip() for text in clash.locator("bdi").all_inner_texts()]
    assert cells == ["Guinea en", "Mine", "Theirs"]
    persian = page.locator(".changed ins bdi", has_text="گینه")
    assert persian.evaluate("cell => getComputedStyle(cell).direction") == "rtl"
    check_with_axe(page)
    assert keeps_to_its_width(page)

    follow(page.locator(".submit-row input[type=submit]"))  # without a choice
    page.locator(".messagelist .error").wait_for()
    assert Case.objects.get(slug="guinea-2009").title_en == "Theirs"

    page.locator(".clashes input[value=file]").check()
    follow(page.locator(".submit-row input[type=submit]"))
    page.locator(".messagelist .success").wait_for()
    data = records.dump("case")["guinea-2009"]
    assert (data["title_en"], data["title_fa"]) == ("Mine", "گینه، پس از کودتا")
    assert "summary_en" not in data


def test_all_of_it_works_without_scripts(signed_in):
    page = signed_in("/admin/cases/case/import/", java_script_enabled=False)
    upload(page, edited("cases", {"guinea-2009": {"title_en": "Mine"}}))
    follow(page.locator(".submit-row input[type=submit]"))
    page.locator(".messagelist .success").wait_for()
    assert Case.objects.get(slug="guinea-2009").title_en == "Mine"


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_the_export_of_what_is_selected_passes_axe(signed_in, prefix, width, scheme):
    page = signed_in(f"{prefix}/admin/cases/case/", width=width, scheme=scheme)
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("export_selected")
    follow(page.locator("button[name=index]"))
    page.locator("select[name=format]").wait_for()
    check_with_axe(page)
