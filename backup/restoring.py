"""Restoring a backup: all of it in one transaction, or nothing."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db import Error as DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from backup import releases, schema
from backup.archive import Archive, Manifest, member_of, opened, told, why
from backup.tables import Table, models, read_lines, table_of
from cases import fulltext
from cases.index import note_change, note_missing
from cases.models.index import ALL
from cases.statistics import gather

# What `migrate` writes into a database that nobody has used.
_MADE_BY_MIGRATE = {
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}
_PATIENCE = "90s"  # as long as SQLite waits for others


def restore(
    path: Path,
    *,
    replace: bool = False,
    progress: Callable[[str], None] = lambda line: None,
    alias: str = DEFAULT_DB_ALIAS,
) -> Manifest:
    """Fill the database, and the folder of releases, with what a backup holds.

    A CommandError where that cannot be. Then the database and the folder are as they were, but
    that a database without tables may have got them: it is as good for the next try.
    """
    connection = connections[alias]
    with opened(path, progress) as archive:
        manifest = archive.manifest
        try:
            _restore(archive, connection, replace=replace, progress=progress)
        except DatabaseError as error:
            raise CommandError(
                f"The database refused: {told(error)}. Nothing was changed. Where it is busy, stop "
                "the site first; where its disk is full, make room."
            ) from error
        except OSError as error:
            raise CommandError(
                f"{error.filename or path}: {why(error)} Nothing was changed."
            ) from error
    try:
        _finish(manifest, connection)
    except DatabaseError as error:
        raise CommandError(
            f"All is restored, but not finished: {told(error)}. Run `python manage.py migrate`."
        ) from error
    return manifest


def _restore(
    archive: Archive,
    connection: BaseDatabaseWrapper,
    *,
    replace: bool,
    progress: Callable[[str], None],
) -> None:
    manifest = archive.manifest
    schema.refuse_newer(manifest)
    if schema.is_bare(connection) or (
        schema.is_begun(manifest, connection) and not _records(manifest, connection)
    ):
        progress("making the tables")
        if schema.is_current(manifest):
            call_command("migrate", database=connection.alias, verbosity=0)
        else:
            schema.migrate_to(manifest, connection)
    else:
        _refuse_other_schema(manifest, connection)
    with (
        releases.restored(archive, replace=replace) as place,
        transaction.atomic(using=connection.alias),
    ):
        _load(archive, connection, replace=replace, progress=progress)
        if schema.is_current(manifest):
            _go_on_after(connection)
        place()


def _finish(manifest: Manifest, connection: BaseDatabaseWrapper) -> None:
    """What follows on the rows: the upgrade of an older schema, and the database's statistics."""
    if not schema.is_finished(connection):
        call_command("migrate", database=connection.alias, verbosity=0)
    if not schema.is_current(manifest):
        with transaction.atomic(using=connection.alias):
            _go_on_after(connection)
        gather(connection.alias)  # the next needs it, and is a change of every case
        note_missing()
    ContentType.objects.clear_cache()
    gather(connection.alias)


def _refuse_other_schema(manifest: Manifest, connection: BaseDatabaseWrapper) -> None:
    """A CommandError where the tables of the database are not those of the backup."""
    if newer := set(schema.applied(connection)) - set(manifest.migrations):
        raise CommandError(
            f"The backup was taken before {schema.listed(newer)}. Nothing was changed. Restore it "
            "into a database without tables, which is then upgraded: name one with DATABASE_URL."
        )
    ours = {table.name: set(table.columns) for table in map(table_of, models())}
    theirs = {table.name: set(table.columns) for table in manifest.tables}
    if odd := sorted(name for name in ours.keys() | theirs if ours.get(name) != theirs.get(name)):
        raise CommandError(
            f"The backup has other columns than this program in {', '.join(odd)}. Nothing was "
            "changed. Restore it with the version of the program that took it."
        )


def _load(
    archive: Archive,
    connection: BaseDatabaseWrapper,
    *,
    replace: bool,
    progress: Callable[[str], None],
) -> None:
    """Empty all tables, of sessions too, and fill those of the backup; inside a transaction."""
    there = set(connection.introspection.table_names())
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} & there
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            listed = ", ".join(map(quoted, sorted(every)))
            cursor.execute(f"LOCK TABLE {listed} IN ACCESS EXCLUSIVE MODE")
    if not replace:
        _refuse_records(archive.manifest, connection)
    with fulltext.suspended(connection):
        with connection.cursor() as cursor:
            for sql in connection.ops.sql_flush(no_style(), sorted(every), reset_sequences=True):
                cursor.execute(sql)
        for table in archive.manifest.tables:
            progress(table.name)
            _fill(table, archive, connection)
        connection.check_constraints()


def _records(manifest: Manifest, connection: BaseDatabaseWrapper) -> list[str]:
    """The tables that hold what somebody has written, each with its number of rows."""
    there = set(connection.introspection.table_names()) - _MADE_BY_MIGRATE
    held = []
    with connection.cursor() as cursor:
        for table in manifest.tables:
            if table.name in there:
                name = connection.ops.quote_name(table.name)
                cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608
                held += [f"{count} in {table.name}" for (count,) in cursor.fetchall() if count]
    return held


def _refuse_records(manifest: Manifest, connection: BaseDatabaseWrapper) -> None:
    if held := _records(manifest, connection):
        more = ", …" if len(held) > 3 else ""
        raise CommandError(
            f"The database holds records: {', '.join(held[:3])}{more}. Nothing was changed. Name "
            "an empty database with DATABASE_URL, or have all of it replaced with --replace "
            "(REPLACE=1)."
        )


def _fill(table: Table, archive: Archive, connection: BaseDatabaseWrapper) -> None:
    """Write the rows of one table."""
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(name) for name, _kind in table.columns)
    # Names are letters, digits and underscores, as the manifest was checked for.
    into = f"{quoted(table.name)} ({columns})"
    with archive.member(member_of(table.name)) as member:
        rows = _Counted(read_lines(member, table, connection.vendor))
        try:
            # The databases' own cursors: Django's would keep all rows until the last is written.
            with connection.wrap_database_errors:
                if connection.vendor == "postgresql":
                    with (
                        connection.connection.cursor() as cursor,
                        cursor.copy(f"COPY {into} FROM STDIN") as copy,
                    ):
                        for row in rows:
                            copy.write_row(row)
                else:
                    marks = ", ".join("?" * len(table.columns))
                    sql = f"INSERT INTO {into} VALUES ({marks})"  # noqa: S608
                    connection.connection.executemany(sql, rows)
        except DatabaseError as error:
            raise CommandError(
                f"The rows of {table.name} do not go into the database: {told(error)}. Nothing "
                "was changed."
            ) from error
    if rows.count != archive.manifest.rows[table.name]:
        raise CommandError(
            f"The backup has {rows.count} rows of {table.name}, and its manifest says "
            f"{archive.manifest.rows[table.name]}. Nothing was changed. Take another file."
        )


class _Counted:
    """Rows, counted as they are taken."""

    def __init__(self, rows: Iterable[list]):
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[list]:
        for row in self._rows:
            self.count += 1
            yield row


def _go_on_after(connection: BaseDatabaseWrapper) -> None:
    """Let ids go on after those that were restored, and tell running processes to count anew."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(sql)
    note_change(ALL)
