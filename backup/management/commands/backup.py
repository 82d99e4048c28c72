"""python manage.py backup [FILE]: everything there is as one file, while the site runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backup.archive import opened
from backup.taking import default_path, folder, newest, take


class Command(BaseCommand):
    help = (
        "Write the whole database and all releases into one file, which holds password hashes: "
        "only its owner may read it."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", type=Path, help="by default one in var/backups, named by the time"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="take none: look at every byte of this one, or of the newest in var/backups",
        )

    def handle(self, *, file, check, verbosity, **options):
        progress = (lambda line: self.stderr.write(line)) if verbosity > 1 else (lambda line: None)
        if check:
            if (path := file or newest()) is None:
                raise CommandError(f"There is no backup in {folder()}: name a file.")
            with opened(path, progress) as archive:
                manifest = archive.manifest
        else:
            path = file or default_path()
            manifest = take(path, progress)
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"{path}: {manifest.summary}, {size:,.1f} MB{', whole' * check}")
