"""What surrounds a request before anything else: its number, its line in the log, its health."""

import logging
import re
import time
from collections.abc import Iterable, Iterator
from uuid import uuid4

from django.conf import settings

from config import health
from config.logs import request_id

logger = logging.getLogger("config.access")

# A proxy's number of a request: a UUID, or what nginx makes; no room for words in it.
WELL_FORMED = re.compile(r"[0-9A-Fa-f-]{16,64}")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


class RequestLogMiddleware:
    """Numbers every request, gives the number back, and writes one line when it is answered."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        request.number = _number(request)
        request_id.set(request.number)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.number
        if response.streaming and not response.has_header("Content-Length"):
            response.streaming_content = _Counted(
                response.streaming_content,
                lambda sent, complete: _log(request, response, began, sent, complete),
            )
        elif response.streaming:
            _log(request, response, began, int(response.headers["Content-Length"]))
        else:
            _log(request, response, began, len(response.content))
        return response


class _Counted:
    """The pieces of an answer; says when it ends how many bytes they were, and if all of them."""

    def __init__(self, pieces: Iterable[bytes], done):
        self._source, self._pieces, self._done = pieces, iter(pieces), done
        self._sent, self._complete, self._closed = 0, False, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._complete = True
            raise
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        """The server calls it at the end, also where the reader went away in the middle."""
        if self._closed:
            return
        self._closed = True
        try:
            if hasattr(self._source, "close"):
                self._source.close()
        finally:
            self._done(self._sent, self._complete)


class HealthMiddleware:
    """Answers /healthz and /readyz whatever the host, the scheme and the language are."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = health.ANSWERS.get(request.path_info)
        return answer(request) if answer else self.get_response(request)


def _number(request) -> str:
    """The proxy's number of the request if there is a proxy and it is one; otherwise a new one."""
    given = request.headers.get("X-Request-ID", "")
    if settings.SECURE_PROXY_SSL_HEADER and WELL_FORMED.fullmatch(given):
        return given
    return uuid4().hex


def _log(request, response, began: float, sent: int, complete: bool = True) -> None:
    route, status = _route(request), response.status_code
    if route in health.ROUTES and status == 200:
        return  # every few seconds, and nothing to say
    method = request.method if request.method in METHODS else "OTHER"
    said = {
        "method": method,
        "route": route,
        "status": status,
        "ms": round((time.perf_counter() - began) * 1000),
        "bytes": 0 if method == "HEAD" else sent,
    }
    if not complete:
        said["complete"] = False
    message = f"{method} {route or '-'} {status}" + ("" if complete else ", broken off")
    logger.info(message, extra=said)


def _route(request) -> str:
    """The name of the pattern that the address has, which says nothing of what was asked for."""
    if request.path_info in health.ANSWERS:
        return request.path_info[1:]
    if match := request.resolver_match:
        return match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else ""
