"""Settings as a whole, each tried in a process of its own as `make` and a server start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = "DEBUG ALLOWED_HOSTS SITE_URL SECRET_KEY DATABASE_URL BEHIND_PROXY".split()
KEY = "kD8-long-and-random-kL2mQ9-for-this-test-only-xW4vB7nR5tY1uI3oP6"
PUBLIC = {
    "SECRET_KEY": KEY,
    "SITE_URL": "https://cases.example.org",
    "ALLOWED_HOSTS": "cases.example.org",
}


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


def setting(name: str, **variables) -> str:
    code = f"from django.conf import settings; print(repr(settings.{name}))"
    done = run("shell", "--no-imports", "-c", code, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


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
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(variables, said):
    done = run("check", **variables)
    assert done.returncode != 0
    assert said in done.stderr


def test_the_settings_of_a_public_site_are_fit_for_one():
    done = run("check", "--deploy", "--fail-level", "WARNING", **PUBLIC)
    assert (done.returncode, done.stderr) == (0, "")


def test_debug_is_off_unless_it_is_asked_for():
    assert setting("DEBUG") == "False"
    assert setting("DEBUG", DEBUG="on") == "True"


def test_an_https_address_decides_cookies_redirects_and_transport_security():
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert setting(name) == "False"
        assert setting(name, **PUBLIC) == "True"
    assert setting("SECURE_HSTS_SECONDS") == "0"
    assert setting("SECURE_HSTS_SECONDS", **PUBLIC) == "31536000"
    assert setting("CSRF_TRUSTED_ORIGINS", **PUBLIC) == "['https://cases.example.org']"


def test_a_header_of_a_proxy_is_believed_only_behind_one():
    assert setting("SECURE_PROXY_SSL_HEADER", **PUBLIC) == "None"
    behind = setting("SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="on", **PUBLIC)
    assert behind == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_a_secret_key_of_the_environment_goes_before_that_of_the_file():
    assert setting("SECRET_KEY", SECRET_KEY=KEY) == repr(KEY)
