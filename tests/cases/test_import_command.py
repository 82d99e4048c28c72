"""python manage.py import: the same report and the same refusals without a browser."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from cases import imports, index, records
from cases.imports import saving
from cases.models import Case, Revision
from cases.models.choices import Source
from cases.records import Conflict
from tests.cases.world import change, compare, content_of, edited, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command on a file of these bytes; gives its lines and its exit status."""

    def run(name, content, *options):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(content)
        status = 0
        try:
            call_command("import", name, str(path), *options)
        except SystemExit as stopped:
            status = stopped.code
        return capsys.readouterr().out.splitlines(), status

    return run


@pytest.fixture
def world():
    return make_world()


def edits() -> bytes:
    return edited("cases", {"guinea-2009": {"title_en": "Mine", "summary_fa": ""}})


def title() -> str:
    return Case.objects.get(slug="guinea-2009").title_en


def test_an_untouched_file_changes_nothing_and_leaves_no_trace(world, run):
    count = Revision.objects.count()
    lines, status = run("cases", content_of("cases"))
    assert lines == ["cases: 0 new, 0 changed, 2 unchanged, 0 conflicts, 0 errors"]
    assert status == 0
    assert Revision.objects.count() == count


def test_it_says_every_change_and_saves_them(world, run):
    lines, status = run("cases", edits())
    assert lines == [
        "row 2, guinea-2009, title_en: 'Guinea en' → 'Mine'",
        "row 2, guinea-2009, summary_fa: 'خلاصهٔ پرونده' → emptied",
        "cases: 0 new, 1 changed, 1 unchanged, 0 conflicts, 0 errors",
    ]
    assert status == 0
    assert title() == "Mine"


def test_a_dry_run_says_the_same_and_saves_nothing(world, run):
    lines, status = run("cases", edits(), "--dry-run")
    assert lines[-1] == "cases: 0 new, 1 changed, 1 unchanged, 0 conflicts, 0 errors"
    assert (status, title()) == (0, "Guinea en")


def test_one_error_refuses_the_whole_file(world, run):
    content = edited("cases", {"guinea-2009": {"title_en": "Mine"}, "kenya-2008": {"end": "soon"}})
    lines, status = run("cases", content)
    assert any(line.startswith("row 3, end: error: “soon” is not a date") for line in lines)
    assert lines[-1] == "cases: 0 new, 1 changed, 0 unchanged, 0 conflicts, 1 errors"
    assert (status, title()) == (1, "Guinea en")


@pytest.mark.parametrize(
    ("options", "status", "now"),
    [
        ([], 1, "Theirs"),
        (["--on-conflict", "refuse"], 1, "Theirs"),
        (["--on-conflict", "file"], 0, "Mine"),
        (["--on-conflict", "database"], 0, "Theirs"),
    ],
)
def test_a_conflict_is_refused_unless_it_is_said_who_counts(world, run, options, status, now):
    content = edits()
    change("case", "guinea-2009", title_en="Theirs")
    lines, exit_status = run("cases", content, *options)
    said = "exported 'Guinea en', in the file 'Mine', now 'Theirs'"
    assert any(f"row 2, guinea-2009, title_en: conflict: {said}" in line for line in lines)
    assert lines[-1].startswith("cases: 0 new, ")
    assert (exit_status, title()) == (status, now)
    if not status:
        assert "summary_fa" not in records.dump("case")["guinea-2009"]


