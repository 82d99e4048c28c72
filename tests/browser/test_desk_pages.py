"""Every kind of page of the desk: axe finds nothing, and nothing is wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases import workflow
from cases.models import (
    Actor,
    Case,
    Document,
    Edition,
    Erratum,
    Quotation,
    Reference,
    Revision,
    SignIn,
    Statement,
    Term,
)
from tests.browser.views import VIEWS, follow
from tests.cases.test_admin import address
from tests.cases.test_workflow import make_complete
from tests.cases.world import change, edited, make_world
from tests.people import make_person

pytestmark = pytest.mark.django_db(transaction=True)

FORMS = (Case, Statement, Actor, Term, Document, Edition, Erratum, Quotation, Reference)
LISTS = (*FORMS, Revision, SignIn, get_user_model())
REPORT = (
    b"Title\nI. Introduction\n1. The envoy went.^{1}\n2. He came back.\nAstray\n1. See A/66/811.\n"
)
OPTIONS = {"resultTypes": ["violations"], "preload": False}
# What axe finds in markup that is not ours to change: the rule, the part of the page, the reason.
NOT_OURS = (
    ("list", ".select2-selection__rendered", "Select2 puts its button «clear» among the items."),
)


@pytest.fixture
def client():
    """Signed in, on a database with something for every page."""
    make_world()
    workflow.writable(make_complete("honduras-2010", review="published"), make_person("editor"))
    client = Client()
    client.force_login(make_person("superuser"))
    return client


def desk_pages(client) -> list[str]:
    """The pages of the desk that open by their addresses."""
    case = Case.objects.get(slug="guinea-2009")
    copy = Case.objects.get(working_copy_of__slug="honduras-2010")
    revision = Revision.objects.filter(kind="case", key=case.slug).latest("pk")
    upload = client.post(
        reverse("admin:cases_edition_upload"),
        {
            "language": "en",
            "document": Document.objects.get(code="S-2011-1").pk,
            "file": SimpleUploadedFile("report.txt", REPORT),
        },
    )
    arguments = {
        "cases_case_move": [copy.pk, "submit"],
        "cases_case_difference": [copy.pk],
        "cases_case_discard": [copy.pk],
        "cases_change_set": [revision.change_set],
        "cases_restore": [revision.pk],
        "cases_edition_read": [Edition.objects.get(ref="S-2011-552/en").pk],
        "app_list": ["cases"],
    }
    others = ("index", "cases_case_merge", "cases_case_import", "cases_case_export")
    others += ("cases_edition_upload", "password_change", "second_factor")
    others += ("second_factor_set_up", *arguments)
    named = {name: reverse(f"admin:{name}", args=arguments.get(name)) for name in others}
    return [
        *named.values(),
        *(address(model, "changelist") for model in LISTS),
        *(address(model, "change", model.objects.first().pk) for model in FORMS),
        address(Case, "add"),
        address(Case, "change", copy.pk),
        f"{address(Case, 'change', case.pk)}?rows=1",
        address(Case, "history", case.pk),
        address(Case, "delete", copy.pk),
        address(Actor, "delete", Actor.objects.get(code="un").pk),
        f"{named['cases_case_merge']}?old=kenya-2008&new=guinea-2009",
        f"{named['cases_edition_read']}?case=guinea-2009",
        upload["Location"],
    ]


def faults_of(page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than the screen."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = [
        (rule["id"], node["target"][0], node["html"])
        for rule in Axe().run(page, options=OPTIONS).response["violations"]
        for node in rule["nodes"]
    ]
    ours = [
        f"{rule}: {html}"
        for rule, target, html in found
        if not any(
            rule == each and page.locator(target).evaluate("(e, part) => e.matches(part)", part)
            for each, part, _why in NOT_OURS
        )
    ]
    root = "document.documentElement"
    too_wide = page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
    return [*ours, "it is wider than the screen"] if too_wide else ours


@pytest.mark.parametrize(("prefix", "width", "scheme"), VIEWS)
def test_every_page_of_the_desk_is_accessible_and_fits_the_screen(
    client, open_page, live_server, prefix, width, scheme
):
    found, look = {}, {"width": width, "scheme": scheme}
    found["sign in"] = faults_of(open_page(f"{prefix}/admin/login/", **look))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    session = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
    page = open_page(f"{prefix}/admin/", storage_state={"cookies": [session]}, **look)
    for each in desk_pages(client):
        answer = page.goto(f"{live_server.url}{prefix}{each}")
        assert answer.status == 200, each
        found[each] = faults_of(page)

    page.goto(f"{live_server.url}{prefix}{reverse('admin:cases_case_import')}")
    file = edited("cases", {"guinea-2009": {"title_en": "Mine", "title_fa": "گینه، پس از کودتا"}})
    change("case", "guinea-2009", title_en="Theirs")
    page.set_input_files(
        "input[type=file]", {"name": "cases.csv", "mimeType": "text/csv", "buffer": file}
    )
    follow(page.locator("input[type=submit].default"))
    page.locator(".clashes").wait_for()
    found["what a file would do"] = faults_of(page)
    told = [f"{each}: {fault}" for each, faults in found.items() for fault in faults]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_the_list_of_tables_at_the_side_covers_nothing_open_or_closed(
    client, open_page, live_server, prefix
):
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    session = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
    page = open_page(f"{prefix}/admin/cases/case/", storage_state={"cookies": [session]})
    for _turn in range(2):
        side, toggle, content = (
            page.locator(each).bounding_box()
            for each in ("#nav-sidebar", "#toggle-nav-sidebar", ".main > .content")
        )
        is_open = page.locator(".main.shifted").count()
        taken = toggle["width"] + (side["width"] if is_open else 0)
        assert content["width"] == pytest.approx(1280 - taken, abs=2)
        assert content["x"] == pytest.approx(0 if prefix else taken, abs=2)
        page.locator("#toggle-nav-sidebar").click()
