"""Run all tests on SQLite and, where a server answers, on PostgreSQL; say which it was.

`make test` calls this; arguments go to pytest. TEST_POSTGRES_URL names the server.
"""

import os
import subprocess
import sys
import time
from urllib.parse import urlsplit

import psycopg

DEFAULT_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


def postgres_version(address: str) -> str | None:
    """The version of the server at the address, or None if none answers."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            return connection.execute("SHOW server_version").fetchone()[0]
    except psycopg.OperationalError:
        return None


def run(name: str, database_url: str, arguments: list[str]) -> bool:
    """One run of pytest on one database."""
    print(f"== tests on {name}", flush=True)
    environment = os.environ | {"DATABASE_URL": database_url}
    if not database_url:
        del environment["DATABASE_URL"]
    began = time.monotonic()
    status = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env=environment
    ).returncode
    print(f"== {name}: {'passed' if status == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
    return status == 0


def main() -> int:
    import sqlite3

    arguments = sys.argv[1:]
    databases = [(f"SQLite {sqlite3.sqlite_version}", "")]
    address = os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES
    if version := postgres_version(address):
        databases.append((f"PostgreSQL {version}", address))
        skipped = ""
    else:
        parts = urlsplit(address)
        skipped = f"no PostgreSQL server answers at {parts.hostname}:{parts.port or 5432}"
    failed = [name for name, url in databases if not run(name, url, arguments)]
    passed = [name for name, _url in databases if name not in failed]
    print(f"== passed on: {', '.join(passed) or 'nothing'}")
    if skipped:
        print(f"== not tested on PostgreSQL: {skipped} (set TEST_POSTGRES_URL)")
    if failed:
        print(f"== FAILED on: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
