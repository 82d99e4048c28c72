from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate
from django.utils.translation import gettext_lazy as _

from cases.fulltext import keep_triggers
from cases.roles import make_groups


class CasesConfig(AppConfig):
    """The domain: what a case is, how it is read, edited and exported."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self):
        # After Django's own handler, which makes the permissions.
        post_migrate.connect(make_groups, sender=self)
        post_migrate.connect(keep_triggers, sender=self)
        from cases.index import forget

        post_delete.connect(forget, sender="cases.Case")
