"""The full-text index: it follows whatever writes the columns, and knows what the columns know."""

import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.http import QueryDict

from cases import fulltext, index
from cases.filters import select_cases
from cases.models import Case, Passage
from cases.search import matching
from tests.factories import make_case, make_passage

pytestmark = pytest.mark.django_db


def found(question: str) -> list[str]:
    params = QueryDict(mutable=True)
    params["q"] = question
    return sorted(select_cases(params).cases.values_list("slug", flat=True))


def passages(question: str) -> list[str]:
    return sorted(Passage.objects.filter(matching(question)).values_list("code", flat=True))


def indexed(table: str) -> int:
    """How many rows of a table the index knows by the word that all have."""
    with connection.cursor() as cursor:
        condition = {"sqlite": f"{table} MATCH 'common'", "postgresql": "words @@ '''tcommon'''"}
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {condition[connection.vendor]}")
        return cursor.fetchone()[0]


def test_it_follows_a_case_that_is_written_changed_and_deleted():
    make_case("one", summary_en="common negotiation")
    make_case("two", summary_en="common talks")
    assert (found("negotiation"), indexed("cases_casewords")) == (["one"], 2)
    Case.objects.filter(slug="one").update(summary_en="common arbitration")
    index.refresh(["one"])
    assert (found("negotiation"), found("arbitration")) == ([], ["one"])
    Case.objects.filter(slug="two").update(search_text=" common of another way ")
    assert (found("talks"), found("another")) == ([], ["two"])
    Case.objects.get(slug="one").delete()
    assert (found("arbitration"), indexed("cases_casewords")) == ([], 1)


def test_it_follows_passages_however_they_are_stored():
    first = make_passage("common negotiation", code="p1")
    values = {"edition": first.edition, "kind": "paragraph", "order": 9, "text": "common talks"}
    ref = f"{first.edition.ref}/p2"
    Passage.objects.bulk_create([Passage(code="p2", ref=ref, **values).indexed()])
    assert passages("common") == ["p1", "p2"]
    first.edition.passages.filter(code="p1").delete()
    assert (passages("common"), indexed("cases_passagewords")) == (["p2"], 1)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('"good offices"', ["both"]),
        ('"offices good"', []),
        ('"good offices of the envoy"', ["both"]),
        ('"good offices of envoy"', []),
        ("good-off", ["both"]),
        ("good-offices-of-the-env", ["both"]),
        ('"of the env"', []),
        # The end of one text and the beginning of the next.
        ('"envoy good"', []),
        ('"the envoy"', ["both"]),
        ("co-oper", ["both"]),
    ],
)
def test_words_in_a_row(question, expected):
    make_case("both", summary_en="Good offices of the envoy", summary_fa="good co-operation")
    make_case("other", summary_en="Offices, for good, of envoy the")
    assert found(question) == expected


def test_words_that_are_longer_than_what_is_indexed():
    long = "x" * fulltext.LONGEST
    make_case("ab", summary_en=f"{long}ab ends")
    make_case("cd", summary_en=f"{long}cd ends")
    assert found(f"{long}ab") == ["ab"]
    assert found(f"{long}a") == ["ab"]
    assert found(f'"{long}a"') == []
    assert found(f'"{long}cd ends"') == ["cd"]
    assert found(long) == ["ab", "cd"]


def test_a_text_of_very_many_words():
    words = [f"w{number}" for number in range(3000)]
    make_case("long", summary_en=" ".join(words))
    for word in (words[0], words[1500], words[-1], f"{words[0]} {words[-1]}"):
        assert found(word) == ["long"]
    assert found(f'"{words[7]} {words[8]}"') == ["long"]
    assert found(f'"{words[7]} {words[9]}"') == []


def test_signs_of_the_databases_own_languages_are_no_questions_to_them():
    make_case("one", summary_en="negotiation")
    for question in ("nego* OR", "NEAR(a b)", "search_head:one", "'a' & !b", "a:*", "^nego", "{x}"):
        found(question)
    assert found("nego*") == ["one"]


def test_it_can_be_taken_away_and_made_again():
    fulltext.drop(connection)
    fulltext.drop(connection)
    fulltext.create(connection)
    fulltext.create(connection)
    make_case("one", summary_en="negotiation")
    assert found("negotiation") == ["one"]


def test_triggers_that_a_copied_table_has_lost_are_made_again():
    if connection.vendor != "sqlite":
        return  # only SQLite copies tables to change them
    with connection.cursor() as cursor:
        for name in ("in", "new", "out"):
            cursor.execute(f"DROP TRIGGER cases_casewords_{name}")
    fulltext.keep_triggers(sender=None)
    make_case("one", summary_en="negotiation")
    assert found("negotiation") == ["one"]


def test_an_sqlite_without_full_text_search_is_refused_with_what_to_do():
    class Without(sqlite3.Cursor):
        """What a cursor of such an SQLite finds among its modules."""

        def fetchall(self):
            return [row for row in super().fetchall() if row != ("fts5",)]

    with closing(sqlite3.connect(":memory:")) as there:
        without = SimpleNamespace(vendor="sqlite", cursor=lambda: closing(there.cursor(Without)))
        with pytest.raises(CommandError, match=r"no full-text search \(FTS5\).*DATABASE_URL"):
            fulltext.create(without)
