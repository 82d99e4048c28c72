"""python manage.py export NAME --format csv --output FILE: a table as the site gives it."""

import sys
from pathlib import Path

from django.core.management.base import CommandError

from cases.exports import FORMATS, TABLES, write, write_workbook
from cases.management.migrated import MigratedCommand


class Command(MigratedCommand):
    help = "Write one table as a file, with the same bytes as the site gives."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=sorted([*TABLES, "workbook"]))
        parser.add_argument("--format", choices=FORMATS, default="csv")
        parser.add_argument("--output", default="-", help="a file, or - for standard output")

        parser.add_argument(
            "--drafts", action="store_true", help="also what readers do not see; for the desk only"
        )

    def handle(self, *, name, output, drafts, **options):
        if name == "workbook":
            if options["format"] != "xlsx":
                raise CommandError("A workbook is always XLSX: add --format xlsx.")
            pieces = write_workbook(for_desk=drafts)
        else:
            table = TABLES[name].for_desk() if drafts else TABLES[name]
            pieces = write(table, options["format"])
        if output == "-":
            sys.stdout.buffer.writelines(pieces)
            sys.stdout.buffer.flush()
            return
        path = Path(output)
        unfinished = path.with_name(f"{path.name}.part")
        try:
            with unfinished.open("wb") as file:
                file.writelines(pieces)
            unfinished.replace(path)
        except OSError as error:
            raise CommandError(f"{output}: cannot be written: {error.strerror}.") from error
        finally:
            unfinished.unlink(missing_ok=True)
