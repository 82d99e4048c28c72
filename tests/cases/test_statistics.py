"""What the databases know of their tables."""

import pytest
from django.db import connection

from cases import statistics
from cases.models import Case
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def test_the_cases_of_a_page_are_taken_by_their_numbers(monkeypatch):
    """Where nothing is known SQLite would go through all that are published."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL gathers them by itself")
    for at in range(60):
        make_case(f"case-{at}")
    monkeypatch.setattr(statistics, "LEAST", 60)
    statistics.gather()
    with connection.cursor() as cursor:
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'case_newest'")
        assert cursor.fetchone()[0].startswith("60 60 ")
    assert "INTEGER PRIMARY KEY" in Case.objects.published().filter(pk__in=range(20)).explain()


def test_those_that_are_named_are_taken_so_also_where_nothing_is_known():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes nothing for known that it is not")
    assert "INTEGER PRIMARY KEY" in Case.objects.published_among(range(20)).explain()
