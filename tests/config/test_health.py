"""Whether the process lives, and whether it can answer: /healthz and /readyz."""

import socket
import time

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from cases import index
from cases.models import Case
from config import health
from tests.cases.test_error_pages import without_database  # noqa: F401 - a fixture
from tests.config.test_settings import run
from tests.factories import make_case

ADDRESSES = ["/healthz", "/readyz"]


def problems(client):
    response = client.get("/readyz")
    assert response.status_code == 503
    said = response.json()
    assert said["ready"] is False
    return said["problems"]


@pytest.fixture
def written():
    """A published case, and all that is looked up about it."""
    case = make_case("guinea-2009")
    index.refresh()
    return case


def test_the_process_lives_without_asking_the_database(client):
    # No mark: whoever asks the database here is refused by pytest-django.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_a_site_that_can_answer_says_so(client, written):
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.django_db
def test_a_site_without_any_case_is_ready(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_neither_is_kept_nor_led_elsewhere_whatever_the_host_is(client, address):
    with override_settings(SECURE_SSL_REDIRECT=True):
        response = client.get(address, headers={"host": "10.0.0.7:8000"})
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
    assert not response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_both_take_questions_only(client, address):
    assert client.head(address).status_code == 200
    response = client.post(address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_there_is_one_address_for_all_languages(client, address):
    assert client.get(f"/fa{address}").status_code == 404


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_said(client, written):
    MigrationRecorder(connection).record_unapplied("cases", "0005_statement_of_case")
    assert problems(client) == {"migrations": "1 to apply: run manage.py migrate"}


@pytest.mark.django_db
def test_words_that_are_not_indexed_are_said(client, written):
    Case.objects.update(title_order_en="")
    assert problems(client) == {"index": "not written: run manage.py seed"}


@pytest.mark.django_db
def test_a_database_that_is_away_is_said_and_nothing_about_it(without_database):  # noqa: F811
    assert problems(without_database) == {"database": "does not answer"}
    assert without_database.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_slow_database_is_given_up(client, written, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets no reader wait")
    monkeypatch.setattr(health, "PATIENCE", 200)
    where = {"dbname": connection.settings_dict["NAME"], **server()}
    with psycopg.connect(**where) as somebody:
        somebody.execute("LOCK TABLE django_migrations")
        assert problems(client) == {"database": "does not answer"}
    assert client.get("/readyz").status_code == 200


def server():
    """Where the test database is, in psycopg's names."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {name: connection.settings_dict[ours] for name, ours in names.items()}
    return {name: value for name, value in given.items() if value}


def test_a_server_that_never_says_a_word_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/cases?connect_timeout=2"
        began = time.monotonic()
        done = run("preflight", DATABASE_URL=url)
    assert "Not ready: database does not answer." in done.stderr
    assert time.monotonic() - began < 15
