"""What surrounds every request."""

import re

import brotli
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from cases.exports import CONTENT_TYPES
from cases.filters import InvalidQuery
from cases.models import PasswordDue
from cases.views.errors import invalid_query


class CompressionMiddleware(GZipMiddleware):
    """Brotli for whole pages where the browser takes it, otherwise Django's gzip.

    A report read whole is 600 KB, and its margin says again what stands far above: gzip looks back
    32 KB only. Quality 6 costs what gzip costs and makes such a page a fifth smaller.
    """

    BROTLI_ACCEPTED = re.compile(r"(?:^|,)\s*br\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)")
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
