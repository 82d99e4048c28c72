"""python manage.py reset_second_factor NAME: for the last administrator who lost a telephone."""

from django.core.management.base import BaseCommand, CommandError

from cases.security import second_factor
from cases.security.record import account_named


class Command(BaseCommand):
    help = "Take the second factor of an account away; it signs in by password, and sets up a new."

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name with which the account signs in")

    def handle(self, *, name, **options):
        user = account_named(name)
        if user is None:
            raise CommandError(f"There is no account {name!r}: names are as they are typed.")
        if not second_factor.reset(user):
            raise CommandError(f"{name} has no second factor; nothing was changed.")
        self.stdout.write(
            f"The second factor of {name} is gone and all its sessions have ended. "
            "Sign in by password, then set up a new one."
        )
