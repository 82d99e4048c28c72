"""python manage.py restore FILE: a backup back into the database, all of it or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand

from backup.restoring import restore


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
        manifest = restore(file, replace=replace, progress=progress)
        self.stdout.write(f"restored {file}: {manifest.summary}")
