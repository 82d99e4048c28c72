"""Settings as a whole, each tried in a process of its own as `make` and a server start it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = "DEBUG ALLOWED_HOSTS SITE_URL SECRET_KEY DATABASE_URL BEHIND_PROXY".split()
OURS += "LOG_FORMAT LOG_LEVEL WEB_CONCURRENCY WEB_THREADS".split()
OURS += "REQUIRE_SECOND_FACTOR SESSION_IDLE_MINUTES SESSION_HOURS SIGN_INS_DAYS".split()
OURS += "EMAIL_URL EMAIL_FROM DESK_CONTACT SIGN_IN_TRIES SIGN_IN_PAUSE".split()
# Set by the browser tests for this process; Django refuses it on a public site.
OURS.append("DJANGO_ALLOW_ASYNC_UNSAFE")
KEY = "kD8-long-and-random-kL2mQ9-for-this-test-only-xW4vB7nR5tY1uI3oP6"
SWITCHED = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
NAMES = [
    *("DEBUG", "SECRET_KEY", "SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY"),
    *("CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"),
    *("SESSION_COOKIE_AGE", "REQUIRE_SECOND_FACTOR", "SIGN_INS_DAYS"),
    *("SECURE_PROXY_SSL_HEADER", "CONTENT_SECURITY_POLICY", "DATABASES", *SWITCHED),
]
PUBLIC = {
    "SECRET_KEY": KEY,
    "SITE_URL": "https://cases.example.org",
    "ALLOWED_HOSTS": "cases.example.org",
}
SERVED = PUBLIC | {"BEHIND_PROXY": "on"}


def run(*arguments, **variables) -> subprocess.CompletedProcess:
    """manage.py with just these variables of ours."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
    )


def settings_with(**variables) -> dict:
    """The settings that hang on variables, as a process with these variables has them."""
    code = (
        "import json; from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {NAMES!r}}}, default=str))"
    )
    done = run("shell", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_everything_works_without_any_variable():
    done = run("check", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is not understood: write on or off."),
        ({"BEHIND_PROXY": "nginx"}, "BEHIND_PROXY='nginx' is not understood: write on or off."),
        (
            {"ALLOWED_HOSTS": "localhost,cases.example.org"},
            "ALLOWED_HOSTS opens the site to cases.example.org: set SECRET_KEY as well.",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS opens the site to *: set SECRET_KEY as well."),
        ({"DATABASE_URL": "mysql://root@localhost/cases"}, "DATABASE_URL: 'mysql' is not"),
        ({"SITE_URL": "cases.example.org"}, "SITE_URL='cases.example.org': write an address"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL is no address of a mail server"),
        ({"EMAIL_URL": "smtp://localhost"}, "EMAIL_URL is set: set EMAIL_FROM"),
        ({"SIGN_IN_TRIES": "0"}, "SIGN_IN_TRIES='0': write a whole number from 1 up."),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT='xml': write text or json."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL='loud': write debug or info or warning or error."),
        (PUBLIC | {"DEBUG": "on"}, "DEBUG is on and ALLOWED_HOSTS opens the site to cases"),
        (PUBLIC | {"SECRET_KEY": KEY[:49]}, "SECRET_KEY is the example's or shorter than 50"),
        (
            PUBLIC | {"SECRET_KEY": f"put-a-random-key-here-{KEY}"},
            "SECRET_KEY is the example's or shorter than 50",
        ),
        ({"REQUIRE_SECOND_FACTOR": "maybe"}, "REQUIRE_SECOND_FACTOR='maybe' is not understood"),
        ({"SESSION_IDLE_MINUTES": "1"}, "SESSION_IDLE_MINUTES='1': write a whole number from 5"),
        ({"SESSION_HOURS": "0"}, "SESSION_HOURS='0': write a whole number from 1 up."),
        ({"SIGN_IN_PAUSE": "long"}, "SIGN_IN_PAUSE='long': write a whole number from 1 up."),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(variables, said):
    done = run("check", **variables)
    assert done.returncode == 1
    # A sentence, and no traceback around it.
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_settings_of_a_public_site_are_fit_for_one():
    done = run("check", "--deploy", "--fail-level", "WARNING", **SERVED)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_local_site_is_without_debug_and_without_https():
    local = settings_with()
    assert local["DEBUG"] is False
    assert [local[name] for name in SWITCHED] == [False, False, False]
    assert local["SECURE_HSTS_SECONDS"] == 0
    assert local["SECURE_PROXY_SSL_HEADER"] is None
    # A browser would ask for its stylesheets where nothing answers.
    assert not local["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["upgrade-insecure-requests"]


def test_an_https_address_decides_cookies_redirects_and_transport_security():
    public = settings_with(**PUBLIC)
    assert [public[name] for name in SWITCHED] == [True, True, True]
    assert public["SECURE_HSTS_SECONDS"] == 31_536_000
    assert public["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["upgrade-insecure-requests"]
    assert public["CSRF_TRUSTED_ORIGINS"] == ["https://cases.example.org"]
    # What anybody can write into a header is believed only behind a proxy.
    assert public["SECURE_PROXY_SSL_HEADER"] is None
    assert public["SECRET_KEY"] == KEY
    names = public["SESSION_COOKIE_NAME"], public["CSRF_COOKIE_NAME"]
    assert names == ("__Host-sessionid", "__Host-csrftoken")
    for cookie in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert public[f"{cookie}_HTTPONLY"] is True
        assert public[f"{cookie}_SAMESITE"] == "Lax"


def test_switches_and_a_key_of_the_environment_are_heeded():
    given = {"REQUIRE_SECOND_FACTOR": "on", "SESSION_HOURS": "2", "SIGN_INS_DAYS": "7"}
    asked = settings_with(DEBUG="on", BEHIND_PROXY="on", SECRET_KEY=KEY, **given)
    assert (asked["REQUIRE_SECOND_FACTOR"], asked["SESSION_COOKIE_AGE"]) == (True, 7200)
    assert asked["SIGN_INS_DAYS"] == 7
    assert asked["DEBUG"] is True
    assert asked["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert asked["SECRET_KEY"] == KEY


def test_what_an_address_says_of_its_connections_goes_before_our_own():
    given = "options=-c%20random_page_cost%3D4&connect_timeout=2"
    asked = settings_with(DATABASE_URL=f"postgresql://me@127.0.0.1/cases?{given}")
    options = asked["DATABASES"]["default"]["OPTIONS"]
    # Of two that are said, PostgreSQL takes the last.
    assert options["options"].endswith(" -c random_page_cost=4")
    assert options["connect_timeout"] == 2
    assert options["tcp_user_timeout"] == 10_000


def test_every_pin_is_exact_and_names_the_digests_of_its_files():
    for name in ("requirements.txt", "tests/requirements.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if line and line[0] not in "# " and line[:2] != "-r"]
        assert len(pins) > 5
        loose = [pin for pin in pins if not re.match(r"[\w.\[\]-]+==[\w.]+( |$)", pin)]
        assert loose == [], name
        bare = [pin for pin in pins if not pin.endswith("\\")]
        assert bare == [], name
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
