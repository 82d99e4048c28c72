"""What the desk knows of accounts beyond what Django keeps."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PasswordDue(models.Model):
    """An account whose password somebody else gave it: it sets one of its own before all else."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="password_due",
        verbose_name=_("account"),
    )

    class Meta:
        verbose_name = _("password to be changed")
        verbose_name_plural = _("passwords to be changed")

    def __str__(self) -> str:
        return str(self.user)


class SignInEvent(models.TextChoices):
    """What happened to an account, or to somebody who tried to be one."""

    SIGNED_IN = "signed_in", _("signed in")
    RECOVERY_CODE = "recovery_code", _("signed in with a recovery code")
    SIGNED_OUT = "signed_out", _("signed out")
    SESSION_ENDED = "session_ended", _("session ended by the site")
    WRONG_PASSWORD = "wrong_password", _("wrong name or password")
    WRONG_CODE = "wrong_code", _("wrong code of the second factor")
    PAUSED = "paused", _("refused during the pause after failures")
    PASSWORD_SET = "password_set", _("password set")
    SECOND_FACTOR_ON = "second_factor_on", _("second factor turned on")
    SECOND_FACTOR_OFF = "second_factor_off", _("second factor turned off")
    SECOND_FACTOR_RESET = "second_factor_reset", _("second factor reset by somebody else")
    NEW_CODES = "new_codes", _("new recovery codes")
    SESSIONS_ENDED = "sessions_ended", _("signed out everywhere")


class SignIn(models.Model):
    """What happened when, to which account, from which network; written once, never edited.

    No account: the name that was typed is nobody's, and is not kept (people type passwords there).
    """

    when = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    what = models.CharField(_("what"), max_length=20, choices=SignInEvent.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sign_ins",
        verbose_name=_("account"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Where somebody else did it."),
    )
    network = models.CharField(
        _("network"),
        max_length=50,
        blank=True,
        help_text=_("The first part of the address: 192.0.2.0/24, 2001:db8::/48."),
    )
    times = models.PositiveIntegerField(
        _("times"), default=1, help_text=_("The same within a quarter of an hour is one row.")
    )

    class Meta:
        ordering = ["-when", "-id"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return f"{self.when:%Y-%m-%d %H:%M} {self.get_what_display()}"
