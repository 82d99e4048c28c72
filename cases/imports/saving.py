"""What a comparison found, saved: all of it or nothing, as one change."""

import uuid

from django.db import transaction

from cases import index, records
from cases.imports.compare import batches
from cases.imports.report import Comparison
from cases.models import Case, Quotation
from cases.models.choices import Source
from cases.records.shapes import Span
from cases.statistics import gather

# So many new records may change what is the shortest way to any of them.
MANY = 500
# Records that the list's index has nothing of by themselves.
_APART = {"case", "quotation", "erratum", "reference", "finding"}


def save(comparison: Comparison, *, who=None, why: str = "") -> uuid.UUID | None:
    """Save all of it, with one mark on all its revisions; None if there is nothing to save.

    Raises `records.Conflict` if the database has moved on since the comparison.
    """
    if comparison.is_refused:
        raise ValueError("A file with errors or open conflicts cannot be saved.")
    plans = [plan for plan in comparison.plans if plan.new or plan.changed]
    if not plans:
        return None
    with transaction.atomic():
        change_set = records.apply(
            plans, comparison.index, source=Source.IMPORT, why=why[:300], who=who
        )
        index.refresh(_cases_of(plans))
        if sum(len(plan.new) for plan in plans) > MANY:
            gather()
    return change_set


def _cases_of(plans: list[records.Plan]) -> list[str] | None:
    """The cases whose index follows from what was saved; None for all."""
    if not {plan.kind for plan in plans} <= _APART:
        return None
    keys: dict[str, set[str]] = {}
    for plan in plans:
        keys.setdefault(plan.kind, set()).update({*plan.new, *plan.changed})
    slugs = keys.get("case", set())
    passages = {span.passage for ref in keys.get("quotation", ()) if (span := Span.parse(ref))}
    for batch in batches(passages):
        words = Quotation.objects.filter(passage__ref__in=batch)
        standing = Case.objects.originals().filter(statements__quotations__in=words)
        slugs |= set(standing.values_list("slug", flat=True))
    return sorted(slugs)
