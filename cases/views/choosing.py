"""Choosing cases by name: the lists that pages offer, and what is said of a name that is none."""

from collections.abc import Collection

from cases.expressions import Bytewise
from cases.models import Case
from cases.near import not_known
from cases.tally import remembered
from cases.views.common import language

# A list to choose from is of no use beyond; a case itself has links to the pages that offer it.
OFFERED = 300
# Who mistypes a slug has its first letters right, or at least the first of all.
LETTERS = (3, 1)


def _named():
    return Case.objects.published().only("slug", "title_en", "title_fa", "title_ar")


def offered() -> list[Case]:
    """The first published cases in the order of their titles."""
    return _offered(language())


@remembered
def _offered(reader: str) -> list[Case]:
    return list(_named().order_by(Bytewise(f"title_order_{reader}"), "slug")[:OFFERED])


def named(slugs: Collection[str]) -> dict[str, Case]:
    """The published ones of these cases by their slugs."""
    # PostgreSQL refuses to be asked for a NUL, which no slug has.
    slugs = [slug for slug in slugs if "\0" not in slug]
    return {case.slug: case for case in _named().filter(slug__in=slugs)} if slugs else {}


def no_such_case(slug: str) -> str:
    """The sentence that a case is not known, with those that may be meant."""
    known: list[str] = []
    for letters in LETTERS:
        start = slug[:letters].replace("\0", "")
        alike = Case.objects.published().filter(slug__startswith=start)
        known += alike.values_list("slug", flat=True)[:OFFERED]
    return not_known(slug, dict.fromkeys(known))
