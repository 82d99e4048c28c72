"""Run all tests on SQLite and, where a server answers, on PostgreSQL; say which it was.

`make test` calls this; arguments go to pytest. TEST_POSTGRES_URL names the server.
"""

import os
import sqlite3
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


def run(database_url: str, arguments: list[str]) -> bool:
    """Whether all tests pass on one database; what pytest prints is seen as it goes."""
    environment = os.environ | {"DATABASE_URL": database_url}
    if not database_url:
        del environment["DATABASE_URL"]
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode == 0


def main() -> int:
    arguments = sys.argv[1:]
    databases = [(f"SQLite {sqlite3.sqlite_version}", "")]
    address = os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES
    skipped = ""
    if version := postgres_version(address):
        databases.append((f"PostgreSQL {version}", address))
    else:
        parts = urlsplit(address)
        skipped = f"no PostgreSQL server answers at {parts.hostname}:{parts.port or 5432}"
    print(f"== tests on {' and '.join(name for name, _url in databases)}", flush=True)
    if len(databases) == 2:
        print(f"== those that use no database, and the browser's, on {databases[0][0]} alone")
    began = time.monotonic()
    # One database after the other: side by side they crowd each other out of the processor's
    # caches. One process a core, as far as a server's connections go. What a browser shows does
    # not hang on the database, nor does what asks none, so one of the runs has these.
    processes = min(8, max(2, os.cpu_count() or 2))
    arguments = ["-n", str(processes), "--dist", "loadfile", *arguments]
    second = ["-m", "django_db and not browser", *arguments]
    passed, failed = [], []
    for name, url in databases:
        print(f"== {name}", flush=True)
        (passed if run(url, second if url else arguments) else failed).append(name)
        print(f"== {name}, after {time.monotonic() - began:.0f} s", flush=True)
    print(f"== passed on: {', '.join(passed) or 'nothing'}")
    if skipped:
        print(f"== not tested on PostgreSQL: {skipped} (set TEST_POSTGRES_URL)")
    if failed:
        print(f"== FAILED on: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
