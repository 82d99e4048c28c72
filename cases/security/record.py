"""The record of sign-ins: what an intruder would leave, and as little as that takes of others.

Passwords, codes and names that are nobody's are never written, addresses only by their network.
Rows go after `SIGN_INS_DAYS` days.
"""

from datetime import timedelta
from ipaddress import ip_network

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import F
from django.utils import timezone

from cases.accounts import client_address
from cases.models import SignIn, SignInEvent

# Whoever tries passwords by the thousand leaves a row a quarter of an hour, not one a try.
TOGETHER = timedelta(minutes=15)
FAILURES = (SignInEvent.WRONG_PASSWORD, SignInEvent.WRONG_CODE, SignInEvent.PAUSED)
NETWORK_BITS = {4: 24, 6: 48}


def network_of(request) -> str:
    """The network that a request comes from: enough to tell home from abroad, not whose it is."""
    address = client_address(request) if request is not None else None
    if address is None:
        return ""
    whole = ip_network(address.partition("%")[0])
    return str(whole.supernet(new_prefix=NETWORK_BITS[whole.version]))


def note(what: SignInEvent, user=None, *, request=None, by=None) -> None:
    """Write down what happened to an account; failures that repeat themselves are counted."""
    now = timezone.now()
    SignIn.objects.filter(when__lt=now - timedelta(days=settings.SIGN_INS_DAYS)).delete()
    network = network_of(request)
    if what in FAILURES:
        same = SignIn.objects.filter(what=what, user=user, network=network, when__gt=now - TOGETHER)
        last = same.values_list("pk", flat=True).first()
        if last and SignIn.objects.filter(pk=last).update(times=F("times") + 1):
            return
    SignIn.objects.create(what=what, user=user, by=by, network=network, when=now)


def account_named(name: str | None):
    """The account with just this name, or None."""
    users = get_user_model().objects
    return users.filter(**{get_user_model().USERNAME_FIELD: name}).first() if name else None


# Receivers of signals


def note_sign_in(sender, request, user, **_rest) -> None:
    from cases.security.second_factor import is_recovery  # needs the models of the devices

    was_recovery = is_recovery(getattr(user, "otp_device", None))
    note(
        SignInEvent.RECOVERY_CODE if was_recovery else SignInEvent.SIGNED_IN, user, request=request
    )


def note_sign_out(sender, request, user, **_rest) -> None:
    """Somebody who signed out; a session that the site ended is noted where it ends."""
    if user is not None and not getattr(request, "is_ended_by_site", False):
        note(SignInEvent.SIGNED_OUT, user, request=request)


def note_failure(sender, credentials, request=None, is_code=False, **_rest) -> None:
    """A wrong password or code; not while it pauses, which `note_pause` hears of."""
    if getattr(request, "axes_locked_out", False):
        return
    user = account_named(credentials.get("username"))
    what = SignInEvent.WRONG_CODE if is_code else SignInEvent.WRONG_PASSWORD
    note(what, user, request=request)


def note_pause(sender, request, **_rest) -> None:
    name = (getattr(request, "axes_credentials", None) or {}).get("username")
    note(SignInEvent.PAUSED, account_named(name), request=request)


def forget_form(sender, instance, **_rest) -> None:
    """The counter of failures keeps no copy of what was posted: codes, and forms to be sent on."""
    instance.get_data = instance.post_data = ""
