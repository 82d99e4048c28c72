"""A file beside the database: what it would change, where both changed, what is wrong with it.

Every row is compared cell by cell in three ways: as it was exported (the revision that the column
`version` names), in the file, and now. Nothing is saved here.
"""

import copy
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import compress
from operator import itemgetter, ne

from django.utils.translation import gettext as _

from cases import records
from cases.exports import LONGEST_CELL, WORKBOOK, digest_of, restored
from cases.imports.cells import Column, is_same
from cases.imports.reading import Sheet, Unreadable
from cases.imports.report import FILE, Change, Clash, Comparison, Fault, Report, Row
from cases.imports.tables import FILES, Cells, FileTable, Shared
from cases.models import Revision
from cases.models.choices import Review
from cases.near import written_alike
from cases.records import statements
from cases.records.shapes import Data, Index

BATCH = 500  # few enough at a time for a database's limit of parameters
SUGGESTIONS = 50
UNTOUCHED: frozenset[str] = frozenset()
# The table whose rows are the records of a kind.
WHOLE = {table.kind: table for table in FILES.values() if not table.has_parts}


class SparingIndex(Index):
    """Suggests codes for those that are unknown, but not for thousands of them: it takes long."""

    def __init__(self):
        super().__init__()
        self._near: dict[tuple[str, str], list[str]] = {}

    def near(self, kind, code):
        asked = kind, str(code)
        if asked not in self._near and len(self._near) < SUGGESTIONS:
            self._near[asked] = super().near(kind, code)
        return self._near.get(asked, [])


@dataclass
class State:
    """A record as it is now, or as a revision says it was; `since` is when it came to be so."""

    data: Data
    version: int
    since: datetime | None
    unrecorded: Cells = field(default_factory=dict)


@dataclass
class Line:
    """A row of the file on its way: where it stands, what it is compared with, what it brings."""

    table: FileTable
    sheet: Sheet
    report: Report
    number: int
    cells: Cells  # as they stand in the file
    named: Cells  # without the apostrophe that keeps a key from being run as a formula
    base: State | None = None
    name: str = ""  # of the row among those of its record
    current: Data | None = None  # the row as it is now
    # The columns that the export would write otherwise now; None if it says another version.
    edited: frozenset[str] | None = None
    brings_something: bool = False
    has_fault: bool = False

    @cached_property
    def key(self) -> str:
        """The key of its record."""
        return self.table.key_of(self.named)

    @property
    def shown_key(self) -> str:
        return " / ".join(self.named[name].strip() for name in self.table.key)

    @property
    def record(self) -> tuple[str, str]:
        return self.table.kind, self.key

    @property
    def version(self) -> int | None:
        """The version that it says it was exported at, if that can be a version."""
        said = self.cells.get("version", "").strip()
        found = re.fullmatch(r"(\d{1,9})(\.0*)?", said, re.ASCII)
        return int(found[1]) if found else None

    def is_as(self, column: str, written: str) -> bool:
        """Whether its cell is one that was written so and that nobody edited."""
        cell = self.cells[column]
        return is_same(cell, written) or is_same(restored(cell), written)

    def is_of_today(self, version: str) -> bool:
        """Whether nothing is wrong with it and it says no other version than this one."""
        if self.version is None:
            return not self.has_fault and not self.cells.get("version", "").strip()
        return not self.has_fault and str(self.version) == version

    def is_untouched(self, column: str) -> bool:
        """Whether a cell is known to be as the export would write it now."""
        return self.edited is not None and column not in self.edited

    def fault(self, column: str, what: str) -> None:
        """Note an error."""
        self.has_fault = True
        self.report.fault(self.number, column, what)


@dataclass
class Wanted:
    """A record as it will be, with the names of its rows in their order."""

    data: Data
    names: dict[str, list[str]] = field(default_factory=dict)  # by table


