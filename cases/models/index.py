"""What the case list looks things up in; derived from records and written anew when they change."""

import secrets

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


# The notes of an IndexChange for any number of cases, and for what is no case.
ALL = 0
OTHER = -1


def new_id() -> int:
    """The id of an IndexChange."""
    return secrets.randbits(63)


class IndexChange(models.Model):
    """A note that a case, or something else, has changed: what counts in memory reads it.

    Ids are drawn at random, so that one that was rolled back never comes again; see cases.tally.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    # Or ALL, or OTHER. No foreign key: the note outlives its case.
    case_number = models.BigIntegerField(_("case"))

    class Meta:
        ordering = ["id"]
        verbose_name = _("change of the index")
        verbose_name_plural = _("changes of the index")

    def __str__(self) -> str:
        return f"{self.case_number}"
