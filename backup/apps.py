from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupConfig(AppConfig):
    """One file that holds the database and the releases; it knows every app, and none knows it."""

    name = "backup"
    verbose_name = _("Back-up")
