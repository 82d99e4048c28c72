"""python manage.py make_cases N --seed S: fill a database of its own with N plausible cases."""

import os
from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import CommandError

from cases.management.migrated import MigratedCommand
from cases.models import Case
from cases.volume import CASES_PER_DOCUMENT, Lists, fill, holds_seed
from ingest.services import SeedRefused, load_lists


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit()) or int(word) < 1:
        raise ArgumentTypeError(f"{word!r}: write a whole number from 1 up.")
    return int(word)


class Command(MigratedCommand):
    help = (
        "Make up N plausible cases, the same ones for the same seed, to measure with. For a "
        "database of its own: set DATABASE_URL."
    )

    def add_arguments(self, parser):
        parser.add_argument("number", metavar="N", type=_number)
        parser.add_argument("--seed", metavar="S", type=_number, default=1)
        parser.add_argument(
            "--add", action="store_true", help="also into a database that holds other cases"
        )
        parser.add_argument(
            "--jobs", type=_number, default=os.cpu_count() or 1, help="processes side by side"
        )

    def handle(self, *, number, seed, add, jobs, verbosity, **options):
        progress = (lambda line: self.stderr.write(line)) if verbosity else (lambda line: None)
        self._refuse_what_is_in_use(seed, add)
        if not Lists.are_there():
            progress(f"loading the vocabularies, countries and actors from {settings.SEEDS_DIR}")
            try:
                load_lists(settings.SEEDS_DIR)
            except SeedRefused as refused:
                for problem in refused.problems:
                    self.stderr.write(str(problem))
                raise CommandError(
                    "No cases made: the lists in the seed folder have the problems above."
                ) from refused
        jobs = min(jobs, -(-number // CASES_PER_DOCUMENT))
        self.stdout.write(str(fill(number, seed, progress, jobs=jobs)))

    def _refuse_what_is_in_use(self, seed: int, add: bool) -> None:
        name = settings.DATABASES["default"]["NAME"]
        held = Case.objects.count()
        if held and not add:
            raise CommandError(
                f"The database {name} holds {held} cases: make_cases writes only where there are "
                "none. Name another database with DATABASE_URL, or add --add to put made cases "
                "beside these."
            )
        if held and holds_seed(seed):
            raise CommandError(
                f"The database {name} holds cases of seed {seed} already: choose another --seed."
            )