def test_a_workbook_has_a_line_for_each_table_and_one_for_all(world, run):
    lines, status = run("workbook", content_of("workbook"))
    assert [line.split(":")[0] for line in lines] == [
        *("quotations", "cases", "statements"),
        "workbook",
    ]
    assert status == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cases", b"", "The file is empty."),
        ("cases", "slug\nß\n".encode("cp1252"), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_sentence(run, name, content, said):
    with pytest.raises(CommandError, match=said):
        run(name, content)


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import", "cases", str(tmp_path / "none.csv"))


@pytest.mark.parametrize("arguments", [["passages", "x"], ["evidence", "x"], ["cases"]])
def test_it_refuses_what_it_does_not_know(arguments):
    with pytest.raises(CommandError, match=r"invalid choice|required"):
        call_command("import", *arguments)


def test_the_exported_workbook_is_one_file(tmp_path, world, run):
    path = tmp_path / "book.xlsx"
    call_command("export", "workbook", format="xlsx", output=str(path))
    lines, status = run("workbook", path.read_bytes())
    assert (status, lines[-1].split(",")[:2]) == (0, ["workbook: 0 new", " 0 changed"])
    with pytest.raises(CommandError, match="XLSX"):
        call_command("export", "workbook", output=str(path))


def test_the_desk_exports_drafts_and_readers_do_not(world, capfdbinary):
    call_command("export", "cases")
    assert b"guinea-2009" not in capfdbinary.readouterr().out
    call_command("export", "cases", drafts=True)
    assert b"guinea-2009" in capfdbinary.readouterr().out


# Saving


def test_all_that_a_file_saves_carries_one_mark(world):
    content = edited(
        "cases", {"guinea-2009": {"title_en": "Mine"}, "kenya-2008": {"title_en": "Mine too"}}
    )
    mark = imports.save(compare("cases", content), why="cases-of-june.csv")
    written = Revision.objects.filter(change_set=mark)
    assert {each.key for each in written} == {"guinea-2009", "kenya-2008"}
    assert {(each.source, each.why) for each in written} == {(Source.IMPORT, "cases-of-june.csv")}


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("cases", {"guinea-2009": {"title_en": "Brandnew"}}),
        ("statements", {"t1": {"note_en": "Brandnew"}}),
        ("quotations", {"S-2011-552/en/p24/22-29": {"translation_en": "Brandnew"}}),
        ("terms", {"good_offices": {"label_en": "Brandnew"}}),
        ("actor_names", {"اتحادیهٔ آفریقا": {"name": "Brandnew"}}),
    ],
)
def test_the_index_knows_what_was_saved(world, name, edit):
    content = edited(name, edit, "name" if name == "actor_names" else None)
    index.refresh()
    imports.save(compare(name, content))
    assert "brandnew" in Case.objects.get(slug="guinea-2009").search_text


def test_what_somebody_saves_between_looking_and_saving_is_not_overwritten(world):
    comparison = compare("cases", edits())
    change("case", "guinea-2009", end="2012")
    with pytest.raises(Conflict):
        imports.save(comparison)
    assert title() == "Guinea en"


def test_a_failure_at_the_very_end_leaves_everything_as_it_was(world, monkeypatch):
    def fail(slugs):
        raise RuntimeError("the machine is gone")

    monkeypatch.setattr(saving.index, "refresh", fail)
    count = Revision.objects.count()
    with pytest.raises(RuntimeError):
        imports.save(compare("cases", edits()))
    assert (title(), Revision.objects.count()) == ("Guinea en", count)


KILLED = """
import os, sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from cases import imports, records
from cases.imports import saving

def wait(slugs):
    print("written, not yet committed", flush=True)
    time.sleep(60)

saving.index.refresh = wait
content = open(sys.argv[2], "rb").read()
imports.save(imports.compare("cases", imports.read(content, limit=None)))
"""


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_in_the_middle_leaves_the_database_as_before(tmp_path):
    make_world()
    path = tmp_path / "cases.csv"
    path.write_bytes(edits())
    before, count = records.dump("case"), Revision.objects.count()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, connection.settings_dict["NAME"], str(path)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    watch = threading.Timer(60, process.kill)
    watch.start()
    try:
        assert process.stdout.readline() == "written, not yet committed\n"
    finally:
        watch.cancel()
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (records.dump("case") != before):
        time.sleep(0.1)
    assert (records.dump("case"), Revision.objects.count()) == (before, count)
    imports.save(compare("cases", path.read_bytes()))  # no lock is left behind
    assert title() == "Mine"
