"""What is written once: the database itself refuses to change a revision.

Nothing in the program changes one. This holds for mistakes, and for whoever reaches the database
by some other way without the right to alter its tables.
"""

from django.db import DEFAULT_DB_ALIAS, connections

TABLE = "cases_revision"
NAME = "revision_is_written_once"
SAID = "a revision is written once and never changed"
_SQL = {
    "sqlite": [
        (
            f"CREATE TRIGGER IF NOT EXISTS {NAME} BEFORE UPDATE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        )
    ],
    "postgresql": [
        (
            f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$"
        ),
        (
            f"CREATE OR REPLACE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        ),
    ],
}


def keep_trigger(sender, using=DEFAULT_DB_ALIAS, **_rest) -> None:
    """Make the trigger where it is missing; a handler of `post_migrate`.

    Where a migration changes a table, SQLite has it copied into a new one, which has no triggers.
    """
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # a migration back to before there was history
    with connection.cursor() as cursor:
        for sql in _SQL[connection.vendor]:
            cursor.execute(sql)
