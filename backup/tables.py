"""Which tables travel, and how their rows are written: as JSON lines, the same on both databases.

A row is a list with the values of its columns. Text, whole numbers and truth are JSON's own, and
NULL is null; what else there is stands as text, or, where it is JSON itself, as a list of one, so
that JSON's null is not taken for NULL.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import Field, Model, TextField
from django.db.models.functions import Cast

from cases.expressions import Bytewise

# Who is signed in and who failed to is of the machine; whoever is restored signs in anew.
APPS_LEFT_OUT = {"sessions", "axes"}
# Notes for processes that run now; a restore writes one of its own.
MODELS_LEFT_OUT = {"cases.IndexChange"}

_KINDS = {
    "text": (
        *("CharField", "TextField", "SlugField", "URLField", "EmailField", "FileField"),
        *("FilePathField", "GenericIPAddressField"),
    ),
    "integer": (
        *("AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"),
        *("SmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"),
        "PositiveSmallIntegerField",
    ),
    "boolean": ("BooleanField",),
    "date": ("DateField",),
    "datetime": ("DateTimeField",),
    "decimal": ("DecimalField",),
    "binary": ("BinaryField",),
    "json": ("JSONField",),
    "uuid": ("UUIDField",),
}
KIND_OF_FIELD = {name: kind for kind, names in _KINDS.items() for name in names}

# Rows that are held at a time; files as received may be large, so of these one.
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Table:
    """A table of the database, and (name, kind) of each of its columns."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def kinds(self) -> list[str]:
        return [kind for _column, kind in self.columns]


def models() -> list[type[Model]]:
    """The models whose rows travel, each after those that it refers to."""
    found = {
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in APPS_LEFT_OUT
        and model._meta.label not in MODELS_LEFT_OUT
    }
    order: TopologicalSorter = TopologicalSorter()
    for model in sorted(found, key=lambda each: each._meta.db_table):
        order.add(model, *sorted(_referred_to(model) & found, key=lambda m: m._meta.db_table))
    return list(order.static_order())


def _referred_to(model: type[Model]) -> set[type[Model]]:
    """The models that rows of this one refer to, besides itself."""
    fields = (field for field in model._meta.concrete_fields if field.is_relation)
    return {field.related_model for field in fields} - {model}


def table_of(model: type[Model]) -> Table:
    fields = model._meta.concrete_fields
    return Table(model._meta.db_table, tuple((field.column, _kind(field)) for field in fields))


def _kind(field: Field) -> str:
    """What the values of a field are; a KeyError names a field that backups do not know."""
    if field.is_relation:
        return _kind(field.target_field)
    return KIND_OF_FIELD[field.get_internal_type()]


def lines(model: type[Model], alias: str) -> Iterator[bytes]:
    """The rows of a model as lines of JSON, in the order of their keys, a few read at a time.

    The same rows give the same lines on every database.
    """
    kinds = table_of(model).kinds
    columns = [
        # As the database has it: through Django, NULL and JSON's null would be the same.
        Cast(field.attname, TextField()) if kind == "json" else field.attname
        for field, kind in zip(model._meta.concrete_fields, kinds, strict=True)
    ]
    key = model._meta.pk.attname
    is_text = _kind(model._meta.pk) == "text"
    rows = model._base_manager.using(alias).order_by(Bytewise(key) if is_text else key)
    writers = [(at, _WRITE[kind]) for at, kind in enumerate(kinds) if kind in _WRITE]
    for row in rows.values_list(*columns).iterator(1 if "binary" in kinds else ROWS_AT_ONCE):
        text = json.dumps(
            _changed(row, writers), ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )
        yield text.encode() + b"\n"


def read_lines(written: Iterable[bytes], table: Table, vendor: str) -> Iterator[list]:
    """The rows of such lines, their values as the database of this vendor takes them."""
    readers = [
        (at, _READ[vendor][kind]) for at, kind in enumerate(table.kinds) if kind in _READ[vendor]
    ]
    for line in written:
        yield _changed(json.loads(line), readers)


def _changed(row: Iterable, changes: list[tuple[int, Callable[[Any], Any]]]) -> list:
    """The row with the values at these places changed, except where they are NULL."""
    row = list(row)
    for at, change in changes:
        if row[at] is not None:
            row[at] = change(row[at])
    return row


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_WRITE: dict[str, Callable[[Any], Any]] = {
    "date": date.isoformat,
    "datetime": _moment,
    "decimal": str,
    "binary": lambda value: b64encode(value).decode(),
    "json": lambda text: [json.loads(text)],
    "uuid": str,
}
_READ: dict[str, dict[str, Callable[[Any], Any]]] = {
    "postgresql": {
        "binary": b64decode,
        "json": lambda value: json.dumps(value[0]),
    },
    # To the letter as Django writes them there.
    "sqlite": {
        "datetime": lambda text: text.replace("T", " ").removesuffix("Z"),
        "binary": b64decode,
        "json": lambda value: json.dumps(value[0]),
        "uuid": lambda text: text.replace("-", ""),
    },
}
