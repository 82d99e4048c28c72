"""Restoring: all of a backup or nothing, and only where it may."""

import os
import re
import zipfile

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import QueryDict
from django.test import override_settings

from backup.archive import Manifest, member_of, opened, written
from backup.releases import restored
from backup.restoring import restore
from backup.tables import Table, lines, models
from backup.taking import take
from cases import tally
from cases.exports import TABLES, write
from cases.filters import select_cases
from cases.models import Case, IndexChange, Term
from cases.models.index import ALL
from tests.factories import make_actor, make_case, make_passage, make_term

pytestmark = pytest.mark.django_db
PASSWORD = "a password that nobody guesses"


def stored() -> dict:
    """Every row of every table that travels."""
    return {model._meta.db_table: list(lines(model, "default")) for model in models()}


def exported() -> list[bytes]:
    return [
        b"".join(write(each, "csv"))
        for table in TABLES.values()
        for each in (table, table.for_desk())
    ]


def found(words) -> list[str]:
    cases = tally.Tally(select_cases(QueryDict(f"q={words}")))
    return [case.slug for case in cases.page(0, 10)]


@pytest.fixture(scope="module")
def backup(django_db_setup, django_db_blocker, tmp_path_factory):
    """(a backup of a small world, what the world was); the database is empty again."""
    folder = tmp_path_factory.mktemp("backup")
    with django_db_blocker.unblock(), override_settings(RELEASES_DIR=folder / "releases"):
        (folder / "releases" / "2026-1" / "tables").mkdir(parents=True)
        (folder / "releases" / "2026-1" / "tables" / "cases.csv").write_text("slug\n")
        # The first refers to the second, which has a higher number.
        parent = make_actor("au")
        make_actor("oau", successor=parent)
        parent.parent = make_actor("world")
        parent.save()
        make_term("tool:talks", broader=make_term("tool:diplomacy"))
        original = make_case("guinea", terms=["tool:mediation"], title_fa="گینه")
        make_case("guinea", working_copy_of=original, review="draft")
        make_case("secret", review="draft")
        get_user_model().objects.create_superuser("editor", password=PASSWORD)
        take(folder / "a.zip")
        world = stored(), exported()
        call_command("flush", interactive=False, verbosity=0)
    return folder / "a.zip", world


@pytest.fixture(autouse=True)
def releases(settings, tmp_path):
    """The folder of releases of the machine that is restored, which is not there yet."""
    settings.RELEASES_DIR = tmp_path / "releases"
    return settings.RELEASES_DIR


def other_records():
    """Records that are not in the backup."""
    make_case("kenya", countries=["KEN"], terms=["tool:good_offices"])
    make_passage("Words of Nairobi")
    Session.objects.create(session_key="k", session_data="", expire_date="2030-01-01T00:00Z")
    settle()


def settle():
    """Have the database check what it puts off until the end of the test's own transaction."""
    connection.check_constraints()


def test_an_empty_database_has_all_of_it_afterwards(backup, releases, client, capsys):
    path, world = backup
    call_command("restore", str(path))
    assert capsys.readouterr().out.startswith(f"restored {path}: taken 20")
    assert (stored(), exported()) == world
    assert found("گینه") == found("mediation") == ["guinea"]
    who = {"username": "editor", "password": PASSWORD}
    assert client.post("/admin/login/", who).status_code == 302
    assert client.get("/admin/").status_code == 200
    release = releases / "2026-1" / "tables" / "cases.csv"
    assert release.read_text() == "slug\n"
    assert release.stat().st_mtime_ns == os.stat(
        path.parent / "releases" / "2026-1" / "tables" / "cases.csv"
    ).st_mtime_ns  # fmt: skip
    assert [each.name for each in releases.iterdir()] == ["2026-1"]


def test_new_records_go_on_after_the_old(backup):
    restore(backup[0])
    case = make_case("later", terms=["tool:mediation"])
    assert case.pk > Case.objects.get(slug="secret").pk
    assert set(found("mediation")) == {"guinea", "later"}
    assert ContentType.objects.get_for_model(Case).model == "case"


def test_a_database_that_holds_records_is_refused_and_stays(backup, releases):
    other_records()
    before = stored()
    with pytest.raises(CommandError, match=r"holds records: .*1 in cases_case.*--replace"):
        restore(backup[0])
    assert stored() == before
    assert found("good+offices") == ["kenya"]
    assert list(releases.iterdir()) == []


def test_replaced_on_demand_nothing_of_the_old_stays_and_counts_notice(backup):
    path, world = backup
    other_records()
    assert found("good+offices") == ["kenya"]
    restore(path, replace=True)
    assert (stored(), exported()) == world
    assert found("good+offices") == []
    assert found("guinea") == ["guinea"]
    assert not Session.objects.exists()
    assert [note.case_number for note in IndexChange.objects.all()] == [ALL]


def rewritten(path, target, *, manifest=lambda manifest: None, members=None):
    """The same backup with a manifest or members that say something else, and sound otherwise."""
    with opened(path) as archive:
        old = archive.manifest
        new = Manifest(old.taken, old.database, list(old.migrations), list(old.tables))
        with written(target, new) as into:
            for name in old.members:
                with archive.member(name) as file:
                    content = (members or {}).get(name, lambda content: content)(file.read())
                into.add(name, iter([content]), old.members[name].modified)
            new.rows = dict(old.rows)
            manifest(new)
    return target


def refused(path) -> str:
    """What is said of a backup that is not restored; nothing may have changed."""
    other_records()
    before = stored()
    with pytest.raises(CommandError) as error:
        restore(path, replace=True)
    assert stored() == before
    assert found("good+offices") == ["kenya"]
    assert "Nothing was changed." in str(error.value)
    return str(error.value)


