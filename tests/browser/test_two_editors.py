"""Two editors on one case, in a browser: who saves second sees what changed, chooses, and saves."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from cases import records
from cases.models import Case, Revision
from cases.models.choices import Source
from tests.browser.views import OPTIONS, VIEWS, follow
from tests.cases.test_admin import address
from tests.cases.test_two_editors import case_data, save, url_of
from tests.factories import make_case, make_edition, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db(transaction=True)

SUMMARY = "The envoy mediated for many weeks between the junta and the parties of the opposition."


@pytest.fixture
def case():
    case = make_case("guinea-2009", review="draft", title_fa="گینه", summary_en=SUMMARY)
    passage = make_passage("فرستادهٔ ویژه میانجیگری کرد.", edition=make_edition("S-2011-552", "fa"))
    words = [make_quotation("میانجیگری", passage)]
    make_statement(case, "situation:electoral", key="s1", quotations=words)
    make_statement(case, "tool:mediation", key="t1", by=["un"], quotations=words)
    records.note_saved("case", case.slug, source=Source.SEED)
    return case


def signed_in(name) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser(name, password=None))
    return client


@pytest.fixture
def open_desk(open_page, live_server):
    """Opens an address of the desk as Amina."""
    cookie = signed_in("amina").cookies[settings.SESSION_COOKIE_NAME].value
    session = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
    return lambda url, **options: open_page(url, storage_state={"cookies": [session]}, **options)


@pytest.fixture
def bo():
    return signed_in("bo")


def conflict(open_desk, bo, case, prefix="", **options):
    """Amina's page after Bo saved first: both changed a title and the date of a statement."""
    page = open_desk(prefix + url_of(case), **options)
    page.fill("#id_title_fa", "عنوان آمنه")
    page.locator("details[data-key=t1] > summary").click()
    when = page.locator('details[data-key=t1] input[name$="-when"]')
    when.fill("۲۰۱۰")
    name = when.get_attribute("name")
    save(
        bo,
        case,
        title_fa="عنوان بو",
        summary_en=SUMMARY.replace("many", "several"),
        **{name: "2009"},
    )
    follow(page.locator("input[name=_save]"))
    page.locator(".meanwhile").wait_for()
    return page


def assert_accessible(page):
    assert page.locator("html").evaluate("(page) => page.scrollWidth <= page.clientWidth")
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_who_saves_second_sees_what_changed_chooses_and_saves(open_desk, bo, case, prefix):
    page = conflict(open_desk, bo, case, prefix)
    box = page.locator(".meanwhile")
    assert box.locator("bdi", has_text="bo").count()
    clashes = box.locator("fieldset")
    assert clashes.count() == 2
    title, when = clashes.filter(has_text="عنوان بو"), clashes.filter(has_text="2009")
    assert "گینه" in title.inner_text()
    assert "2010" in when.inner_text()
    assert "several" in box.locator("table").inner_text()
    assert page.input_value("#id_title_fa") == "عنوان آمنه"
    assert case_data()["title_fa"] == "عنوان بو"
    title.locator("input[value=ours]").check()
    when.locator("input[value=theirs]").check()
    follow(page.locator("input[name=_save]"))
    assert page.url.endswith("/cases/case/")
    data = case_data()
    assert data["title_fa"] == "عنوان آمنه"
    assert "several" in data["summary_en"]
    (statement,) = [row for row in data["statements"] if row["key"] == "t1"]
    assert statement["when"] == "2009"
    assert Revision.objects.filter(key="guinea-2009").count() == 3


def test_saving_without_a_choice_asks_again(open_desk, bo, case):
    page = conflict(open_desk, bo, case)
    follow(page.locator("input[name=_continue]"))
    assert page.locator(".meanwhile fieldset").count() == 2
    assert case_data()["title_fa"] == "عنوان بو"


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_the_page_on_which_two_editors_meet_is_accessible(
    open_desk, bo, case, prefix, width, scheme
):
    page = conflict(open_desk, bo, case, prefix, width=width, scheme=scheme)
    assert_accessible(page)


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_history_change_set_and_restoring_are_accessible(
    open_desk, bo, case, prefix, width, scheme
):
    save(bo, case, title_fa="عنوان بو", summary_en=SUMMARY.replace("many", "several"))
    page = open_desk(prefix + address(Case, "history", case.pk), width=width, scheme=scheme)
    page.locator("#v1 summary").click()
    assert_accessible(page)
    follow(page.locator("#v2 p a").first)
    assert_accessible(page)
    page.go_back()
    follow(page.locator("#v1 p a").last)
    assert_accessible(page)
    follow(page.locator(".history input[type=submit]"))
    page.locator("#v3").wait_for()
    assert case_data()["title_fa"] == "گینه"


def test_what_is_cited_says_by_what(open_desk, case):
    actor = case.statements.get(key="t1").actors.get()
    page = open_desk(address(type(actor), "delete", actor.pk))
    assert_accessible(page)
    follow(page.locator("#cited-by a"))
    assert page.input_value("#id_key") == "t1"
