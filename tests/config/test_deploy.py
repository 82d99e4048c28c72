"""The files in deploy/ pass the checks of the programs that they are for, and agree with us."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile

import pytest
from django.conf import settings

from config.environment import read_switch

DEPLOY = settings.BASE_DIR / "deploy"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
ANALYZE = shutil.which("systemd-analyze")
EXPOSURE = 2.0


def text(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture
def units(tmp_path):
    """The units as they would be on a machine where the site is in a folder of the test."""
    gunicorn = tmp_path / ".venv/bin/gunicorn"
    gunicorn.parent.mkdir(parents=True)
    gunicorn.touch(mode=0o755)
    for name in ("cases.service", "cases.socket"):
        (tmp_path / name).write_text(text(name).replace("/srv/cases", str(tmp_path)))
    return tmp_path


@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong_with_the_units(units):
    command = [ANALYZE, "verify", "--man=no", units / "cases.service", units / "cases.socket"]
    done = subprocess.run(command, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "cases." in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.skipif(not ANALYZE, reason="systemd-analyze is not installed")
def test_the_service_is_as_shut_in_as_the_documentation_says(units):
    command = [ANALYZE, "security", "--offline=true", units / "cases.service"]
    done = subprocess.run(command, capture_output=True, text=True)
    exposure = re.search(r"exposure level for cases.service: ([\d.]+)", done.stdout)
    if not exposure:
        pytest.skip("this systemd-analyze does not look at files")
    assert float(exposure[1]) <= EXPOSURE


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_nginx_finds_nothing_wrong_with_the_site(tmp_path):
    pair = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", *pair]
    subprocess.run(made, check=True, capture_output=True)
    site = text("nginx.conf").replace("/etc/letsencrypt/live/cases.example.org", str(tmp_path))
    site = site.replace("/var/log/nginx", str(tmp_path))
    # Ports below 1024 are not everybody's to try.
    site = re.sub(r"listen (\[::\]:)?(80|443)", r"listen \g<1>1\g<2>0", site)
    folders = "".join(
        f"{each}_temp_path {tmp_path}/{each};"
        for each in "client_body proxy fastcgi uwsgi scgi".split()
    )
    log = f"error_log {tmp_path}/errors;"
    whole = f"pid {tmp_path}/pid;{log}events {{}} http {{ {folders} {site} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [NGINX, "-t", "-e", tmp_path / "errors", "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_nginx_lets_through_what_the_site_takes():
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", text("nginx.conf"))
    largest = max(settings.MAX_UPLOAD_MB * 1_000_000, settings.IMPORT_MAX_BYTES)
    assert int(limit) * 1024 * 1024 > largest * 1.05


def blocks(source):
    """The locations of nginx.conf by their address; none has braces within."""
    found = re.findall(r"^    location (\S+) \{\n(.*?)^    \}", source, re.MULTILINE | re.DOTALL)
    return dict(found[-3:])


def test_nginx_limits_how_often_one_address_asks_for_anything_but_static_files():
    located = blocks(text("nginx.conf"))
    assert set(located) == {"/", "/static/", "@too_many"}
    for named, zone in re.findall(
        r"^limit_(req|conn)_zone .*zone=(\w+):", text("nginx.conf"), re.M
    ):
        assert re.search(rf"limit_{named} (zone=)?{zone}\b", located["/"])
        assert f"limit_{named}_status 429;" in located["/"]
    assert "limit_" not in located["/static/"]
    assert "proxy_pass" in located["/static/"]
    # One that is named in a location would do away with all those of the server.
    assert "proxy_set_header" not in "".join(located.values())


def test_nginx_and_the_service_meet_at_one_socket():
    (socket,) = re.findall(r"^ListenStream=(.+)$", text("cases.socket"), re.MULTILINE)
    assert f"server unix:{socket} " in text("nginx.conf")


def test_the_service_has_longer_to_stop_than_requests_have_to_end():
    from config import gunicorn

    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", text("cases.service"), re.MULTILINE)
    assert int(seconds) > gunicorn.graceful_timeout


def test_the_example_of_an_environment_names_only_variables_that_are_documented():
    named = re.findall(r"^(\w+)=", text("cases.env"), re.MULTILINE)
    table = (settings.BASE_DIR / "docs/deployment.md").read_text(encoding="utf-8")
    assert len(named) > 5
    assert [name for name in named if f"| `{name}` |" not in table] == []


def test_every_variable_that_is_read_is_documented_and_no_other():
    read = set()
    for path in [*(settings.BASE_DIR / "config").glob("*.py"), settings.BASE_DIR / "tests/run.py"]:
        source = path.read_text(encoding="utf-8")
        read |= set(re.findall(r'\bread_\w+\(\s*"([A-Z_]+)"', source))
        read |= set(re.findall(r'environ\.get\("([A-Z_]+)"', source))
    table = (settings.BASE_DIR / "docs/deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == read


def test_the_example_demands_a_second_factor(monkeypatch):
    (value,) = re.findall(r"^REQUIRE_SECOND_FACTOR='(.*)'$", text("cases.env"), re.MULTILINE)
    monkeypatch.setenv("REQUIRE_SECOND_FACTOR", value)
    assert read_switch("REQUIRE_SECOND_FACTOR", default=False) is True


@pytest.fixture
def server(tmp_path):
    """A folder laid out as on a server, whose manage.py says what it was asked and of what."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "var").mkdir()
    shutil.copy(DEPLOY / "manage", tmp_path / "deploy/manage")
    shutil.copy(settings.BASE_DIR / "Makefile", tmp_path / "Makefile")
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "${DATABASE_URL:-the default}: $*"\n')
    python.chmod(0o755)
    (tmp_path / "cases.env").write_text("DATABASE_URL='postgresql://cases@db/cases'\n")
    return tmp_path


