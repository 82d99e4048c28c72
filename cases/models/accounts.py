"""What the desk knows of accounts beyond what Django keeps."""

from django.conf import settings
from django.db import models
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
