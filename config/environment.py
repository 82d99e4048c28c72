"""Typed readers of environment variables: what cannot be understood is refused, never guessed."""

import os
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
SWITCH = {"1": True, "on": True, "true": True, "yes": True}
SWITCH |= {"0": False, "off": False, "false": False, "no": False}


def read_text(name: str, default: str = "") -> str:
    """A text; an empty variable counts as not set."""
    return os.environ.get(name, "").strip() or default


def read_switch(name: str, *, default: bool) -> bool:
    """on or off; a typo must not quietly mean off."""
    word = read_text(name).lower()
    if not word:
        return default
    if word not in SWITCH:
        raise ImproperlyConfigured(f"{name}={word!r} is not understood: write on or off.")
    return SWITCH[word]


def read_number(name: str, *, default: int, least: int = 0) -> int:
    """A whole number, at least `least`."""
    word = read_text(name)
    if not word:
        return default
    if not word.isascii() or not word.isdigit() or int(word) < least:
        raise ImproperlyConfigured(f"{name}={word!r}: write a whole number from {least} up.")
    return int(word)


def read_list(name: str, default: str = "") -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in read_text(name, default).split(",") if word.strip()]


def read_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """One of a few words, in small letters."""
    word = read_text(name, default).lower()
    if word not in choices:
        raise ImproperlyConfigured(f"{name}={word!r}: write {' or '.join(choices)}.")
    return word


def read_hosts(name: str) -> list[str]:
    """The names under which the site answers; those of this machine alone if none is given."""
    return read_list(name, "localhost,127.0.0.1,[::1]")


def public_among(hosts: list[str]) -> list[str]:
    """Those of the names by which others than this machine reach the site."""
    return sorted(set(hosts) - LOCAL_HOSTS)


def read_site_url(name: str, default: str) -> str:
    """An absolute http or https address without a path, given back without a closing slash."""
    address = read_text(name, default).rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(
            f"{name}={address!r}: write an address such as https://cases.example.org."
        )
    return address


class Mail(NamedTuple):
    """How mail is sent; no host: not at all."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False


# For each scheme of a mail address: the port, whether TLS begins later, whether it is there first.
MAIL_SCHEMES = {
    "smtp": (25, False, False),
    "smtp+tls": (587, True, False),
    "smtps": (465, False, True),
}


def read_mail(name: str) -> Mail:
    """A mail server from an address such as smtp+tls://user:password@mail.example.org:587."""
    address = read_text(name)
    if not address:
        return Mail()
    # What is refused is not printed: it has a password in it.
    refusal = ImproperlyConfigured(
        f"{name} is no address of a mail server: write smtp+tls://user:password@host:587 "
        "(or smtps://… or smtp://…; in names and passwords, write @ as %40 and : as %3A)."
    )
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise refusal from None
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname or parts.path.strip("/"):
        raise refusal
    usual, starts_tls, is_tls = MAIL_SCHEMES[parts.scheme]
    user, password = (unquote(each or "") for each in (parts.username, parts.password))
    return Mail(parts.hostname, port or usual, user, password, starts_tls, is_tls)


def read_database(name: str, default: str) -> dict:
    """A Django database configuration from an address such as postgresql://user@host:5432/name."""
    address = read_text(name, default)
    scheme = address.partition("://")[0]
    if scheme not in ("sqlite", "postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"{name}: {scheme!r} is not a database this program speaks: "
            "write sqlite:///path or postgresql://user:password@host:5432/name."
        )
    try:
        database = dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(f"{name} is not a database address: {error}.") from error
    if not database["NAME"]:
        raise ImproperlyConfigured(f"{name} names no database after the last slash.")
    return database