def compare(
    name: str,
    sheets: list[Sheet],
    *,
    choose: Callable[[Clash], str | None] = lambda clash: None,
    may_publish: bool = True,
) -> Comparison:
    """What the sheets of a file would change; `name` is a key of FILES or "workbook".

    `choose` settles conflicts; `may_publish` says whether published cases may be changed. Raises
    Unreadable if the sheets are not those of the table.
    """
    return _Comparing(choose, may_publish).run(name, _tables(name, sheets))


def _tables(name: str, sheets: list[Sheet]) -> list[tuple[FileTable, Sheet]]:
    """The tables of a file's sheets, in the order in which they stand on one another."""
    names = [sheet.name for sheet in sheets]
    if name != "workbook":
        table = FILES[name]
        if len(sheets) > 1:
            raise Unreadable(
                _("The workbook has several sheets (%(sheets)s): keep only the one of %(table)s.")
                % {"sheets": ", ".join(names), "table": name}
                + (" " + _("Or import it as “workbook”.") if set(names) & set(WORKBOOK) else "")
            )
        return [(table, sheets[0])]
    strange = [each or "CSV" for each in names if each not in WORKBOOK]
    if strange:
        raise Unreadable(
            _("A workbook has the sheets %(known)s and no others; this file has %(strange)s.")
            % {"known": ", ".join(WORKBOOK), "strange": ", ".join(strange)}
        )
    order = ("quotations", "cases", "statements")
    by_name = {sheet.name: sheet for sheet in sheets}
    return [(FILES[each], by_name[each]) for each in order if each in by_name]


def batches(items: Iterable) -> Iterator[list]:
    """A few hundred at a time."""
    items = list(items)
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]


