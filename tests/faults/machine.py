"""A machine on which a process is killed, or finds the disk full, in the middle of its work.

`python -m tests.faults.machine STEP…`, as `tests.backup.machine`, with more steps.
"""

import csv
import io
import os
import signal
import sys

from tests.backup import machine

LAST_BUT_ONE = "0009"
NEW_TITLE = "Of the working copy"
EDITOR, DRAFTS = "editor", ("draft-1", "draft-2")


def die(*_given, **_named) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(owner, name: str, action) -> None:
    """Do this in a process that is killed where it calls what the owner has under this name."""

    def with_an_end() -> None:
        setattr(owner, name, die)
        action()

    machine.killed(with_an_end)


def import_file() -> None:
    """Save the file of all cases with another English title in each."""
    from cases import imports
    from cases.exports import TABLES, write

    content = b"".join(write(TABLES["cases"].for_desk(), "csv")).decode()
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    title = head.index("title_en")
    for row in rows:
        row[title] += " (edited)"
    edited = io.StringIO(newline="")
    csv.writer(edited).writerows([head, *rows])
    comparison = imports.compare("cases", imports.read(edited.getvalue().encode(), limit=None))
    assert comparison.counts[1] > 30, comparison.summary
    imports.save(comparison)


def import_dying() -> None:
    """By then rows and history are written, but not what is looked up."""
    from cases.imports import saving

    killed_at(saving.index, "refresh", import_file)


def few() -> None:
    """A published case, drafts, and an editor who signs in as those under load do."""
    from tests.benchmarks.visitors import PASSWORD
    from tests.factories import make_case
    from tests.people import make_person

    make_case("case-1", terms=["tool:mediation"])
    for slug in DRAFTS:
        make_case(slug, review="draft", terms=["tool:mediation"])
    editor = make_person("editor", EDITOR)
    editor.set_password(PASSWORD)
    editor.save()


def prepare() -> None:
    """A reviewer, and the working copy that `fill` made with another title, sent to review."""
    from django.contrib.auth import get_user_model

    from cases import workflow
    from cases.models import Case

    reviewer = get_user_model().objects.create_superuser("reviewer", password=machine.PASSWORD)
    copy = Case.objects.exclude(working_copy_of=None).get()
    Case.objects.filter(pk=copy.pk).update(title_en=NEW_TITLE)
    workflow.move(copy, workflow.STEPS["submit"], reviewer)


def publish() -> None:
    from django.contrib.auth import get_user_model

    from cases import workflow
    from cases.models import Case

    reviewer = get_user_model().objects.get(username="reviewer")
    copy = Case.objects.exclude(working_copy_of=None).get()
    workflow.move(copy, workflow.STEPS["publish"], reviewer, why="It is checked.")


def publish_dying() -> None:
    """By then the case says what its copy says, and the copy is still there."""
    from cases import workflow

    killed_at(workflow, "_drop", publish)


def migrate_dying() -> None:
    """Go back a migration, be killed in the middle of doing it again, and print what is said."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    call_command("migrate", "cases", LAST_BUT_ONE, verbosity=0)
    # The new column is there by then.
    killed_at(connection.SchemaEditorClass, "add_index", machine.migrate)
    answer = Client(SERVER_NAME="localhost").get("/readyz")
    sys.stderr.write(f"{answer.status_code} {answer.content.decode()}\n")


def note() -> None:
    """What is noted of rows is noted anew, as `seed` does after an upgrade."""
    from cases.index import note_missing

    note_missing()


STEPS = machine.STEPS | {
    "note": note,
    "import": import_file,
    "import-dying": import_dying,
    "import-full": lambda: machine.refused_by_the_disk(import_file),
    "few": few,
    "prepare": prepare,
    "publish": publish,
    "publish-dying": publish_dying,
    "migrate-dying": migrate_dying,
}

if __name__ == "__main__":
    machine.main(STEPS)
