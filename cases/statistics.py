"""What a database knows of its own tables, by which it chooses its ways through them."""

from django.db import DEFAULT_DB_ALIAS, connections

from cases.models import Case

# Of so many cases and more. Of few any way is short, and what is known of few misleads SQLite once
# there are many.
LEAST = 1000
# Rows of an index that SQLite looks at: all of them would take seconds where there are millions.
LOOKED_AT = 1000


def gather(using: str = DEFAULT_DB_ALIAS) -> None:
    """Have it look anew, after very many rows came at once.

    Of an index of which it knows nothing SQLite expects ten rows a value: it then goes through all
    published cases rather than take the twenty of a page by their numbers. PostgreSQL does it by
    itself sooner or later, and marks the pages of which an index alone tells all; until then
    reading what counts hold in memory takes twice as long.
    """
    if Case.objects.using(using).count() < LEAST:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        # No transaction may be going on where pages are marked.
        may_mark = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM (ANALYZE)" if may_mark else "ANALYZE")
