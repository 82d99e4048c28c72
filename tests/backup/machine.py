"""One machine of the tests with real ones: `python -m tests.backup.machine STEP…`.

Its database is DATABASE_URL, its releases are in the folder MACHINE_RELEASES. A step is a name, or
a name, `=` and a file. Steps that end in `dying` happen in a process of their own that is killed in
the middle, those in `full` in one whose disk is full; this one goes on with what is left. `facts`
prints, as one line of JSON, all that must be the same on two machines.
"""

import hashlib
import json
import os
import resource
import signal
import sys
from pathlib import Path

import django
from django.conf import settings

UNFINISHED = ".2026-2"
PASSWORD = "a password that nobody guesses"
QUERIES = ("", "q=mediation", "q=میانجی", "tool=good_offices&country=GIN")
PAGES = ("/fa/cases/guinea-2009/", "/documents/S-2011-552/fa/")


def facts() -> dict:
    """Digests of every file and table, what is found and counted, pages, and signing in."""
    from django.contrib.auth import get_user_model
    from django.http import QueryDict
    from django.test import Client

    from backup.releases import folder
    from backup.tables import lines, models
    from cases.exports import TABLES, write
    from cases.filters import select_cases
    from cases.tally import Tally

    found = {}
    for name, table in TABLES.items():
        found[f"{name} of readers"] = _digest(write(table, "csv"))
        found[f"{name} of the desk"] = _digest(write(table.for_desk(), "csv"))
    found |= {model._meta.label: _digest(lines(model, "default")) for model in models()}
    for query in QUERIES:
        tally = Tally(select_cases(QueryDict(query)))
        found[f"?{query}"] = [case.slug for case in tally.page(0, 50)], tally.having("tool")
    client = Client(SERVER_NAME="localhost")
    found |= {address: client.get(address).status_code for address in PAGES}
    found["releases"] = {
        path.relative_to(folder()).as_posix(): [path.read_text(), path.stat().st_mtime_ns]
        for path in sorted(folder().rglob("*"))
        if path.is_file() and path.name != UNFINISHED
    }
    found["rights"] = sorted(get_user_model().objects.get(username="coder").get_all_permissions())
    who = {"username": "coder", "password": PASSWORD}
    found["sign-in"] = [
        client.post("/admin/login/", who).status_code,
        client.get("/admin/").status_code,
    ]
    return found


def _digest(pieces) -> str:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def copy(path: str) -> None:
    """Copy a SQLite database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [path])


def fill() -> None:
    """The seeds, an account with a password, a draft, a working copy, a release, odd values."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.core.management import call_command

    from backup.releases import folder
    from cases import index, records, workflow
    from cases.models import Case, Edition
    from cases.models.choices import Source

    call_command("seed", verbosity=0, stdout=sys.stderr)
    coder = get_user_model().objects.create_user("coder", password=PASSWORD, is_staff=True)
    coder.groups.add(Group.objects.get(name="editor"))
    Case.objects.create(slug="draft", title_en="Draft", coverage="named_only")
    records.note_saved("case", "draft", source=Source.ADMIN, who=coder)
    index.refresh(["draft"])
    workflow.writable(Case.objects.get(slug="guinea-2009"), coder)
    Case.objects.filter(slug="draft").update(internal_notes="tab\t, «two\r\nlines», \\N \\.")
    Edition.objects.create(
        document=Edition.objects.first().document,
        code="all-bytes",
        ref="S-2011-552/all-bytes",
        language="en",
        file_name="a.txt",
        content=bytes(range(256)),
        sha256="0" * 64,
    )
    (folder() / "2026-1").mkdir(parents=True)
    (folder() / "2026-1" / "cases.csv").write_text("slug\n")
    (folder() / UNFINISHED).write_text("of a release that is being made")


def backup(path: str, progress=lambda line: None) -> None:
    from backup.taking import take

    take(Path(path), progress)


def restore(path: str, progress=lambda line: None, *, replace=True) -> None:
    from backup.restoring import restore as put_back

    put_back(Path(path), replace=replace, progress=progress)


def die_at(table: str):
    """Progress that ends where it is at this table: nothing is tidied up."""

    def progress(line: str) -> None:
        if line == table:
            os.kill(os.getpid(), signal.SIGKILL)

    return progress


def in_a_child(action) -> int:
    """How a process of its own that does this ended, as `waitpid` says it."""
    from django.db import connections

    connections.close_all()
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    try:
        action()
    except BaseException as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def killed(action) -> None:
    """Do this in a process of its own, which must be killed in the middle."""
    status = in_a_child(action)
    assert os.WIFSIGNALED(status), status
    assert os.WTERMSIG(status) == signal.SIGKILL


def refused_by_the_disk(action) -> None:
    """Do this in a process of its own whose disk is full, and which must say so."""

    def on_a_full_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        action()

    assert os.waitstatus_to_exitcode(in_a_child(on_a_full_disk)) == 1


def dying(action, path: str) -> None:
    killed(lambda: action(path, die_at("cases_statement")))


def full(action, path: str) -> None:
    refused_by_the_disk(lambda: action(path))


STEPS = {
    "migrate": migrate,
    "copy": copy,
    "fill": fill,
    "backup": backup,
    "backup-dying": lambda path: dying(backup, path),
    "backup-full": lambda path: full(backup, path),
    "restore": restore,
    "restore-into-empty": lambda path: restore(path, replace=False),
    "restore-dying": lambda path: dying(restore, path),
    "restore-full": lambda path: full(restore, path),
    "facts": lambda: sys.stdout.write(json.dumps(facts())),
}


def main(steps: dict) -> None:
    django.setup()
    settings.RELEASES_DIR = Path(os.environ["MACHINE_RELEASES"])
    for step in sys.argv[1:]:
        name, _, path = step.partition("=")
        steps[name](*([path] if path else []))


if __name__ == "__main__":
    main(STEPS)
