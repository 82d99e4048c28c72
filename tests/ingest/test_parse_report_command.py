import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ingest.readers import SUFFIXES

TEXT = "Title\nI. One\n1. Text^{1} breaks off in\n1. See A.\n12\nGuinea.\n"
# Nothing listens on the discard port, so whoever opens the database here fails.
NO_DATABASE = "postgresql://nobody@127.0.0.1:9/nothing"


def run(*arguments, **environment):
    """The command as a person runs it, with a database that does not exist."""
    return subprocess.run(
        [sys.executable, "manage.py", "parse_report", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": NO_DATABASE} | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


def parsed(path, language="en"):
    output = StringIO()
    call_command("parse_report", path, language=language, stdout=output)
    return json.loads(output.getvalue())


def test_it_prints_the_report_as_json(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(TEXT, "utf-8")
    report = parsed(str(path))
    assert list(report) == ["language", "title", "sections", "passages", "furniture", "warnings"]
    assert report["language"] == "en"
    assert report["title"] == "Title"
    assert report["sections"] == [
        {"id": "s1", "marker": "I", "title": "One", "level": 1, "parent": None}
    ]
    assert report["furniture"] == [{"line": 5, "text": "12"}]
    assert report["warnings"] == []
    passages = {passage["ref"]: passage for passage in report["passages"]}
    assert list(passages) == ["f1", "h1", "p1", "n1"]
    assert passages["p1"] == {
        "ref": "p1",
        "kind": "paragraph",
        "number": 1,
        "section": "s1",
        "text": "Text^{1} breaks off in Guinea.",
        "lines": [3, 3, 6, 6],
        "calls": [{"number": 1, "start": 6, "end": 7}],
    }
    assert passages["f1"] | {"kind": "front", "number": None, "section": None} == passages["f1"]
    assert passages["h1"] | {"kind": "heading", "number": "I", "text": "One"} == passages["h1"]
    assert passages["n1"] | {"kind": "footnote", "number": 1, "section": "s1"} == passages["n1"]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        (
            "s-2011-552.fa.txt",
            {"front": 4, "abstract": 3, "heading": 26, "paragraph": 72, "footnote": 16},
        ),
        ("secretary-general-mediation.ar.txt", {"paragraph": 5, "heading": 1, "abstract": 7}),
    ],
)
def test_it_reads_the_real_files_without_a_database(name, kinds):
    language = name.split(".")[1]
    path = settings.SEEDS_DIR / "reports" / name
    # JSON is UTF-8 even on a terminal that speaks something else.
    done = run(path, "--language", language, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    report = json.loads(done.stdout.decode("utf-8"))
    found = [passage["kind"] for passage in report["passages"]]
    assert {kind: found.count(kind) for kind in found} == kinds
    assert report["language"] == language
    assert "\\u06" not in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b" \n \n", "the file is empty"),
        ("\u2003".encode(), "no text"),
        ("1. Présence.".encode("latin-1"), "not UTF-8: byte 0xe9 at position 5"),
        ("1. Text.".encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7\x00\xd3\xeb", "this is a PDF; copy its text"),
        (bytes(range(256)), "binary"),
    ],
)
def test_a_file_that_is_no_text_gets_one_clear_error(tmp_path, content, says):
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        parsed(str(path))
    assert str(refused.value).startswith(f"{path}: ")
    assert says in str(refused.value)
    assert refused.value.returncode == 1


def test_errors_go_to_stderr_in_one_line_with_exit_status_1(tmp_path):
    binary = tmp_path / "report.pdf"
    binary.write_bytes(b"%PDF-1.7\x00")
    for path, says in [
        (tmp_path / "missing.txt", "cannot be read: No such file or directory."),
        (tmp_path, "cannot be read: Is a directory."),
        (binary, f"files named {', '.join(SUFFIXES)} are read; save the text as one of them."),
    ]:
        done = run(path, "--language", "fa")
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode() == f"CommandError: {path}: {says}\n"


def test_the_language_must_be_one_that_has_rules(tmp_path):
    for arguments in ([], ["--language", "de"]):
        done = run(tmp_path, *arguments)
        assert done.returncode == 2
        assert done.stdout == b""
        assert b"--language" in done.stderr
    assert b"ar" in done.stderr