def asked(server, *command, **variables):
    """(what was printed, what was said of errors)."""
    bare = {name: each for name, each in os.environ.items() if name not in ("DATABASE_URL", "TO")}
    done = subprocess.run(
        command,
        cwd=server,
        env=bare | {"CASES_ENV": f"{server}/cases.env"} | variables,
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) is not bool(done.stderr), done.stderr
    return done.stdout.strip(), done.stderr


# Without its prerequisites, which a bare folder does not have.
MAKE = ("make", "--silent", "--old-file=install")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("backup",), "backup"),
        (("backup", "TO=a.zip", "VERIFY=1"), "backup --check a.zip"),
        (("restore", "FROM=a.zip"), "restore a.zip"),
        (("restore", "FROM=a.zip", "REPLACE=1"), "restore --replace a.zip"),
    ],
)
def test_make_takes_and_restores_the_database_of_the_environment_file(server, command, expected):
    said, _errors = asked(server, *MAKE, *command)
    assert said == f"postgresql://cases@db/cases: manage.py {expected}"


def test_make_means_the_default_database_where_there_is_no_environment_file(server):
    (server / "cases.env").unlink()
    assert asked(server, *MAKE, "backup")[0] == "the default: manage.py backup"


def test_make_means_the_default_database_if_it_is_told_so(server):
    assert asked(server, *MAKE, "backup", CASES_ENV="")[0] == "the default: manage.py backup"
    assert asked(server, *MAKE, "backup", "CASES_ENV=")[0] == "the default: manage.py backup"


def test_a_database_that_is_given_goes_before_that_of_the_file(server):
    for command in (("deploy/manage", "backup"), (*MAKE, "backup")):
        said, _errors = asked(server, *command, DATABASE_URL="sqlite:///other")
        assert said == "sqlite:///other: manage.py backup"


def test_without_its_environment_file_no_database_is_meant(server):
    (server / "cases.env").unlink()
    _said, errors = asked(server, "deploy/manage", "backup")
    assert "cases.env cannot be read, which names the database of the site." in errors


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_environment_file_that_may_not_be_read_ends_it(server):
    (server / "cases.env").chmod(0)
    said, errors = asked(server, *MAKE, "backup")
    assert said == ""
    assert "cases.env cannot be read, which names the database of the site." in errors
    assert "sudo -u " in errors


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_writes_nothing_into_the_folder_of_the_site(server):
    shutil.chown(server / "var", "nobody")
    for command in (("deploy/manage", "backup"), (*MAKE, "backup")):
        said, errors = asked(server, *command)
        assert said == ""
        assert "var/ belongs to nobody: sudo -u nobody deploy/manage backup" in errors


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
@pytest.mark.skipif(not shutil.which("runuser"), reason="runuser is not installed")
def test_another_account_than_that_of_the_site_is_told_whose_it_is(server):
    (server / "cases.env").chmod(0o600)
    # pytest's own folders are for their owner alone.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        there = shutil.copytree(server, f"{place}/server")
        os.chmod(there, 0o755)
        become = ("runuser", "-u", "nobody", "--")
        _said, errors = asked(there, *become, *MAKE, "backup", CASES_ENV=f"{there}/cases.env")
    assert "cases.env cannot be read, which names the database of the site." in errors


def test_an_sqlite_database_that_is_not_there_is_said_and_not_made(tmp_path):
    from tests.config.test_settings import run

    path = tmp_path / "none.sqlite3"
    done = run("backup", str(tmp_path / "a.zip"), DATABASE_URL=f"sqlite:///{path}")
    assert done.returncode == 1
    assert f"There is no database {path}. No backup was made." in done.stderr
    assert list(tmp_path.iterdir()) == []
    sqlite3.connect(path).close()
    path.touch()
    done = run("backup", str(tmp_path / "a.zip"), DATABASE_URL=f"sqlite:///{path}")
    assert "The database lacks the migrations" in done.stderr


def test_make_audit_asks_about_every_pin():
    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^audit:.*\n((?:\t.*\n?)+)", makefile, re.MULTILINE)
    named = set(re.findall(r"--requirement (\S+)", recipe))
    assert named == {"requirements.txt", "tests/requirements.txt"}


def test_whoever_stops_the_site_stops_the_socket_that_would_start_it():
    book = (settings.BASE_DIR / "docs/deployment.md").read_text(encoding="utf-8")
    stopped = re.findall(r"systemctl stop ([\w. ]+?)(?: +#.*)?(?:`|;|\n)", book)
    assert len(stopped) > 3
    assert set(stopped) == {"cases.socket cases.service"}
