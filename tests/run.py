"""Run all tests on SQLite and, where a server answers, on PostgreSQL; say which it was.

`make test` calls this; arguments go to pytest. TEST_POSTGRES_URL names the server.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from typing import IO
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


def start(database_url: str, arguments: list[str]) -> tuple[subprocess.Popen, IO[bytes]]:
    """Begin a run of pytest on one database; what it prints goes to a file of its own."""
    environment = os.environ | {"DATABASE_URL": database_url}
    if not database_url:
        del environment["DATABASE_URL"]
    command = [sys.executable, "-m", "pytest", *arguments]
    output = tempfile.TemporaryFile()  # noqa: SIM115 (read when the run has ended)
    process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    return process, output


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
    # Side by side: the machines that run all of it have two cores. What a browser shows does not
    # hang on the database, nor does what asks none, so one of the runs has these.
    # Each has two processes: one waits for its database now and then, and neither ends long before
    # the other.
    arguments = ["-n", "2", "--dist", "loadfile", *arguments]
    second = ["-m", "django_db and not browser", *arguments]
    runs = [(name, *start(url, arguments if url == "" else second)) for name, url in databases]
    passed, failed = [], []
    for name, process, output in runs:
        (failed if process.wait() else passed).append(name)
        print(f"== {name}, after {time.monotonic() - began:.0f} s", flush=True)
        output.seek(0)
        sys.stdout.buffer.write(output.read())
        sys.stdout.flush()
    print(f"== passed on: {', '.join(passed) or 'nothing'}")
    if skipped:
        print(f"== not tested on PostgreSQL: {skipped} (set TEST_POSTGRES_URL)")
    if failed:
        print(f"== FAILED on: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
