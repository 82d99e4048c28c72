"""What a record was, whole, each time it was saved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.choices import Source


class Revision(models.Model):
    """A record as canonical data, written once per saved transaction; no data: it was deleted."""

    kind = models.CharField(_("kind of record"), max_length=20)
    key = models.CharField(_("key"), max_length=200)
    version = models.PositiveIntegerField(_("version"))
    when = models.DateTimeField(_("when"), auto_now_add=True)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        verbose_name=_("who"),
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices)
    why = models.CharField(_("why"), max_length=300, blank=True)
    change_set = models.UUIDField(
        _("change set"), db_index=True, help_text=_("One mark for all that was saved together.")
    )
    data = models.JSONField(_("data"), null=True, blank=True)

    class Meta:
        ordering = ["-when", "-id"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            # Two who save from the same version cannot both succeed.
            models.UniqueConstraint(
                fields=["kind", "key", "version"],
                name="revision_once_per_version",
                violation_error_message=_("Somebody else saved this version of the record."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} v{self.version}"
