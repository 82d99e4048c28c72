"""Files: written by the project, and by the databases' own commands from the same query."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from django.db.models import Count
from django.http import QueryDict

from cases.exports import TABLES, Table, write
from cases.models import CaseFacet
from tests.benchmarks import peers
from tests.benchmarks.databases import FOLDER, Database
from tests.benchmarks.measuring import Row, in_a_process, in_turn, timed

GOALS = {
    "cases": {"PostgreSQL": 1.2, "SQLite": 2.0},
    "statements": {"PostgreSQL": 1.5, "SQLite": 2.5},
    "evidence": {"PostgreSQL": 1.5, "SQLite": 2.5},
}
# Our own: the same rows as a table that has them already, which no plan of a query can flatter.
STORED_GOAL = 3.0
STORED = "stored_rows"
MEMORY_MOST = 32
FIRST_BYTE_MOST = 0.3
# How many rows a filtered export is to have, about.
SOME = 300


def rows(database: Database) -> Iterator[Row]:
    for name, goals in GOALS.items():
        yield from _whole(database, name, goals[database.kind])
    yield _filtered(database)


def _whole(database: Database, name: str, goal: float) -> Iterator[Row]:
    path = FOLDER / f"{database.kind}-{name}.csv"
    sql = _literally(TABLES[name].query().query)
    runs = []

    def ours() -> float:
        runs.append(in_a_process(lambda: _write(TABLES[name], path)))
        return runs[-1].seconds

    with _stored(database, sql) as stored:
        seconds, limit, least = in_turn(
            ours,
            lambda: timed(lambda: _copy(database, database.url, sql, path)),
            lambda: timed(lambda: _copy(database, stored, f"SELECT * FROM {STORED}", path)),
        )
    peer = "psql \\copy" if database.kind == "PostgreSQL" else "sqlite3 -csv"
    memory = max(run.memory_mb for run in runs), MEMORY_MOST
    kind, cases = database.kind, database.cases
    yield Row(f"{name}.csv, all", kind, cases, seconds, peer, limit, goal, *memory)
    peer += " of a stored table"
    yield Row(f"{name}.csv, all (own goal)", kind, cases, seconds, peer, least, STORED_GOAL)
    if name == "cases":
        first = sorted(run.first for run in runs)[len(runs) // 2]
        values = kind, cases, first, "0.3 s", FIRST_BYTE_MOST, 1.0
        yield Row(f"{name}.csv, its first bytes", *values)
    path.unlink()


def _copy(database: Database, url: str, sql: str, path: Path) -> None:
    """What a query gives, written by the database's own command."""
    if database.kind == "SQLite":
        peers.copy_by_sqlite(url.removeprefix("sqlite:///"), sql, path)
    else:
        peers.copy_by_psql(url, sql, path)


@contextmanager
def _stored(database: Database, sql: str) -> Iterator[str]:
    """The rows of a query as the table STORED: the address of the database that has it."""
    if database.kind == "PostgreSQL":
        with psycopg.connect(database.url, autocommit=True) as own:
            own.execute(f"DROP TABLE IF EXISTS {STORED}")
            own.execute(f"CREATE UNLOGGED TABLE {STORED} AS {sql}")
            try:
                yield database.url
            finally:
                own.execute(f"DROP TABLE {STORED}")
        return
    path = FOLDER / "stored.sqlite3"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as own:
        own.execute("ATTACH ? AS made", [database.url.removeprefix("sqlite:///")])
        own.execute(f"CREATE TABLE {STORED} AS {sql}")
        own.commit()
    try:
        yield f"sqlite:///{path}"
    finally:
        path.unlink()


def _write(table: Table, path: Path, selected=None) -> Iterator[bytes]:
    with path.open("wb") as file:
        head = f"{','.join(table.columns)}\n".encode()
        for piece in write(table, "csv", selected):
            file.write(piece)
            if piece != head:  # the names of columns alone are no beginning of an answer
                yield piece


def _filtered(database: Database) -> Row:
    """A file of some hundred rows against the fastest way that its query was ever answered."""
    table = TABLES["cases"]
    params = QueryDict(_some_hundred())
    query = table.query(table.select(params)).query
    ids = table.select(params).order_by().values_list("pk", flat=True)

    def ours() -> float:
        return timed(lambda: b"".join(write(table, "csv", table.select(params))))

    def as_it_is() -> float:
        return timed(lambda: _run(*query.sql_with_params()))

    def by_ids() -> float:
        def run():
            chosen = table.model.objects.filter(pk__in=list(ids)).order_by("start_earliest")
            _run(*table.query(chosen).query.sql_with_params())

        return timed(run)

    ways = {"its query": as_it_is, "the same by ids": by_ids}
    if database.kind == "PostgreSQL":
        for setting in ("jit", "enable_hashjoin", "enable_seqscan"):
            ways[f"{setting} off"] = lambda name=setting: _without(name, as_it_is)
    seconds, *others = in_turn(ours, *ways.values())
    peer, fastest = min(zip(ways, others, strict=True), key=lambda pair: pair[1])
    work = f"cases.csv, {ids.count()} filtered rows"
    return Row(work, database.kind, database.cases, seconds, peer, fastest, 1.5)


def _some_hundred() -> str:
    """The filter whose number of cases is nearest to SOME."""
    counted = CaseFacet.objects.filter(facet__in=("tool", "outcome", "country")).order_by()
    found = counted.values("facet", "value").annotate(n=Count("pk"))
    facet, value, _n = min(
        found.values_list("facet", "value", "n"), key=lambda row: (abs(row[2] - SOME), *row[:2])
    )
    return f"{facet}={value}"


def _run(sql: str, params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.fetchall()


def _without(setting: str, run) -> float:
    """How long a run takes while a way of answering is switched off."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET {setting} = off")
        try:
            return run()
        finally:
            cursor.execute(f"RESET {setting}")


def _literally(query) -> str:
    """A query as text that the databases' own commands take."""
    sql, params = query.sql_with_params()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        client = psycopg.ClientCursor(connection.connection)
        return client.mogrify(sql, params)
    with sqlite3.connect(":memory:") as quoting:
        marks = ", ".join("QUOTE(?)" for _value in params)
        quoted = quoting.execute(f"SELECT {marks}", params).fetchone() if params else ()
    return sql % quoted
