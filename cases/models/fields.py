"""Model fields and mixins shared by the domain."""

from collections.abc import Collection, Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections, models, router
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cases import edtf
from cases.text import alphabetical

# Slugs of records, as seeds and addresses print them.
CODE_PATTERN = r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$"


class EdtfField(models.CharField):
    """A date as EDTF text; saving fills the columns of its earliest and latest day beside it.

    `bounds` names those two columns, which must be declared after this field: both `save()` and
    `bulk_create()` ask the fields for their values in the order of declaration.
    """

    def __init__(self, *args, bounds=None, **kwargs):
        self.bounds = bounds
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["bounds"] = self.bounds
        return name, path, args, kwargs

    def to_python(self, value):
        """Canonical text; digits of any script are understood."""
        if not value:
            return ""
        try:
            return edtf.clean(str(value))
        except edtf.EdtfError as error:
            raise ValidationError(why_no_date(error), code="edtf") from error

    def pre_save(self, instance, add):
        text = getattr(instance, self.attname) or ""
        if self.bounds:
            for column, day in zip(self.bounds, edtf.bounds(text), strict=True):
                setattr(instance, column, day)
        return text


def why_no_date(error: edtf.EdtfError) -> str:
    """What is wrong with a date, in the reader's language."""
    return gettext(error.message) % error.params


def translated(instance, name: str, language: str | None = None) -> tuple[str, str]:
    """A text that exists in several languages, as (text, language of that text).

    The reader's own language first; where it is missing the others stand in, English first.
    """
    wanted = (language or get_language() or "en").split("-")[0]
    for candidate in (wanted, *(code for code, _name in settings.LANGUAGES)):
        if text := getattr(instance, f"{name}_{candidate}", ""):
            return text, candidate
    return "", wanted


def by_name(record) -> str:
    """What to sort records by that are shown by their names in the reader's language."""
    return alphabetical(str(record), get_language() or "en")


def update_each(rows: Iterable[models.Model], columns: Collection[str] = ()) -> None:
    """Save many rows that exist: these columns, or all that were read of them.

    One plain UPDATE a row, sent together. Django's bulk_update makes of some hundred rows one
    statement with a condition for every row and column, which takes many times as long.
    """
    rows = list(rows)
    if not rows:
        return
    model, unread = type(rows[0]), rows[0].get_deferred_fields()
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and (field.name in columns if columns else field.attname not in unread)
    ]
    connection = connections[router.db_for_write(model)]
    quoted = connection.ops.quote_name
    assigned = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    table, key = quoted(model._meta.db_table), model._meta.pk
    # Only names of the models' own go into it as text.
    statement = f"UPDATE {table} SET {assigned} WHERE {quoted(key.column)} = %s"  # noqa: S608
    values = [
        [
            *(field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields),
            key.get_db_prep_value(row.pk, connection),
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


class Recorded(models.Model):
    """A record that is dumped, planned, applied and kept as revisions (see cases.records)."""

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    changed_on = models.DateTimeField(_("changed on"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True
