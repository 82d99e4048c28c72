"""python manage.py preflight: what is wrong with the settings and the database, as log lines."""

import logging

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.management.base import BaseCommand, CommandError

from config import health

logger = logging.getLogger("config.preflight")


class Command(BaseCommand):
    help = "Say what is wrong with settings and database; gunicorn calls it before it serves."
    requires_system_checks = ()  # they are run below, and written as lines of the log

    def handle(self, **options):
        is_public = bool(settings.PUBLIC_HOSTS)
        found = run_checks(include_deployment_checks=is_public)
        for each in found:
            logger.log(each.level, "%s %s", each.msg, each.hint or "")
        # Processes wait for a database, and answer 503 until it is there and as it should be.
        for part, said in health.problems().items():
            logger.error("Not ready: %s %s. Pages answer 503 or 500 until then.", part, said)
        if any(each.level >= ERROR for each in found):
            raise CommandError("Not started: mend what is said above.")
