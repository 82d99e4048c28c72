"""Answers: JSON that says whether it has changed, and errors that all look alike (RFC 9457)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from cases.models import Case, Revision

PROBLEM = "application/problem+json"
_STARTED = timezone.now()


def problem(
    status: int, detail: str, *, errors: Mapping[str, list[str]] | None = None
) -> HttpResponse:
    """An error as JSON: its status in words, the reason, and what was wrong in which parameter."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        said["errors"] = [{"name": name, "reasons": list(why)} for name, why in errors.items()]
    return HttpResponse(_bytes(said), status=status, content_type=PROBLEM)


def answer(request, data: Any, *, changed: datetime | None = None) -> HttpResponse:
    """The data as JSON; 304 without them where who asks has them already.

    The ETag is that of the bytes, so it is right whichever process, database or version of the
    program made them. `changed` is a time after which nothing of them has changed.
    """
    response = HttpResponse(_bytes(data), content_type="application/json")
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    unchanged_since = None
    if changed is not None:
        response["Last-Modified"] = http_date(changed.timestamp())
        asked = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
        # Only the time that was given before says that nothing has changed: after a backup was
        # restored an earlier state may be there, whose time is earlier too.
        if asked == int(changed.timestamp()) and _is_over(changed):
            unchanged_since = asked
    return get_conditional_response(request, etag, unchanged_since, response)


def last_change() -> datetime:
    """When anything was last saved that readers may see, no more exactly than the day.

    Cases that never were published are left aside.

    It is the end of that day (in UTC), or now as long as the day is not over: what readers see may
    then change yet. To the second it would tell when editors work, also on what is no reader's
    business. A new version of the program counts as a change.
    """
    unseen = Case.objects.filter(slug=OuterRef("key"), published_on=None)
    saved = Revision.objects.exclude(Q(kind="case"), Exists(unseen))
    newest = saved.order_by("-pk").values_list("when", flat=True).first()
    last = max(newest or _STARTED, _STARTED).astimezone(UTC)
    end = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return end if _is_over(end) else timezone.now()


def _is_over(end: datetime) -> bool:
    """Whether a day has ended, and so long ago that nobody is still saving what began in it."""
    return timezone.now() - end > timedelta(hours=1)


def _bytes(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
