"""Releases to ask for, with what came and what was changed between them."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import F

from cases import index
from cases.models import Case, Statement

FIRST, SECOND = "2026-01", "2026-02"


def freeze_twice(make: Callable[[str, datetime], object]) -> None:
    """Two releases of what is published; one case is in the second alone, another was changed."""
    came, changed = Case.objects.published().order_by("-slug")[:2]
    Case.objects.filter(pk=came.pk).update(review="withdrawn")
    make(FIRST, datetime(2026, 1, 31, tzinfo=UTC))
    Case.objects.filter(pk=came.pk).update(review="published")
    Case.objects.filter(pk=changed.pk).update(title_en="Changed since", version=F("version") + 1)
    Statement.objects.filter(case=changed).update(note_en="Changed since")
    index.refresh([came.slug, changed.slug])
    make(SECOND, datetime(2026, 2, 28, tzinfo=UTC))
