"""The full-text index of each database, and the condition that asks it.

Search looks in columns of folded words, a space before each (`cases.text`). Beside the table of
these columns stands one with the same words as the database indexes them, `cases_casewords` beside
`cases_case`, which triggers keep: whatever writes the columns, the index follows in the same
transaction. On SQLite it is an FTS5 table, on PostgreSQL a table of tsvectors under a GIN index.

Both know the same: single words, which are what stands between two spaces, and two words in a row;
PostgreSQL's own parser would cut «2e5» otherwise than SQLite's. Where a question has more than two
words in a row, or very long ones, who asks looks again in the column itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Func

# The columns of each table that are indexed, and the letter that says on PostgreSQL which it was;
# the capital says so of two words in a row.
INDEXED = {
    "cases_case": {"search_head": "h", "search_text": "t", "search_squashed": "s"},
    "cases_passage": {"search_text": "t", "search_squashed": "s"},
}
# So many letters of a word, or of two, are indexed: PostgreSQL takes no word of more than 2 kB,
# and no vector of more than 1 MB.
LONGEST = 60
_WORDS_IN_A_VECTOR = 4000


class Word(NamedTuple):
    """One word or two in a row to look for in these columns: whole, or the last one begun."""

    columns: Sequence[str]
    letters: str
    whole: bool = False

    @property
    def is_long(self) -> bool:
        """Whether the index has only its first letters."""
        return len(self.letters) > LONGEST


class Has(Func):
    """The condition that a row has any of these words, answered by the full-text index."""

    output_field = BooleanField()

    def __init__(self, words: Iterable[Word]):
        self.words, self.table = tuple(words), ""
        super().__init__(F("pk"))

    def _constructor_args(self):
        return (self.words,), {}

    @property
    def identity(self):
        return type(self), self.words, self.table, *map(repr, self.source_expressions)

    def resolve_expression(self, query=None, *args, **kwargs):
        resolved = super().resolve_expression(query, *args, **kwargs)
        resolved.table = query.model._meta.db_table
        return resolved

    def as_sqlite(self, compiler, connection, **_context):
        key, params = compiler.compile(self.source_expressions[0])
        found, asked = _found_on_sqlite(self.table, self.words)
        return f"{key} IN (SELECT rowid {found})", (*params, asked)

    def as_postgresql(self, compiler, connection, **_context):
        key, params = compiler.compile(self.source_expressions[0])
        found, asked = _found_on_postgresql(self.table, self.words)
        return f"{key} IN (SELECT id {found})", (*params, asked)


def ids_having(table: str, words: Iterable[Word], alias: str) -> list[int]:
    """The ids of the rows of a table that have any of the words, whoever may see them.

    The database joins them: so many rows would take several times as long.
    """
    connection = connections[alias]
    if connection.vendor == "sqlite":
        found, asked = _found_on_sqlite(table, words)
        sql = f"SELECT GROUP_CONCAT(rowid) {found}"
    else:
        found, asked = _found_on_postgresql(table, words)
        sql = f"SELECT STRING_AGG(id::text, ',') {found}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        (joined,) = cursor.fetchone()
    return list(map(int, joined.split(","))) if joined else []


# Names of tables are the models' own, the words are bound.


def _found_on_sqlite(table: str, words: Iterable[Word]) -> tuple[str, str]:
    """FROM and WHERE of the rows that have any of the words, and what is bound in it."""
    asked = " OR ".join(
        f'{{{" ".join(word.columns)}}} : "{word.letters[:LONGEST]}"'
        + ("" if word.whole and not word.is_long else " *")
        for word in words
    )
    return f"FROM {table}words WHERE {table}words MATCH %s", asked


def _found_on_postgresql(table: str, words: Iterable[Word]) -> tuple[str, str]:
    letters = INDEXED[table]
    asked = " | ".join(
        f"'{letters[column].upper() if ' ' in word.letters else letters[column]}"
        f"{word.letters[:LONGEST]}'" + ("" if word.whole and not word.is_long else ":*")
        for word in words
        for column in word.columns
    )
    return f"FROM {table}words_with(%s::tsquery) id", asked


def create(connection) -> None:
    """Make the index of each table that has none, and fill it; for migrations."""
    if connection.vendor == "sqlite" and "fts5" not in _sqlite_modules(connection):
        raise CommandError(
            "This Python's SQLite has no full-text search (FTS5), which the search needs. Use a "
            "Python whose SQLite has it, as those of python.org and Debian have, or PostgreSQL: "
            "set DATABASE_URL."
        )
    for table in INDEXED:
        if _is_there(connection, table):
            continue
        with connection.cursor() as cursor:
            for sql in _CREATE[connection.vendor](table):
                cursor.execute(sql)


def drop(connection) -> None:
    """Take the indexes away."""
    with connection.cursor() as cursor:
        for table in INDEXED:
            for sql in _DROP[connection.vendor](table):
                cursor.execute(sql)


@contextmanager
def suspended(connection) -> Iterator[None]:
    """Whole tables are filled inside, and indexed at the end: row by row takes many times as long.

    Both happen in the transaction that is going on. A database without the indexes gets none.
    """
    there = all(_is_there(connection, table) for table in INDEXED)
    if there:
        drop(connection)
    yield
    if there:
        create(connection)


def keep_triggers(sender, using=DEFAULT_DB_ALIAS, **_rest) -> None:
    """Make triggers that are gone; a handler of `post_migrate`.

    Where a migration changes a table, SQLite has it copied into a new one, which has no triggers.
    """
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    for table in INDEXED:
        if _is_there(connection, table):
            with connection.cursor() as cursor:
                for sql in _sqlite_triggers(table):
                    cursor.execute(sql)


def _sqlite_modules(connection) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA module_list")
        return {name for (name,) in cursor.fetchall()}


def _is_there(connection, table: str) -> bool:
    return f"{table}words" in connection.introspection.table_names()


# The statements below have nothing in them but the names of INDEXED.


def _create_on_sqlite(table: str) -> list[str]:
    columns = ", ".join(INDEXED[table])
    index = f"{table}words"
    return [
        # Only what is beyond ASCII or a letter or digit is in a word: `ascii` parts at spaces, and
        # leaves the rest as it was folded. The bar between two texts is a word, so that no two
        # words are in a row over it.
        (
            f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{table}', "
            "content_rowid='id', tokenize=\"ascii tokenchars '|'\", prefix='2 3', columnsize=0)"
        ),
        *_sqlite_triggers(table),
        f"INSERT INTO {index} ({index}) VALUES ('rebuild')",  # noqa: S608
    ]


def _sqlite_triggers(table: str) -> list[str]:
    index, columns = f"{table}words", list(INDEXED[table])
    named = ", ".join(columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    forget = f"INSERT INTO {index} ({index}, rowid, {named}) VALUES ('delete', old.id, {old});"  # noqa: S608
    learn = f"INSERT INTO {index} (rowid, {named}) VALUES (new.id, {new});"  # noqa: S608
    changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    begin = "CREATE TRIGGER IF NOT EXISTS"
    return [
        f"{begin} {index}_in AFTER INSERT ON {table} BEGIN {learn} END",
        f"{begin} {index}_out AFTER DELETE ON {table} BEGIN {forget} END",
        (
            f"{begin} {index}_new AFTER UPDATE OF {named} ON {table} WHEN {changed} "
            f"BEGIN {forget} {learn} END"
        ),
    ]


def _drop_on_sqlite(table: str) -> list[str]:
    index = f"{table}words"
    triggers = [f"DROP TRIGGER IF EXISTS {index}_{name}" for name in ("in", "out", "new")]
    return [*triggers, f"DROP TABLE IF EXISTS {index}"]


def _create_on_postgresql(table: str) -> list[str]:
    index, columns = f"{table}words", list(INDEXED[table])
    changed = " OR ".join(f"old.{column} IS DISTINCT FROM new.{column}" for column in columns)
    forget = f"DELETE FROM {index} WHERE id = old.id;"  # noqa: S608
    learn = f"INSERT INTO {index} (id, words) {_vectors(table, 'new')};"
    empty = f"DELETE FROM {index};"  # noqa: S608
    found = f"SELECT id FROM {index} WHERE words @@ asked"  # noqa: S608
    function = f"EXECUTE FUNCTION {index}"
    return [
        # No primary key: a very long text has several vectors. No foreign key either, for a
        # table that is referred to could not be emptied.
        f"CREATE TABLE {index} (id bigint NOT NULL, words tsvector NOT NULL)",
        (
            f"INSERT INTO {index} (id, words) SELECT one.id, v.words FROM {table} one, "  # noqa: S608
            f"LATERAL ({_vectors(table, 'one')}) v"
        ),
        f"CREATE INDEX {index}_id ON {index} (id)",
        (
            f"CREATE INDEX {index}_words ON {index} USING gin (words) "
            "WITH (gin_pending_list_limit = 512)"
        ),
        # It would read all vectors, which stand outside the table, if half of the rows are looked
        # for, because it takes the table for small. The index alone is a hundred times as fast.
        (
            f"CREATE FUNCTION {index}_with(asked tsquery) RETURNS SETOF bigint LANGUAGE sql "
            f"STABLE SET enable_seqscan = off AS $$ {found} $$"
        ),
        (
            f"CREATE FUNCTION {index}_in() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {learn} RETURN NULL; END $$"
        ),
        (
            f"CREATE FUNCTION {index}_out() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {forget} RETURN NULL; END $$"
        ),
        (
            f"CREATE FUNCTION {index}_new() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {forget} {learn} RETURN NULL; END $$"
        ),
        (
            f"CREATE FUNCTION {index}_none() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {empty} RETURN NULL; END $$"
        ),
        f"CREATE TRIGGER {index}_in AFTER INSERT ON {table} FOR EACH ROW {function}_in()",
        f"CREATE TRIGGER {index}_out AFTER DELETE ON {table} FOR EACH ROW {function}_out()",
        (
            f"CREATE TRIGGER {index}_new AFTER UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
            f"{function}_new()"
        ),
        (
            f"CREATE TRIGGER {index}_none AFTER TRUNCATE ON {table} FOR EACH STATEMENT "
            f"{function}_none()"
        ),
        f"ANALYZE {index}",
    ]


def _vectors(table: str, row: str) -> str:
    """The query for the id of a row and its words, in as many vectors as need be."""
    parts = []
    for column, letter in INDEXED[table].items():
        each = f"unnest(string_to_array(btrim({row}.{column}), ' ')) WITH ORDINALITY AS a (w, n)"
        pairs = f"SELECT w, lead(w) OVER (ORDER BY n) AS v FROM {each}"  # noqa: S608
        parts += [
            (
                f"SELECT '{letter}' || left(w, {LONGEST}) AS word FROM {each} "  # noqa: S608
                "WHERE w NOT IN ('', '|')"
            ),
            (
                f"SELECT '{letter.upper()}' || left(w || ' ' || v, {LONGEST}) FROM ({pairs}) b "  # noqa: S608
                "WHERE w <> '|' AND v <> '|'"
            ),
        ]
    # What may be typed as one is looked for as one only.
    words = " UNION ALL ".join(part for part in parts if not part.startswith("SELECT 'S'"))
    numbered = f"SELECT word, row_number() OVER () / {_WORDS_IN_A_VECTOR} AS part FROM ({words}) w"  # noqa: S608
    return (
        f"SELECT {row}.id, array_to_tsvector(array_agg(word)) AS words "  # noqa: S608
        f"FROM ({numbered}) n GROUP BY part"
    )


def _drop_on_postgresql(table: str) -> list[str]:
    index = f"{table}words"
    names = ("in", "out", "new", "none")
    return [
        *(f"DROP TRIGGER IF EXISTS {index}_{name} ON {table}" for name in names),
        *(f"DROP FUNCTION IF EXISTS {index}_{name}()" for name in names),
        f"DROP FUNCTION IF EXISTS {index}_with(tsquery)",
        f"DROP TABLE IF EXISTS {index}",
    ]


_CREATE = {"sqlite": _create_on_sqlite, "postgresql": _create_on_postgresql}
_DROP = {"sqlite": _drop_on_sqlite, "postgresql": _drop_on_postgresql}
