"""The log: one line for each request and each fault, numbered, and nothing that anybody said."""

import io
import json
import logging
import logging.config

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from cases.querysets import CaseQuerySet
from config import logs
from tests.cases.test_error_pages import without_database  # noqa: F401 - a fixture
from tests.factories import make_case
from tests.people import make_person

pytestmark = pytest.mark.django_db

# Whatever a request brings, it brings this word with it.
WORD = "ocelot7f3a"
NUMBER = "0123456789abcdef0123456789abcdef"
BEHIND_PROXY = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}


@pytest.fixture
def lines(monkeypatch):
    """The lines of the log so far, in the form that is asked for, as text."""
    stream, handler = io.StringIO(), None
    before = {name: logging.getLogger(name).level for name in logs.configuration()["loggers"]}

    def begin(form="json", **variables):
        nonlocal handler
        for name, value in ({"LOG_FORMAT": form} | variables).items():
            monkeypatch.setenv(name, value)
        made = logs.configuration()
        given = made["formatters"]["lines"]
        kind = {"json": logs.JsonLines, "text": logs.TextLines}[form]
        handler = logging.StreamHandler(stream)
        handler.setFormatter(kind(keeps_words=given["keeps_words"]))
        logging.getLogger().addHandler(handler)
        for name, asked in made["loggers"].items():
            logging.getLogger(name).setLevel(asked["level"])
        return lambda: stream.getvalue().splitlines()

    token = logs.request_id.set("")
    yield begin
    logs.request_id.reset(token)
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def said(lines):
    """The lines of the log so far, as data."""
    text = lines()
    return lambda: [json.loads(line) for line in text()]


def test_a_request_is_one_line_and_its_fields_are_these(client, said):
    make_case("guinea-2009")
    response = client.get(f"/cases/guinea-2009/?x={WORD}", headers={"user-agent": WORD})
    (line,) = said()
    assert list(line) == [
        *("time", "level", "logger", "message", "request_id"),
        *("method", "route", "status", "ms", "bytes"),
    ]
    assert (line["method"], line["route"], line["status"]) == ("GET", "case", response.status_code)
    assert line["bytes"] == len(response.content)
    assert line["request_id"] == response["X-Request-ID"]
    assert line["time"].endswith("+00:00")
    assert WORD not in json.dumps(line)


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/", "home"),
        ("/fa/", "home"),
        ("/cases.csv", "file"),
        (f"/{WORD}/", None),
        ("/static/cases/site.css", "static"),
        (f"/admin/reset/{WORD}/{WORD}/", "password_reset_confirm"),
    ],
)
def test_the_name_of_the_address_stands_for_it(client, said, address, route):
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    response.close()
    (line,) = said()
    assert line.get("route") == route
    assert WORD not in json.dumps(line)


def test_a_streamed_file_is_counted_to_its_end(client, said):
    make_case("guinea-2009")
    response = client.get("/cases.csv")
    assert said() == []
    body = b"".join(response.streaming_content)
    response.close()
    (line,) = said()
    assert (line["bytes"], line["route"], "complete" in line) == (len(body), "file", False)


def test_a_file_whose_reader_goes_away_is_not_complete(client, said):
    make_case("guinea-2009")
    response = client.get("/cases.csv")
    first = next(iter(response.streaming_content))
    response.close()
    (line,) = said()
    assert (line["bytes"], line["complete"]) == (len(first), False)
    assert line["message"] == "GET file 200, broken off"


def test_health_is_written_only_when_it_is_bad(client, said, without_database):  # noqa: F811
    assert client.get("/healthz").status_code == 200
    assert said() == []
    assert client.get("/readyz").status_code == 503
    (line,) = [line for line in said() if line["logger"] == "config.access"]
    assert (line["route"], line["status"]) == ("readyz", 503)


def test_a_method_of_somebodys_own_is_not_copied(client, said):
    client.generic(WORD.upper(), "/cases/")
    assert {line.get("method") for line in said()} == {"OTHER"}


def test_a_line_for_people_has_the_number_too(client, lines):
    text = lines("text")
    response = client.get(f"/cases/?q={WORD}")
    (line,) = text()
    assert " GET case-list 200  " in line
    assert line.endswith(f"[{response['X-Request-ID']}]")


# The number of a request.


def test_the_number_of_a_proxy_is_taken_over(client):
    with override_settings(**BEHIND_PROXY):
        response = client.get("/healthz", headers={"x-request-id": NUMBER})
    assert response["X-Request-ID"] == NUMBER


@pytest.mark.parametrize(
    "given", ["", "abc", "a" * 65, "ocelot-ocelot-ocelot", f"{NUMBER} x", f"{NUMBER}\r\nX: y"]
)
def test_what_is_no_number_is_not(client, given):
    with override_settings(**BEHIND_PROXY):
        number = client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"]
    assert len(number) == 32
    assert number != given


def test_without_a_proxy_nobody_numbers_requests_but_we(client):
    response = client.get("/healthz", headers={"x-request-id": NUMBER})
    assert response["X-Request-ID"] != NUMBER


# Faults.


@pytest.fixture
def broken(monkeypatch, client):
    """A reader of a site that has a fault of ours; its exception quotes what was asked."""

    def fail(*arguments, **more):
        try:
            int(WORD)
        except ValueError as error:
            raise RuntimeError(f"asked for {WORD}") from error

    monkeypatch.setattr(CaseQuerySet, "published", fail)
    client.raise_request_exception = False
    return client


