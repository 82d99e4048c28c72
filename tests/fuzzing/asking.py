"""One question and its answer: asked of the application in this process, or over HTTP."""

import gzip
import http.client
import io
import logging
import signal
import socket
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

import brotli
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction

from tests.benchmarks.visitors import SECRET
from tests.fuzzing.hidden import HIDDEN_SLUG, OUTSIDE
from tests.headers import DESK, faults_of_headers, faults_of_page

# Seconds for one answer on a crowded machine; what takes longer is broken off.
PATIENCE = 60
SLOWEST = 20
HOST = "localhost"


@dataclass(frozen=True)
class Question:
    """What is asked: `form` is the pattern of the address, `who` one of those of hidden.py."""

    form: str
    method: str
    target: str
    who: str = "anonymous"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def is_public(self) -> bool:
        return self.who in OUTSIDE or not DESK.match(self.path)

    def __str__(self) -> str:
        headers = "".join(f"\n      {name}: {value[:200]!r}" for name, value in self.headers)
        body = f"\n      {self.body[:600]!r}" if self.body else ""
        return f"{self.method} {self.target[:600]} by {self.who}{headers}{body}"


@dataclass
class Answer:
    """What was answered, and what was wrong with how it was made."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    troubles: list[str] = field(default_factory=list)

    @property
    def is_page(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    def plain(self) -> bytes:
        """The body as it was before it was compressed; of an archive, what its parts hold."""
        encoding, body = self.headers.get("Content-Encoding", ""), self.body
        if encoding == "gzip":
            body = gzip.decompress(body)
        elif encoding == "br":
            body = brotli.decompress(body)
        elif encoding:
            raise ValueError(f"Content-Encoding: {encoding}")
        return body if self.status == 206 else _unpacked(body)


def _unpacked(content: bytes) -> bytes:
    """What the parts of an archive hold, also of one that lies in another; else the content."""
    if not content.startswith(b"PK\x03\x04"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        return b"\n".join(_unpacked(whole.read(name)) for name in whole.namelist())


def faults(question: Question, answer: Answer) -> list[str]:
    """Everything that no answer may be; empty if all is well."""
    found = list(answer.troubles)
    if answer.status >= 500:
        found.append(f"status {answer.status}")
    if answer.seconds > SLOWEST:
        found.append(f"{answer.seconds:.1f} s")
    found += faults_of_headers(answer.headers, question.path)
    if question.method == "HEAD":
        return found
    try:
        plain = answer.plain()
    except (ValueError, OSError, EOFError, zlib.error, brotli.error, zipfile.BadZipFile) as error:
        return [*found, f"its body cannot be read: {error}"]
    if question.is_public:
        said = plain.lower() + repr(answer.headers).lower().encode()
        asked = f"{question.target} {question.headers}".lower().encode() + question.body.lower()
        if SECRET.encode() in said and SECRET.encode() not in asked:
            found.append("a draft's word")
        if HIDDEN_SLUG.encode() in said and HIDDEN_SLUG.encode() not in asked:
            found.append("a draft's slug")
    if answer.is_page:
        found += faults_of_page(plain)
    return found


class Slow(Exception):
    """No answer within PATIENCE."""


@contextmanager
def patience() -> Iterator[None]:
    """Raises Slow where something takes too long; in the main thread of a process only."""

    def give_up(*_arguments):
        raise Slow(f"no answer within {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class InProcess:
    """Asks the WSGI application here, as a server would; what an answer changed is taken back."""

    def __init__(self, application: Callable, sessions: dict[str, str]):
        self.application, self.sessions = application, sessions
        self.raised: list[str] = []
        got_request_exception.connect(self._note)
        # They would close a connection in the middle of the transaction that is taken back.
        for each in (request_started, request_finished):
            each.disconnect(close_old_connections)
        # Every refusal would be a line.
        self.level = logging.getLogger("django").level
        logging.getLogger("django").setLevel(logging.CRITICAL)

    def close(self) -> None:
        got_request_exception.disconnect(self._note)
        for each in (request_started, request_finished):
            each.connect(close_old_connections)
        logging.getLogger("django").setLevel(self.level)

    def _note(self, **_more) -> None:
        self.raised.append(traceback.format_exc())

    def ask(self, question: Question) -> Answer:
        said: list = []
        self.raised.clear()
        began = time.perf_counter()
        body = b""
        try:
            with patience(), transaction.atomic():
                pieces = self.application(
                    _environ(question, self.sessions[question.who]),
                    lambda status, headers, error=None: said.append((status, headers)),
                )
                try:
                    body = b"".join(pieces)
                finally:
                    pieces.close()
                transaction.set_rollback(True)
        except Exception:  # whatever came out of the application is what is looked for
            self.raised.append(traceback.format_exc())
        status, headers = said[0] if said else ("599 Nothing", [])
        seconds = time.perf_counter() - began
        return Answer(int(status[:3]), _joined(headers), body, seconds, list(self.raised))


def _joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Headers by name; those that come more than once in one."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _environ(question: Question, session: str) -> dict:
    path, _mark, query = question.target.partition("?")
    environ = {
        "REQUEST_METHOD": question.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.encode("utf-8", "surrogatepass").decode("latin-1"),
        "SERVER_NAME": HOST,
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": HOST,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(question.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if question.body:
        environ["CONTENT_LENGTH"] = str(len(question.body))
    for name, value in question.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        environ[key] = value.encode("utf-8", "surrogatepass").decode("latin-1")
    if session:
        others = environ.get("HTTP_COOKIE", "")
        environ["HTTP_COOKIE"] = f"sessionid={session}; {others}".rstrip("; ")
    return environ


class OverHTTP:
    """Asks a server on the loopback address, byte for byte as the question is written."""

    def __init__(self, port: int, sessions: dict[str, str]):
        self.port, self.sessions = port, sessions

    def ask(self, question: Question) -> Answer:
        began = time.perf_counter()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as open_:
                open_.sendall(self._written(question))
                answer = http.client.HTTPResponse(open_, method=question.method)
                answer.begin()
                body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return Answer(599, {}, b"", time.perf_counter() - began, [repr(error)])
        headers = _joined(answer.getheaders())
        return Answer(answer.status, headers, body, time.perf_counter() - began)

    def _written(self, question: Question) -> bytes:
        headers = [("Host", f"{HOST}:{self.port}"), ("Connection", "close"), *question.headers]
        if session := self.sessions[question.who]:
            headers.append(("Cookie", f"sessionid={session}"))
        if question.body:
            headers.append(("Content-Length", str(len(question.body))))
        lines = [f"{question.method} {question.target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join([*lines, "", ""])
        return head.encode("utf-8", "surrogatepass") + question.body


def is_of_server(answer: Answer) -> bool:
    """Whether the server refused what is no request; an answer of the site names its encoding."""
    return 400 <= answer.status < 500 and answer.headers.get("Content-Type") == "text/html"
