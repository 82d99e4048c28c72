"""Commands that need the tables."""

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


class MigratedCommand(BaseCommand):
    """Says what to do where there is no database, none any more, or not the tables of today."""

    def execute(self, *arguments, **options):
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}") from error
        if missing:
            name = connection.settings_dict["NAME"]
            raise CommandError(
                f"The database {name} lacks tables of this version ({len(missing)} migrations): "
                "run `python manage.py migrate` first."
            )
        try:
            return super().execute(*arguments, **options)
        except OperationalError as error:
            # It went away, or its disk is full.
            raise CommandError(
                f"The database refused: {str(error).strip()}. What was under way was not saved: "
                "put that right and do it again."
            ) from error