class _Comparing:
    """One comparison in progress."""

    def __init__(self, choose, may_publish):
        self.choose, self.may_publish = choose, may_publish
        self.index, self.shared = SparingIndex(), Shared()
        self.now: dict[tuple[str, str], State] = {}
        self.was: dict[tuple[str, str, int], State] = {}
        self.deleted: dict[tuple[str, str], Revision] = {}
        self.wanted: dict[tuple[str, str], Wanted] = {}
        self._names: dict[tuple[str, str], dict[str, Line]] = {}
        self.trace = hashlib.sha256()

    def run(self, name: str, tables: list[tuple[FileTable, Sheet]]) -> Comparison:
        reports, lines = [], []
        for table, sheet in tables:
            report = Report(table.name)
            reports.append(report)
            if _check_head(table, sheet, report):
                lines += self._read(table, sheet, report)
        edited = self._edited(lines)
        self._load(edited)
        for group in _grouped(edited, lambda line: (line.table.name, line.key)):
            self._compare_record(group)
        plans = self._plan(edited)
        self._tell(edited, plans)
        for report in reports:
            places = {column: place for place, column in enumerate(FILES[report.name].known)}
            report.faults.sort(key=lambda f: (f.number, places.get(f.column, -1)))
        return Comparison(name, reports, plans, self.index, self.trace.hexdigest())

    # Reading rows

    def _read(self, table: FileTable, sheet: Sheet, report: Report) -> list[Line]:
        """The rows of a sheet that have a key of their own."""
        lines, seen = [], {}
        for number, cells in sheet.rows:
            named = {name: restored(cells[name]) for name in table.key}
            # Most need no copy of their own.
            named = cells if named.items() <= cells.items() else cells | named
            key = tuple(cells[name] for name in table.key)
            line = Line(table, sheet, report, number, cells, named)
            for name in sheet.head:
                if what := sheet.bad.get((number, name)):
                    line.fault(name, what)
            for name, cell in zip(table.key, key, strict=True):
                if not cell.strip() and (number, name) not in sheet.bad:
                    line.fault(name, _("must not be empty."))
            if not all(cell.strip() for cell in key):
                continue
            if key in seen:
                _fault_double(line, seen[key])
                continue
            seen[key] = number
            lines.append(line)
        if not table.has_parts:
            self.index.expect(table.kind, {line.key for line in lines})
        if without := sum(not line.cells.get("version", "").strip() for line in lines):
            report.notes.append(
                _(
                    "Rows without version: %(count)s. They are compared with what is stored now; "
                    "what others changed since the export cannot be seen."
                )
                % {"count": without}
            )
        return lines

    def _edited(self, lines: list[Line]) -> list[Line]:
        """The rows of records of which any row is not what the export would write now.

        Most rows come home as they went, and for these the export's own query is all that need be
        asked, or only the digest that was noted of the row. The other rows of a record stay with
        one that is edited: they are compared together.
        """
        touched = set()
        for group in _grouped(lines, lambda line: line.table.name):
            by_key: dict[str, list[Line]] = {}
            for line in group:
                by_key.setdefault(line.key, []).append(line)
            for keys in batches(by_key):
                _find_noted(group[0].table, [line for key in keys for line in by_key[key]])
            asked = {line.key for line in group if line.edited is None}
            for keys in batches(asked):
                of_batch = [line for key in keys for line in by_key[key]]
                _find_edited(group[0].table, set(keys), of_batch)
            touched |= {line.record for line in group if line.edited != UNTOUCHED}
        edited = []
        for line in lines:
            if line.record in touched:
                edited.append(line)
            else:
                line.report.unchanged += 1
        return edited

    # What they are compared with

    def _load(self, lines: list[Line]) -> None:
        """The records of these rows as they are, and as they were when they were exported."""
        for group in _grouped(lines, lambda line: line.table.kind):
            kind = group[0].table.kind
            keys = {line.key for line in group}
            for batch in batches(keys):
                self._load_now(kind, set(batch))
            asked = {
                line.key
                for line in group
                if line.version is not None
                and (line.record not in self.now or self.now[line.record].version != line.version)
            }
            versions = {line.version for line in group if line.key in asked}
            for batch in batches(asked):
                self._load_history(kind, batch, versions)

    def _load_now(self, kind: str, keys: set[str]) -> None:
        spec = records.KINDS[kind]
        for row, data in spec.stored(keys):
            if (key := spec.key_of(row)) in keys:
                unrecorded = WHOLE[kind].unrecorded_cells(row)
                state = State(data, row.version, row.changed_on, unrecorded)
                self.now[kind, key] = state

    def _load_history(self, kind: str, keys: list[str], versions: set[int]) -> None:
        past = Revision.objects.filter(kind=kind, key__in=keys)
        for each in past.filter(version__in=versions, data__isnull=False):
            self.was[kind, each.key, each.version] = State(each.data, each.version, each.when)
        gone = [key for key in keys if (kind, key) not in self.now]
        for each in past.filter(key__in=gone, data__isnull=True).select_related("who"):
            self.deleted[kind, each.key] = each

    def _base_of(self, line: Line, now: State) -> State | None:
        """What the record was when it was exported; None, and an error, if nobody knows."""
        said = line.cells.get("version", "").strip()
        if not said or line.version == now.version:
            return now
        if line.version is None:
            what = _("“%(read)s” is no version: leave the column as it was exported, or empty.")
            line.fault("version", what % {"read": said})
            return None
        base = self.was.get((*line.record, line.version))
        if base is None:
            what = _(
                "The history has no version %(read)s, the record is at %(now)s: leave the column "
                "as it was exported, or empty it to compare with what is stored now."
            )
            line.fault("version", what % {"read": said, "now": now.version})
        return base

    # Comparing

    def _compare_record(self, lines: list[Line]) -> None:
        """All rows of one record that one table has."""
        table, record = lines[0].table, lines[0].record
        now = self.now.get(record)
        if record not in self.wanted:
            if now is not None:
                self.wanted[record] = Wanted(_copied(now.data))
            elif not self._begin(lines):
                return
        if now is not None:
            for line in lines:
                line.base = self._base_of(line, now)
        with_base = [line for line in lines if now is None or line.base is not None]
        groups = list(_grouped(with_base, lambda line: id(line.base)))
        if table.one_version and len(groups) > 1:
            for line in lines:
                line.fault("version", _("differs from row to row: export these rows anew."))
            return
        for group in groups:
            self._compare_rows(group, now)

    def _begin(self, lines: list[Line]) -> bool:
        """Begin a record that the file brings; False, and errors, if it may not."""
        table, line = lines[0].table, lines[0]
        gone = self.deleted.get(line.record)
        if table.has_parts:
            for each in lines:
                each.fault(table.key[0], self._no_owner(each))
        elif gone is not None and line.version is not None:
            what = _(
                "It was deleted since the file was written (%(when)s, %(who)s): empty the column "
                "version to create it anew, or take the row out."
            )
            who = gone.who or gone.get_source_display()
            line.fault("version", what % {"when": f"{gone.when:%Y-%m-%d}", "who": who})
        else:
            self.wanted[line.record] = Wanted(table.start(line.named, self.shared))
            return True
        return False

    def _no_owner(self, line: Line) -> str:
        kind = _("actor") if line.table.kind == "actor" else _("case")
        words = {"key": line.key, "kind": kind}
        if near := self.index.near(*line.record):
            words["near"] = ", ".join(near)
            return _("There is no %(kind)s “%(key)s”; did you mean %(near)s?") % words
        return _("There is no %(kind)s “%(key)s”: create it first.") % words

    def _compare_rows(self, lines: list[Line], now: State | None) -> None:
        """Rows of one record that were exported from one version of it."""
        table, base, wanted = lines[0].table, lines[0].base, self.wanted[lines[0].record]
        rows_base = table.parts(base.data) if base else []
        rows_now = table.parts(now.data) if now else []
        names, base_names, now_names = table.identify(
            [line.cells for line in lines], rows_base, rows_now
        )
        was = dict(zip(base_names, rows_base, strict=True))
        there = dict(zip(now_names, rows_now, strict=True))
        rows = table.parts(wanted.data)
        if table.name not in wanted.names:
            wanted.names[table.name] = now_names if now else [""] * len(rows)
        targets = dict(zip(wanted.names[table.name], rows, strict=True))
        seen: dict[str, int] = {}
        for line, name in zip(lines, names, strict=True):
            if name in seen:
                _fault_double(line, seen[name])
                continue
            seen[name] = line.number
            line.name, line.current = name, there.get(name)
            old = was.get(name)
            if old is not None and line.current is None:
                if not self._brings_back(line, old):
                    continue
                targets[name] = copy.deepcopy(old)
            target = targets.setdefault(name, table.start_part(line.named))
            if base and not table.has_parts:
                self._check_derived(line, now)
            self._compare_cells(line, old, target, now)
        wanted.names[table.name] = list(targets)
        wanted.data = table.replace(wanted.data, list(targets.values()))

    def _brings_back(self, line: Line, old: Data) -> bool:
        """Whether a row that was deleted meanwhile is wanted; if edited, somebody chooses."""
        columns = [line.table.columns[name] for name in line.cells if name in line.table.columns]
        edited = [each.name for each in columns if not line.is_as(each.name, each.write(old))]
        if not edited:
            return False
        where = line.report.name, line.number, line.shown_key
        clash = Clash(*where, "", base="", theirs=", ".join(edited), now=_("deleted"))
        return self._settle(line, clash)

    def _compare_cells(self, line: Line, old: Data | None, target: Data, now: State | None) -> None:
        """Every cell of a row: as exported, in the file, now."""
        is_new = line.current is None and old is None
        line.brings_something |= is_new
        if line.base and now:
            self._complete(line, now)
        for column in line.table.columns.values():
            if column.name not in line.cells or (line.number, column.name) in line.sheet.bad:
                continue
            if line.is_untouched(column.name):
                continue
            was = column.write(old) if old is not None else ""
            if not is_new and line.is_as(column.name, was):
                continue
            new = self._read_cell(line, column, was, target)
            if new is None:
                continue
            value, written = new
            there = was if line.current is None else column.write(line.current)
            if not is_new and written in (was, there):
                continue
            if was != there and not is_new:
                where = line.report.name, line.number, line.shown_key, column.name
                if not self._settle(line, Clash(*where, was, written, there)):
                    continue
            elif line.current is not None or is_new:
                self._remember(line.report.name, line.number, column.name, there, written)
            line.brings_something = True
            column.put(target, value)

    def _read_cell(self, line: Line, column: Column, was: str, target: Data):
        """The value of an edited cell, and how it would be written; None, and errors, if none."""
        if line.sheet.from_xlsx and len(was) > LONGEST_CELL:
            what = _("is longer than a cell of XLSX can be: edit it in a CSV file or in a form.")
            line.fault(column.name, what)
            return None
        errors: list[str] = []
        text = restored(line.cells[column.name])
        value = column.read(text, target, self.index, errors)
        for what in errors:
            line.fault(column.name, what)
        if errors:
            # So that rules between columns speak of what was meant.
            if value is not None:
                column.put(target, value)
            line.brings_something = True
            return None
        trial = dict(target)
        column.put(trial, value)
        return value, column.write(trial)

    def _complete(self, line: Line, now: State) -> None:
        """Put into the cells what readers' files leave out of them."""
        for state in (line.base, now):
            line.cells = line.table.complete(line.cells, state.data, line.base.since, self.shared)

    def _settle(self, line: Line, clash: Clash) -> bool:
        """Whether the file's side of a conflict is chosen."""
        clash.chosen = self.choose(clash)
        line.report.clashes.append(clash)
        self._remember(clash.id, clash.base, clash.theirs, clash.now)
        return clash.chosen == FILE

    def _remember(self, *what) -> None:
        self.trace.update(repr(what).encode())

    def _check_derived(self, line: Line, now: State) -> None:
        """Columns that are made from others hold what was exported, or what is there now."""
        table, is_current = line.table, line.version == now.version
        asked = [name for name in table.derived if name in line.cells]
        asked = [name for name in asked if is_current or name not in table.unrecorded]
        asked = [name for name in asked if not line.is_untouched(name)]
        if not asked:
            return
        states = [now] if line.base is now else [line.base, now]
        expected = [table.derive(each.data, self.shared) | now.unrecorded for each in states]
        for name in asked:
            if not any(line.is_as(name, cells.get(name, "")) for cells in expected):
                place = {"place": table.derived[name]}
                line.fault(name, _("cannot be edited here. %(place)s") % place)

    # Planning

    def _plan(self, lines: list[Line]) -> list[records.Plan]:
        """What the records would become, by the rules within each and between them."""
        touched: dict[str, dict[str, Data]] = {}
        for line in lines:
            if line.brings_something and line.record in self.wanted:
                touched.setdefault(line.table.kind, {})[line.key] = self.wanted[line.record].data
                self._check_permission(line)
        by_record: dict[tuple[str, str], list[Line]] = {}
        for line in lines:
            by_record.setdefault(line.record, []).append(line)
        plans = []
        for kind in records.KINDS:
            for batch in batches(touched.get(kind, {}).items()):
                where = {key: f"{place:06d}" for place, (key, _data) in enumerate(batch)}
                stored = {key: self.now[kind, key].data for key in where if (kind, key) in self.now}
                plan = records.plan(
                    kind, dict(batch), self.index, where, stored, drafts_may_lack=True
                )
                for problem in [*plan.problems, *plan.lacks]:
                    key, _data = batch[int(problem.where[:6])]
                    rest = problem.where[6:].removeprefix(", ")
                    place = self._place_problem if problem in plan.problems else self._place_lack
                    place(by_record[kind, key], rest, problem.what)
                plans.append(plan)
        return plans

    def _check_permission(self, line: Line) -> None:
        """The seam for working copies: so far, who may not publish leaves published cases alone."""
        now = self.now.get(line.record)
        is_public = line.table.kind == "case" and now and now.data["review"] == Review.PUBLISHED
        if is_public and not self.may_publish:
            what = _("The case is published: only who may publish can change it by a file.")
            line.fault(line.table.key[0], what)

    def _place_problem(self, lines: list[Line], where: str, what: str) -> None:
        """Put what a plan complains of into the row and column of the file where it belongs."""
        line, rest = self._owner_of_problem(lines, where)
        # A rule between columns names the first of them before all else, in any language.
        said = rest or " ".join(re.findall(r"\b[a-z_]+\b", what))
        column = said.replace(",", " ").partition(" ")[0]
        for each in [line] if rest != where else lines:
            if column in each.table.known:
                if not each.report.has_fault(each.number, column):
                    each.fault(column, what)
                return
        line.fault("", f"{rest}: {what}" if rest else what)

    def _place_lack(self, lines: list[Line], where: str, what: str) -> None:
        """Tell what a draft may lack for now at the row of the file that could bring it."""
        line, rest = self._owner_of_problem(lines, where)
        line.report.lacks.append(Fault(line.number, "", f"{rest}: {what}" if rest else what))

    def _owner_of_problem(self, lines: list[Line], where: str) -> tuple[Line, str]:
        """The row of the file that a place in a record lies in, and the rest of the place."""
        named = self._named_in_problems(lines)
        steps = where.split(", ")
        # A key that is refused may have a comma of its own.
        for length in range(len(steps), 0, -1):
            if line := named.get(", ".join(steps[:length])):
                return line, ", ".join(steps[length:])
        return lines[0], where

    def _named_in_problems(self, lines: list[Line]) -> dict[str, Line]:
        """The rows of one record by what `records.plan` calls them."""
        record = lines[0].record
        if record not in self._names:
            self._names[record] = {
                name: line for line in lines if (name := self._name_in_problems(line))
            }
        return self._names[record]

    def _name_in_problems(self, line: Line) -> str:
        """How `records.plan` names this row of a record."""
        if line.table.name == "statements":
            return statements.named(line.name)
        if line.table.name == "actor_names":
            names = self.wanted[line.record].names["actor_names"]
            return f"name {names.index(line.name) + 1}" if line.name in names else ""
        return ""

    # Telling

    def _tell(self, lines: list[Line], plans: list[records.Plan]) -> None:
        """Part new, changed and unchanged rows by what would be stored."""
        stored: dict[tuple[str, str], Data] = {}
        for plan in plans:
            stored |= {(plan.kind, key): data for key, data in plan.new.items()}
            stored |= {(plan.kind, key): data for key, (_old, data) in plan.changed.items()}
        rows: dict[tuple[str, tuple[str, str]], dict[str, Data]] = {}
        for line in lines:
            if line.has_fault:
                continue
            data = stored.get(line.record)
            if data is None:
                line.report.unchanged += 1
                continue
            place = line.table.name, line.record
            if place not in rows:
                names = self.wanted[line.record].names[line.table.name]
                parts = line.table.parts(data)
                rows[place] = dict(zip(names, parts, strict=False))
            self._tell_row(line, data, rows[place].get(line.name))

    def _tell_row(self, line: Line, data: Data, after: Data | None) -> None:
        changes = []
        if after is not None:
            for column in line.table.columns.values():
                old = column.write(line.current) if line.current is not None else ""
                if (new := column.write(after)) != old:
                    changes.append(Change(column.name, old, new))
        row = Row(line.number, line.shown_key, changes)
        if line.current is None and after is not None:
            if line.base is None and not line.table.has_parts:
                self._check_derived_of_new(line, data)
            line.report.new.append(row)
        elif changes:
            line.report.changed.append(row)
        else:
            line.report.unchanged += 1

    def _check_derived_of_new(self, line: Line, data: Data) -> None:
        """A new row may have what follows from it, and nothing that it does not bring."""
        expected = line.table.derive(data, self.shared)
        for name, place in line.table.derived.items():
            if name not in line.cells or name in line.table.unrecorded:
                continue
            cell = line.cells[name]
            if cell.strip() and not line.is_as(name, expected.get(name, "")):
                what = _("cannot come with a new row: leave it empty. %(place)s")
                line.fault(name, what % {"place": place})


