"""python -m tests.benchmarks.load: many readers, three who write, and a database that goes away.

README.md in this folder says what is asked of it. Everything is done with copies of a bench
database, on servers that are started for it on the loopback address.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import psycopg

from tests.benchmarks import databases
from tests.benchmarks.clusters import Cluster
from tests.benchmarks.databases import BASE, FOLDER, Database
from tests.benchmarks.measuring import percentile
from tests.benchmarks.servers import free_port, wait_for
from tests.benchmarks.visitors import (
    PASSWORD,
    PATIENCE,
    SAVES,
    SECRET,
    SOUGHT,
    Answer,
    Corrector,
    Importer,
    Log,
    Reader,
    ask,
)

# How long the database is away, and how long after its return an answer may still say so.
AWAY, GRACE = 4.0, 2.0
# How long somebody else keeps SQLite for writing.
HELD = 8.0
# What memory may grow by between the first third of a run and its end, in MB.
GROWN_MOST = 40
# Who writes, and in which group: what an editor does to a published case is no reader's yet.
EDITORS = {
    "corrector-of-a-draft": "editor",
    "corrector-of-a-published-case": "editor",
    "importer": "reviewer",
}
ACCOUNTS = f"""
from tests.people import make_person
for name, group in {EDITORS!r}.items():
    person = make_person(group, name)
    person.set_password({PASSWORD!r})
    person.save()
"""


class Watch:
    """Looks after the worker processes of a server: what memory each has, from time to time."""

    def __init__(self, server: subprocess.Popen, over: threading.Event):
        self.server, self.over, self.seen = server, over, []
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        while not self.over.wait(1):
            self.seen.append(sum(map(_resident, _children(self.server.pid))))

    def growth(self) -> tuple[float, float]:
        """MB in the first third of the run (the warm-up aside), and at its end."""
        third = max(1, len(self.seen) // 3)
        return median(self.seen[third // 2 : third + 1]), median(self.seen[-third:])


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in path.read_text().split()] if path.exists() else []


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def served(database: Database) -> Iterator[tuple[int, subprocess.Popen]]:
    """The site exactly as `make run` serves it: its port, and its process."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with (FOLDER / "load.log").open("ab") as said:
        server = subprocess.Popen(
            command, cwd=BASE, env=database.environment, stdout=said, stderr=said
        )
        try:
            wait_for(port, server)
            yield port, server
        finally:
            server.terminate()
            server.wait(timeout=60)


# What is changed in a copy before anybody comes: drafts, and what never leaves the desk.
# A draft that is no working copy.
DRAFT = (
    "FROM cases_case WHERE review = 'draft' AND working_copy_of_id IS NULL ORDER BY slug LIMIT 1"
)
DRAFTS = "review <> 'published'"
WORDS = f"title_en = 'Draft {SECRET}', summary_en = '{SECRET} {SOUGHT}'"
INDEXED = f"search_head = ' {SECRET} ', search_text = ' {SECRET} {SOUGHT} '"
OF_DRAFTS = f"case_id IN (SELECT id FROM cases_case WHERE {DRAFTS})"  # noqa: S608
MARKED = (
    f"UPDATE cases_case SET {WORDS}, {INDEXED} WHERE {DRAFTS}",  # noqa: S608
    f"UPDATE cases_case SET internal_notes = '{SECRET}'",  # noqa: S608
    f"UPDATE cases_statement SET note_en = '{SECRET}' WHERE {OF_DRAFTS}",  # noqa: S608
)


def prepare(database: Database) -> None:
    """Mark all that readers must not see, and make accounts for those who write."""
    for sql in MARKED:
        _ask(database, sql)
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", ACCOUNTS],
        cwd=BASE,
        env=database.environment,
        check=True,
    )


def _ask(database: Database, sql: str) -> list[tuple]:
    if database.kind == "SQLite":
        path = database.url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as own, own:
            return own.execute(sql).fetchall()
    with psycopg.connect(database.url) as own:
        asked = own.execute(sql)
        return asked.fetchall() if asked.description else []


