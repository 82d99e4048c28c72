"""Whether the program lives, and whether it can answer: what load balancers and monitors ask.

/healthz asks nothing of anybody: whoever starts processes anew looks there. /readyz asks the
database: whoever sends readers to processes looks there. Neither names anything but parts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponseNotAllowed, JsonResponse

from cases.index import is_written
from cases.models import Case

# PostgreSQL gives up a question of /readyz after so long, in milliseconds.
PATIENCE = 3000


def problems() -> dict[str, str]:
    """What keeps pages from being answered, by part: `database`, `migrations` or `index`."""
    try:
        with _with_patience():
            if missing := _migrations() - MigrationRecorder(connection).applied_migrations().keys():
                return {"migrations": f"{len(missing)} to apply: run manage.py migrate"}
            if not is_written() and Case.objects.published().exists():
                return {"index": "not written: run manage.py seed"}
    except Error:
        return {"database": "does not answer"}
    return {}


@contextmanager
def _with_patience() -> Iterator[None]:
    """Ask PostgreSQL with a limit; SQLite never lets readers wait, if they open no transaction."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
        yield


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """App and name of every migration of the program as it was started."""
    return frozenset(MigrationLoader(None).graph.nodes)


def alive(request):
    return _answer(request, {"alive": True}, 200)


def ready(request):
    if found := problems():
        return _answer(request, {"ready": False, "problems": found}, 503)
    return _answer(request, {"ready": True}, 200)


def _answer(request, said: dict, status: int):
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    answer = JsonResponse(said, status=status, headers=headers)
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


ANSWERS = {"/healthz": alive, "/readyz": ready}
ROUTES = tuple(path[1:] for path in ANSWERS)
