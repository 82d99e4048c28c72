"""Backups between real machines: from SQLite to PostgreSQL and back, killed, full, and older.

Each machine is a process with a database and a folder of its own; see `machine`.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from backup.archive import Manifest, member_of, opened, written
from backup.tables import Table
from tests.run import DEFAULT_POSTGRES, postgres_version

SERVER = os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES


@dataclass
class Machine:
    url: str
    releases: Path
    module: str = "tests.backup.machine"

    def run(self, *steps) -> dict:
        """What `facts` printed, if it was among the steps."""
        done = subprocess.run(
            [sys.executable, "-m", self.module, *steps],
            cwd=settings.BASE_DIR,
            env={
                "DATABASE_URL": self.url,
                "MACHINE_RELEASES": str(self.releases),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "PYTHONWARNINGS": "error",
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        self.said = done.stderr
        return json.loads(done.stdout or "{}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("machines")


@pytest.fixture(scope="module")
def new(folder):
    """Makes a machine with SQLite."""
    return lambda name: Machine(f"sqlite:///{folder / name}.sqlite3", folder / f"{name}-releases")


@pytest.fixture(scope="module")
def first(folder, new):
    """(the facts of a machine of which a backup was taken, the backup)."""
    machine, path = new("first"), folder / "first.zip"
    filling = ("migrate", f"copy={folder / 'back.sqlite3'}", "fill")
    return with_failures(machine, folder / "of-first", *filling, f"backup={path}", "facts"), path


def with_failures(machine, beside, *steps) -> dict:
    """Run steps; before the last two a backup is killed, and another finds the disk full."""
    dying, full = beside / "dying" / "a.zip", beside / "full" / "a.zip"
    failing = (f"backup-dying={dying}", f"backup-full={full}")
    facts = machine.run(*steps[:-2], *failing, *steps[-2:])
    assert [each.name for each in dying.parent.iterdir()] == [".a.zip.unfinished"]
    assert list(full.parent.iterdir()) == []
    assert f"No backup was made: {full}: File too large. Make room there." in machine.said
    return facts


@pytest.fixture
def on_postgresql(folder):
    """A machine with an empty database on the server, if one answers."""
    if not postgres_version(SERVER):
        pytest.skip("no PostgreSQL server answers (set TEST_POSTGRES_URL)")
    name = f"test_backup_{uuid4().hex[:12]}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Machine(
            urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}")), folder / "server-releases"
        )
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def digests(path) -> dict:
    with opened(path) as archive:
        return archive.manifest.members


def test_what_was_compared_says_something(first):
    facts, _path = first
    assert len(facts) > 60
    slugs, tools = facts["?q=میانجی"]
    assert "guinea-2009" in slugs
    assert tools["mediation"] > 3
    assert facts["cases of readers"] != facts["cases of the desk"]
    assert facts["sign-in"] == [302, 200]
    assert [*facts["releases"]] == ["2026-1/cases.csv"]
    assert "cases.change_case" in facts["rights"]
    assert facts["/fa/cases/guinea-2009/"] == 200


def test_from_sqlite_to_postgresql_and_back_nothing_is_lost(first, new, folder, on_postgresql):
    facts, path = first
    there, back = folder / "there.zip", folder / "back.zip"
    # What is killed in the middle leaves all as it was.
    steps = (f"restore={path}", f"restore-dying={path}", f"backup={there}", "facts")
    assert with_failures(on_postgresql, folder / "of-there", *steps) == facts
    # This one has tables already, as the first had before it was filled.
    found = new("back").run(f"restore={there}", f"backup={back}", "facts")
    assert found == facts
    assert digests(path) == digests(there) == digests(back)


@pytest.fixture(scope="module")
def older(first, folder):
    """The same backup as an earlier version of the program would have taken it."""
    path = folder / "older.zip"
    as_before("0003_order_within_parents", first[1], path)
    return path


def test_an_older_backup_goes_into_a_database_without_tables_which_is_upgraded(first, older, new):
    (facts, path), machine = first, new("older")
    # Where it failed, the tables that were made for it are no hindrance to the next try, even if
    # they are not all of them, as on a disk that is full.
    failing = (f"restore-full={older}", f"restore-dying={older}")
    # Nor does what is killed on SQLite later, or whose disk is full, leave anything.
    found = machine.run(
        *failing,
        f"restore-into-empty={older}",
        f"restore-dying={path}",
        f"restore-full={path}",
        "facts",
    )
    assert machine.said.count("The database refused: disk I/O error. Nothing was changed.") == 2
    assert found == facts


def test_an_older_backup_goes_into_postgresql_on_a_second_try(first, older, on_postgresql):
    steps = (f"restore-dying={older}", f"restore-into-empty={older}", "facts")
    assert on_postgresql.run(*steps) == first[0]


def as_before(migration: str, path: Path, older: Path) -> None:
    """Write a backup as it would have been taken when this was the last migration of cases."""
    state = MigrationLoader(None).project_state([("cases", migration), ("ingest", "0001_initial")])
    known = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields}
        for model in state.apps.get_models(include_auto_created=True)
    }
    with opened(path) as archive:
        now = archive.manifest
        migrations = [
            name
            for name in now.migrations
            if not name.startswith("cases.") or name <= f"cases.{migration}"
        ]
        then = Manifest(now.taken, now.database, migrations)
        with written(older, then) as into:
            for table in now.tables:
                if table.name.startswith("cases_") and table.name not in known:
                    continue
                columns = known.get(table.name) or {name for name, _kind in table.columns}
                at = [at for at, (name, _kind) in enumerate(table.columns) if name in columns]
                then.tables.append(Table(table.name, tuple(table.columns[each] for each in at)))
                with archive.member(member_of(table.name)) as lines:
                    rows = (json.loads(line) for line in lines)
                    then.rows[table.name] = into.add(
                        member_of(table.name),
                        (json.dumps([row[each] for each in at]).encode() + b"\n" for row in rows),
                    )
            for name in now.releases:
                with archive.member(f"releases/{name}") as file:
                    into.add(f"releases/{name}", [file.read()], now.releases[name].modified)
