"""python manage.py seed: fill the database from the seed folder; safe to repeat."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from cases.management.migrated import MigratedCommand
from ingest.services import SeedRefused, load_seeds


class Command(MigratedCommand):
    help = "Load the seed folder: all of it, or nothing if anything is wrong with it."

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=settings.SEEDS_DIR)

    def handle(self, *, folder, verbosity, **options):
        progress = (lambda line: self.stderr.write(line)) if verbosity else (lambda line: None)
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder.")
        try:
            tally = load_seeds(folder, progress)
        except SeedRefused as refused:
            for problem in refused.problems:
                self.stderr.write(str(problem))
            raise CommandError(
                f"Nothing saved: {len(refused.problems)} problems. Mend what is listed above and "
                "run it again."
            ) from refused
        for line in tally.left:
            self.stderr.write(line)
        self.stdout.write(str(tally))
