"""The database's server stops under the site, and in the middle of an import, and comes back.

It is a real server of these tests' own, so that nobody else's is taken away.
"""

import json
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from urllib.error import HTTPError

import psycopg
import pytest
from django.conf import settings

from tests.backup.test_machines import Machine
from tests.benchmarks.clusters import Cluster, program
from tests.benchmarks.databases import Database
from tests.benchmarks.servers import site
from tests.benchmarks.visitors import Editor, Log
from tests.faults.machine import DRAFTS, EDITOR

PAGES = ("/", "/cases/", "/fa/cases/case-1/", "/ar/explore/", "/cases.csv", "/cases.xlsx")
# More than the threads of one process of the site.
MANY = 12


@pytest.fixture(scope="module")
def cluster():
    if not (program("initdb") and program("pg_ctl")):
        pytest.skip("the programs of a PostgreSQL server (initdb, pg_ctl) are not installed")
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def database(cluster, tmp_path_factory):
    """A database of a few cases on this server."""
    database = Database("PostgreSQL", 0, cluster.url("postgres"))
    releases = tmp_path_factory.mktemp("releases")
    Machine(database.url, releases, "tests.faults.machine").run("migrate", "few")
    return database


@contextmanager
def away(cluster, mode="fast"):
    cluster.stop(mode)
    try:
        yield
    finally:
        cluster.start()


def ask(port: int, address: str) -> tuple[int, str | None, str]:
    """Status, Retry-After and text of an answer."""
    try:
        answer = urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=60)
    except HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode(errors="replace")
        return answer.status, answer.headers["Retry-After"], text


def statuses(port: int) -> set[int]:
    """How pages are answered when many ask at once, so that every thread has to."""
    with ThreadPoolExecutor(MANY) as readers:
        return {status for status, *_rest in readers.map(ask, [port] * MANY, PAGES * MANY)}


def stored(database) -> dict[str, list[tuple]]:
    """What saving writes: the cases, what they are found by, their history."""
    tables = ("cases_case", "cases_casefacet", "cases_revision", "cases_indexchange")
    with closing(psycopg.connect(database.url)) as own:
        return {name: sorted(own.execute(f"SELECT * FROM {name}"), key=str) for name in tables}


def titles(database) -> dict[str, str]:
    with closing(psycopg.connect(database.url)) as own:
        return dict(own.execute("SELECT slug, title_en FROM cases_case").fetchall())


def test_the_site_says_that_it_is_away_and_goes_on_when_it_is_back(cluster, database, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "1")  # a second process takes its time to start
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with site(database) as reader:
        port = reader.port
        editor = Editor(port, EDITOR, Log(), Event())
        editor.sign_in()

        def save(page, title):
            editor.send("saves", page, "title_en", title_en=title, _save="Save")

        with closing(psycopg.connect(database.url)) as own:
            sought = own.execute("SELECT id FROM cases_case WHERE slug = %s", DRAFTS[:1])
            form = f"/admin/cases/case/{sought.fetchone()[0]}/change/"
        save(editor.open("opens", form), "Saved before")
        opened, before = editor.open("opens", form), stored(database)
        assert statuses(port) == {200}

        with away(cluster):
            for address in PAGES:
                status, again, text = ask(port, address)
                assert (status, again) == (503, "10"), address
                if address.startswith("/cases"):
                    assert "The database cannot be reached just now" in text
                    assert "Please try again in a few seconds." in text
            with pytest.raises(HTTPError) as refused:
                save(opened, "Refused")
            assert refused.value.code == 503
            assert refused.value.headers["Retry-After"] == "10"
            assert ask(port, "/healthz")[0] == 200
            status, _again, text = ask(port, "/readyz")
            assert status == 503
            assert json.loads(text)["problems"] == {"database": "does not answer"}

        assert statuses(port) == {200}
        assert ask(port, "/readyz")[0] == 200
        assert stored(database) == before
        save(opened, "Saved after")
        assert titles(database)[DRAFTS[0]] == "Saved after"


@contextmanager
def importing(database, path):
    command = [sys.executable, "manage.py", "import", "cases", str(path)]
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=database.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_it(database, process) -> None:
    """Until the command has written something and waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with closing(psycopg.connect(database.url, autocommit=True)) as own:
        for _try in range(600):
            if own.execute(f"{waiting} AND backend_xid IS NOT NULL").fetchone()[0]:
                return
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
    raise AssertionError("The import has written nothing within a minute.")


def test_an_import_whose_server_stops_saves_nothing_and_says_so(cluster, database, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("slug,title_en\n" + "".join(f"{slug},Imported\n" for slug in DRAFTS))
    before = stored(database)
    # An order to stop, and a crash.
    for mode in ("fast", "immediate"):
        with closing(psycopg.connect(database.url)) as other, importing(database, path) as process:
            # The last that an import writes; by then rows, history and filters are written.
            other.execute("LOCK TABLE cases_indexchange IN EXCLUSIVE MODE")
            wait_for_it(database, process)
            with away(cluster, mode):
                said = process.communicate(timeout=60)[1]
        assert process.returncode == 1
        assert said.startswith("CommandError: The database refused: ")
        assert said.endswith("What was under way was not saved: put that right and do it again.\n")
        assert stored(database) == before

    with importing(database, path) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert {titles(database)[slug] for slug in DRAFTS} == {"Imported"}
