from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    """The published data, frozen from time to time as files that never change again."""

    name = "releases"
    verbose_name = _("Releases")
