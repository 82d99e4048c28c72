"""What the values of filters are called, in their order: for lists of hundreds of them.

Rows are read plainly, by queries compiled once. What follows from them (names by the alphabet of a
language, terms by their place) is kept in memory, under the rows themselves: when a row is another,
so is the key.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import router
from django.utils import translation
from django.utils.translation import get_language

from cases.compiled import asked_again
from cases.models import Actor, ActorName, Country, Document, Region, Term
from cases.models.choices import Coverage
from cases.models.fields import by_name

LABELS = tuple(f"label_{language}" for language in ("en", "fa", "ar"))
TITLES = tuple(f"title_{language}" for language in ("en", "fa", "ar"))
# (code, name, how deep it stands) of values, in their order.
Named = tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Vocabulary:
    """All terms, by scheme in their order, and what stands around and in place of each."""

    terms: dict[str, list[Term]]
    around: dict[str, str | None]
    # (id, id of what it is narrower than, or was replaced with).
    pairs: list[tuple[str, str | None]]


def vocabulary() -> Vocabulary:
    """The terms as they are now."""
    return _vocabulary(tuple(asked_again(_terms, (), router.db_for_read(Term))))


@lru_cache(maxsize=4)
def _vocabulary(rows: tuple) -> Vocabulary:
    terms: dict[str, list[Term]] = defaultdict(list)
    for pk, scheme, code, broader, replaced_by, *labels in rows:
        told = dict(zip(LABELS, labels, strict=True))
        ids = {"broader_id": broader, "replaced_by_id": replaced_by}
        terms[scheme].append(Term(id=pk, scheme=scheme, code=code, **ids, **told))
    around = {term.id: term.broader_id for each in terms.values() for term in each}
    pairs = list(around.items())
    # Who asks for a term that was replaced gets what stands for it now.
    pairs += [(t.replaced_by_id, t.id) for each in terms.values() for t in each if t.replaced_by_id]
    return Vocabulary(dict(terms), around, pairs)


def _terms(_none):
    rows = Term.objects.order_by("scheme", "order", "code")
    return rows.values_list("id", "scheme", "code", "broader", "replaced_by", *LABELS)


def named(name: str, known: Collection[str]) -> Named:
    """The values of a filter that no vocabulary has, by name."""
    language = get_language() or "en"
    if name == "coverage":
        return tuple((code, str(label), 0) for code, label in Coverage.choices)
    query, build = _READ[name]
    alias = router.db_for_read(Actor)
    codes = sorted(known)
    rows = []
    for first in range(0, len(codes), 500):
        rows += asked_again(query, codes[first : first + 500], alias)
    return _ordered(build, language, tuple(rows))


# A few filters in three languages, and as many sets of chosen values beside the usual.
@lru_cache(maxsize=200)
def _ordered(build: Callable, language: str, rows: tuple) -> Named:
    with translation.override(language):
        return tuple(build(rows))


def _by_name(records: Iterable) -> Iterable[tuple[str, str, int]]:
    for code, record in sorted(records, key=lambda pair: by_name(pair[1])):
        yield code, str(record), 0


def _actor_rows(codes):
    rows = Actor.objects.filter(code__in=codes).order_by("pk", "names__order", "names__id")
    return rows.values_list("pk", "code", "names__language", "names__name", "names__kind")


def _actors(rows):
    names: dict[tuple[int, str], list[ActorName]] = {}
    for pk, code, language, name, kind in rows:
        each = names.setdefault((pk, code), [])
        if language is not None:
            each.append(ActorName(language=language, name=name, kind=kind))
    actors = []
    for (pk, code), each in names.items():
        actor = Actor(pk=pk, code=code)
        actor._prefetched_objects_cache = {"names": each}
        actors.append((code, actor))
    return _by_name(actors)


def _document_rows(codes):
    rows = Document.objects.filter(code__in=codes).order_by("pk")
    return rows.values_list("code", "symbol", *TITLES)


def _documents(rows):
    columns = ("code", "symbol", *TITLES)
    return _by_name((row[0], Document(**dict(zip(columns, row, strict=True)))) for row in rows)


def _country_rows(codes):
    return Country.objects.filter(alpha3__in=codes).order_by("pk").values_list("alpha3", "alpha2")


def _countries(rows):
    return _by_name((alpha3, Country(alpha3=alpha3, alpha2=alpha2)) for alpha3, alpha2 in rows)


def _region_rows(codes):
    rows = Region.objects.filter(code__in=codes).order_by("pk")
    return rows.values_list("code", "m49", "parent")


def _regions(rows):
    """Regions by name, each followed by those within it."""
    within: dict[str | None, list[Region]] = defaultdict(list)
    codes = {code for code, _m49, _parent in rows}
    regions = [Region(code=code, m49=m49, parent_id=parent) for code, m49, parent in rows]
    for region in sorted(regions, key=by_name):
        within[region.parent_id if region.parent_id in codes else None].append(region)

    def below(parent: str | None, depth: int):
        for region in within[parent]:
            yield region.code, str(region), min(depth, 1)
            yield from below(region.code, depth + 1)

    return below(None, 0)


_READ = {
    "actor": (_actor_rows, _actors),
    "document": (_document_rows, _documents),
    "country": (_country_rows, _countries),
    "region": (_region_rows, _regions),
}
