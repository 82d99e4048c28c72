from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_migrate, pre_save
from django.utils.translation import gettext_lazy as _

from cases.fulltext import keep_triggers
from cases.roles import make_groups
from cases.unchanging import keep_trigger


class CasesConfig(AppConfig):
    """The domain: what a case is, how it is read, edited and exported."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self):
        # After Django's own handler, which makes the permissions.
        post_migrate.connect(make_groups, sender=self)
        post_migrate.connect(keep_triggers, sender=self)
        post_migrate.connect(keep_trigger, sender=self)
        from cases.index import forget

        post_delete.connect(forget, sender="cases.Case")
        self._watch_sign_ins()

    @staticmethod
    def _watch_sign_ins():
        from axes.signals import user_locked_out

        from cases.security import record, sessions

        user_logged_in.connect(sessions.begin)
        user_logged_in.connect(record.note_sign_in)
        user_logged_out.connect(record.note_sign_out)
        user_login_failed.connect(record.note_failure)
        user_locked_out.connect(record.note_pause)
        pre_save.connect(record.forget_form, sender="axes.AccessAttempt")
