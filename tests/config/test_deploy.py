"""The files in deploy/ pass the checks of the programs that they are for, and agree with us."""

import re
import shutil
import subprocess

import pytest
from django.conf import settings

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
