# ruff: noqa: N999 (the command is called import)
"""python manage.py import NAME FILE: a table that comes home, without a browser."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

from cases import imports, records
from cases.imports import DATABASE, FILE, NAMES, Comparison
from cases.management.migrated import MigratedCommand


class Command(MigratedCommand):
    help = (
        "Show what a file would change, with all its errors, and save it unless something is "
        "refused; then nothing is saved and the exit status is 1."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", choices=sorted(NAMES))
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="show, and save nothing")
        parser.add_argument(
            "--on-conflict",
            choices=("refuse", FILE, DATABASE),
            default="refuse",
            help="whose cell counts where the database has changed since the export",
        )

    def handle(self, *, name, file, dry_run, on_conflict, **options):
        path = Path(file)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: cannot be read: {error.strerror}.") from error
        chosen = None if on_conflict == "refuse" else on_conflict
        try:
            comparison = imports.compare(
                name, imports.read(content, limit=None), choose=lambda clash: chosen
            )
        except imports.Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        self._report(comparison)
        if not dry_run and not comparison.is_refused:
            try:
                imports.save(comparison, why=path.name)
            except records.Conflict as conflict:
                raise CommandError(f"{conflict} Nothing was saved: try again.") from conflict
        self.stdout.write(comparison.summary)
        if comparison.is_refused:
            sys.exit(1)

    def _report(self, comparison: Comparison) -> None:
        for report in comparison.reports:
            many = len(comparison.reports) > 1
            for line in _lines(report):
                self.stdout.write(f"{report.name}: {line}" if many else line)
            if many:
                self.stdout.write(report.summary)


def _lines(report):
    yield from report.notes
    for row in report.new:
        yield f"row {row.number}, {row.key}: new"
    for row in report.changed:
        for change in row.changes:
            new = repr(change.new) if change.new else "emptied"
            yield f"row {row.number}, {row.key}, {change.column}: {change.old!r} → {new}"
    for clash in report.clashes:
        said = f"exported {clash.base!r}, in the file {clash.theirs!r}, now {clash.now!r}"
        chosen = f" ({clash.chosen} counts)" if clash.chosen else ""
        place = f"row {clash.number}, {clash.key}, {clash.column or 'the whole row'}"
        yield f"{place}: conflict: {said}{chosen}"
    for lack in report.lacks:
        yield f"row {lack.number}: for later: {lack.what}"
    for fault in report.faults:
        place = f", {fault.column}" if fault.column else ""
        yield f"row {fault.number}{place}: error: {fault.what}"
