"""What is answered when something cannot be."""

import errno
import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.facets import labels
from cases.filters import InvalidQuery
from cases.views.common import without

FILES = ("file", "codebook-file", "case-citation", "release-file", "release-changes")
# Seconds after which to ask again: a database that is restarted is back by then.
RETRY_AFTER = 10
# What PostgreSQL calls it: no connection, shutting down, crashed, starting up, too many already.
AWAY_STATES = ("57P01", "57P02", "57P03", "53300")
AWAY_CODES = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR),
)


def error_page(request, status: int, title: str, sentences: list[str], **more):
    """A page that says what is wrong; plain text for whoever asked for a file."""
    if request.resolver_match and request.resolver_match.url_name in FILES:
        body = "\n".join([f"{status} {title}", *sentences]) + "\n"
        return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    context = {"title": title, "sentences": sentences, "status": status} | more
    return render(request, "error.html", context, status=status)


def invalid_query(request, error: InvalidQuery):
    """400: what in the query string cannot be understood, parameter by parameter."""
    sentences = [f"{name}: {' '.join(said)}" for name, said in error.errors.items()]
    names = labels() | {"q": _("Search"), "from": _("From"), "to": _("To"), "order": _("Order")}
    return error_page(
        request,
        400,
        _("This address cannot be understood"),
        sentences,
        refused=[(names.get(name), name, " ".join(said)) for name, said in error.errors.items()],
        rest=without(request.GET, *error.errors),
    )


def bad_request(request, exception=None):
    return error_page(request, 400, _("This address cannot be understood"), [])


def nul_refused(request):
    """400: the character NUL in an address or a form."""
    sentence = _("It has the invisible character NUL, which no text has: write it anew.")
    return error_page(request, 400, _("This address cannot be understood"), [sentence])


def forbidden(request, exception=None):
    return error_page(request, 403, _("Not allowed"), [_("You may not do this here.")])


def csrf_failed(request, reason=""):
    """403: a form without the token of this browser; what it said is shown to nobody again."""
    sentences = [
        _("Nothing was saved: this form is not of your present session, or not of this site."),
        _(
            "If you signed in anew since you opened it: go back, copy what you typed, load the "
            "page anew and paste it."
        ),
    ]
    return error_page(request, 403, _("Not allowed"), sentences)


def too_large(request, limit: int):
    """413: more megabytes than are taken in."""
    sentence = _("More than %(limit)s MB are not taken in at once: divide the file.")
    return error_page(request, 413, _("Too large"), [sentence % {"limit": limit}])


def not_found(request, exception=None):
    sentence = str(exception) if isinstance(exception, Http404) and exception.args else ""
    if not sentence or sentence.startswith(("{", "No ")):
        sentence = _("There is nothing at this address.")
    return error_page(request, 404, _("Not found"), [sentence])


def is_away(error: BaseException | None) -> bool:
    """Whether an error says that the database cannot be asked just now, not that we asked wrongly.

    It is away, about to stop or to start, or somebody keeps it busy for longer than we wait.
    """
    if not isinstance(error, (InterfaceError, OperationalError)):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in AWAY_CODES
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith("08") or state in AWAY_STATES


def is_full(error: BaseException | None) -> bool:
    """Whether an error says that there is no room left, on our disk or on the database's."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    cause = getattr(error, "__cause__", None)
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL
    return getattr(cause, "sqlstate", None) == "53100"


def server_error(request):
    """500; or 503, if the database cannot be asked, or 507, if there is no room left."""
    error = sys.exc_info()[1]
    if is_full(error):
        title = _("The disk of the server is full")
        sentence = _("Nothing was saved. Please tell those who run this site, then do it again.")
        return _without_database(request, 507, title, sentence)
    if is_away(error):
        title = _("The database cannot be reached just now")
        sentence = _("Nothing was saved. Please try again in a few seconds.")
        response = _without_database(request, 503, title, sentence)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return render(request, "500.html", status=500)


def _without_database(request, status: int, title: str, sentence: str):
    """With no query in the template; plain text for whoever asked for a file."""
    if request.resolver_match and request.resolver_match.url_name in FILES:
        return error_page(request, status, title, [sentence])
    context = {"title": title, "sentences": [sentence]}
    return render(request, "503.html", context, status=status)
