"""python manage.py first_editor: the first account of the desk, its password printed once."""

import secrets

from django.contrib.auth import get_user_model

from cases.accounts import ask_for_own_password
from cases.management.migrated import MigratedCommand


class Command(MigratedCommand):
    help = "Create the account `editor` with a random password, unless there is any account."

    def handle(self, **options):
        users = get_user_model().objects
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        ask_for_own_password(users.create_superuser("editor", password=password))
        self.stdout.write(
            f"First account for /admin/: name editor, password {password}\n"
            "It is shown this once; signing in asks for one of your own."
        )
