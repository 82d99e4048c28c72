"""The file itself: whole or not there, its owner's alone, and refused when a bit of it is not."""

import fcntl
import json
import os
import resource
import stat
import zipfile
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from backup.archive import MANIFEST, Manifest, member_of, opened, written
from backup.tables import Table

TABLE = Table("cases_case", (("id", "integer"), ("slug", "text")))


def write(path, lines=(b'[1,"guinea"]\n', b'[2,"fiji"]\n'), **changed):
    manifest = Manifest("2026-01-02T03:04:05Z", "sqlite", ["cases.0001_initial"], [TABLE])
    for name, value in changed.items():
        setattr(manifest, name, value)
    with written(path, manifest) as archive:
        manifest.rows[TABLE.name] = archive.add(member_of(TABLE.name), iter(lines))
        archive.add("releases/2026-1/cases.csv", iter([b"slug\n"]), modified=10**18)
    return path


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "a.zip")


def refusal(path) -> str:
    with pytest.raises(CommandError) as refused, opened(path):
        pass
    return str(refused.value)


def test_it_is_read_as_it_was_written_and_any_tool_opens_it(path):
    with opened(path) as archive, archive.member(member_of("cases_case")) as lines:
        assert [json.loads(line) for line in lines] == [[1, "guinea"], [2, "fiji"]]
        assert archive.manifest.rows == {"cases_case": 2}
        assert archive.manifest.tables == [TABLE]
        assert archive.manifest.releases["2026-1/cases.csv"].modified == 10**18
        assert archive.manifest.summary == (
            "taken 2026-01-02T03:04:05Z from sqlite, 2 rows of 1 tables, 1 files of releases"
        )
    with zipfile.ZipFile(path) as zip_file:
        assert zip_file.testzip() is None
        assert zip_file.namelist()[-1] == MANIFEST


def test_only_its_owner_may_read_it_whatever_the_mask(tmp_path):
    before = os.umask(0)
    try:
        path = write(tmp_path / "new" / "a.zip")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_bit_of_it_can_turn_unseen(path):
    whole = path.read_bytes()
    named = set()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        said = refusal(path)
        assert "Nothing was changed" in said
        named.add(said.partition("damaged: ")[2].partition(" is not")[0])
    assert {member_of("cases_case"), "releases/2026-1/cases.csv", MANIFEST} < named


def test_a_member_that_is_damaged_is_named(path):
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as zip_file:
        starts = {each.filename: each.header_offset for each in zip_file.infolist()}
    for name, start in starts.items():
        at = start + 30 + len(name) + 20 + 4  # a byte of its content
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        assert f"{path} is damaged: {name} is not what was written." in refusal(path)


def test_cut_anywhere_it_is_refused(path):
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert "is no backup, or is cut short" in refusal(path)
    path.write_bytes(whole + b"\n")
    assert "it does not end in a seal" in refusal(path)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as zip_file:
        zip_file.writestr("a.txt", "a")
    assert "is no backup" in refusal(path)
    assert refusal(tmp_path).endswith("cannot be read: Is a directory. Nothing was changed.")
    assert "No such file or directory" in refusal(tmp_path / "missing.zip")


@pytest.mark.parametrize(
    "changed",
    [
        {"tables": [Table("cases_case; DROP TABLE auth_user", TABLE.columns)]},
        {"tables": [Table("cases_case", (("id", "magic"),))]},
        {"tables": [Table("cases_other", TABLE.columns)]},
        {"members": {"releases/../../a": {"sha256": "", "bytes": 0}}},
        {"rows": None},
    ],
)
def test_a_manifest_that_leads_elsewhere_is_refused(path, tmp_path, monkeypatch, changed):
    with opened(path) as archive:
        manifest = json.loads(archive.manifest.as_json())
    bad = json.dumps(
        manifest
        | {
            name: [vars(each) for each in value] if name == "tables" else value
            for name, value in changed.items()
        }
    )
    monkeypatch.setattr(Manifest, "as_json", lambda self: bad.encode())
    other = write(tmp_path / "b.zip")
    assert f"{MANIFEST} is not what was written" in refusal(other)


def test_a_newer_format_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("backup.archive.FORMAT", 2)
    path = write(tmp_path / "a.zip")
    monkeypatch.undo()
    assert "The backup has format 2, and this version of the program reads 1" in refusal(path)


def test_what_fails_leaves_no_file(tmp_path):
    def lines():
        yield b"[1]\n"
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        write(tmp_path / "a.zip", lines())
    assert list(tmp_path.iterdir()) == []


@contextmanager
def small_files(limit):
    """Nothing larger can be written, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("limit", [0, 100, 3_000_000])
def test_a_full_disk_is_said_and_leaves_no_file(tmp_path, limit):
    noise = (os.urandom(1000) for _each in range(5000))
    with (
        pytest.raises(CommandError, match=r"Make room there\. Or name a file on another disk"),
        small_files(limit),
    ):
        write(tmp_path / "a.zip", noise)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(path):
    before = path.read_bytes()
    with pytest.raises(CommandError, match="is there already: name another file"):
        write(path)
    assert path.read_bytes() == before


def test_a_place_where_no_file_can_be_is_said(path):
    with pytest.raises(CommandError, match=r"No backup was made: .*a\.zip: File exists"):
        write(path / "b.zip")


def test_what_a_killed_backup_left_goes_with_the_next_and_what_another_writes_stays(tmp_path):
    (tmp_path / ".killed.zip.unfinished").write_bytes(b"PK")
    running = tmp_path / ".running.zip.unfinished"
    with running.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(tmp_path / "a.zip")
        assert sorted(each.name for each in tmp_path.iterdir()) == [running.name, "a.zip"]
        with pytest.raises(CommandError, match="another backup is writing this file"):
            write(tmp_path / "running.zip")
    assert running.exists()


def test_check_looks_at_a_file_without_a_database(path, capsys):
    call_command("backup", str(path), check=True)
    assert capsys.readouterr().out.endswith("0.0 MB, whole\n")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CommandError, match="cut short"):
        call_command("backup", str(path), check=True)


def test_check_takes_the_newest_where_none_is_named(path, settings, capsys):
    settings.VAR_DIR = path.parent
    with pytest.raises(CommandError, match="There is no backup in"):
        call_command("backup", check=True)
    for name in ("20260101T000000Z", "20260201T000000Z"):
        write(path.parent / "backups" / f"{name}.zip")
    call_command("backup", check=True)
    assert "20260201T000000Z.zip: taken" in capsys.readouterr().out
