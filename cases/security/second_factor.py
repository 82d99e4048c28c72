"""Second factor: codes that change every half minute (TOTP), and recovery codes for a lost phone.

The devices are django-otp's, one of each kind an account. Recovery codes are stored as digests.
"""

import base64
import hashlib
import secrets
import unicodedata

import segno
from django.conf import settings
from django.db import transaction
from django.utils.safestring import SafeString, mark_safe
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases.models import SignInEvent
from cases.security import sessions
from cases.security.record import note

RECOVERY_CODES = 10
# 80 bits: nobody finds one by trying, not even with the digests at hand.
CODE_BYTES = 10
TOTP_DIGITS = 6
NAME = "desk"


def has_one(user) -> bool:
    """Whether the account signs in with a second factor."""
    return TOTPDevice.objects.filter(user=user.pk, confirmed=True).exists()


def device_of(user) -> TOTPDevice:
    """The account's own device; it must have one."""
    return TOTPDevice.objects.get(user=user, confirmed=True)


def is_demanded(user) -> bool:
    """Whether the account may do so much that the site asks for a second factor.

    By what it may, not by what its group is called: to publish, or to keep accounts.
    """
    if not settings.REQUIRE_SECOND_FACTOR:
        return False
    return user.has_perm("cases.publish_case") or user.has_perm("auth.change_user")


def is_recovery(device: Device | None) -> bool:
    return isinstance(device, StaticDevice)


def codes_left(user) -> int:
    """How many recovery codes are not used yet."""
    found = StaticDevice.objects.filter(user=user.pk, confirmed=True).first()
    return found.token_set.count() if found else 0


# Checking


def check(user, typed: str) -> Device | None:
    """The device that a code is of, or None; a code that was right is used up by this.

    django-otp lets a device wait longer after every wrong code, and takes no code twice.
    """
    code = _plain(typed)
    if not code:
        return None
    is_totp = len(code) == TOTP_DIGITS and code.isdecimal()
    model, token = (TOTPDevice, code) if is_totp else (StaticDevice, _digest(code))
    with transaction.atomic():
        # Locked, or two requests at once could use the same code.
        device = model.objects.select_for_update().filter(user=user.pk, confirmed=True).first()
        return device if device and device.verify_token(token) else None


def _plain(typed: str) -> str:
    """A code without the spaces and hyphens between its groups, its digits those of ASCII."""
    digits = (str(unicodedata.digit(c, c)) if c.isdecimal() else c for c in typed.casefold())
    return "".join(c for c in digits if c.isalnum())


def _digest(code: str) -> str:
    """What is stored of a recovery code: 16 letters, the room that django-otp has for it."""
    return base64.b32encode(hashlib.sha256(code.encode()).digest())[:16].decode().lower()


# Setting up


def begin(user) -> TOTPDevice:
    """A secret that its owner has yet to confirm; the same until then."""
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=NAME, confirmed=False)


@transaction.atomic
def confirm(user, typed: str) -> TOTPDevice | None:
    """Turn the second factor on with a code of the secret that waits; None if the code is wrong."""
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False)
    device = waiting.order_by("pk").first()
    if device is None or not device.verify_token(_plain(typed)):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device


@transaction.atomic
def new_recovery_codes(user) -> list[str]:
    """Ten codes in place of all that there were: to be shown now, since only digests are kept."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=NAME)
    raw = (secrets.token_bytes(CODE_BYTES) for _number in range(RECOVERY_CODES))
    codes = [base64.b32encode(each).decode().lower() for each in raw]
    for code in codes:
        device.token_set.create(token=_digest(code))
    return ["-".join(_in_fours(code)) for code in codes]


@transaction.atomic
def remove(user) -> bool:
    """Take secrets and recovery codes away; whether the second factor was on."""
    was_on = has_one(user)
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).delete()
    return was_on


def reset(user, by=None) -> bool:
    """Take away what somebody lost, and end all sessions; whether there was anything to take."""
    if not remove(user):
        return False
    sessions.end_others(user)
    note(SignInEvent.SECOND_FACTOR_RESET, user, by=by)
    return True


def secret_of(device: TOTPDevice) -> str:
    """The secret as people type it into an app: groups of four letters."""
    return " ".join(_in_fours(base64.b32encode(device.bin_key).decode()))


def picture_of(device: TOTPDevice) -> SafeString:
    """The secret as a QR code: SVG that stands in the page itself, so that no address names it."""
    code = segno.make(device.config_url, error="m")
    drawn = {
        "scale": 5,
        "border": 4,
        "light": "#fff",
        "svgclass": None,
        "lineclass": None,
        "omitsize": True,
    }
    return mark_safe(code.svg_inline(**drawn))  # noqa: S308 (made of numbers alone)


def _in_fours(text: str) -> list[str]:
    return [text[start : start + 4] for start in range(0, len(text), 4)]
