"""Sessions of the desk: how long they last, and how all others of an account are ended."""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Seconds since 1970, in the session: when it began, and about when it was last used.
BEGAN, USED = "began", "used"
# Writing down every use would cost every page of the desk a write.
NOTED_EVERY = 1 / 20


def begin(sender, request, user, **_rest) -> None:
    """A session begins with signing in; those of anybody that are long over are forgotten."""
    request.session[BEGAN] = request.session[USED] = int(time.time())
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def why_over(request) -> str:
    """A sentence, if the session has lasted or lain idle too long; otherwise empty."""
    now, began = time.time(), request.session.get(BEGAN)
    if began is None or now - began >= settings.SESSION_COOKIE_AGE:
        hours = settings.SESSION_COOKIE_AGE // 3600
        return ngettext(
            "You have been signed out: %(n)d hour after signing in, everybody signs in anew.",
            "You have been signed out: %(n)d hours after signing in, everybody signs in anew.",
            hours,
        ) % {"n": hours}
    if now - request.session.get(USED, began) >= settings.SESSION_IDLE.total_seconds():
        minutes = int(settings.SESSION_IDLE.total_seconds() // 60)
        return ngettext(
            "You have been signed out, since nothing was done here for %(n)d minute.",
            "You have been signed out, since nothing was done here for %(n)d minutes.",
            minutes,
        ) % {"n": minutes}
    return ""


def needs_code() -> str:
    """The sentence for a session that was never asked for the code that its account now has."""
    return _("You have been signed out: this account signs in with a second factor.")


def note_use(request) -> None:
    """Remember that the session was used just now, if that was not noted lately."""
    now = int(time.time())
    if now - request.session[USED] >= settings.SESSION_IDLE.total_seconds() * NOTED_EVERY:
        request.session[USED] = now


def end(request) -> None:
    """End the session of a request by the site's own decision."""
    request.is_ended_by_site = True
    logout(request)


def end_others(user, request=None) -> int:
    """End all sessions of an account but that of the request; gives how many they were."""
    own = request.session.session_key if request is not None else None
    living = Session.objects.filter(expire_date__gte=timezone.now()).exclude(session_key=own)
    theirs = [
        session.session_key
        for session in living.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return Session.objects.filter(session_key__in=theirs).delete()[0]
