"""What make bench reports of what it measured."""

import csv
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import transaction

from cases.models import Region
from cases.models.fields import update_each
from tests.benchmarks import report
from tests.benchmarks.__main__ import growth
from tests.benchmarks.measuring import Row, asked, in_a_process, in_turn, percentile, run_all

FAST = Row("cases.csv, all", "SQLite", 1000, 0.1, "sqlite3 -csv", 0.1, 2.0, 12.3, 32)
SLOW = Row("search <p95>", "PostgreSQL", 1000, 3.0, "Datasette", 0.1, 1.0)


def test_a_goal_is_met_by_ratio_and_memory():
    assert FAST.met
    assert not SLOW.met
    assert not Row(*("x", "SQLite", 1, 0.1, "y", 0.1, 2.0), memory_mb=33, memory_most=32).met


def test_the_file_has_the_columns_that_were_promised(tmp_path):
    report.write_csv([FAST, SLOW], tmp_path / "bench.csv")
    with (tmp_path / "bench.csv").open(newline="") as file:
        head, first, second = csv.reader(file)
    promised = "work,database,cases,seconds,peer,peer_seconds,ratio,goal,met,memory_mb"
    assert ",".join(head) == promised
    assert first[-4:] == ["1.00", "2", "yes", "12"]
    assert second[-4:] == ["30.00", "1", "no", ""]


def test_the_table_has_a_line_for_each_row():
    lines = report.as_table([FAST, SLOW]).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("cases.csv, all  SQLite ")


def test_the_picture_has_a_bar_for_each_row(tmp_path):
    report.write_picture([FAST, SLOW], tmp_path / "bench.svg")
    picture = ElementTree.parse(tmp_path / "bench.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}rect")) == 3
    assert "search <p95>, PostgreSQL, 1,000" in [each.text for each in picture.iter(f"{space}text")]


def test_works_are_timed_in_turn():
    order = []

    def take(name, seconds):
        order.append(name)
        return seconds

    assert in_turn(lambda: take("a", 1.0), lambda: take("b", 2.0), least=2, most=4) == [1.0, 2.0]
    assert order == ["a", "b"] * 4


def test_the_slowest_twentieth_is_told_apart():
    assert percentile([float(n) for n in range(100)], 0.95) == 95.0


@pytest.mark.django_db
def test_memory_is_that_of_the_work_alone():
    run = in_a_process(lambda: (bytearray(30_000_000) for _piece in range(2)))
    assert 20 < run.memory_mb < 100
    assert 0 < run.first < run.seconds


def test_growth_compares_the_largest_database_with_the_smallest():
    work = "/cases/, 30 filters, p50"
    rows = [
        Row(work, "SQLite", cases, seconds, "Datasette", 1.0, 0.2)
        for cases, seconds in ((1_000, 0.1), (10_000, 0.2), (100_000, 0.9))
    ]
    (grown,) = growth([*rows, FAST])
    assert (grown.cases, grown.peer, round(grown.ratio)) == (100_000, "at 1,000 cases", 9)
    assert not grown.met
    assert growth(rows[:1]) == []


@pytest.mark.django_db
def test_what_was_asked_of_the_database_is_asked_again_exactly_so():
    with asked() as queries, transaction.atomic():
        regions = [Region(code=code, m49=m49) for code, m49 in (("50%", "901"), ("b", "902"))]
        Region.objects.bulk_create(regions)
        update_each(regions, ["m49"])
        list(Region.objects.filter(code__contains="%").values("code"))
        transaction.set_rollback(True)
    assert not Region.objects.filter(code="50%").exists()
    assert [query for query in queries if query.many]
    with asked() as again:
        run_all(queries)
    assert again == queries
    assert not Region.objects.filter(code="50%").exists()
