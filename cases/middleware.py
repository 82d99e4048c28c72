"""What surrounds every request."""

import re

import brotli
from django.conf import settings
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cases.filters import InvalidQuery
from cases.models import PasswordDue
from cases.views.errors import invalid_query, nul_refused

LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)
# The desk, in whichever language.
DESK = re.compile(rf"/(?:(?:{LANGUAGES})/)?admin(?:/|$)")


class CompressionMiddleware(GZipMiddleware):
    """Brotli for whole pages where the browser takes it, otherwise Django's gzip.

    A report read whole is 600 KB, and its margin says again what stands far above: gzip looks back
    32 KB only. Quality 6 costs what gzip costs and makes such a page a fifth smaller.
    """

    BROTLI_ACCEPTED = re.compile(r"(?:^|,)\s*br\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)")
    LEAST_BYTES = 200

    def process_response(self, request, response):
        if response.status_code == 206:
            # Part of a file: its range counts the bytes of the file, not of what is sent.
            return response
        if (
            response.streaming
            or response.has_header("Content-Encoding")
            or len(response.content) < self.LEAST_BYTES
            or not self.BROTLI_ACCEPTED.search(request.headers.get("Accept-Encoding", ""))
        ):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        response.content = brotli.compress(response.content, quality=6)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "br"
        if (etag := response.get("ETag", "")).startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        return response


class HeadersMiddleware:
    """Headers that Django has no middleware for, on every answer; what a view set stays.

    - `Permissions-Policy`: no page uses any device or feature of the browser.
    - `Cross-Origin-Resource-Policy`: pages and scripts are for this site; files are published for
      every other site too.
    - `Cache-Control`: what the desk shows, and what belongs to somebody's session, is kept by no
      cache and no browser: after signing out, Back shows nothing.
    """

    # Those that browsers know; for others they print a warning.
    FEATURES = (
        *("accelerometer", "autoplay", "browsing-topics", "camera"),
        *("clipboard-read", "clipboard-write", "display-capture", "encrypted-media", "fullscreen"),
        *("gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts"),
        *("magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
        *("publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock"),
        *("serial", "storage-access", "usb", "window-management", "xr-spatial-tracking"),
    )
    PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        path = request.path_info
        is_private = bool(DESK.match(path)) or _is_of_session(request, response)
        is_page = headers.get("Content-Type", "").startswith("text/html")
        is_ours = is_private or is_page or path.startswith(settings.STATIC_URL)
        whose = "same-origin" if is_ours else "cross-origin"
        headers.setdefault("Cross-Origin-Resource-Policy", whose)
        if is_private:
            headers["Cache-Control"] = "private, no-store"
        return response


def _is_of_session(request, response) -> bool:
    """Whether an answer hangs on who asked, or tells the browser something to remember."""
    session = getattr(request, "session", None)  # none where the request was refused before
    is_read = session is not None and session.accessed and not session.is_empty()
    return is_read or bool(response.cookies)


class InvalidQueryMiddleware:
    """Answers 400 with its reasons wherever a query string could not be understood."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, InvalidQuery):
            return invalid_query(request, exception)
        return None


class NoNulMiddleware:
    """Answers 400 to the character NUL, which no text has and PostgreSQL cannot be asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        said = [request.path_info]
        for asked in (request.GET, request.POST):
            for name, values in asked.lists():
                said += [name, *values]
        return nul_refused(request) if any("\0" in each for each in said) else None


class OwnPasswordMiddleware:
    """Whoever signs in with a password that somebody else chose sets one of his own first."""

    LEFT_OPEN = ("password_change", "logout", "login", "jsi18n")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        match, user = request.resolver_match, request.user
        if match.app_name != "admin" or match.url_name in self.LEFT_OPEN:
            return None
        if user.is_authenticated and PasswordDue.objects.filter(user=user.pk).exists():
            return redirect(reverse("admin:password_change"))
        return None
