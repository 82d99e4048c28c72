"""What cites a row, so that deleting the row would take it from somewhere or is impossible."""

from collections.abc import Collection, Iterator

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.models import CaseCountry, CaseRelation, ErratumPlace, StatementActor, StatementQuotation

SHOWN = 20
# Rows that only hang two records together, and the column of the one that they belong to.
BELONGS_TO = {
    CaseCountry: "case",
    CaseRelation: "case",
    ErratumPlace: "erratum",
    StatementActor: "statement",
    StatementQuotation: "statement",
}
# Columns whose rows the database would delete with what they point at: other records' words.
CITES_AND_GOES = ("to", "working_copy_of")


def citing(rows: Collection[models.Model]) -> list[str]:
    """Links to what cites one of these rows and does not go with them, as HTML.

    There are 20 at most; where there are more, a last entry says so.
    """
    found = list(dict.fromkeys(_citing(rows)))
    links = [_link(each) for each in found[:SHOWN]]
    return [*links, _("and more")] if len(found) > SHOWN else links


def _citing(rows: Collection[models.Model]) -> Iterator[models.Model]:
    going: dict[type, set] = {}
    for row in rows:
        going.setdefault(type(row), set()).add(row.pk)
    for model, ours in going.items():
        for relation in model._meta.related_objects:
            if _cites(relation):
                owners = _owners(relation, ours)
                yield from owners.exclude(pk__in=going.get(owners.model, ()))[: SHOWN + 1]


def _cites(relation: models.ForeignObjectRel) -> bool:
    """Whether rows of this relation point here from elsewhere, and are no part of the row."""
    if relation.many_to_many:
        return relation.through._meta.auto_created
    return relation.on_delete is not models.CASCADE or relation.field.name in CITES_AND_GOES


def _owners(relation: models.ForeignObjectRel, ours: set) -> models.QuerySet:
    """The rows that point at ours, or what they belong to."""
    pointing = relation.related_model._default_manager.filter(
        **{f"{relation.field.name}__in": ours}
    )
    owner = BELONGS_TO.get(relation.related_model)
    if owner is None:
        return pointing.distinct()
    model = relation.related_model._meta.get_field(owner).related_model
    return model._default_manager.filter(pk__in=pointing.order_by().values(owner))


def _link(row: models.Model) -> str:
    options = row._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    return format_html(
        '{}: <a href="{}"><bdi>{}</bdi></a>', capfirst(options.verbose_name), address, row
    )
