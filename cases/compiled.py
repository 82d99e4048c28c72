"""Queries that are compiled once and asked again with other values, as plain rows.

Django takes several times as long to make the SQL of a small query as the database to answer it.
"""

from collections.abc import Collection, Iterable
from functools import cache

from django.db import connections

# Stands for the values in a compiled query; no row has it.
_NO_ID = -1
_PLACE = "IN (%s)"


def asked_again(query, values: Collection, alias: str) -> Iterable[tuple]:
    """The rows of a query that `query` makes for any values, compiled at its first use only.

    The values stand in one `__in` of it, or nowhere; where they do and there are none, so are rows.
    """
    sql, params, at = _compiled(query, alias)
    if at is not None:
        if not values:
            return []
        sql = sql.replace(_PLACE, f"IN ({', '.join(['%s'] * len(values))})")
        params = [*params[:at], *values, *params[at + 1 :]]
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@cache
def _compiled(query, alias: str) -> tuple[str, tuple, int | None]:
    """SQL, its parameters, and the place of the values among these, if they have one."""
    sql, params = query([_NO_ID]).using(alias).query.get_compiler(alias).as_sql()
    found = [at for at, value in enumerate(params) if str(value) == str(_NO_ID)]
    if found and (len(found), sql.count(_PLACE)) != (1, 1):
        raise ValueError(f"Not one place for the values: {sql}")
    return sql, params, found[0] if found else None
