"""What is in each column of the files, for machines: a Data Package, and tables of PostgreSQL.

Titles and meanings are those of the codebook. What a column holds follows from its model where it
is a fixed choice, and is said here where it is anything else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from cases import codebook
from cases.exports import TABLES
from cases.models import Term
from cases.models.choices import Language, PassageKind
from cases.models.vocabulary import ABSENCE_CODES, ALL_SCHEMES
from releases.store import File

# Grows where a column goes, comes or changes what it means.
SCHEMA_VERSION = "1"
# The second version of the standard: the first has no names for missing values.
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# Files that a table is read from.
PATH = "data/{}.csv"

# By the name of a column, or `table.column` where a table has it its own way; the others are text.
TYPES = {
    **dict.fromkeys(("version", "gap_min_days", "gap_max_days"), "integer"),
    **dict.fromkeys(("cases.statements", "cases.quotations"), "integer"),
    **dict.fromkeys(("quotations.start", "quotations.end"), "integer"),
    **dict.fromkeys(("references.start", "references.end"), "integer"),
    **dict.fromkeys(("longitude", "latitude"), "number"),
    **dict.fromkeys(("earliest", "latest", "retired_on"), "date"),
    **dict.fromkeys(("start_earliest", "start_latest"), "date"),
    **dict.fromkeys(("end_earliest", "end_latest"), "date"),
    **dict.fromkeys(("published_on", "changed_on"), "datetime"),
}

_CODE = "[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*"
_WORD = "[A-Za-z0-9_-]+"
_COUNTRY = "[A-Z]{3}"


def _list(pattern: str) -> str:
    return f"{pattern}(?:;{pattern})*"


PATTERNS = {
    **dict.fromkeys(("slug", "case"), _WORD),
    **dict.fromkeys(("actor", "parent", "successor", "issuer", "broader", "replaced_by"), _WORD),
    **dict.fromkeys(("region", "actors.code", "terms.code", "evidence.code"), _WORD),
    **dict.fromkeys(("documents.code", "document", "assessed_by"), _CODE),
    **dict.fromkeys(("alpha3", "actors.country"), _COUNTRY),
    "alpha2": "[A-Z]{2}",
    "m49": "[0-9]{3}",
    "term": f"{_WORD}:{_WORD}",
    "about": _list(f"{_WORD}:{_WORD}"),
    "countries": _list(_COUNTRY),
    "other_countries": _list(f"{_COUNTRY}:{_WORD}"),
    "relations": _list(f"{_WORD}:{_WORD}"),
    "cases.actors": _list(f"{_WORD}:{_WORD}"),
    "evidence.actors": _list(f"{_WORD}:{_WORD}"),
    "documents": _list(_CODE),
    **dict.fromkeys(("regions", "situations", "triggers", "aims", "initiation"), _list(_WORD)),
    **dict.fromkeys(("un_role", "tools", "outcomes", "success_elements"), _list(_WORD)),
    **dict.fromkeys(("by", "with", "on_behalf_of", "in_support_of"), _list(_WORD)),
    **dict.fromkeys(("at_request_of", "towards", "subject"), _list(_WORD)),
}

# Columns that hold codes of a vocabulary which may say that the source is silent.
SCHEME_OF = {
    "situations": "situation",
    "triggers": "trigger",
    "initiation": "initiation",
    "un_role": "un_role",
    "outcomes": "outcome",
}

KEYS = {
    "cases": ("slug",),
    "statements": ("case", "key"),
    "findings": ("key",),
    "quotations": ("ref",),
    "actors": ("code",),
    "actor_names": ("actor", "language", "name", "kind"),
    "terms": ("scheme", "code"),
    "countries": ("alpha3",),
    "documents": ("code",),
    "passages": ("ref",),
    "errata": ("code",),
    "references": ("passage", "start", "end", "document"),
}
# Columns, the table they point to, and its columns. Lists of codes in a cell cannot say it.
FOREIGN_KEYS = {
    "statements": [(("case",), "cases", ("slug",)), (("assessed_by",), "documents", ("code",))],
    "evidence": [
        (("case", "key"), "statements", ("case", "key")),
        (("scheme", "code"), "terms", ("scheme", "code")),
        (("document",), "documents", ("code",)),
    ],
    "quotations": [(("document",), "documents", ("code",))],
    "actors": [
        (("country",), "countries", ("alpha3",)),
        (("parent",), "actors", ("code",)),
        (("successor",), "actors", ("code",)),
    ],
    "documents": [(("issuer",), "actors", ("code",))],
    "actor_names": [(("actor",), "actors", ("code",))],
    "passages": [(("document",), "documents", ("code",))],
    "references": [
        (("passage",), "passages", ("ref",)),
        (("document",), "documents", ("code",)),
    ],
}

CHOICES = {
    "evidence.passage_kind": PassageKind.choices,
    **dict.fromkeys(
        ("evidence.language", "quotations.language", "passages.language"), Language.choices
    ),
    "evidence.scheme": list(ALL_SCHEMES.items()),
}
POSTGRES = {
    "integer": "integer",
    "number": "numeric",
    "date": "date",
    "datetime": "timestamp with time zone",
    "string": "text",
}


def package(about: Mapping[str, Any], files: Mapping[str, File]) -> dict:
    """The description of a release as a Data Package.

    `about` has its own properties (name, title …); `files` are those that were written, by path.
    """
    resources = [
        {
            "name": name.replace("_", "-"),
            "type": "table",
            "path": PATH.format(name),
            "title": name,
            "description": str(_described("columns", name).definition_en),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": files[PATH.format(name)].size,
            "hash": f"sha256:{files[PATH.format(name)].sha256}",
            "schema": table_schema(name),
        }
        for name in TABLES
    ]
    return {"$schema": PROFILE, **about, "resources": resources}


def table_schema(table: str) -> dict:
    """The Table Schema of a file."""
    schema: dict[str, Any] = {"fields": fields(table)}
    if key := KEYS.get(table):
        schema["primaryKey"] = list(key)
    if pointers := FOREIGN_KEYS.get(table):
        schema["foreignKeys"] = [
            {
                "fields": list(columns),
                "reference": _reference(table, target, theirs),
            }
            for columns, target, theirs in pointers
        ]
    schema["missingValues"] = [{"value": "", "label": "no value"}]
    return schema


def _reference(table: str, target: str, columns: Iterable[str]) -> dict:
    """What a foreign key points to; a table that points to itself is not named."""
    named = {} if table == target else {"resource": target.replace("_", "-")}
    return {**named, "fields": list(columns)}


def fields(table: str) -> list[dict]:
    """The columns of a file in order, each as a field of a Table Schema."""
    entries = {entry.code: entry for entry in codebook.entries("columns", table, counted=False)}
    return [_field(table, column, entries[column]) for column in TABLES[table].columns]


def _field(table: str, column: str, entry: codebook.Entry) -> dict:
    field: dict[str, Any] = {
        "name": column,
        "type": _of(TYPES, table, column) or "string",
        "title": str(entry.label_en),
        "description": str(entry.definition_en),
    }
    constraints: dict[str, Any] = {}
    if column in KEYS.get(table, ()):
        constraints["required"] = True
    if choices := _choices(table, column):
        constraints["enum"] = [value for value, _label in choices]
        field["categories"] = [{"value": value, "label": str(label)} for value, label in choices]
    elif field["type"] == "string" and (pattern := _of(PATTERNS, table, column)):
        constraints["pattern"] = pattern
    if constraints:
        field["constraints"] = constraints
    if table == "cases" and column in SCHEME_OF:
        field["missingValues"] = _silences(SCHEME_OF[column])
    return field


def _of(said: Mapping[str, str], table: str, column: str) -> str | None:
    return said.get(f"{table}.{column}") or said.get(column)


def _choices(table: str, column: str) -> list[tuple]:
    """The values that a column may have, with their names; none where they are not fixed."""
    if found := CHOICES.get(f"{table}.{column}"):
        return found
    try:
        model = apps.get_model("cases", codebook.RECORD_OF_FILE[table])
        return list(getattr(model._meta.get_field(column), "choices", None) or ())
    except FieldDoesNotExist:
        return []


def _silences(scheme: str) -> list[dict]:
    """The cells that say in their own ways that there is no value, and which way each is."""
    terms = Term.objects.filter(scheme=scheme, code__in=ABSENCE_CODES).order_by("order", "code")
    named = [{"value": term.code, "label": term.label_en} for term in terms]
    return [{"value": "", "label": "no value"}, *named]


def _described(part: str, group: str) -> codebook.Entry:
    return next(entry for entry in codebook.groups(part) if entry.group == group)


def load_script() -> Iterable[str]:
    """Lines for psql that make a table for each file and read it in."""
    yield "-- psql -v ON_ERROR_STOP=1 -f load.sql DATABASE, from the folder of this file"
    yield "BEGIN;"
    for table in TABLES:
        lines = [f"  {_quoted(field['name'])} {POSTGRES[field['type']]}" for field in fields(table)]
        if key := KEYS.get(table):
            lines.append(f"  PRIMARY KEY ({', '.join(map(_quoted, key))})")
        yield f"CREATE TABLE {_quoted(table)} (\n" + ",\n".join(lines) + "\n);"
        options = "FORMAT csv, HEADER true, ENCODING 'UTF8'"
        yield f"\\copy {_quoted(table)} FROM '{PATH.format(table)}' WITH ({options})"
    yield "COMMIT;"


def _quoted(name: str) -> str:
    """A name as PostgreSQL takes it, where it is one of its own words too (`when`, `end`)."""
    return f'"{name}"'
