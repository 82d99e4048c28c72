"""What the case list looks things up in, written anew when records change."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, router, transaction
from django.utils import translation

from cases.compiled import asked_again
from cases.exports import TABLES, digest_of, rows_of
from cases.facets import values_of
from cases.gap import Gap, acts, gap, opens
from cases.models import Case, CaseFacet, IndexChange, Region, StatementActor, Term
from cases.models.choices import PLACES
from cases.models.index import ALL, new_id
from cases.querysets import GAP, ORDERED, SEARCHED
from cases.search import head_of, texts_of
from cases.text import alphabetical, fold, searchable
from cases.told import LANGUAGES, ToldCase, told

BATCH = 500  # few enough at a time for memory, and for a database's limit of parameters
COLUMNS = (*SEARCHED, *ORDERED, *GAP)
MOST_CHANGES = 300


def is_written() -> bool:
    """Whether every case is indexed: tables and columns that a migration brings start empty."""
    if Case.objects.filter(title_order_en="").exists():
        return False
    told = StatementActor.objects.filter(statement__case__in=Case.objects.published())
    with_actors = CaseFacet.objects.filter(facet="actor").exists()
    return CaseFacet.objects.exists() and (with_actors or not told.exists())


def refresh(slugs=None) -> None:
    """Write anew what the list knows of these cases (None: of all): words and values of filters."""
    if slugs is None:
        slugs = Case.objects.originals().values_list("slug", flat=True)
    slugs, alias = sorted(slugs), router.db_for_write(Case)
    terms = dict(asked_again(_all_terms, (), alias))
    regions = dict(asked_again(_all_regions, (), alias))
    with transaction.atomic(using=alias, savepoint=False):
        if len(slugs) > BATCH:
            note_change(ALL)
        for first in range(0, len(slugs), BATCH):
            _refresh(slugs[first : first + BATCH], terms, regions, alias)


def note_missing() -> None:
    """Note the rows of all cases that are without, as all are where a migration has made room."""
    without = Case.objects.originals().filter(row_digest="").order_by("pk")
    waiting = list(without.values_list("pk", flat=True))
    for first in range(0, len(waiting), BATCH):
        with transaction.atomic(using=without.db):
            note_rows(waiting[first : first + BATCH])


def note_rows(cases: Collection[int]) -> None:
    """Write down what rows the desk's file has of these cases, without their version."""
    table, alias = TABLES["cases"].for_desk(), router.db_for_write(Case)
    version, slug = (table.columns.index(name) for name in ("version", "slug"))
    rows = list(rows_of(table, Case.objects.filter(pk__in=cases)))
    noted = [(digest_of(row[:version] + row[version + 1 :]), row[slug]) for row in rows]
    name = connections[alias].ops.quote_name
    with connections[alias].cursor() as cursor:
        cursor.executemany(
            f"UPDATE {name(Case._meta.db_table)} SET {name('row_digest')} = %s "  # noqa: S608
            f"WHERE {name('slug')} = %s AND {name('working_copy_of_id')} IS NULL",
            noted,
        )


def _refresh(slugs: list[str], terms: dict, regions: dict, alias: str) -> None:
    """The same for a few, working copies too."""
    cases = sorted(pk for (pk,) in asked_again(_of_slugs, slugs, alias))
    if not cases:
        return
    columns, values = [], set()
    for case in told(cases):
        indexed = of(case, terms, regions)
        columns.append((*indexed.columns.values(), case.pk))
        values |= {(case.pk, *value) for value in indexed.values}
    with connections[alias].cursor() as cursor:
        cursor.executemany(_update(alias), columns)
    note_rows(cases)
    _keep_values(cases, values, alias)
    note_change(*cases)


