"""Which migrations a database, this program and a backup have."""

from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from backup.archive import Manifest
from backup.tables import models


def is_bare(connection: BaseDatabaseWrapper) -> bool:
    """Whether a database has no tables at all, but for the list of migrations, which is first."""
    return {MigrationRecorder.Migration._meta.db_table}.issuperset(
        connection.introspection.table_names()
    )


def is_begun(manifest: Manifest, connection: BaseDatabaseWrapper) -> bool:
    """Whether a database has some of the backup's migrations, no others, and not all of today.

    So it is left by a restore that ended after tables were made for it.
    """
    there = _of_ours(MigrationLoader(connection).applied_migrations)
    return bool(there) and there <= set(manifest.migrations) and not _is_today(there)


def applied(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations of the tables that travel, as `app.name`.

    A CommandError where they are not those of this program.
    """
    loader = MigrationLoader(connection)
    known, there = _of_ours(loader.graph.nodes), _of_ours(loader.applied_migrations)
    if lacking := known - there:
        raise CommandError(
            f"The database lacks {listed(lacking)}: run `python manage.py migrate` first, or use "
            "the version of the program that the database belongs to."
        )
    if unknown := there - known:
        raise CommandError(
            f"The database has {listed(unknown)}, which this version of the program does not "
            "know: use the version that the database belongs to."
        )
    return sorted(there)


def is_finished(connection: BaseDatabaseWrapper) -> bool:
    """Whether a database has all migrations of this program, those of other tables too."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_current(manifest: Manifest) -> bool:
    """Whether the backup has all migrations of this program."""
    return _is_today(set(manifest.migrations))


def _is_today(migrations: set[str]) -> bool:
    return migrations >= _of_ours(MigrationLoader(None).graph.nodes)


def refuse_newer(manifest: Manifest) -> None:
    """A CommandError where the backup has migrations that this program does not know."""
    if unknown := set(manifest.migrations) - _of_ours(MigrationLoader(None).graph.nodes):
        raise CommandError(
            f"The backup has {listed(unknown)}, which this version of the program does not know. "
            "Nothing was changed. Install the version that took it, or a newer one, and restore "
            "it there."
        )


def migrate_to(manifest: Manifest, connection: BaseDatabaseWrapper) -> None:
    """Give a database without tables those that the backup was taken from."""
    executor = MigrationExecutor(connection)
    nodes = {tuple(name.split(".", 1)) for name in manifest.migrations}
    children = {
        key: {child.key for child in executor.loader.graph.node_map[key].children} for key in nodes
    }
    # The last of each app: what was applied before would be taken back, were it a target.
    executor.migrate(
        [
            key
            for key in sorted(nodes)
            if not any(child[0] == key[0] for child in children[key] & nodes)
        ]
    )


def _of_ours(nodes) -> set[str]:
    apps = {model._meta.app_label for model in models()}
    return {f"{app}.{name}" for app, name in nodes if app in apps}


def listed(migrations: set[str]) -> str:
    shown = sorted(migrations)
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return f"the migration{'s' if len(shown) > 1 else ''} {', '.join(shown[:3])}{more}"