def ways(database: Database) -> list[tuple[str, str]]:
    """What readers ask, the more often the more often it stands here: (what, address)."""
    published = "FROM cases_case WHERE review = 'published'"
    slugs = [row[0] for row in _ask(database, f"SELECT slug {published} ORDER BY slug LIMIT 40")]  # noqa: S608
    hidden = f"SELECT slug {DRAFT}"
    filters = [
        *("tool=mediation", "country=GIN", "un_role=lead", "tool=good_offices&from=1990"),
        *("coverage=substantial&page=2", "from=2000&to=2010", f"q={SOUGHT}", "q=mediation"),
    ]
    filters = [f"/cases/?{each}" for each in filters]
    found = [("list, filtered", each) for each in filters * 5]
    found += [("list, in Persian and Arabic", f"/{code}{filters[0]}") for code in ("fa", "ar")] * 3
    found += [("case page", f"/cases/{slug}/") for slug in slugs]
    found += [("cases.csv, filtered", "/cases.csv?tool=mediation&from=2000")] * 6
    found += [("cases.csv, all", "/cases.csv")] * 2
    found += [("statements.csv, filtered", "/statements.csv?country=GIN")] * 3
    found += [("draft's page (404)", f"/cases/{_ask(database, hidden)[0][0]}/")]
    return found


def crowd(database: Database, asked: argparse.Namespace, meanwhile=None) -> tuple[Log, Watch]:
    """All of them at once for so long; `meanwhile` is done in the middle of it."""
    log, over, seconds = Log(), threading.Event(), asked.seconds
    # Not one of those that the importer edits, which are the first by date.
    published = (
        "SELECT id FROM cases_case WHERE review = 'published'"
        " ORDER BY start_earliest DESC, slug DESC LIMIT 1"
    )
    known = ways(database)
    with served(database) as (port, server):
        for work, address in dict(known).items():
            ask(port, work, address)
        watch = Watch(server, over)
        cases = (_ask(database, f"SELECT id {DRAFT}")[0][0], _ask(database, published)[0][0])
        writers = [
            Corrector(port, name, log, over, case=case)
            for name, case in zip(EDITORS, cases, strict=False)
        ]
        writers.append(Importer(port, "importer", log, over))
        people = [
            Reader(port, log, over, known, asked.pause, seed) for seed in range(asked.readers)
        ]
        people += writers
        for each in people:
            each.start()
        if meanwhile:
            time.sleep(seconds / 2)
            meanwhile(port, log)
            time.sleep(seconds / 2)
        else:
            time.sleep(seconds)
        over.set()
        for each in people:
            each.join(timeout=PATIENCE)
        if any(each.is_alive() for each in people):
            log.troubles.append("somebody was not answered at all")
    return log, watch


def told(database: Database, log: Log, watch: Watch, away: tuple[float, float] | None) -> bool:
    """Print what came of a run; whether it is as it should be."""
    answers = list(log.answers)
    print(f"  {'work':<28} {'n':>5} {'p50':>7} {'p95':>7}")
    for work in sorted({each.work for each in answers}):
        times = [each.seconds for each in answers if each.work == work and _is_good(each)]
        if times:
            figures = f"{len(times):>5} {median(times):>6.2f}s {percentile(times, 0.95):>6.2f}s"
            print(f"  {work:<28} {figures}")
    wrong = [each for each in answers if not _is_good(each)]
    excused = [each for each in wrong if away and _is_excused(each, *away)]
    unclear = [each for each in excused if each.status == 503 and not each.says_when]
    errors = [f"{each.work}: {each.status}" for each in wrong if each not in excused]
    leaks = [f"{each.work}: a draft leaked" for each in answers if each.leaks]
    before, after = watch.growth()
    stored = _stored(database)
    lost = [title for title in log.saved if title not in stored]
    if away:
        clear = sum(each.status == 503 for each in excused)
        print(f"  while it was away: {clear} times 503, {len(excused) - clear} answers broke off")
    faults = {
        "errors": len(errors),
        "drafts that leaked": len(leaks),
        "503 without Retry-After": len(unclear),
        f"lost of {len(log.saved)} saved": len(lost),
        "troubles": len(log.troubles),
    }
    print("  " + "; ".join(f"{name}: {count}" for name, count in faults.items()))
    print(f"  memory of the workers: {before:.0f} MB, at the end {after:.0f} MB")
    for each in [*log.troubles, *leaks, *errors][:9]:
        print(f"    {each}")
    has_saved = all(any(name in title for title in log.saved) for name in EDITORS)
    if not has_saved:
        print("    not everybody who writes has saved anything")
    return not any(faults.values()) and has_saved and after - before < GROWN_MOST


