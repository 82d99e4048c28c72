"""The databases that are measured: one of each size on SQLite and on PostgreSQL, built once."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

BASE = Path(__file__).resolve().parents[2]
FOLDER = BASE / "var" / "bench"
SEED = 1
DEFAULT_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True)
class Database:
    """A database of made cases: what it is, how many cases it has, and its address."""

    kind: str
    cases: int
    url: str

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(BASE),
        }


def all_of(size: int) -> list[Database]:
    """The databases of a size, built where they are not there yet or were not finished."""
    sqlite = Database("SQLite", size, f"sqlite:///{FOLDER / f'cases-{size}.sqlite3'}")
    # Two checkouts beside each other build their own.
    checkout = re.sub(r"\W", "_", BASE.name.lower())[:40]
    postgres = Database("PostgreSQL", size, _named(f"bench_{checkout}_{size}"))
    for database in (sqlite, postgres):
        if not _is_built(database):
            _build(database)
    return [sqlite, postgres]


def server() -> str:
    return os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES


def _named(name: str) -> str:
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def _mark(database: Database) -> Path:
    """A file that says that the database was built to its end."""
    return FOLDER / f"{database.kind.lower()}-{database.cases}.built"


def _is_built(database: Database) -> bool:
    return _mark(database).exists() and not _manage(database, "migrate", "--check").returncode


def _build(database: Database) -> None:
    print(f"building {database.cases:,} cases on {database.kind}", file=sys.stderr, flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    if database.kind == "SQLite":
        for suffix in ("", "-wal", "-shm"):
            Path(database.url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
    else:
        with psycopg.connect(server(), autocommit=True) as connection:
            name = psycopg.sql.Identifier(urlsplit(database.url).path[1:])
            connection.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
    for arguments in (["migrate"], ["make_cases", str(database.cases), "--seed", str(SEED)]):
        _manage(database, *arguments, "--verbosity", "0").check_returncode()
    _mark(database).touch()


def _manage(database: Database, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=BASE, env=database.environment, stdout=subprocess.DEVNULL, check=False
    )
