"""Codes that once named a record which has since been merged into another."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class OldCodeQuerySet(models.QuerySet):
    """Old codes by the kind of record that they named."""

    def targets(self, kind: str, codes: Iterable[str] | None = None) -> dict[str, str]:
        """Old code → the code that stands for it now; `codes` None means all of the kind."""
        rows = self.filter(kind=kind)
        if codes is not None:
            rows = rows.filter(code__in=list(codes))
        return dict(rows.values_list("code", "target"))


class OldCode(models.Model):
    """A code that files and addresses still cite, and the code of what it was merged into."""

    kind = models.CharField(_("kind of record"), max_length=20)
    code = models.CharField(_("old code"), max_length=130)
    target = models.CharField(_("code now"), max_length=130)

    objects = OldCodeQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        verbose_name = _("old code")
        verbose_name_plural = _("old codes")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                name="old_code_once",
                violation_error_message=_("This old code is known already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} → {self.target}"
