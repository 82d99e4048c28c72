from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """The domain: what a case is, how it is read, edited and exported."""

    name = "cases"
    verbose_name = _("Cases")
