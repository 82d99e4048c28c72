"""python -m tests.benchmarks 1000 10000: measure what README.md in this folder lists."""

import argparse
import json
import subprocess
import sys

import psycopg

from tests.benchmarks import databases, peers, report
from tests.benchmarks.databases import BASE, Database
from tests.benchmarks.measuring import Row
from tests.benchmarks.one import PARTS

# What may not grow with the data, and how much of it there is at most when the data grows.
GROWING = ("/cases/, 30 filters, p50", "search, ranked first page")
GROWN_MOST = 8.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; repeatable")
    asked = parser.parse_args()
    rows, failed = [], []
    try:
        peers.datasette()
        found = [each for size in sorted(asked.sizes) for each in databases.all_of(size)]
    except (subprocess.CalledProcessError, psycopg.OperationalError, OSError) as error:
        print(f"Nothing could be measured: {error}", file=sys.stderr)
        return 1
    for database in found:
        print(f"measuring {database.cases:,} cases on {database.kind}", file=sys.stderr, flush=True)
        measured, complete = _measure(database, asked.part or [])
        rows += measured
        if not complete:
            failed.append(f"{database.kind} with {database.cases:,} cases")
    rows += growth(rows)
    print(report.as_table(rows))
    report.write_csv(rows, BASE / "var" / "bench.csv")
    report.write_picture(rows, BASE / "var" / "bench.svg")
    if failed:
        print(f"Not all could be measured: {'; '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _measure(database: Database, parts: list[str]) -> tuple[list[Row], bool]:
    """The rows of a database, measured in a process that knows no other; and whether all are."""
    command = [sys.executable, "-m", "tests.benchmarks.one", database.kind, str(database.cases)]
    done = subprocess.run(
        [*command, database.url, *parts],
        cwd=BASE,
        env=database.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    rows = [Row(**json.loads(line)) for line in done.stdout.splitlines()]
    return rows, done.returncode == 0


def growth(rows: list[Row]) -> list[Row]:
    """How much dearer the largest database is than the smallest."""
    found = []
    for work in GROWING:
        for kind in ("SQLite", "PostgreSQL"):
            same = [row for row in rows if row.work == work and row.database == kind]
            least, most = min(same, key=_cases, default=None), max(same, key=_cases, default=None)
            if least is not most:
                peer = f"at {least.cases:,} cases"
                times = most.seconds, peer, least.seconds, GROWN_MOST
                found.append(Row(f"{work}: growth", kind, most.cases, *times))
    return found


def _cases(row: Row) -> int:
    return row.cases


if __name__ == "__main__":
    sys.exit(main())
