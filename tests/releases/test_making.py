"""A release is there whole or not at all, whatever happens while it is made."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection

from cases import edtf
from cases.exports import TABLES
from cases.models import Case
from releases import store
from releases.making import make, one_snapshot
from releases.packing import Taken, new_folder
from tests.factories import make_case, make_statement

AT = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)


# A release takes a snapshot of its own, in which nobody's transaction may be open.
on_database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cases():
    """Two cases with words and everything."""
    make_case("kenya-2008", countries=["KEN"], terms=["situation:not_stated"])
    make_statement(make_case("guinea-2009"), "tool:mediation", by=["ecowas"], note_en="Aloud.")


def visible(folder):
    """What is in a folder but for its lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.mark.parametrize(
    "name", ["", "2026_11", "A", "../x", ".x", "x.", "a..b", "a/b", "x" * 61, "compare", "۲۰۲۶"]
)
def test_a_name_that_is_no_part_of_an_address_is_refused(releases_dir, name):
    with pytest.raises(CommandError, match=r"cannot be the name of a release: write lower-case"):
        call_command("release", name)
    assert not releases_dir.exists()


@on_database
def test_the_command_makes_lists_and_compares_and_never_changes_one(cases, releases_dir, capsys):
    make("2026-11", AT)
    call_command("release", "2026-12")
    said = capsys.readouterr().out
    assert "2 cases" in said
    assert "0 cases and statements differ from 2026-11" in said
    call_command("releases")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("2026-12 ")
    assert second.startswith("2026-11  2026-11-03 12:00 UTC  2 cases  2 statements")
    files = [path for path in releases_dir.glob("2026*/**/*") if path.is_file()]
    assert {path.stat().st_mode & 0o222 for path in files} == {0}
    before = {path: path.stat().st_mtime_ns for path in files}
    with pytest.raises(CommandError, match="already, and a release never changes: choose another"):
        call_command("release", "2026-12")
    assert {path: path.stat().st_mtime_ns for path in files} == before
    assert visible(releases_dir) == [".changes", "2026-11", "2026-12"]


@on_database
def test_the_same_data_give_the_same_bytes_but_for_name_and_day(cases, releases_dir):
    first, later = make("name-1", AT), make("name-2", AT.replace(day=4))
    same = {"name-2": "name-1", "2026-11-04": "2026-11-03"}
    for language in ("en", "fa", "ar"):
        same[edtf.words("2026-11-04", language)] = edtf.words("2026-11-03", language)
    made_of_others = {"SHA256SUMS", "release.json", "workbook.xlsx", "name-1.zip.sha256"}
    for file in first.files:
        if file.path in made_of_others:
            continue
        there = (later.folder / file.path).read_text(encoding="utf-8")
        for told, wanted in same.items():
            there = there.replace(told, wanted)
        assert there == (first.folder / file.path).read_text(encoding="utf-8"), file.path
    unchanged = [file.path for file in first.files if later.file(file.path) == file]
    assert {"vocabularies.jsonld", "codebook.csv", "load.sql"} < set(unchanged)
    assert len([path for path in unchanged if path.startswith("data/")]) == len(TABLES)


