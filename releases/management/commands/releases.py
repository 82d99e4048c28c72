"""python manage.py releases: those that there are, the newest first."""

from django.core.management.base import BaseCommand

from releases import store


class Command(BaseCommand):
    help = "List the releases that were made, the newest first."

    def handle(self, **options):
        for release in store.all_releases():
            self.stdout.write(
                f"{release.name}  {release.made_on:%Y-%m-%d %H:%M} UTC  "
                f"{release.counts['cases']} cases  {release.counts['statements']} statements  "
                f"{release.archive.size:,} bytes"
            )
