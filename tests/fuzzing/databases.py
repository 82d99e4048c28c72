"""Databases to ask questions of: the seeds and made cases, with marked words; a copy a process.

All copies have the same releases, which nobody changes.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from tests.benchmarks.databases import BASE, server

FOLDER = BASE / "var" / "fuzz"
# Those of the checkout are not asked for.
RELEASES = FOLDER / f"fuzz_{os.getpid()}_releases"
PREPARE = """
import json
from releases.making import make
from tests.fuzzing.frozen import freeze_twice
from tests.fuzzing.hidden import hide, sign_in
hide()
freeze_twice(make)
print(json.dumps(sign_in()))
"""


def environment(url: str) -> dict[str, str]:
    """What a process of ours needs to work on a database."""
    return os.environ | {
        "DATABASE_URL": url,
        "RELEASES_DIR": str(RELEASES),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(BASE),
    }


@contextmanager
def copies(kind: str, count: int, cases: int) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The addresses of so many equal databases, and the sessions of those who ask; then gone.

    Their releases go with them.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = [f"fuzz_{os.getpid()}_{number}" for number in range(count)]
    try:
        _create(kind, names[0])
        sessions = _fill(_address(kind, names[0]), cases)
        for name in names[1:]:
            _create(kind, name, names[0])
        yield [_address(kind, name) for name in names], sessions
    finally:
        for name in names:
            _drop(kind, name)
        if RELEASES.exists():
            shutil.rmtree(RELEASES)


def _address(kind: str, name: str) -> str:
    if kind == "SQLite":
        return f"sqlite:///{FOLDER / name}.sqlite3"
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def _fill(url: str, cases: int) -> dict[str, str]:
    """Records of every kind and releases of them; gives the key of a session by who asks."""
    commands = (
        ("migrate", "--verbosity", "0"),
        ("seed", "--verbosity", "0"),
        ("make_cases", str(cases), "--add", "--jobs", "1", "--verbosity", "0"),
        ("shell", "--verbosity", "0", "--command", PREPARE),
    )
    for command in commands:
        said = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE,
            env=environment(url),
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    return json.loads(said)


def _create(kind: str, name: str, like: str | None = None) -> None:
    if kind == "SQLite":
        if like:
            with closing(sqlite3.connect(FOLDER / f"{like}.sqlite3")) as own:
                own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(FOLDER / f"{like}.sqlite3", FOLDER / f"{name}.sqlite3")
        return
    sql = SQL("CREATE DATABASE {} TEMPLATE {}").format(
        Identifier(name), Identifier(like or "template1")
    )
    with psycopg.connect(server(), autocommit=True) as own:
        own.execute(sql)


def _drop(kind: str, name: str) -> None:
    if kind == "SQLite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{FOLDER / name}.sqlite3{suffix}").unlink(missing_ok=True)
        return
    with psycopg.connect(server(), autocommit=True) as own:
        own.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