def _find_noted(table: FileTable, lines: list[Line]) -> None:
    """Find the rows that are, to the letter, what was noted as the export's."""
    names = [name for name in table.known if name != "version"]
    noted = table.noted({line.key for line in lines}) if set(names) <= set(lines[0].cells) else {}
    cells_of = itemgetter(*names)
    for line in lines if noted else ():
        version, digest = noted.get(line.key, ("", ""))
        if digest and line.is_of_today(version) and digest_of(cells_of(line.cells)) == digest:
            line.edited = UNTOUCHED


def _find_edited(table: FileTable, keys: set[str], lines: list[Line]) -> None:
    """Find which columns of rows the export would write otherwise now."""
    names = [name for name in lines[0].sheet.head if name in table.known and name != "version"]
    # The key once more, in front: the cells of a row then begin with what names it.
    names = [*table.key, *dict.fromkeys(names)]
    cells_of = itemgetter(*names)
    written_of = itemgetter(*(table.known.index(name) for name in names))
    of_key, written = slice(len(table.key)), {}
    for row in table.written(keys):
        cells = written_of(row)
        written[cells[of_key]] = cells, row[table.known.index("version")]
    for line in lines:
        cells = cells_of(line.cells)
        there, version = written.get(cells[of_key], (None, ""))
        if there and line.is_of_today(version):
            differ = map(ne, cells, there) if cells != there else ()
            line.edited = frozenset(compress(names, differ))


