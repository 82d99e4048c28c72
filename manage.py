#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{error}")
    except OperationalError as error:
        from cases.views.errors import is_away

        if "--traceback" in sys.argv or not is_away(error):
            raise
        # libpq's words name the server and the reason, never the password.
        sys.exit(f"DATABASE_URL: the database cannot be reached just now: {error}".rstrip())


if __name__ == "__main__":
    main()
