"""Signing in: own passwords, and the pause after many failures."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cases.models import PasswordDue, SignInEvent


def ask_for_own_password(user) -> None:
    """The password that was just saved is somebody else's choice: the account must change it."""
    PasswordDue.objects.get_or_create(user=user)


class OwnPasswordValidator:
    """A password that was handed out is not kept; a new one lifts the pause of failures."""

    def validate(self, password, user=None):
        """Refuse the very password that is to be changed."""
        due = user is not None and user.pk and PasswordDue.objects.filter(user=user.pk).exists()
        if due and user.check_password(password):
            raise ValidationError(
                _("This is the password that you were given: choose one of your own."),
                code="password_handed_out",
            )

    def password_changed(self, password, user=None):
        """Django calls this when a new password was saved, by whatever form."""
        PasswordDue.objects.filter(user=user.pk).delete()
        lift_pause(user)
        from cases.security.record import note  # it reads addresses as this module does

        note(SignInEvent.PASSWORD_SET, user)

    def get_help_text(self):
        return _("Your password can’t be the one that was given to you.")


def lift_pause(user) -> int:
    """Let an account sign in again at once; gives the number of failures that are forgotten."""
    from axes.utils import reset  # its models must be loaded, and settings read this module

    return reset(username=counted_as(user.get_username()))


def counted_as(name: str | None) -> str:
    """The mark under which failures of a name are counted.

    The name itself is not kept: people type passwords there.
    """
    return salted_hmac("cases.accounts.counted_as", name or "", algorithm="sha256").hexdigest()


def name_counted(request, credentials=None) -> str:
    """The mark of the name with which somebody tries to sign in."""
    said = credentials if credentials is not None else request.POST
    return counted_as(said.get("username"))


def client_address(request) -> str | None:
    """The address that a request comes from: behind a proxy, the one that the proxy wrote down."""
    # What stands before the last comma may be the client's own invention.
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    asked = [forwarded] if settings.SECURE_PROXY_SSL_HEADER else []
    for address in (*asked, request.META.get("REMOTE_ADDR", "")):
        with suppress(ValueError):
            return str(ip_address(address))
    return None


def locked_out(request, response=None, credentials=None):
    """429: too many failures, with the time from which signing in is possible again."""
    from axes.models import AccessAttempt

    name = name_counted(request, credentials)
    failed = AccessAttempt.objects.filter(username=name, ip_address=request.axes_ip_address)
    last = failed.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    until = (last or timezone.now()) + settings.AXES_COOLOFF_TIME
    seconds = max(1, int((until - timezone.now()).total_seconds()))
    context = {"until": until, "minutes": -(-seconds // 60), "contact": settings.DESK_CONTACT}
    page = render(request, "registration/locked_out.html", context, status=429)
    page["Retry-After"] = str(seconds)
    return page
