"""What surrounds every request."""

import re

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import site
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cases.compression import compress, takes_brotli
from cases.exports import CONTENT_TYPES
from cases.filters import InvalidQuery
from cases.models import PasswordDue, SignInEvent
from cases.security import second_factor, sessions
from cases.security.record import note
from cases.security.site import typed
from cases.views.errors import invalid_query, nul_refused, too_large

LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)
# The desk, in whichever language.
DESK = re.compile(rf"/(?:(?:{LANGUAGES})/)?admin(?:/|$)")


class CompressionMiddleware(GZipMiddleware):
    """Brotli for whole pages where the browser takes it, otherwise Django's gzip.

    A report read whole is 600 KB, and its margin says again what stands far above: gzip looks back
    32 KB only.
    """

    LEAST_BYTES = 200
    COMPRESSED = ("application/zip", CONTENT_TYPES["xlsx"])

    def process_response(self, request, response):
        if response.status_code == 206 or response.get("Content-Type") in self.COMPRESSED:
            # Part of a file, whose range counts the bytes of the file, not of what is sent; or
            # what would not become smaller.
            return response
        if (
            response.streaming
            or response.has_header("Content-Encoding")
            or len(response.content) < self.LEAST_BYTES
            or not takes_brotli(request)
        ):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        response.content = compress(response.content)
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "br"
        if (etag := response.get("ETag", "")).startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        return response


class BodyLimitMiddleware:
    """413 for a request that is longer than any file that may be sent, before it is read.

    Whoever sends it need not be signed in. The server reads no more than the length that is said.
    """

    # For the other fields of the form around the file.
    AROUND = 3_000_000

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        largest = max(settings.MAX_UPLOAD_MB * 1024 * 1024, settings.IMPORT_MAX_BYTES)
        said = request.META.get("CONTENT_LENGTH") or "0"
        if said.isdecimal() and int(said) > largest + self.AROUND:
            return too_large(request, (largest + self.AROUND) // 1_000_000)
        return self.get_response(request)


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

    LEFT_OPEN = ("password_change", "logout", "login", "jsi18n", "session")

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


class DeskSessionMiddleware:
    """Lets nobody into the desk with a session that is over or half signed in.

    The one place for every address of the desk. A form from such a session is not lost: its author
    signs in on the page that answers it, and sends it again.
    """

    # A look at the session is no use of it.
    LOOKS = ("session",)
    NOT_KEPT = ("login", "logout")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        match = request.resolver_match
        if match.app_name != "admin":
            return None
        if request.user.is_authenticated:
            self._check(request, match.url_name)
        is_lost = request.method == "POST" and not request.user.is_authenticated
        if not is_lost or match.url_name in self.NOT_KEPT or not self._may_keep(request):
            return None
        return site.sign_in_again(request)

    def _check(self, request, name: str) -> None:
        """End a session that is over, or that its account's second factor did not open."""
        why = sessions.why_over(request)
        if not why and not request.user.is_verified() and second_factor.has_one(request.user):
            why = sessions.needs_code()
        if why:
            note(SignInEvent.SESSION_ENDED, request.user, request=request)
            sessions.end(request)
            messages.warning(request, why)
        elif name not in self.LOOKS:
            sessions.note_use(request)

    @staticmethod
    def _may_keep(request) -> bool:
        """Whether anything was typed, and no password: that is written into no page."""
        return bool(typed(request)) and not any("password" in name for name in request.POST)


class SecondFactorMiddleware:
    """Whoever must have a second factor and has none sets one up before all else."""

    LEFT_OPEN = (
        *OwnPasswordMiddleware.LEFT_OPEN,
        *("password_change_done", "second_factor_set_up"),
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        match, user = request.resolver_match, request.user
        if match.app_name != "admin" or match.url_name in self.LEFT_OPEN:
            return None
        # Whoever has one and was not asked for it has no session by now.
        if user.is_authenticated and not user.is_verified() and second_factor.is_demanded(user):
            return redirect(reverse("admin:second_factor_set_up"))
        return None
