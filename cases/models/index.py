"""What the case list looks things up in; derived from records and written anew when they change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case


class CaseFacet(models.Model):
    """One value that a published case has in one filter, broader values included."""

    case = models.ForeignKey(
        Case,
        models.CASCADE,
        related_name="facet_values",
        verbose_name=_("case"),
        db_index=False,
    )
    facet = models.CharField(_("filter"), max_length=20)
    value = models.CharField(_("value"), max_length=100)

    class Meta:
        ordering = ["facet", "value", "case_id"]
        verbose_name = _("value of a filter")
        verbose_name_plural = _("values of filters")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "facet", "value"],
                name="case_facet_once",
                violation_error_message=_("The case has this value already."),
            )
        ]
        indexes = [models.Index(fields=["facet", "value", "case"], name="case_facet_values")]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}"
