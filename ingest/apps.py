from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IngestConfig(AppConfig):
    """How a report becomes rows: pure parsers, then services that write."""

    name = "ingest"
    verbose_name = _("Reports")
