"""A backup that is taken while others write holds one state, and nobody waits for it."""

import json
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backup.archive import member_of, opened
from backup.tables import models
from backup.taking import take
from cases.models import Case, IndexChange, Statement
from tests.factories import make_case

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def of_these_tests(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.RELEASES_DIR = tmp_path / "releases"


def rows(path, table):
    with opened(path) as archive, archive.member(member_of(table)) as lines:
        return [json.loads(line) for line in lines]


def test_others_write_meanwhile_and_it_holds_what_was_there_when_it_began(tmp_path):
    make_case("before", terms=["tool:mediation"])
    written = []

    def write():
        Case.objects.filter(slug="before").update(title_en="Changed")
        Statement.objects.all().update(place="changed")
        make_case("after", terms=["tool:mediation"])
        written.append(Case.objects.count())
        connection.close()

    def progress(table):
        # All tables that these stand in come after the first.
        if table == models()[0]._meta.db_table:
            writer = Thread(target=write)
            writer.start()
            writer.join(60)

    manifest = take(tmp_path / "a.zip", progress)
    assert written == [2]
    assert Case.objects.count() == 2
    assert manifest.rows["cases_case"] == manifest.rows["cases_statement"] == 1
    (case,) = rows(tmp_path / "a.zip", "cases_case")
    assert "Before" in case
    assert "changed" not in rows(tmp_path / "a.zip", "cases_statement")[0]


def test_the_command_names_a_file_by_the_time_and_leaves_out_what_does_not_travel(tmp_path, capsys):
    make_case("guinea")
    assert IndexChange.objects.exists()
    (tmp_path / "releases" / "2026-1").mkdir(parents=True)
    (tmp_path / "releases" / "2026-1" / "cases.csv").write_text("slug\n")
    (tmp_path / "releases" / ".2026-2").mkdir()
    (tmp_path / "releases" / ".2026-2" / "cases.csv").write_text("slug\n")
    call_command("backup")
    (path,) = (tmp_path / "backups").iterdir()
    assert capsys.readouterr().out.startswith(f"{path}: taken 20")
    assert len(path.name) == len("20260102T030405Z.zip")
    with opened(path) as archive:
        names = [name for name in archive.manifest.members if not name.startswith("tables/")]
        assert names == ["releases/2026-1/cases.csv"]
        tables = {table.name for table in archive.manifest.tables}
        assert "auth_user" in tables
        assert not tables & {"django_session", "axes_accessattempt", "cases_indexchange"}
        assert archive.manifest.database == connection.vendor


def test_a_database_of_another_schema_is_not_taken(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET name = '0009_x' WHERE name = '0004_words'")
    try:
        with pytest.raises(CommandError, match=r"lacks the migration cases\.0004_words: run"):
            take(tmp_path / "a.zip")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) "
                "SELECT app, '0004_words', applied FROM django_migrations WHERE name = '0009_x'"
            )
        with pytest.raises(CommandError, match=r"has the migration cases\.0009_x, which this"):
            take(tmp_path / "a.zip")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0004_words'")
            cursor.execute("UPDATE django_migrations SET name = '0004_words' WHERE name = '0009_x'")
    assert list(tmp_path.iterdir()) == []
