"""Timing a work and its peer in turn, so that a noisy machine disturbs both alike."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

# A work that takes longer than this is not repeated more often than need be.
SLOW = 10.0


@dataclass
class Row:
    """One line of the table: a work, what it is measured against, and what is asked of it."""

    work: str
    database: str
    cases: int
    seconds: float
    peer: str
    peer_seconds: float
    goal: float
    memory_mb: float | None = None
    memory_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.seconds / self.peer_seconds

    @property
    def met(self) -> bool:
        too_big = self.memory_most is not None and (self.memory_mb or 0) > self.memory_most
        return self.ratio <= self.goal and not too_big

    def as_json(self) -> dict:
        return asdict(self)


def timed(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def in_turn(*functions: Callable[[], float], least: int = 3, most: int = 7) -> list[float]:
    """The median of what each function says it took, all of them run round after round.

    Each runs `least` times, or once where that takes minutes; `most` times if all are quick.
    """
    taken: list[list[float]] = [[] for _function in functions]
    for turn in range(most):
        for times, function in zip(taken, functions, strict=True):
            times.append(function())
        spent = sum(map(sum, taken))
        if spent > 6 * SLOW or (turn + 1 >= least and spent > SLOW):
            break
    return [statistics.median(times) for times in taken]


class Query(NamedTuple):
    """One question to the database, as it was asked: `many` asks it once for each of `params`."""

    sql: str
    params: Any = None
    many: bool = False


@contextmanager
def asked() -> Iterator[list[Query]]:
    """All that is asked of the database inside, to be asked again exactly so.

    Django's log of queries is for reading: it has no values apart, and of many rows that are sent
    together it tells only the number.
    """
    from django.db import connection

    queries: list[Query] = []

    def note(execute, sql, params, many, context):
        params = list(params) if many else params  # they may come one by one, and only once
        queries.append(Query(sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield queries


def run_all(queries: Iterable[Query | str]) -> None:
    """Ask these of the database, and take what it gives, without anything around it."""
    from django.db import connection

    with connection.cursor() as cursor:
        for query in queries:
            sql, params, many = Query(query) if isinstance(query, str) else query
            if many:
                cursor.executemany(sql, params)
            else:
                cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()


def percentile(times: list[float], share: float) -> float:
    """The time within which this share of all was done."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Run:
    """What one run in a process of its own took: seconds, until its first piece, and memory."""

    seconds: float
    first: float
    memory_mb: float


def in_a_process(pieces: Callable[[], object]) -> Run:
    """Take all that an iterable gives, in a process of its own whose memory tells of it alone."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=[pieces, theirs])
    process.start()
    theirs.close()
    try:
        run = ours.recv()
    except EOFError:
        raise RuntimeError("the measured process ended without an answer") from None
    finally:
        process.join()
    return run


def _run(pieces, answer) -> None:
    from django.db import connections

    for each in connections.all(initialized_only=True):
        each.connection = None  # the parent's, which it goes on using
        each.ensure_connection()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, first = time.perf_counter(), 0.0
    for _piece in pieces():
        first = first or time.perf_counter() - began
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.send(Run(seconds, first, (after - before) / 1024))
