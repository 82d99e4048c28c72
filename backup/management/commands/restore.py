"""python manage.py restore FILE: a backup back into the database, all of it or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from backup.archive import why
from backup.restoring import restore, told


class Command(BaseCommand):
    help = (
        "Fill an empty database, of either kind, and the folder of releases with a backup. A "
        "database without tables gets them first."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also a database that holds records: all of them go, and everybody signs in anew",
        )

    def handle(self, *, file, replace, verbosity, **options):
        progress = (lambda line: self.stderr.write(line)) if verbosity > 1 else (lambda line: None)
        try:
            manifest = restore(file, replace=replace, progress=progress)
        except Error as error:
            raise CommandError(
                f"The database refused: {told(error)}. Nothing was changed. If it is busy, stop "
                "the site while you restore."
            ) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or file}: {why(error)} Nothing was changed."
            ) from error
        self.stdout.write(f"restored {file}: {manifest.summary}")