def test_a_fault_is_one_line_with_its_place_and_without_its_words(broken, said):
    response = broken.get(f"/cases/?q={WORD}")
    fault, access = said()
    assert fault["message"] == "500 Internal Server Error"
    assert fault["request_id"] == access["request_id"] == response["X-Request-ID"]
    trace = fault["exception"]
    assert trace.index("builtins.ValueError") < trace.index("builtins.RuntimeError")
    assert "in fail\n" in trace
    assert WORD not in json.dumps([fault, access])


@pytest.mark.parametrize("language", ["", "/fa", "/ar"])
def test_the_page_of_a_fault_shows_its_number(broken, language):
    response = broken.get(f"{language}/cases/")
    assert response.status_code == 500
    assert f"<code>{response['X-Request-ID']}</code>" in response.content.decode()


def test_a_fault_in_text_is_as_discreet(broken, lines):
    text = lines("text")
    broken.get(f"/cases/?q={WORD}")
    assert "builtins.RuntimeError" in text()
    assert WORD not in "\n".join(text())


def test_with_debug_its_words_are_kept(broken, lines):
    text = lines("json", DEBUG="on")
    broken.get(f"/cases/?q={WORD}")
    assert f"RuntimeError: asked for {WORD}" in json.loads(text()[0])["exception"]


def test_outside_of_requests_words_are_kept(said):
    try:
        raise OSError("the disk is full")
    except OSError:
        logging.getLogger("ingest").exception("Not saved")
    (line,) = said()
    assert line["exception"].endswith("OSError: the disk is full")
    assert "request_id" not in line


def test_an_error_of_the_database_has_its_code(client, said, monkeypatch):
    ask = connection.cursor

    def fail(*arguments, **more):
        with ask() as cursor:
            cursor.execute("SELECT * FROM there_is_none")

    client.raise_request_exception = False
    monkeypatch.setattr(CaseQuerySet, "published", fail)
    client.get(f"/cases/?q={WORD}")
    code = "42P01" if connection.vendor == "postgresql" else "SQLITE_ERROR"
    assert f"({code})" in said()[0]["exception"]


def test_a_database_that_is_away_takes_a_line_without_a_trace(without_database, said):  # noqa: F811
    response = without_database.get(f"/cases/?q={WORD}")
    away, access = said()
    assert away["message"] == "503 Service Unavailable"
    assert "exception" not in away
    assert access["status"] == 503
    assert f"<code>{response['X-Request-ID']}</code>" in response.content.decode()


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_that_anybody_says_is_in_any_line(client, lines, form):
    text = lines(form)
    make_person("editor", f"{WORD}-editor")
    client.raise_request_exception = False
    client.cookies["sessionid"] = WORD
    # Two that are known: what people look for, and who they are.
    client.get(f"/cases/?q={WORD}", headers={"referer": f"https://x.example/{WORD}"})
    client.post("/admin/login/", {"username": WORD, "password": WORD})
    client.post("/admin/login/", {"username": f"{WORD}-editor", "password": WORD})
    # And what is refused, each by another part of the program.
    client.get(f"/cases/?{WORD}={WORD}")
    client.get(f"/{WORD}/", headers={"host": f"{WORD}.example.org"})
    client.get("/cases/", headers={"x-forwarded-for": "203.0.113.77", "x-request-id": WORD})
    client.post(f"/cases/?q={WORD}", REMOTE_ADDR="203.0.113.77")
    strict = client.__class__(enforce_csrf_checks=True)
    strict.post(f"/i18n/setlang/?next={WORD}", headers={"origin": f"https://{WORD}.example"})
    client.post("/admin/login/", b"x", content_type=f"multipart/form-data; boundary={WORD}")
    whole = "\n".join(text())
    assert len(text()) >= 9
    assert "403" in whole
    assert "400" in whole
    for never in (WORD, WORD.upper(), "203.0.113.77", "127.0.0.1", "x.example"):
        assert never not in whole, whole


def test_why_a_form_was_refused_is_said_without_its_address(said):
    from django.test import Client

    origin = {"origin": f"https://{WORD}.example"}
    Client(enforce_csrf_checks=True).post("/i18n/setlang/", headers=origin)
    assert said()[0]["message"] == "403 Forbidden: Origin checking failed"


# What a server says about requests, which Django never sees.


@pytest.mark.parametrize(
    ("message", "arguments", "expected"),
    [
        ("Error handling request %s %s", ("GET", f"/?q={WORD}"), "Error handling request"),
        (f"Invalid request from ip=203.0.113.77: {WORD}", (), "Invalid request"),
        ("Socket error processing request.", (), "Socket error"),
        ("Listening at: %s", ("unix:/run/cases.sock",), "Listening at: unix:/run/cases.sock"),
    ],
)
def test_of_what_gunicorn_says_requests_are_left_out(said, message, arguments, expected):
    logging.getLogger("gunicorn.error").warning(message, *arguments)
    assert [line["message"] for line in said()] == [expected]


def test_what_a_library_hangs_on_its_lines_is_left_there(said):
    logging.getLogger("django.request").error("x", extra={"request": WORD, "user": WORD})
    assert list(said()[0]) == ["time", "level", "logger", "message"]


def test_two_exceptions_that_name_each_other_end():
    first, second = OperationalError(WORD), ValueError(WORD)
    first.__context__, second.__context__ = second, first
    told = logs.trace(first, keeps_words=False)
    assert told.splitlines() == ["builtins.ValueError", "django.db.utils.OperationalError"]
