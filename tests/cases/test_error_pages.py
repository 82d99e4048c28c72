"""What readers see when something is wrong: which status, in which words and language."""

import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.translation import gettext

from cases.querysets import CaseQuerySet
from cases.views import errors
from tests.factories import make_case

pytestmark = pytest.mark.django_db

LANGUAGES = [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")]


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
@pytest.mark.parametrize("address", ["/cases/nope/", "/nowhere/", "/cases/a/b/c/"])
def test_what_is_not_there_is_said_in_the_readers_language(
    client, address, prefix, language, direction
):
    response = client.get(f"{prefix}{address}")
    assert response.status_code == 404
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    with translation.override(language):
        assert f"<p>{gettext('There is nothing at this address.')}</p>" in page
    assert "matches the given query" not in page
    assert "tried" not in page


def test_a_page_that_is_not_there_is_named(client):
    make_case("one")
    assert "There is no page 7 of these cases." in client.get("/cases/?page=7").content.decode()


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_a_query_that_cannot_be_understood_is_refused_parameter_by_parameter(
    client, prefix, language, direction
):
    response = client.get(f"{prefix}/cases/?tol=x&from=y")
    assert response.status_code == 400
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    with translation.override(language):
        title = gettext("This address cannot be understood")
        assert f"<h1>{title}</h1>" in page
        assert f"<bdi><code>tol</code></bdi>: {gettext('There is no such filter.')}" in page
        assert f"<b>{gettext('From')}:</b> " in page


def test_it_leads_to_the_same_page_without_what_cannot_be_understood(client):
    make_case("one", start="2008")
    page = client.get("/cases/?coverage=named_only&from=banana").content.decode()
    assert 'href="/cases/?coverage=named_only"' in page
    page = client.get("/fa/cases/?from=banana").content.decode()
    assert "این تاریخ نیست" not in page
    assert "is not a date" not in page


def test_what_was_asked_is_escaped_in_the_refusal(client):
    page = client.get("/cases/?<script>=1&tool=<img>").content.decode()
    assert "<script>" not in page
    assert "<img>" not in page


def test_a_file_is_refused_in_plain_text(client):
    response = client.get("/cases.csv?tol=x&from=y")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "400 This address cannot be understood"
    assert sorted(line.partition(":")[0] for line in lines[1:]) == ["from", "tol"]


def test_a_file_that_does_not_exist_is_not_found(client):
    for address in ("/drafts.csv", "/cases.ods", "/cases.csv/"):
        assert client.get(address).status_code == 404


def test_a_form_without_its_token_is_refused():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/i18n/setlang/", {"language": "fa"}).status_code == 403


def test_a_fault_of_ours_is_admitted_without_asking_the_database(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    # There is no fault to be had otherwise: the page has to be broken on purpose.
    monkeypatch.setattr(CaseQuerySet, "published", fail)
    client.raise_request_exception = False
    response = client.get("/cases/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "The fault is ours." in page
    assert "disk" not in page


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_the_page_of_a_fault_is_in_its_language_and_makes_no_query(
    prefix, language, direction, django_assert_num_queries
):
    with translation.override(language), django_assert_num_queries(0):
        response = errors.server_error(RequestFactory().get(f"{prefix}/cases/"))
        said = gettext("Something went wrong")
    assert response.status_code == 500
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert f"<h1>{said}</h1>" in page


def test_error_pages_answer_head_too(client):
    assert client.head("/cases/nope/").status_code == 404
    assert client.head("/cases/?tol=x").status_code == 400
    assert client.head("/cases.csv?tol=x").status_code == 400


@pytest.mark.parametrize("address", ["/cases.csv", "/cases/", "/findings/", "/"])
def test_nothing_public_takes_anything_but_questions(client, address):
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    ["/cases/?q=a%00", "/cases/?%00=a", "/documents/a%00/", "/findings/%00/", "/admin/?next=%00"],
)
def test_the_character_nul_is_refused_wherever_it_stands(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert "the invisible character NUL" in response.content.decode()


def test_the_character_nul_is_refused_in_forms(desk):
    posted = {"username": "a\0b", "password": "x"}
    assert desk.post("/admin/login/", posted).status_code == 400
    term = {"action": "delete_selected", "_selected_action": "tool:\0"}
    assert desk.post("/admin/cases/term/", term).status_code == 400


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/cases/", headers={"host": "evil.example.org"}).status_code == 400


def is_locked() -> Exception:
    """What SQLite says when a writer has waited for too long."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


AWAY = [
    psycopg.OperationalError("connection refused"),
    psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
    psycopg.errors.CannotConnectNow("the database system is starting up"),
    psycopg.errors.TooManyConnections("sorry, too many clients already"),
    psycopg.InterfaceError("the connection is closed"),
    is_locked(),
]
OUR_FAULT = [
    psycopg.errors.UndefinedTable('relation "x" does not exist'),
    psycopg.errors.QueryCanceled("canceling statement due to user request"),
    sqlite3.OperationalError("no such table: x"),
]


def as_django_says_it(cause: Exception) -> Exception:
    kinds = {psycopg.InterfaceError: InterfaceError, psycopg.ProgrammingError: ProgrammingError}
    kind = next((k for base, k in kinds.items() if isinstance(cause, base)), OperationalError)
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("cause", [*AWAY, *OUR_FAULT], ids=str)
def test_a_database_that_is_away_is_told_from_a_fault_of_ours(cause):
    assert errors.is_away(as_django_says_it(cause)) == (cause in AWAY)
    assert not errors.is_away(ValueError("x"))


@pytest.fixture
def without_database(monkeypatch, client):
    """A reader of a site whose database does not answer."""
    client.raise_request_exception = False

    def refuse(*arguments, **more):
        raise as_django_says_it(AWAY[0])

    for name in ("cursor", "chunked_cursor"):
        monkeypatch.setattr(connection, name, refuse)
    return client


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
@pytest.mark.parametrize(
    "address", ["/", "/cases/", "/cases/?q=x", "/cases/one/", "/explore/", "/admin/login/"]
)
def test_while_the_database_is_away_a_page_says_to_try_again(
    without_database, address, prefix, language, direction
):
    without_database.cookies["sessionid"] = "somebody"
    response = without_database.get(f"{prefix}{address}")
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    with translation.override(language):
        assert f"<h1>{gettext('The database cannot be reached just now')}</h1>" in page
        sentence = gettext("Nothing was saved. Please try again in a few seconds.")
        assert f"<p>{sentence}</p>" in page


@pytest.mark.parametrize(
    "address",
    [
        *("/cases.csv", "/cases.json", "/cases.xlsx", "/cases.csv?for=excel", "/cases.csv?tool=x"),
        *("/actors.csv", "/actors.json", "/terms.csv", "/codebook.csv", "/codebook.json"),
    ],
)
def test_while_the_database_is_away_a_file_is_refused_and_none_breaks_off(
    without_database, address
):
    response = without_database.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in response
    assert response.content.decode() == (
        "503 The database cannot be reached just now\n"
        "Nothing was saved. Please try again in a few seconds.\n"
    )


def test_a_fault_of_ours_is_no_absence_of_the_database(client, monkeypatch):
    def break_down(*arguments, **more):
        raise as_django_says_it(OUR_FAULT[0])

    client.raise_request_exception = False
    monkeypatch.setattr(connection, "cursor", break_down)
    response = client.get("/cases/")
    assert response.status_code == 500
    assert "Retry-After" not in response
