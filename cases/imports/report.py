"""What a file would do, told by table, row and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cases import records
from cases.records import Index

FILE, DATABASE = "file", "database"
Counts = tuple[int, ...]


@dataclass(frozen=True)
class Change:
    """A cell that is not what is stored now."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """A row of the file that brings something: its number, its key and its changed cells."""

    number: int
    key: str
    changes: list[Change]


@dataclass
class Clash:
    """A cell that was changed in the file and, since the export, in the database too.

    Without a column it is the whole row, which was deleted meanwhile; `theirs` then names the
    columns that were edited. `chosen` is FILE, DATABASE or None.
    """

    table: str
    number: int
    key: str
    column: str
    base: str
    theirs: str
    now: str
    chosen: str | None = None

    @property
    def id(self) -> str:
        """What names the clash in a form."""
        return f"{self.table}-{self.number}-{self.column}"


@dataclass(frozen=True)
class Fault:
    """Something wrong with the file: in which row and column, and what is allowed."""

    number: int
    column: str
    what: str


@dataclass
class Report:
    """What one table of a file would do."""

    name: str
    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: int = 0
    clashes: list[Clash] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacks: list[Fault] = field(default_factory=list)  # what drafts are kept without, for now
    _places: set[tuple[int, str]] = field(default_factory=set)

    def fault(self, number: int, column: str, what: str) -> None:
        """Note an error."""
        self.faults.append(Fault(number, column, what))
        self._places.add((number, column))

    def has_fault(self, number: int, column: str) -> bool:
        """Whether something is known to be wrong with a cell."""
        return (number, column) in self._places

    @property
    def open_clashes(self) -> list[Clash]:
        """Those that nobody has settled."""
        return [clash for clash in self.clashes if clash.chosen is None]

    @property
    def counts(self) -> Counts:
        """New, changed and unchanged rows; open conflicts (cells); errors.

        A row with an error is none of the first three; in one with an open conflict the cell in
        question counts as unchanged.
        """
        clashes = len(self.open_clashes)
        return len(self.new), len(self.changed), self.unchanged, clashes, len(self.faults)

    @property
    def summary(self) -> str:
        """One line, the same in every language, for people and programs."""
        return _summary(self.name, self.counts)


@dataclass
class Comparison:
    """What a file would do; `cases.imports.save` does it.

    `fingerprint` differs where edited cells meet other stored ones than when it was last asked for.
    """

    name: str
    reports: list[Report]
    plans: list[records.Plan]
    index: Index
    fingerprint: str

    @property
    def counts(self) -> Counts:
        """As those of a report, over all tables."""
        return _sums(report.counts for report in self.reports)

    @property
    def summary(self) -> str:
        """As that of a report, over all tables."""
        return _summary(self.name, self.counts)

    @property
    def is_refused(self) -> bool:
        """Whether errors or open conflicts keep it from being saved."""
        return any(self.counts[3:])

    @property
    def has_faults(self) -> bool:
        """Whether the file itself must be corrected."""
        return any(report.faults for report in self.reports)

    @property
    def has_clashes(self) -> bool:
        """Whether somebody else changed what the file changes, settled or not."""
        return any(report.clashes for report in self.reports)

    @property
    def changes_something(self) -> bool:
        """Whether saving it would leave anything else than there is."""
        return any(self.counts[:2])


def _sums(counts: Iterable[Counts]) -> Counts:
    return tuple(map(sum, zip(*counts, strict=True)))


def _summary(name: str, counts: Counts) -> str:
    names = ("new", "changed", "unchanged", "conflicts", "errors")
    said = ", ".join(f"{count} {word}" for count, word in zip(counts, names, strict=True))
    return f"{name}: {said}"
