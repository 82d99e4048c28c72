"""Database expressions that give the same answer on SQLite and on PostgreSQL."""

from django.db.models import CharField, Func, IntegerField, Subquery, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Lookup

SEPARATOR = ";"


class Bytewise(Func):
    """Text compared by its code points: PostgreSQL would otherwise sort as its locale does."""

    arity = 1
    template = "%(expressions)s"
    output_field = CharField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template='(%(expressions)s) COLLATE "C"', **context
        )


class Unindexed(Func):
    """A value as it is, by which SQLite neither looks up rows nor takes them in order.

    Asked for the few rows that belong to another one, SQLite would rather go through all of a table
    by an index of such a value than follow the rows: documents in the order of their codes, cases
    that are no copies. A file then takes time by rows times rows.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class AnyOf(Lookup):
    """Whether a number is one of a list, sent as one array instead of a value each: PostgreSQL."""

    prepare_rhs = False

    def as_sql(self, compiler, connection):
        number, params = self.process_lhs(compiler, connection)
        return f"{number} = ANY(%s)", [*params, self.rhs]


class Joined(Subquery):
    """The one column of a subquery, its rows joined by `;` in the subquery's order; never NULL."""

    output_field = CharField()

    def __init__(self, queryset, expression, *, ordered_by=None, also=None):
        """`expression` gives each row's text; without `ordered_by` rows are distinct and sorted.

        `also` are a second queryset and its expression, whose texts stand among those of the first.
        """
        rows = self._texts(queryset, expression)
        if also:
            rows = rows.union(self._texts(*also)).order_by("joined")
        else:
            rows = rows.order_by(*ordered_by) if ordered_by else rows.distinct().order_by("joined")
        super().__init__(rows)

    @staticmethod
    def _texts(queryset, expression):
        return queryset.order_by().annotate(joined=Unindexed(Bytewise(expression))).values("joined")

    def as_sqlite(self, compiler, connection, **context):
        joined = f"COALESCE(GROUP_CONCAT(joined, '{SEPARATOR}'), '')"
        template = f"(SELECT {joined} FROM %(subquery)s)"  # noqa: S608 (nothing from outside)
        return self._in_parentheses(compiler, connection, template, context)

    def as_postgresql(self, compiler, connection, **context):
        template = f"ARRAY_TO_STRING(ARRAY%(subquery)s, '{SEPARATOR}')"
        return self._in_parentheses(compiler, connection, template, context)

    def _in_parentheses(self, compiler, connection, template, context):
        inner, params = super().as_sql(compiler, connection, **context)
        return template % {"subquery": inner}, params


class DaysBetween(Func):
    """Whole days from the first date to the second."""

    arity = 2
    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **context):
        first, second = self.source_expressions
        first_sql, first_params = compiler.compile(first)
        second_sql, second_params = compiler.compile(second)
        sql = f"CAST(JULIANDAY({second_sql}) - JULIANDAY({first_sql}) AS INTEGER)"
        return sql, (*second_params, *first_params)

    def as_postgresql(self, compiler, connection, **context):
        first, second = self.source_expressions
        first_sql, first_params = compiler.compile(first)
        second_sql, second_params = compiler.compile(second)
        return f"(({second_sql}) - ({first_sql}))", (*second_params, *first_params)


class IsoTime(Func):
    """A moment as ISO 8601 text in UTC, to the second."""

    arity = 1
    output_field = CharField()

    def as_sqlite(self, compiler, connection, **context):
        template = "STRFTIME('%%%%Y-%%%%m-%%%%dT%%%%H:%%%%M:%%%%SZ', %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "TO_CHAR((%(expressions)s) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
        return self.as_sql(compiler, connection, template=template, **context)


class Code(Func):
    """The code of a term's id: what stands after the colon."""

    arity = 1
    output_field = CharField()

    def as_sqlite(self, compiler, connection, **context):
        template = "SUBSTR(%(expressions)s, INSTR(%(expressions)s, ':') + 1)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = "SPLIT_PART(%(expressions)s, ':', 2)"
        return self.as_sql(compiler, connection, template=template, **context)


def text(*parts) -> Concat:
    """Columns (by name) and separators (as Value) as one text."""
    return Concat(*parts, output_field=CharField())


COLON, SLASH, HYPHEN = Value(":"), Value("/"), Value("-")
