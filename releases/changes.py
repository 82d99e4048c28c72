"""What is different between two releases, read from their frozen files.

Cases and statements are told row by row and cell by cell, other tables by their number of rows.
Both files of a table stand in the order of the cases' slugs, so they are read side by side, a case
at a time. What was found is kept beside the releases, which never change.
"""

import csv
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from cases.exports import TABLES
from releases.schema import PATH
from releases.store import Release

KEPT = ".changes"
COLUMNS = ("table", "change", "case", "key", "column", "before", "after")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# By table: the column of the case, that of the key within it, and columns that change with every
# save of the case whatever was changed in it.
COMPARED = {
    "cases": ("slug", "", ("changed_on",)),
    "statements": ("case", "key", ("version",)),
}
csv.field_size_limit(2**31 - 1)

Cells = dict[str, str]


class Row(NamedTuple):
    """One line of the file of differences; only of a changed row there are cells."""

    table: str
    change: str
    case: str
    key: str
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Record:
    """A case or a statement that came, went or changed, with the cells (column, before, after)."""

    table: str
    change: str
    case: str
    key: str
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Changes:
    """What is different in `new` from `old`.

    `counts` are records by table and kind of change; `rows` are numbers of rows before and after,
    by table (None where a release has no such table); `uncompared` are columns that only one of
    the releases has, by table; `path` is the file of all differences.
    """

    old: Release
    new: Release
    path: Path
    counts: dict[str, dict[str, int]]
    uncompared: dict[str, list[str]]

    @property
    def total(self) -> int:
        return sum(sum(by_kind.values()) for by_kind in self.counts.values())

    @property
    def rows(self) -> list[tuple[str, int | None, int | None]]:
        names = dict.fromkeys((*TABLES, *self.old.counts, *self.new.counts))
        pairs = ((name, self.old.counts.get(name), self.new.counts.get(name)) for name in names)
        return [(name, old, new) for name, old, new in pairs if (old, new) != (None, None)]

    def records(self, first: int, number: int) -> list[Record]:
        """So many records from one on, in the order of the file."""
        with self.path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            next(reader)
            groups = groupby(map(Row._make, reader), key=itemgetter(0, 1, 2, 3))
            return [
                Record(*told, tuple((row.column, row.before, row.after) for row in rows))
                for told, rows in _whole(islice(groups, first + number), first)
            ]


def _whole(groups: Iterable, first: int) -> Iterator:
    """Groups from one on; each is read before the next is asked for, as groupby needs it."""
    for place, (told, rows) in enumerate(groups):
        if place >= first:
            yield told, [row for row in rows if row.column]


def between(old: Release, new: Release) -> Changes:
    """The differences of two releases, found once and then kept; OSError if they cannot be."""
    folder = settings.RELEASES_DIR / KEPT
    path = folder / f"{old.name}..{new.name}.csv"
    if found := _kept(path, old, new):
        return found
    folder.mkdir(exist_ok=True)
    # One at a time: it takes long where there are many cases, and who waits finds it made.
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _kept(path, old, new):
            return found
        summary = _find(path, old, new)
        _write_whole(_summary_of(path), lambda file: json.dump(summary, file))
    return Changes(old, new, path, summary["counts"], summary["uncompared"])


def _summary_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _kept(path: Path, old: Release, new: Release) -> Changes | None:
    try:
        summary = json.loads(_summary_of(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if summary["of"] != [old.archive.sha256, new.archive.sha256] or not path.exists():
        return None
    return Changes(old, new, path, summary["counts"], summary["uncompared"])


def _find(path: Path, old: Release, new: Release) -> dict:
    """Write all differences to a file; gives what is to be known of it."""
    counts = {table: {ADDED: 0, REMOVED: 0, CHANGED: 0} for table in COMPARED}
    uncompared = {}

    def fill(file) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for table in COMPARED:
            before, after = _file(old, table), _file(new, table)
            if before is None or after is None or before.sha256 == after.sha256:
                continue
            paths = old.folder / before.path, new.folder / after.path
            if only_one := sorted(set.symmetric_difference(*map(_columns, paths))):
                uncompared[table] = only_one
            for rows in _differences(table, *paths):
                counts[table][rows[0].change] += 1
                writer.writerows(rows)

    _write_whole(path, fill)
    return {
        "of": [old.archive.sha256, new.archive.sha256],
        "counts": counts,
        "uncompared": uncompared,
    }


def _file(release: Release, table: str):
    return release.file(PATH.format(table))


def _write_whole(path: Path, fill: Callable) -> None:
    """Fill a file that is there only once it is whole."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            fill(file)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _columns(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return set(next(csv.reader(file)))


def _differences(table: str, old: Path, new: Path) -> Iterator[list[Row]]:
    """The rows of the file of differences, those of one record together."""
    case_column, key_column, ignored = COMPARED[table]
    both = _columns(old) & _columns(new)
    columns = [name for name in TABLES[table].columns if name in both and name not in ignored]
    for case, before, after in _side_by_side(
        _by_case(old, case_column, key_column, columns),
        _by_case(new, case_column, key_column, columns),
    ):
        for key in dict.fromkeys((*before, *after)):
            if key not in before:
                yield [Row(table, ADDED, case, key)]
            elif key not in after:
                yield [Row(table, REMOVED, case, key)]
            elif before[key] != after[key]:
                cells = zip(columns, before[key], after[key], strict=True)
                yield [
                    Row(table, CHANGED, case, key, *cell) for cell in cells if cell[1] != cell[2]
                ]


def _by_case(
    path: Path, case_column: str, key_column: str, columns: list[str]
) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """For each case of a file, in order, its rows by their keys."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        head = next(reader)
        case = itemgetter(head.index(case_column))
        key = itemgetter(head.index(key_column)) if key_column else lambda row: ""
        cells = itemgetter(*map(head.index, columns))
        for found, rows in groupby(reader, case):
            yield found, {key(row): cells(row) for row in rows}


def _side_by_side(old: Iterator, new: Iterator) -> Iterator[tuple[str, dict, dict]]:
    """Of two streams in the same order what each has of a case; nothing where it has none."""
    nothing: dict = {}
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left and left[0] < right[0]):
            yield left[0], left[1], nothing
            left = next(old, None)
        elif left is None or right[0] < left[0]:
            yield right[0], nothing, right[1]
            right = next(new, None)
        else:
            yield left[0], left[1], right[1]
            left, right = next(old, None), next(new, None)