def _is_good(answer: Answer) -> bool:
    return answer.status == (404 if "404" in answer.work else 200)


def _is_excused(answer: Answer, gone: float, back: float) -> bool:
    """Whether any of its time fell into that in which the database was away."""
    is_clear = answer.status == 503 or isinstance(answer.status, str)
    return is_clear and answer.began < back + GRACE and answer.began + answer.seconds > gone


def _stored(database: Database) -> str:
    """All that the history says of what was saved here."""
    data = "data::text" if database.kind == "PostgreSQL" else "data"
    rows = _ask(database, f"SELECT {data} FROM cases_revision WHERE data IS NOT NULL")  # noqa: S608
    return "\n".join(row[0] for row in rows)


def on_postgresql(asked: argparse.Namespace) -> bool:
    """The crowd, and the crowd with the database restarted in the middle."""
    made = databases.of("PostgreSQL", asked.cases)
    with Cluster() as cluster:
        database = Database("PostgreSQL", asked.cases, cluster.copy_of(made.url))
        prepare(database)
        print(f"PostgreSQL, {asked.cases:,} cases, {asked.readers} readers, two editors, an import")
        well = told(database, *crowd(database, asked), None)
        gone: list[float] = []

        def restart(port: int, log: Log) -> None:
            gone.append(time.monotonic())
            cluster.stop()
            time.sleep(AWAY)
            cluster.start()
            gone.append(time.monotonic())

        print("the same, the database restarted in the middle")
        found = crowd(database, asked, restart)
        return told(database, *found, (gone[0], gone[1])) and well


def on_sqlite(asked: argparse.Namespace) -> bool:
    """The crowd; in the middle somebody else keeps the file for writing."""
    made = databases.of("SQLite", asked.cases)
    path = FOLDER / "load.sqlite3"
    _forget(path)
    source, copy = sqlite3.connect(made.url.removeprefix("sqlite:///")), sqlite3.connect(path)
    with closing(source), closing(copy):
        source.backup(copy)
    database = Database("SQLite", asked.cases, f"sqlite:///{path}")
    prepare(database)
    held: list[float] = []

    def hold(port: int, log: Log) -> None:
        with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as own:
            log.saving.clear()
            log.saving.wait(PATIENCE)  # so that somebody has to wait for us
            own.execute("BEGIN IMMEDIATE")
            held.append(time.monotonic())
            time.sleep(HELD)
            held.append(time.monotonic())
            own.execute("COMMIT")

    print(f"SQLite, the same; for {HELD:.0f} s somebody else is writing")
    log, watch = crowd(database, asked, hold)
    well = told(database, log, watch, None)
    within = [
        each
        for each in log.answers
        if _is_good(each) and held[0] < each.began + each.seconds < held[1]
    ]
    reading = [each for each in within if not each.work.startswith(("editor", "import"))]
    saving = [
        each.seconds
        for each in log.answers
        if each.work in SAVES
        and _is_good(each)
        and each.began < held[1] < each.began + each.seconds
    ]
    waited = f"{len(saving)} saves waited, {max(saving, default=0):.1f} s at most, none failed"
    print(f"  while it was kept: {len(reading)} answers to readers; {waited}")
    _forget(path)
    return well and bool(reading) and bool(saving)


def _forget(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load")
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60, help="of each run")
    parser.add_argument("--pause", type=float, default=20, help="seconds a reader reads, about")
    parser.add_argument("--cases", type=int, default=1_000)
    parser.add_argument("--only", choices=["PostgreSQL", "SQLite"])
    asked = parser.parse_args()
    runs = {"PostgreSQL": on_postgresql, "SQLite": on_sqlite}
    well = [run(asked) for kind, run in runs.items() if asked.only in (None, kind)]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
