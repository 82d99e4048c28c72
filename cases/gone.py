"""What became of a record that is no longer where its address says."""

from django.db.models import Q

from cases.models import Actor, Case, OldCode
from cases.models.choices import Review


def case_now(slug: str) -> str | None:
    """The published case into which the one of this slug was merged."""
    now = OldCode.objects.targets("case", [slug]).get(slug)
    return now if now and Case.objects.published().filter(slug=now).exists() else None


def is_withdrawn(slug: str) -> bool:
    """Whether readers once could see the case of this slug, and no longer can."""
    was_published = Q(review=Review.WITHDRAWN) | Q(published_on__isnull=False)
    return Case.objects.originals().filter(was_published, slug=slug).exists()


def actor_now(code: str) -> str | None:
    """The actor that readers may see into which the one of this code was merged."""
    now = OldCode.objects.targets("actor", [code]).get(code)
    return now if now and Actor.objects.public().filter(code=now).exists() else None
