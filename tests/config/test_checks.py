"""What `check` and `preflight` say of settings and database, and gunicorn before it serves."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from django.test import override_settings

from config import checks
from tests.benchmarks.servers import free_port, wait_for
from tests.config.test_settings import KEY, ROOT, SERVED, run

PUBLIC = {"PUBLIC_HOSTS": ["cases.example.org"], "ALLOWED_HOSTS": ["cases.example.org"]}
HTTPS = {"SITE_URL": "https://cases.example.org", "IS_SECURE_SITE": True}
WORD = "ocelot7f3a"


def found(check):
    return {each.id: f"{each.msg} {each.hint}" for each in check(None)}


def test_a_folder_that_is_not_there_is_said_with_what_to_do(tmp_path):
    with override_settings(VAR_DIR=tmp_path / "none"):
        said = found(checks.folders_can_be_written)["config.E001"]
    assert f"{tmp_path / 'none'} cannot be written to: No such file or directory." in said
    assert "make install" in said


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path):
    (tmp_path / "var").write_text("")
    with override_settings(VAR_DIR=tmp_path / "var"):
        assert "Not a directory" in found(checks.folders_can_be_written)["config.E001"]


@pytest.mark.parametrize(
    ("settings", "variable", "expected"),
    [
        (PUBLIC | HTTPS, "on", {}),
        (PUBLIC | HTTPS, "off", {}),
        (PUBLIC | HTTPS, "", {"config.W003": "Set BEHIND_PROXY=on behind a proxy"}),
        (
            PUBLIC | {"SITE_URL": "http://cases.example.org", "IS_SECURE_SITE": False},
            "",
            {"config.W001": "SITE_URL=http://cases.example.org is not https"},
        ),
        (
            PUBLIC | HTTPS | {"SITE_URL": "https://other.example.org"},
            "on",
            {"config.W002": "Add other.example.org to ALLOWED_HOSTS."},
        ),
        ({"PUBLIC_HOSTS": [], "SITE_URL": "http://x.example", "IS_SECURE_SITE": False}, "", {}),
    ],
)
def test_the_address_is_held_against_the_hosts(monkeypatch, settings, variable, expected):
    monkeypatch.setenv("BEHIND_PROXY", variable)
    with override_settings(**settings):
        said = found(checks.the_address_fits_the_hosts)
    assert said.keys() == expected.keys()
    assert all(part in said[each] for each, part in expected.items())


def test_a_database_that_is_away_is_a_sentence_and_no_traceback():
    url = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/cases"
    done = run("migrate", DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL: the database cannot be reached just now: ")
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_before_serving_a_site_without_tables_is_told(tmp_path):
    done = run("preflight", DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}", **SERVED)
    line = json.loads(done.stderr)
    assert (done.returncode, line["level"], line["logger"]) == (0, "ERROR", "config.preflight")
    assert "migrations" in line["message"]
    assert "run manage.py migrate" in line["message"]


def test_before_serving_a_setting_that_cannot_work_ends_it(tmp_path):
    done = run("preflight", DATABASE_URL=f"sqlite:///{tmp_path / 'none' / 'x.sqlite3'}")
    assert done.returncode == 1
    assert f"{tmp_path / 'none'} cannot be written to" in done.stderr
    assert "Not started: mend what is said above." in done.stderr


@contextmanager
def served(log, **variables):
    """gunicorn as a service starts it: its process and its port."""
    port, environment = free_port(), {"PATH": "/usr/bin:/bin", "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    with log.open("wb") as said:
        server = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env=environment | variables,
            stdout=said,
            stderr=said,
        )
        try:
            yield server, port
        finally:
            server.terminate()
            server.wait(timeout=30)


def ask(port, address):
    question = urllib.request.Request(
        f"http://127.0.0.1:{port}{address}",
        headers={"Host": "cases.example.org", "X-Forwarded-Proto": "https"},
    )
    try:
        with urllib.request.urlopen(question, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_gunicorn_serves_while_the_database_is_away_and_every_line_is_json(tmp_path):
    log = tmp_path / "log"
    away = f"postgresql://me:hunter2@127.0.0.1:{free_port()}/{WORD}"
    with served(log, DATABASE_URL=away, **SERVED) as (server, port):
        wait_for(port, server)
        assert [ask(port, each) for each in ("/healthz", "/readyz")] == [200, 503]
        assert ask(port, f"/cases/?q={WORD}") == 503
        # What is no request at all is answered by gunicorn itself.
        with socket.create_connection(("127.0.0.1", port), timeout=10) as own:
            own.sendall(f"GET /?q={WORD} HTTP/{WORD}\r\n\r\n".encode())
            assert b"400" in own.recv(1000)
        time.sleep(0.2)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    told = [line["message"] for line in lines]
    assert "Not ready: database does not answer. Pages answer 503 or 500 until then." in told
    assert {"GET case-list 503", "GET readyz 503", "Invalid request"} <= set(told)
    # Its address to listen at is all that it may name.
    assert [each for each in told if "127.0.0.1" in each and "Listening" not in each] == []
    whole = log.read_text()
    assert WORD not in whole
    assert "hunter2" not in whole


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"WEB_THREADS": "1"}, "WEB_THREADS='1': write a whole number from 2 up."),
        (SERVED | {"SECRET_KEY": KEY[:20]}, "SECRET_KEY is the example's or shorter than 50"),
    ],
)
def test_gunicorn_does_not_serve_with_settings_that_cannot_be_meant(tmp_path, variables, said):
    log = tmp_path / "log"
    with served(log, **variables) as (server, _port):
        assert server.wait(timeout=30) == 1
    assert said in log.read_text()
    assert "Traceback" not in log.read_text()
