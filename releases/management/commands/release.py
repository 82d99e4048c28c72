"""python manage.py release NAME: freeze the published data as files that never change again."""

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from releases import changes, store
from releases.making import make
from releases.packing import Taken


class Command(BaseCommand):
    help = "Freeze what readers see now as a release: files that never change again."

    def add_arguments(self, parser):
        parser.add_argument(
            "name", help="such as 2026-11: lower-case letters and digits, hyphens and dots between"
        )

    def handle(self, *, name, **options):
        if not store.is_name(name):
            raise CommandError(
                f"{name!r} cannot be the name of a release: write lower-case letters, digits and, "
                f"between them, hyphens or dots, {store.LONGEST_NAME} at the most, such as 2026-11."
                + (f" {name} is the address of another page." if name in store.RESERVED else "")
            )
        try:
            release = make(name, timezone.now())
        except Taken as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"The release cannot be written: {error.strerror or error}. Nothing of it was "
                "kept: make room or mend the folder RELEASES_DIR, then give the command again."
            ) from error
        except Error as error:
            raise CommandError(
                f"The database could not be read: {str(error).strip()}. Nothing of the release "
                "was kept: give the command again once the database answers."
            ) from error
        self.stdout.write(
            f"{release.folder}: {len(release.files)} files, {release.counts['cases']}"
            f" cases, {release.archive.size:,} bytes as {release.archive.path}"
        )
        self._compare(release)

    def _compare(self, release):
        """Find now what readers will ask for first: what changed since the release before."""
        before = [each for each in store.all_releases() if each.made_on < release.made_on]
        if not before:
            return
        try:
            found = changes.between(before[0], release)
        except OSError as error:
            self.stderr.write(
                f"The release is whole, but what changed since {before[0].name} could not be "
                f"kept: {error.strerror}. Its page will find it."
            )
            return
        self.stdout.write(f"{found.total} cases and statements differ from {before[0].name}")
