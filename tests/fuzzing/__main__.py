"""python -m tests.fuzzing: very many questions that nobody means; no answer may be a fault.

README.md in tests/benchmarks says what is asked of it. Everything is done with databases that are
made for it and dropped, in this machine alone.
"""

import argparse
import json
import random
import signal
import subprocess
import sys

from tests.benchmarks.databases import BASE
from tests.benchmarks.servers import free_port, wait_for
from tests.fuzzing.databases import FOLDER, copies, environment
from tests.fuzzing.worker import Result

# Pages that are read first, to learn what the site is asked.
PAGES = 400
PROCESSES = 2


def begin(url: str, **asked) -> subprocess.Popen:
    """A process that asks its share of the questions."""
    command = [sys.executable, "-m", "tests.fuzzing.worker", json.dumps(asked)]
    return subprocess.Popen(command, cwd=BASE, env=environment(url), stdout=subprocess.PIPE)


def gathered(workers: list[subprocess.Popen]) -> Result:
    """What came of the questions of all of them; none of them outlives this."""
    whole = Result()
    try:
        for each in workers:
            said, _errors = each.communicate()
            if each.returncode:
                raise RuntimeError(f"a process of questions ended with {each.returncode}")
            whole.join(Result.of_data(json.loads(said)))
    finally:
        for each in workers:
            each.kill()
            each.wait()
    return whole


def in_processes(urls: list[str], count: int, first: int, **asked) -> Result:
    """Questions from `first` on, asked within as many processes as there are copies."""
    step, last = len(urls), first + count
    return gathered(
        [
            begin(
                url,
                first=first + number,
                last=last,
                step=step,
                port=0,
                notes_progress=not number,
                **asked,
            )
            for number, url in enumerate(urls)
        ]
    )


def over_http(url: str, count: int, **asked) -> Result:
    """The same to the site as `make run` serves it; as nobody, for what is done there stays."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with (FOLDER / "server.log").open("ab") as said:
        served = subprocess.Popen(command, cwd=BASE, env=environment(url), stdout=said, stderr=said)
        try:
            wait_for(port, served)
            numbers = {"first": 0, "last": count, "step": 1}
            return gathered([begin(url, port=port, notes_progress=True, **numbers, **asked)])
        finally:
            served.terminate()
            served.wait(timeout=60)


def told(name: str, result: Result, wanted: int) -> bool:
    """Print what came of a part of a run; whether so many were asked and all is well."""
    total = sum(row.count for row in result.rows.values())
    print(f"\n{name}: {total:,} requests, after {result.surveyed} to learn what may be asked")
    print(f"  {'address':<58} {'n':>6} {'slowest':>8}  statuses")
    for form, row in sorted(result.rows.items()):
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(row.statuses.items()))
        print(f"  {form[:58]:<58} {row.count:>6} {row.slowest:>7.2f}s  {statuses}")
    for each in result.finds:
        print(f"\n  FOUND {each}")
    print(f"  {len(result.finds)} faults", flush=True)
    if total < wanted:
        print(f"  ENDED EARLY: {wanted - total:,} of {wanted:,} were not asked", flush=True)
    return total >= wanted and not result.finds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("--requests", type=int, default=100_000, help="to each database")
    parser.add_argument("--over-http", type=int, help="of these, to a server; else a twentieth")
    parser.add_argument("--seconds", type=float, default=7_200, help="at most, of each part")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument(
        "--cases", type=int, default=60, help="made ones, beside those of the seeds"
    )
    parser.add_argument("--only", choices=["PostgreSQL", "SQLite"])
    parser.add_argument("--number", type=int, help="ask this question of the seed again, alone")
    asked = parser.parse_args()
    served = asked.requests // 20 if asked.over_http is None else asked.over_http
    if served > asked.requests:
        parser.error("--over-http cannot be more than --requests")
    # Whoever ends the run early leaves no database behind either.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("ended early"))
    print(f"seed {asked.seed}", flush=True)
    well = []
    for kind in ("SQLite", "PostgreSQL"):
        if asked.only not in (None, kind):
            continue
        processes = 1 if asked.number is not None else PROCESSES
        with copies(kind, processes, asked.cases) as (urls, sessions):
            same = {
                "sessions": sessions,
                "seed": asked.seed,
                "pages": PAGES,
                "seconds": asked.seconds,
            }
            if asked.number is not None:
                well.append(told(kind, in_processes(urls, 1, asked.number, **same), 1))
                continue
            inside = asked.requests - served
            result = in_processes(urls, inside, served, **same)
            well.append(told(f"{kind}, in {processes} processes", result, inside))
            if served:
                result = over_http(urls[0], served, **same)
                well.append(told(f"{kind}, over HTTP", result, served))
    print(f"\nseed {asked.seed}: {'all is well' if all(well) else 'not all is well'}")
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
