"""Files that wait for consent."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(hours=12)
# Of one person's files that wait; the oldest go.
MOST_KEPT = 10


class PendingImportQuerySet(models.QuerySet):
    """Uploaded files, each its uploader's own."""

    def of(self, user):
        """Those of a user that have not expired."""
        return self.filter(who=user, when__gte=timezone.now() - KEPT_FOR)

    def keep(self, **values) -> "PendingImport":
        """Keep a file until its uploader has seen what it would do; forget those that expired."""
        self.filter(when__lt=timezone.now() - KEPT_FOR).delete()
        kept = self.create(**values)
        older = self.filter(who=kept.who).order_by("-when").values_list("pk", flat=True)
        self.filter(pk__in=list(older[MOST_KEPT:])).delete()
        return kept


class PendingImport(models.Model):
    """A table that was uploaded and shown, and that its uploader has not yet agreed to save."""

    token = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="pending_imports",
        verbose_name=_("who"),
    )
    when = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    name = models.CharField(_("table"), max_length=20)
    file_name = models.CharField(_("file name"), max_length=300)
    content = models.BinaryField(_("file as received"), editable=False)

    objects = PendingImportQuerySet.as_manager()

    class Meta:
        ordering = ["-when"]
        verbose_name = _("pending import")
        verbose_name_plural = _("pending imports")

    def __str__(self) -> str:
        return f"{self.name}: {self.file_name}"
