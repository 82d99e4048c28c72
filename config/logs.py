"""The log: one line each on standard error, of which none says who asked for what.

In text for whoever runs the program at a desk, as JSON where it serves the public. What a request
brings with it (its path, query, body, cookies, address, names) never gets into a line: people look
for conflicts here, and what they look for is nobody's business. So nothing that other libraries
say about a request is copied, and of an exception in a request, the words are left out: they quote
what was asked. Its type and the places in the code stay. With DEBUG on, they are kept.
"""

import copy
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from http.client import responses

from pythonjsonlogger.json import JsonFormatter

from config.environment import public_among, read_choice, read_hosts, read_switch

LEVELS = ("debug", "info", "warning", "error")
# What a line says of its request. It is not taken back when the answer is sent: what the server
# still has to say about a request comes after that, and the next request of the thread has its own.
request_id: ContextVar[str] = ContextVar("request_id", default="")
ACCESS = ("method", "route", "status", "ms", "bytes", "complete")
# How gunicorn begins to say what was wrong with a request; then come its address and its query.
ABOUT_REQUESTS = re.compile(r"Error handling request|Invalid request|Socket error")


def configuration() -> dict:
    """What logging.config.dictConfig takes, for Django and for gunicorn alike."""
    default = "json" if public_among(read_hosts("ALLOWED_HOSTS")) else "text"
    form = read_choice("LOG_FORMAT", ("text", "json"), default)
    level = read_choice("LOG_LEVEL", LEVELS, "info").upper()
    keeps_words = read_switch("DEBUG", default=False)
    formatter = {"text": "config.logs.TextLines", "json": "config.logs.JsonLines"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter, "keeps_words": keeps_words}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in ("config", "cases", "ingest")},
            # gunicorn gives these handlers of its own otherwise, and Django the third.
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": True},
            "django": {"level": "WARNING", "handlers": [], "propagate": True},
            # What it says of 400 to 499 is in the line of the request.
            "django.request": {"level": "ERROR"},
            # These write addresses, and names of those who fail to sign in.
            "django.server": {"level": "CRITICAL", "handlers": [], "propagate": True},
            "axes": {"level": "CRITICAL"},
        },
    }


class _Discreet(logging.Formatter):
    """Writes lines without what a request brought with it."""

    def __init__(self, *arguments, keeps_words: bool = False, **more):
        super().__init__(*arguments, **more)
        self.keeps_words = keeps_words

    def format(self, record: logging.LogRecord) -> str:
        # A copy: other handlers may have cached the exception's text in the record.
        line = copy.copy(record)
        line.exc_text = None
        line.request_id = request_id.get()
        line.time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if said := _about_a_request(record):
            line.msg, line.args = said, ()
        if getattr(record, "status_code", 500) != 500:
            # A refusal or a database that is away is no fault of the code: where it was met says
            # nothing, and there may be many.
            line.exc_info = None
        return super().format(line)

    def formatException(self, exc_info) -> str:  # noqa: N802
        return trace(exc_info[1], keeps_words=self.keeps_words or not request_id.get())


class JsonLines(_Discreet, JsonFormatter):
    """A JSON object a line, in ASCII."""

    FIELDS = ("time", "level", "logger", "message", "request_id", *ACCESS, "exception")
    NAMES = {"levelname": "level", "name": "logger", "exc_info": "exception"}

    def __init__(self, **more):
        fields = ("time", "levelname", "name", "message", "request_id")
        super().__init__(fields, rename_fields=self.NAMES, **more)

    def process_log_record(self, log_data: dict) -> dict:
        """Only known fields, in their order: libraries hang whole requests on their lines."""
        given = {name: log_data.get(name) for name in self.FIELDS}
        return {name: value for name, value in given.items() if value not in (None, "")}


class TextLines(_Discreet):
    """A line for people; the traceback below it."""

    def __init__(self, **more):
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S", **more)

    def formatMessage(self, record) -> str:  # noqa: N802
        line = super().formatMessage(record)
        if hasattr(record, "route"):
            line += f"  {record.ms} ms  {record.bytes} bytes"
        return f"{line}  [{record.request_id}]" if record.request_id else line


def _about_a_request(record: logging.LogRecord) -> str:
    """What to write instead if the line is about a request; otherwise nothing."""
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        said = f"{status} {responses.get(status, '')}"
        kind = record.name.removeprefix("django.security.")
        if kind == "csrf" and record.args:
            # "Origin checking failed - https://… does not match any trusted origins."
            said += f": {str(record.args[0]).partition(' - ')[0]}"
        elif kind != record.name:
            said += f": {kind}"
        return said
    if record.name == "gunicorn.error" and (told := ABOUT_REQUESTS.match(str(record.msg))):
        return told.group()
    return ""


def trace(error: BaseException, *, keeps_words: bool) -> str:
    """The traceback of an exception and of those before it, with or without their words."""
    if keeps_words:
        return "".join(traceback.format_exception(error)).rstrip()
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(map(_trace_of_one, reversed(chain)))


def _trace_of_one(error: BaseException) -> str:
    kind = type(error)
    where = "".join(traceback.format_tb(error.__traceback__))
    # A code of the database tells what went wrong without quoting the query.
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    return f"{where}{kind.__module__}.{kind.__qualname__}" + (f" ({code})" if code else "")
