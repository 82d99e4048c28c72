"""Headers and pages under the site's policies: on every answer, whoever asks and whatever comes."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases import workflow
from cases.models import Case, Edition
from tests.addresses import all_addresses
from tests.browser.test_desk_pages import desk_pages
from tests.cases.test_error_pages import without_database  # noqa: F401 (a fixture)
from tests.cases.test_workflow import make_complete
from tests.cases.world import make_world
from tests.headers import faults_of_headers, faults_of_page
from tests.keeping import kept
from tests.people import make_person

pytestmark = pytest.mark.django_db

VALUES = ["guinea-2009", "tool", "mediation", "1", "f1", "x"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        make_world()
        make_complete("ghana-2008", review="published")
        workflow.writable(make_complete("honduras-2010", review="published"), make_person("editor"))
        Case.objects.filter(slug="kenya-2008").update(review="withdrawn")
        yield


def faults_of(response, path: str) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return faults_of_headers(response.headers, path) + (faults_of_page(body) if is_page else [])


def test_every_address_has_them_for_readers_found_or_not(world, client):
    for each in all_addresses():
        path = each.sample(VALUES)
        assert faults_of(client.get(path), path) == [], path
        assert faults_of(client.post(path), path) == [], path


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_every_page_of_the_desk_has_them(world, client, prefix):
    client.force_login(make_person("superuser"))
    for path in desk_pages(client):
        response = client.get(prefix + path)
        assert response.status_code == 200, path
        assert faults_of(response, prefix + path) == [], path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/cases/?tol=x", 400),
        ("get", "/cases.csv?tol=x", 400),
        ("get", "/cases/nowhere/", 404),
        ("get", "/static/cases/nothing.js", 404),
        ("post", "/cases/", 405),
        ("get", "/cases/kenya-2008/", 410),
        ("get", "/cases", 301),
        ("get", "/admin/", 302),
        ("get", "/static/cases/site.css", 200),
        ("get", "/static/cases/icon.svg", 200),
        ("get", "/cases.csv", 200),
        ("get", "/cases.xlsx", 200),
        ("get", "/cases/ghana-2008/cite.bib", 200),
        ("get", "/feed.xml", 200),
        ("get", "/robots.txt", 200),
        ("head", "/explore/", 200),
        ("options", "/", 405),
    ],
)
def test_refusals_redirects_and_files_have_them(world, client, method, path, status):
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert faults_of(response, path) == []


def test_answers_to_a_strange_host_a_form_without_token_and_a_forbidden_page_have_them(world):
    strict = Client(enforce_csrf_checks=True)
    answers = {
        400: strict.get("/cases/", headers={"host": "evil.example.org"}),
        403: strict.post("/i18n/setlang/", {"language": "fa"}),
    }
    for status, response in answers.items():
        assert response.status_code == status
        assert faults_of(response, "/") == []
    assert (
        "Nothing was saved: this form is not of your present session"
        in answers[403].content.decode()
    )
    strict.force_login(make_person(None))
    forbidden = strict.get("/admin/cases/case/")
    assert forbidden.status_code == 403
    assert faults_of(forbidden, "/admin/cases/case/") == []


def test_faults_of_ours_have_them(client, monkeypatch):
    def fail(*arguments, **more):
        raise RuntimeError("the disk is full")

    client.raise_request_exception = False
    monkeypatch.setattr("cases.querysets.CaseQuerySet.published", fail)
    response = client.get("/cases/")
    assert (response.status_code, faults_of(response, "/cases/")) == (500, [])


@pytest.mark.parametrize("path", ["/cases/", "/admin/login/", "/cases.csv"])
def test_answers_while_the_database_is_away_have_them(without_database, path):  # noqa: F811
    without_database.cookies["sessionid"] = "somebody"
    response = without_database.get(path)
    assert (response.status_code, faults_of(response, path)) == (503, [])


def test_files_are_for_other_sites_and_pages_are_not(world, client):
    whose = {"/cases.csv": "cross-origin", "/feed.xml": "cross-origin"}
    whose |= dict.fromkeys(("/cases/", "/static/cases/page.js", "/admin/login/"), "same-origin")
    for path, wanted in whose.items():
        response = client.get(path)
        response.close()
        assert response["Cross-Origin-Resource-Policy"] == wanted, path
    client.force_login(make_person("editor", "another"))
    file = reverse("admin:cases_edition_file", args=[Edition.objects.first().pk])
    assert client.get(file)["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_hangs_on_a_session_is_kept_nowhere_and_all_else_may_be(world, client):
    private = "private, no-store"
    assert client.get("/admin/login/")["Cache-Control"] == private
    assert "Cache-Control" not in client.get("/cases/")
    client.force_login(make_person("editor", "another"))
    for path in ("/admin/", "/fa/admin/cases/case/", "/admin/jsi18n/", "/admin/password_reset/"):
        assert client.get(path)["Cache-Control"] == private, path
    # It changes what the browser remembers.
    assert client.post("/i18n/setlang/", {"language": "fa"})["Cache-Control"] == private


def test_the_policy_names_no_exception():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    own = {name: sources for name, sources in directives.items() if isinstance(sources, list)}
    assert {source for sources in own.values() for source in sources} == {"'self'", "'none'"}


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color: red">',
        "<style>p{}</style>",
        "<script>run()</script>",
        '<script type="module">run()</script>',
        '<a onclick="run()">',
        '<a href=" JavaScript:run()">',
        '<svg><rect style="x: 1"/></svg>',
    ],
)
def test_what_a_browser_would_refuse_is_found_in_a_page(page):
    assert len(faults_of_page(f"<p>{page}".encode())) == 1
    harmless = b'<script src="/a.js"></script><script type="application/ld+json">{}</script>'
    assert faults_of_page(b'<p class="style"><rect x="1" fill="red"/>' + harmless) == []
