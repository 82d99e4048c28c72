"""Taking a backup while the site runs: one state of the database, and the releases there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db import Error as DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from backup import releases, schema
from backup.archive import Manifest, member_of, told, written
from backup.tables import lines, models, table_of


def default_path() -> Path:
    """A file in var/backups; names stand in the order of time."""
    return folder() / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"


def folder() -> Path:
    return settings.VAR_DIR / "backups"


def newest() -> Path | None:
    """The newest backup of those in var/backups."""
    return max(folder().glob("*Z.zip"), default=None)


def take(
    path: Path,
    progress: Callable[[str], None] = lambda line: None,
    alias: str = DEFAULT_DB_ALIAS,
) -> Manifest:
    """Write a backup; a CommandError where it cannot be, and then there is no file."""
    _refuse_none(connections[alias])
    try:
        return _take(path, progress, connections[alias])
    except DatabaseError as error:
        raise CommandError(
            f"The database cannot be read: {told(error)}. No backup was made."
        ) from error


def _refuse_none(connection: BaseDatabaseWrapper) -> None:
    """A CommandError where SQLite would make an empty database of one that is not there."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        return
    if not Path(name := connection.settings_dict["NAME"]).exists():
        raise CommandError(
            f"There is no database {name}. No backup was made. DATABASE_URL names the one that is "
            "meant; on a server deploy/manage knows it."
        )


def _take(path: Path, progress: Callable[[str], None], connection: BaseDatabaseWrapper) -> Manifest:
    schema.applied(connection)  # where tables are missing, it says so
    with snapshot(connection):
        manifest = Manifest(
            taken=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            database=connection.vendor,
            migrations=schema.applied(connection),
        )
        with written(path, manifest) as archive:
            for model in models():
                table = table_of(model)
                progress(table.name)
                manifest.tables.append(table)
                rows = lines(model, connection.alias)
                manifest.rows[table.name] = archive.add(member_of(table.name), rows)
            releases.take(archive, progress)
    return manifest


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """What is read inside is one state of the database; those who write do not wait for it."""
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models())
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Before anything is read: what a restore empties is empty for older snapshots too.
            cursor.execute(f"LOCK TABLE {tables} IN ACCESS SHARE MODE")
            yield
        return
    with connection.cursor() as cursor:
        # Not Django's `atomic`, which begins as the settings say: as a writer.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
