"""Queries that are compiled once and asked again with other values, as plain rows.

Django takes several times as long to make the SQL of a small query as the database to answer it.
"""

from collections.abc import Collection, Iterable
from functools import cache

from django.db import connections

# Stands for the values in a compiled query; no row has it.
_NO_ID = -1


def asked_again(query, values: Collection, alias: str) -> Iterable[tuple]:
    """The rows of a query that `query` makes for any values, compiled at its first use only."""
    sql, params, at = _compiled(query, alias)
    sql = sql.replace("{values}", ", ".join(["%s"] * len(values)))
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, [*params[:at], *values, *params[at:]])
        return cursor.fetchall()


@cache
def _compiled(query, alias: str) -> tuple[str, tuple, int]:
    """SQL with `{values}` where the values go, its other parameters, and the place among them."""
    sql, params = query([_NO_ID]).using(alias).query.get_compiler(alias).as_sql()
    at = next((at for at, value in enumerate(params) if str(value) == str(_NO_ID)), None)
    if at is None:
        return sql, params, 0
    return sql.replace("IN (%s)", "IN ({values})"), (*params[:at], *params[at + 1 :]), at