def test_a_bit_that_turned_in_any_member_is_named_and_nothing_changes(backup, tmp_path):
    other_records()
    before, whole = stored(), backup[0].read_bytes()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(backup[0]) as zip_file:
        members = [each for each in zip_file.infolist() if each.file_size]
    assert len(members) > 20
    for member in members:
        at = member.header_offset + 30 + len(member.filename) + 20
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 8]) + whole[at + 1 :])
        with pytest.raises(CommandError, match=f"is damaged: {member.filename} is not what"):
            restore(path, replace=True)
    assert stored() == before


def test_a_file_cut_short_is_refused(backup, tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(backup[0].read_bytes()[:-1000])
    assert "is no backup, or is cut short" in refused(path)


def test_a_newer_schema_is_refused(backup, tmp_path):
    path = rewritten(
        backup[0],
        tmp_path / "a.zip",
        manifest=lambda manifest: manifest.migrations.append("cases.0999_new"),
    )
    assert "has the migration cases.0999_new, which this version" in refused(path)


def test_an_older_schema_is_refused_where_there_are_tables(backup, tmp_path):
    path = rewritten(
        backup[0],
        tmp_path / "a.zip",
        manifest=lambda manifest: manifest.migrations.remove("cases.0005_statement_of_case"),
    )
    said = refused(path)
    assert "taken before the migration cases.0005_statement_of_case" in said
    assert "into a database without tables" in said


def test_a_database_of_that_schema_that_holds_records_is_none_whose_restore_failed(
    backup, tmp_path
):
    last = max(name for app, name in MigrationLoader(None).graph.nodes if app == "cases")
    path = rewritten(
        backup[0],
        tmp_path / "a.zip",
        manifest=lambda manifest: manifest.migrations.remove(f"cases.{last}"),
    )
    MigrationRecorder(connection).record_unapplied("cases", last)
    other_records()
    before = stored()
    with pytest.raises(CommandError, match=rf"lacks the migration cases\.{last}: run"):
        restore(path, replace=True)
    assert stored() == before


def test_other_columns_are_refused(backup, tmp_path):
    def manifest(manifest):
        at = [table.name for table in manifest.tables].index("cases_case")
        manifest.tables[at] = Table("cases_case", manifest.tables[at].columns[:-1])

    path = rewritten(backup[0], tmp_path / "a.zip", manifest=manifest)
    assert "has other columns than this program in cases_case" in refused(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content.replace(b'"named_only"', b'"invented"'), "The rows of cases_case"),
        (lambda content: content.replace(b'"guinea"', b"null"), "The rows of cases_case do not go"),
        (lambda content: content.splitlines(keepends=True)[0], "has 1 rows of cases_case, and its"),
        (lambda content: re.sub(rb"\[\d+,", b"[999999,", content, count=1), "The database refused"),
    ],
)
def test_rows_that_the_database_refuses_are_told_and_nothing_changes(
    backup, tmp_path, change, said
):
    path = rewritten(backup[0], tmp_path / "a.zip", members={member_of("cases_case"): change})
    assert said in refused(path)


def test_a_release_that_is_another_one_is_kept_unless_it_is_to_be_replaced(backup, releases):
    (releases / "2026-1").mkdir(parents=True)
    (releases / "2026-1" / "cases.csv").write_text("another\n")
    (releases / "2026-2").mkdir()
    (releases / "2026-2" / "cases.csv").write_text("of later\n")
    before = stored()
    with pytest.raises(CommandError, match=r"other files than the backup in 2026-1"):
        restore(backup[0])
    assert stored() == before
    assert (releases / "2026-1" / "cases.csv").read_text() == "another\n"
    restore(backup[0], replace=True)
    there = sorted(path.relative_to(releases).as_posix() for path in releases.rglob("*.csv"))
    # What was published after the backup is not taken away.
    assert there == ["2026-1/tables/cases.csv", "2026-2/cases.csv"]
    assert sorted(each.name for each in releases.iterdir()) == ["2026-1", "2026-2"]


def test_releases_are_as_they_were_where_the_database_refuses(backup, releases):
    (releases / "2026-1").mkdir(parents=True)
    (releases / "2026-1" / "cases.csv").write_text("another\n")

    def is_not_committed(archive):
        with restored(archive, replace=True) as place:
            place()
            assert (releases / "2026-1" / "tables" / "cases.csv").exists()
            raise DatabaseError

    with opened(backup[0]) as archive, pytest.raises(DatabaseError):
        is_not_committed(archive)
    assert [path.name for path in releases.iterdir()] == ["2026-1"]
    assert (releases / "2026-1" / "cases.csv").read_text() == "another\n"


def test_what_a_killed_restore_left_is_put_right_by_the_next(backup, releases):
    (releases / ".replaced" / "2025-1").mkdir(parents=True)
    (releases / ".replaced" / "2025-1" / "cases.csv").write_text("another\n")
    (releases / ".restoring" / "2026-1").mkdir(parents=True)
    restore(backup[0])
    assert sorted(each.name for each in releases.iterdir()) == ["2025-1", "2026-1"]
    assert (releases / "2025-1" / "cases.csv").read_text() == "another\n"


def test_releases_that_cannot_be_written_are_said_and_nothing_changes(backup, releases):
    releases.write_text("a file, where a folder should be")
    before = stored()
    with pytest.raises(CommandError, match=r"releases.*(directory|exists)\. Nothing was changed"):
        restore(backup[0])
    assert stored() == before
    assert not Term.objects.exists()
