"""Readers of environment variables: what they take, and what they refuse by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import (
    public_among,
    read_choice,
    read_database,
    read_list,
    read_mail,
    read_number,
    read_site_url,
    read_switch,
    read_text,
)


@pytest.fixture
def given(monkeypatch):
    """Sets the variable THING; None takes it away."""

    def give(value):
        if value is None:
            monkeypatch.delenv("THING", raising=False)
        else:
            monkeypatch.setenv("THING", value)

    return give


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "d"), ("", "d"), ("  ", "d"), (" a b ", "a b")]
)
def test_an_empty_text_counts_as_not_set(given, value, expected):
    given(value)
    assert read_text("THING", "d") == expected


@pytest.mark.parametrize("word", ["1", "on", "ON", "true", "True", "yes", " on "])
def test_a_switch_is_on(given, word):
    given(word)
    assert read_switch("THING", default=False) is True


@pytest.mark.parametrize("word", ["0", "off", "Off", "false", "no"])
def test_a_switch_is_off(given, word):
    given(word)
    assert read_switch("THING", default=True) is False


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("default", [True, False])
def test_a_switch_that_is_not_set_has_its_default(given, value, default):
    given(value)
    assert read_switch("THING", default=default) is default


@pytest.mark.parametrize("word", ["maybe", "2", "tru", "on off", "بله", "None"])
def test_a_switch_refuses_any_other_word(given, word):
    given(word)
    with pytest.raises(ImproperlyConfigured, match="THING=.* is not understood: write on or off"):
        read_switch("THING", default=True)


@pytest.mark.parametrize(("value", "expected"), [(None, 7), ("", 7), ("3", 3), ("0012", 12)])
def test_a_number_is_read(given, value, expected):
    given(value)
    assert read_number("THING", default=7) == expected


@pytest.mark.parametrize("word", ["-1", "1.5", "ten", "1e3", "٣", "²", "0x10", "1_000", "2"])
def test_a_number_refuses_what_is_none_or_too_small(given, word):
    given(word)
    with pytest.raises(ImproperlyConfigured, match="THING=.*: write a whole number from 3 up"):
        read_number("THING", default=7, least=3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ["a", "b"]), ("", ["a", "b"]), ("x", ["x"]), (" x , ,y,", ["x", "y"]), (",", [])],
)
def test_a_list_is_words_between_commas(given, value, expected):
    given(value)
    assert read_list("THING", "a,b") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "http://localhost:8000"),
        ("https://cases.example.org/", "https://cases.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_of_the_site_has_no_closing_slash(given, value, expected):
    given(value)
    assert read_site_url("THING", "http://localhost:8000") == expected


@pytest.mark.parametrize(
    "value",
    [
        "cases.example.org",
        "ftp://cases.example.org",
        "https://",
        "https://cases.example.org/path",
        "https://cases.example.org?a=b",
        "//cases.example.org",
        "https:cases.example.org",
    ],
)
def test_an_address_of_the_site_refuses_anything_but_scheme_and_host(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="THING=.*https://cases.example.org"):
        read_site_url("THING", "http://localhost:8000")


@pytest.mark.parametrize(
    ("value", "engine", "name"),
    [
        (None, "django.db.backends.sqlite3", "/var/cases.sqlite3"),
        ("sqlite:////tmp/x.sqlite3", "django.db.backends.sqlite3", "/tmp/x.sqlite3"),
        ("postgresql://me@host:5433/cases", "django.db.backends.postgresql", "cases"),
        ("postgres://me:secret@host/cases", "django.db.backends.postgresql", "cases"),
    ],
)
def test_a_database_is_sqlite_or_postgresql(given, value, engine, name):
    given(value)
    database = read_database("THING", "sqlite:////var/cases.sqlite3")
    assert (database["ENGINE"], database["NAME"]) == (engine, name)


@pytest.mark.parametrize(
    "value", ["mysql://root@host/cases", "oracle://x/y", "cases.sqlite3", "mssql://h/d", "://"]
)
def test_another_database_is_refused_with_what_is_spoken(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="^THING: .*write sqlite:///path or postgresql"):
        read_database("THING", "sqlite:///x")


@pytest.mark.parametrize("value", ["postgresql://me@host:5432/", "postgresql://host"])
def test_an_address_without_a_database_is_refused(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="^THING "):
        read_database("THING", "sqlite:///x")


def test_a_port_that_is_no_number_is_refused_by_name(given):
    given("postgresql://me@host:port/cases")
    with pytest.raises(ImproperlyConfigured, match="^THING is not a database address"):
        read_database("THING", "sqlite:///x")


def test_a_refused_database_does_not_print_its_password(given):
    given("mysql://me:hunter2@host/cases")
    with pytest.raises(ImproperlyConfigured) as refused:
        read_database("THING", "sqlite:///x")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ("", 25, "", "", False, False)),
        ("smtp://localhost", ("localhost", 25, "", "", False, False)),
        (
            "smtp+tls://me:p%40ss%3Aword@mail.example.org",
            ("mail.example.org", 587, "me", "p@ss:word", True, False),
        ),
        ("smtps://me:x@mail.example.org:4650/", ("mail.example.org", 4650, "me", "x", False, True)),
    ],
)
def test_a_mail_server_is_read(given, value, expected):
    given(value)
    assert read_mail("THING") == expected


@pytest.mark.parametrize(
    "value",
    [
        "mail.example.org",
        "mail.example.org:25",
        "imap://me:hunter2@host",
        "smtp://",
        "smtp://me:hunter2@host:port",
        "smtp://me:hunter2@host:99999",
        "smtp+tls://me:hun/ter2@host",
        "smtp://[::1",
    ],
)
def test_anything_else_is_no_mail_server_and_its_password_is_not_printed(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="^THING is no address of a mail server") as no:
        read_mail("THING")
    assert "hunter2" not in str(no.value)


@pytest.mark.parametrize(("value", "expected"), [(None, "b"), ("", "b"), ("A", "a"), (" b ", "b")])
def test_a_choice_is_one_of_its_words(given, value, expected):
    given(value)
    assert read_choice("THING", ("a", "b"), "b") == expected


def test_a_choice_refuses_any_other_word(given):
    given("c")
    with pytest.raises(ImproperlyConfigured, match="^THING='c': write a or b[.]$"):
        read_choice("THING", ("a", "b"), "b")


def test_names_of_this_machine_are_not_public():
    assert public_among(["localhost", "[::1]", "127.0.0.1"]) == []
    assert public_among(["b.example", "localhost", "*"]) == ["*", "b.example"]
