"""Killed in the middle of an import, of publishing, of a migration: nothing is half done.

Each happens in a process of its own with a database of its own; see `machine`.
"""

import pytest

from tests.backup.test_machines import Machine, on_postgresql  # noqa: F401 - a fixture

MODULE = "tests.faults.machine"


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def filled(request, folder):
    """(a machine with the seeds, and a working copy that waits for its reviewer; its facts)."""
    if request.param == "SQLite":
        machine = Machine(f"sqlite:///{folder / 'a.sqlite3'}", folder / "releases")
    else:
        machine = request.getfixturevalue("on_postgresql")
    machine.module = MODULE
    return machine, machine.run("migrate", "fill", "prepare", "facts")


def untouched(facts: dict) -> dict:
    """What may not change; to learn all facts, somebody signs in."""
    return {name: fact for name, fact in facts.items() if name not in ("auth.User", "cases.SignIn")}


def test_nothing_is_half_done_and_all_can_be_done_again(filled):
    machine, facts = filled
    before = untouched(facts)
    assert untouched(machine.run("import-dying", "facts")) == before
    assert untouched(machine.run("publish-dying", "facts")) == before
    assert machine.run("migrate-dying") == {}
    said = machine.said.splitlines()[-1]
    assert said.startswith("503 ")
    assert "1 to apply: run manage.py migrate" in said
    assert untouched(machine.run("migrate", "note", "facts")) == before

    published = machine.run("publish", "facts")
    assert published["cases of readers"] != before["cases of readers"]
    assert machine.run("import", "facts")["cases of the desk"] != published["cases of the desk"]


def test_on_a_full_disk_an_import_saves_nothing(tmp_path):
    machine = Machine(f"sqlite:///{tmp_path / 'a.sqlite3'}", tmp_path / "releases", MODULE)
    before = untouched(machine.run("migrate", "fill", "facts"))
    assert untouched(machine.run("import-full", "facts")) == before
    assert "disk" in machine.said
