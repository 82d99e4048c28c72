"""What the databases know of their tables, and what they do where they know nothing."""

import pytest
from django.db import connection

from cases import statistics
from cases.models import Case
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def known() -> list[str]:
    """What SQLite knows of an index of the cases."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return []
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'case_newest'")
        return [stat for (stat,) in cursor.fetchall()]


def test_it_looks_at_its_tables_where_there_are_many_cases(monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps what it knows elsewhere, and gathers it by itself")
    before = known()
    for at in range(60):
        make_case(f"case-{at}")
    statistics.gather()
    assert known() == before
    monkeypatch.setattr(statistics, "LEAST", 60)
    statistics.gather()
    assert known()[0].startswith("60 60 ")


def test_cases_that_are_named_are_found_by_their_numbers_also_where_nothing_is_known():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes nothing for known that it is not")
    assert "INTEGER PRIMARY KEY" in Case.objects.published_among(range(20)).explain()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_postgresql_marks_the_pages_that_an_index_alone_tells(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such marks")
    make_case("one")
    monkeypatch.setattr(statistics, "LEAST", 1)
    statistics.gather()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relallvisible FROM pg_class WHERE relname = 'cases_case'")
        assert cursor.fetchone()[0] > 0
