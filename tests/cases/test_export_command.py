"""python manage.py export: files without a browser."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cases.exports import TABLES
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def test_it_writes_the_file_and_says_nothing(tmp_path, capfd):
    make_case("guinea")
    path = tmp_path / "cases.csv"
    call_command("export", "cases", output=str(path))
    assert path.read_text().splitlines()[1].startswith("guinea,0,Guinea,")
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == [path]


def test_it_replaces_an_older_file(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("old\n" * 1000)
    call_command("export", "cases", output=str(path))
    assert path.read_text() == ",".join(TABLES["cases"].columns) + "\n"


@pytest.mark.parametrize("output", [{}, {"output": "-"}])
def test_it_writes_bytes_to_standard_output(output, capfdbinary):
    make_case("guinea", title_fa="گینه")
    call_command("export", "cases", format="excel", **output)
    written = capfdbinary.readouterr().out
    assert written.startswith(b"\xef\xbb\xbfslug,")
    assert "گینه".encode() in written


def test_it_leaves_drafts_at_the_desk(capfdbinary):
    make_case("secret", review="draft")
    call_command("export", "cases")
    assert b"secret" not in capfdbinary.readouterr().out


def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "missing" / "cases.csv"
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("export", "cases", output=str(path))


def test_a_folder_is_no_file_and_nothing_unfinished_is_left_beside_it(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(CommandError, match="cannot be written: Is a directory"):
        call_command("export", "cases", output=str(folder))
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("arguments", [["drafts"], ["cases", "--format", "ods"], []])
def test_it_refuses_what_it_does_not_know(arguments):
    with pytest.raises(CommandError, match=r"invalid choice|required"):
        call_command("export", *arguments)


def test_it_is_our_command_and_not_that_of_the_import_package():
    said = subprocess.run(
        [sys.executable, "manage.py", "export", "--help"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert "same bytes as the site" in said.stdout
