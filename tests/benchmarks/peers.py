"""What the works are measured against: psql, sqlite3 and Datasette."""

import csv
import io
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from django.db import connection

from tests.benchmarks.databases import BASE, FOLDER

DATASETTE = "datasette==0.65.1"
FACETS = ("coverage", "country", "situation", "trigger", "un_role")
# Columns of the file `cases` with several values, and the column with the first of them.
FIRSTS = {"countries": "country", "situations": "situation", "triggers": "trigger"}


def copy_by_psql(url: str, sql: str, path: Path) -> None:
    """Write what a query gives as CSV with psql's own \\copy.

    With the project's own settings for a connection, so the plan is the same.
    """
    line = f"\\copy ({sql}) TO '{path}' WITH (FORMAT csv, HEADER)"
    command = ["psql", "--no-psqlrc", "--quiet", "--dbname", url, "--command", line]
    environment = os.environ | {"PGOPTIONS": connection.settings_dict["OPTIONS"]["options"]}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def copy_by_sqlite(file: str, sql: str, path: Path) -> None:
    """Write what a query gives as CSV with the command sqlite3, or with Python's module."""
    if shutil.which("sqlite3"):
        with path.open("wb") as output:
            command = ["sqlite3", "-readonly", "-csv", "-header", file, sql]
            subprocess.run(command, check=True, stdout=output)
        return
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with path.open("w", newline="") as output:
        csv.writer(output).writerows(database.execute(sql))
    database.close()


def datasette() -> Path:
    """The command, installed into an environment of its own where it is not there yet."""
    command = FOLDER / "peers" / "bin" / "datasette"
    if not command.exists():
        print(f"installing {DATASETTE}", file=sys.stderr, flush=True)
        folder = FOLDER / "peers"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "pip"), "install", "--quiet", DATASETTE]
        subprocess.run(pip, check=True, cwd=BASE)
    return command


def datasette_file(size: int, content: bytes) -> Path:
    """The rows of the file `cases` as a table for Datasette, with all that makes it fast.

    An index on every column that is a facet or filtered by, a full-text index on titles and
    summaries.
    """
    path = FOLDER / f"datasette-{size}.sqlite3"
    path.unlink(missing_ok=True)
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    for row in rows:
        row |= {first: row[several].partition(";")[0] for several, first in FIRSTS.items()}
    columns = list(rows[0])
    with sqlite3.connect(path) as connection:
        named = ", ".join(f'"{column}"' for column in columns)
        connection.execute(f"CREATE TABLE cases (id INTEGER PRIMARY KEY, {named})")
        marks = ", ".join("?" for _column in columns)
        connection.executemany(
            f"INSERT INTO cases ({named}) VALUES ({marks})", (list(row.values()) for row in rows)
        )
        for column in (*FACETS, "start_earliest", "end_latest"):
            connection.execute(f'CREATE INDEX "by_{column}" ON cases ("{column}")')
        texts = ", ".join(c for c in columns if c.startswith(("title_", "summary_")))
        connection.execute(f"CREATE VIRTUAL TABLE cases_fts USING fts5({texts}, content='cases')")
        connection.execute("INSERT INTO cases_fts (cases_fts) VALUES ('rebuild')")
        connection.execute("ANALYZE")
    connection.close()
    return path
