from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The wiring: settings and what is checked of them, the log, health."""

    name = "config"

    def ready(self):
        from config import checks  # noqa: F401 - it registers them