def _fault_double(line: Line, number: int) -> None:
    what = _("has the same key as row %(row)s: each stands in a file once.")
    line.fault(line.table.key[-1], what % {"row": number})


def _copied(data: Data) -> Data:
    """A record whose values and rows may be replaced without changing the one that it was."""
    return {
        name: [dict(row) if isinstance(row, dict) else row for row in value]
        if isinstance(value, list)
        else value
        for name, value in data.items()
    }


def _grouped(lines: Iterable[Line], key: Callable) -> Iterator[list[Line]]:
    groups: dict[object, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    yield from groups.values()


def _check_head(table: FileTable, sheet: Sheet, report: Report) -> bool:
    """Name every column that is wrong; False if rows cannot be found without what is missing."""
    for column, times in Counter(sheet.head).items():
        if times > 1:
            what = _("stands in the file %(times)s times: keep one.") % {"times": times}
            report.fault(1, column, what)
        if column not in table.known:
            report.fault(1, column, _unknown_column(table, column))
    for letters in sheet.nameless:
        report.fault(1, letters, _("has no name: give it one, or empty it."))
    missing = [name for name in table.key if name not in sheet.head]
    for name in missing:
        what = _("is missing: rows are found by it.")
        if others := [each.name for each in FILES.values() if set(each.key) <= set(sheet.head)]:
            what += " " + _("Is this the file %(names)s?") % {"names": ", ".join(others)}
        report.fault(1, name, what)
    return not missing


def _unknown_column(table: FileTable, column: str) -> str:
    near = written_alike(column, table.known, 1)
    if near:
        what = _("is no column of %(table)s; did you mean %(near)s?")
        return what % {"table": table.name, "near": near[0]}
    what = _("is no column of %(table)s: take it out. Known are %(known)s.")
    return what % {"table": table.name, "known": ", ".join(table.known)}