@on_database
def test_archives_tell_no_time_but_that_of_the_release(cases, releases_dir):
    release = make("a", AT)
    with zipfile.ZipFile(release.folder / "workbook.xlsx") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = book.read("docProps/core.xml").decode()
    assert core.count("2026-11-03T12:00:00Z") == 2
    with zipfile.ZipFile(release.folder / "a.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())


@on_database
def test_what_is_saved_meanwhile_is_in_no_file_and_nobody_waits(cases, releases_dir):
    saved = []

    def save():
        try:
            Case.objects.filter(slug="kenya-2008").update(title_en="Meanwhile")
            saved.append(True)
        finally:
            connection.close()

    with one_snapshot():
        before = Case.objects.get(slug="kenya-2008").title_en
        other = threading.Thread(target=save)
        other.start()
        other.join(timeout=30)
        assert saved == [True]
        assert Case.objects.get(slug="kenya-2008").title_en == before
    assert Case.objects.get(slug="kenya-2008").title_en == "Meanwhile"
    Case.objects.filter(slug="kenya-2008").update(title_en=before)


@on_database
def test_a_licence_is_in_every_description_of_a_release(cases, settings, releases_dir):
    settings.DATA_LICENCE = "CC-BY-4.0"
    settings.DATA_LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
    folder = make("licensed", AT).folder
    for name in ("README.md", "CITATION.cff", "datapackage.json", "release.json"):
        assert "CC-BY-4.0" in (folder / name).read_text(encoding="utf-8")
    assert "license-url: " in (folder / "CITATION.cff").read_text(encoding="utf-8")


@on_database
def test_a_full_disk_leaves_nothing_and_says_what_to_do(cases, releases_dir):
    releases_dir.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system then refuses to write on, as a full disk does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(CommandError, match="cannot be written: .*Nothing of it was kept"):
            call_command("release", "2026-11")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert visible(releases_dir) == []


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.RELEASES_DIR = tmp_path / "file" / "releases"
    with pytest.raises(CommandError, match="cannot be written: Not a directory"):
        call_command("release", "2026-11")


def test_a_name_in_the_making_is_taken(tmp_path):
    with new_folder(tmp_path, "a") as folder:
        folder.write("file", [b"one"])
        with pytest.raises(Taken, match="is being made just now"), new_folder(tmp_path, "a"):
            pass
        with new_folder(tmp_path, "b") as other:
            other.write("file", [b"two"])
        assert visible(tmp_path) == [".a.unfinished", "b"]
    assert visible(tmp_path) == ["a", "b"]


def test_the_names_of_all_files_are_on_the_disk_before_the_release_has_its_own(
    tmp_path, monkeypatch
):
    synced, sync = [], os.fsync

    def note(opened):
        synced.append(os.fstat(opened).st_ino)
        sync(opened)

    monkeypatch.setattr(os, "fsync", note)
    with new_folder(tmp_path, "a") as folder:
        folder.write("file", [b"one"])
        folder.write("data/deeper/file", [b"two"])
        written = len(synced)
    place = tmp_path / "a"
    *inside, parent = synced[written:]
    folders = (place, place / "data", place / "data/deeper")
    assert sorted(inside) == sorted(each.stat().st_ino for each in folders)
    assert parent == tmp_path.stat().st_ino


def test_what_fails_leaves_nothing(tmp_path):

    def pieces():
        yield b"one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path, "a") as folder:
        folder.write("file", pieces())
    assert visible(tmp_path) == []


# In processes of their own


@pytest.fixture
def start(releases_dir):
    """Starts `manage.py release NAME` on the database of the tests."""
    at = connection.settings_dict
    url = f"sqlite:///{at['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "RELEASES_DIR": str(releases_dir)}
    begun = []

    def start(name):
        command = [sys.executable, "manage.py", "release", name]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        folder = django_settings.BASE_DIR
        begun.append(subprocess.Popen(command, cwd=folder, env=environment, text=True, **pipes))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


@on_database
def test_of_two_at_once_one_wins_and_the_other_is_told(cases, releases_dir, start):
    both = [start("2026-11"), start("2026-11")]
    said = [process.communicate(timeout=120) for process in both]
    assert sorted(process.returncode for process in both) == [0, 1], said
    (refusal,) = [errors for process, (_out, errors) in zip(both, said, strict=True) if errors]
    assert refusal.startswith("CommandError: ")
    assert "just now by another process" in refusal or "never changes" in refusal
    assert visible(releases_dir) == ["2026-11"]
    assert store.find("2026-11").counts["cases"] == 2


@on_database
def test_one_that_is_killed_leaves_nothing_to_see_and_the_next_clears_it_away(
    cases, releases_dir, start
):
    process = start("2026-11")
    hidden = releases_dir / ".2026-11.unfinished"
    until = time.monotonic() + 60
    while not (hidden / "data" / "statements.csv").exists():
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert visible(releases_dir) == [".2026-11.unfinished"]
    assert store.all_releases() == ()
    assert store.find("2026-11") is None
    assert make("2026-11", AT).counts["cases"] == 2
    assert visible(releases_dir) == ["2026-11"]


def test_what_another_name_left_behind_is_cleared_away_too(tmp_path):
    (tmp_path / ".a.unfinished" / "data").mkdir(parents=True)
    (tmp_path / ".a.unfinished" / "data" / "cases.csv").write_text("slug\n")
    with new_folder(tmp_path, "b"):
        assert visible(tmp_path) == [".b.unfinished"]
