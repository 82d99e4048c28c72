"""Filling a database with made cases, batch by batch, in bounded memory."""

import gc
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.models import Model

from cases.index import note_change, note_missing
from cases.models import Case
from cases.models.choices import Review
from cases.models.index import ALL
from cases.statistics import gather
from cases.volume.lists import Lists
from cases.volume.making import CODED_BY, WRITTEN, Batch, Maker

CASES_PER_DOCUMENT = 50
# Rows in one statement at most; SQLite takes fewer, as Django knows.
ROWS_AT_ONCE = 1000


@dataclass
class Tally:
    """How many rows were written, by table, how many of the cases are drafts, and how fast."""

    rows: Counter = field(default_factory=Counter)
    drafts: int = 0
    seconds: float = 0.0

    @property
    def cases(self) -> int:
        return self.rows[_name(Case)]

    def __str__(self) -> str:
        lines = [f"{name}: {self.rows[name]}" for name in map(_name, WRITTEN)]
        total = f"{self.cases} cases, {self.drafts} of them drafts, in {self.seconds:.1f} s"
        return "\n".join([*lines, f"make_cases: {total}"])


def _name(model: type[Model]) -> str:
    return model._meta.db_table


def holds_seed(seed: int) -> bool:
    """Whether cases of this seed were made here already."""
    made = Case.objects.filter(coded_by=CODED_BY, slug__regex=rf"-{seed}-[0-9]{{6,}}$")
    return made.exists()


def fill(
    number: int,
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
    *,
    jobs: int = 1,
    per_document: int = CASES_PER_DOCUMENT,
) -> Tally:
    """Write so many cases of the seed, each document with its cases in one transaction.

    With several jobs, as many processes make and write batches side by side; the cases are the
    same.
    """
    maker, tally, began, said = Maker(seed, Lists()), Tally(), time.monotonic(), 0
    firsts = range(1, number + 1, per_document)
    tasks = [
        (place, range(first, min(first + per_document, number + 1)))
        for place, first in enumerate(firsts, start=1)
    ]
    for rows, drafts in _results(maker, tasks, jobs):
        tally.rows += rows
        tally.drafts += drafts
        if time.monotonic() - began > said + 5:
            said = time.monotonic() - began
            progress(f"{tally.cases} of {number} cases, {said:.0f} s")
    with connection.cursor() as cursor:
        # The ids were ours: the database must go on after them.
        for sql in connection.ops.sequence_reset_sql(no_style(), WRITTEN):
            cursor.execute(sql)
    gather()
    note_missing()  # by a query that needs what was gathered
    gather()  # since every case was written once more
    note_change(ALL)
    tally.seconds = time.monotonic() - began
    return tally


def _results(maker: Maker, tasks: list, jobs: int) -> Iterator[tuple[Counter, int]]:
    """What each batch came to, as they are written."""
    if jobs == 1:
        yield from (_write(maker.batch(*task)) for task in tasks)
        return
    connections.close_all()  # a connection does not survive being shared
    # The processes begin as copies of this one, with its lists and its database.
    context = multiprocessing.get_context("fork")
    with context.Pool(jobs, initializer=_begin, initargs=[maker]) as pool:
        yield from pool.imap_unordered(_make_and_write, tasks)


_makers: list[Maker] = []


def _begin(maker: Maker) -> None:
    _makers.append(maker)
    gc.freeze()  # what is here already stays: no use in looking through it again and again


def _make_and_write(task: tuple[int, range]) -> tuple[Counter, int]:
    return _write(_makers[0].batch(*task))


def _write(batch: Batch) -> tuple[Counter, int]:
    """Write a batch; gives how many rows of each table, and how many drafts, it has."""
    with transaction.atomic():
        for model in WRITTEN:
            model._default_manager.bulk_create(batch.rows[model], batch_size=ROWS_AT_ONCE)
    drafts = sum(case.review != Review.PUBLISHED for case in batch.rows[Case])
    return Counter({_name(model): len(rows) for model, rows in batch.rows.items()}), drafts