def note_change(*cases: int) -> None:
    """Tell what counts in memory (cases.tally) that values of these cases have changed.

    ALL stands for any number of cases, OTHER for records that are no cases.
    """
    alias = router.db_for_write(IndexChange)
    table = connections[alias].ops.quote_name(IndexChange._meta.db_table)
    with connections[alias].cursor() as cursor:
        notes = [(new_id(), case) for case in cases]
        insert = f"INSERT INTO {table} (id, case_number) VALUES (%s, %s)"  # noqa: S608
        cursor.executemany(insert, notes)
        # All of them are read with each count; so many at most, then everything is read anew.
        many = f"(SELECT COUNT(*) FROM {table}) > {MOST_CHANGES}"  # noqa: S608
        cursor.execute(f"DELETE FROM {table} WHERE {many}")  # noqa: S608
        if cursor.rowcount > 0:
            cursor.executemany(insert, [(new_id(), ALL)])


def forget(sender, instance: Case, **_rest) -> None:
    """Tell it that a case is gone; a handler of `post_delete`."""
    note_change(instance.pk)


def _keep_values(cases: list[int], wanted: set[tuple[int, str, str]], alias: str) -> None:
    """Make the values that these cases have in filters exactly these."""
    there = {tuple(row): pk for pk, *row in asked_again(_stored_values, cases, alias)}
    if gone := [pk for row, pk in there.items() if row not in wanted]:
        CaseFacet.objects.filter(pk__in=gone).delete()
    fresh = [
        CaseFacet(case_id=case, facet=facet, value=value)
        for case, facet, value in sorted(wanted - there.keys())
    ]
    CaseFacet.objects.bulk_create(fresh, batch_size=500)


def _all_terms(_none):
    return Term.objects.order_by().values_list("id", "broader")


def _all_regions(_none):
    return Region.objects.order_by().values_list("code", "parent")


def _of_slugs(slugs):
    return Case.objects.filter(slug__in=slugs).order_by().values_list("pk")


def _stored_values(cases):
    rows = CaseFacet.objects.filter(case__in=cases).order_by()
    return rows.values_list("pk", "case", "facet", "value")


def _update(alias: str) -> str:
    """One plain UPDATE a case, sent together: bulk_update's single statement is slow to build."""
    quoted = connections[alias].ops.quote_name
    assigned = ", ".join(f"{quoted(column)} = %s" for column in COLUMNS)
    # Only names of the model's own go into it as text.
    return f"UPDATE {quoted(Case._meta.db_table)} SET {assigned} WHERE {quoted('id')} = %s"  # noqa: S608


@dataclass(frozen=True)
class Indexed:
    """What the list knows of a case: the columns of its row, by name, and values of filters."""

    columns: dict[str, str | int | None]
    values: set[tuple[str, str]]


def of(case: ToldCase, terms: dict, regions: dict) -> Indexed:
    """What the list knows of a case; `terms` and `regions` map each to the one around it."""
    texts = [(language, text) for _kind, language, text in texts_of(case)]
    searched = (f" {fold(head_of(case))} ", *searchable(texts))
    columns = dict(zip(COLUMNS, (*searched, *_in_order(case), *_gap(case)), strict=True))
    return Indexed(columns, values_of(case, terms, regions))


def _gap(case: ToldCase) -> Gap:
    dated = [each for each in case.statements if each.days]
    return gap(
        [each.days for each in dated if opens(each.scheme, each.phase, each.scope)],
        [each.days for each in dated if acts(each.scheme, each.scope)],
    )


def _in_order(case: ToldCase) -> list[str | None]:
    """What the case stands by, in the order of titles and in that of places, in each language."""
    # As `translated` has it: another language stands in for one that is missing.
    titles = dict(zip(LANGUAGES, case.titles, strict=True))
    order = [language for language, _name in settings.LANGUAGES]
    titled = {
        language: next((titles[each] for each in (language, *order) if titles[each]), "")
        for language in LANGUAGES
    }
    # As `Case.place` has it.
    there = [country for role, country in case.places if role in PLACES]
    place = (there or case.regions or [None])[0]
    named = {}
    for language in LANGUAGES:
        with translation.override(language):
            named[language] = alphabetical(str(place), language) if place else None
    return [*(alphabetical(titled[each], each) for each in LANGUAGES), *named.values()]
