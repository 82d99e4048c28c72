"""Signing in with a second factor, and a session that ends while somebody types."""

import base64
import time

import pytest
from django_otp.oath import TOTP

from cases.security import sessions
from tests.browser.test_desk_pages import faults_of
from tests.browser.views import follow
from tests.factories import make_case
from tests.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "river stone lamp 7"


@pytest.fixture
def person():
    person = make_person("superuser", "amina")
    person.set_password(PASSWORD)
    person.save()
    return person


def code_of(secret: str) -> str:
    app = TOTP(base64.b32decode(secret.replace(" ", "")))
    app.time = time.time()
    return f"{app.token():06}"


def sign_in(page, code=""):
    page.fill("[name=username]", "amina")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", code)
    follow(page.locator("#login-form input[type=submit]"))


@pytest.mark.parametrize(("prefix", "width", "scheme"), [("", 1280, "light"), ("/fa", 320, "dark")])
def test_a_second_factor_from_turning_it_on_to_a_form_that_outlives_its_session(
    person, open_page, live_server, prefix, width, scheme
):
    case = make_case("one", review="draft")
    address = f"{live_server.url}{prefix}/admin/"
    faults = {}
    page = open_page(f"{prefix}/admin/", width=width, scheme=scheme)
    sign_in(page)
    page.goto(f"{address}second-factor/set-up/")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=code]", code_of(page.inner_text(".secret")))
    follow(page.locator(".submit-row input[type=submit]"))
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    faults["codes"] = faults_of(page)
    for name in ("", "off/", "codes/"):
        page.goto(f"{address}second-factor/{name}")
        faults[name] = faults_of(page)

    page.goto(f"{address}cases/case/{case.pk}/change/")
    assert not page.locator("#signed-out").is_visible()
    page.fill("[name=title_en]", "Typed\u00a0before")
    sessions.end_others(person)
    page.evaluate("Date.now = (now => () => now() + 60_000)(Date.now)")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("#signed-out").wait_for()
    faults["a form whose session has ended"] = faults_of(page)
    follow(page.locator("input[name=_continue]"))
    faults["what was typed is kept"] = faults_of(page)
    sign_in(page)  # without the code
    page.locator(".errornote").wait_for()
    sign_in(page, codes[0])
    page.locator(".submit-row input.default").wait_for()
    faults["what was typed can be sent"] = faults_of(page)
    follow(page.locator(".submit-row input.default"))
    page.locator(".messagelist .success").wait_for()
    case.refresh_from_db()
    assert case.title_en == "Typed\u00a0before"
    assert {name: found for name, found in faults.items() if found} == {}
