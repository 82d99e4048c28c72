"""Statements: every coded claim, of a case or (a finding) of no single case."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left, Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from cases.models.actors import Actor
from cases.models.cases import Case
from cases.models.choices import Attribution, Effect, Horizon, Part, Phase, Scope, Support
from cases.models.documents import Document, Quotation
from cases.models.fields import EdtfField, Recorded
from cases.models.vocabulary import SCHEMES, WORDLESS_TERMS, Term
from cases.querysets import StatementQuerySet

# Which optional column belongs to which scheme: the database, the forms and the loader all read it.
COLUMNS_OF_SCHEME = {
    "phase": "event",
    "horizon": "outcome",
    "assessed_by": "outcome",
    "attribution": "outcome",
    "effect": "success_element",
}
REQUIRED_OF_SCHEME = {
    "outcome": ("horizon", "assessed_by", "attribution"),
    "success_element": ("effect",),
}
_EMPTY = {"assessed_by": Q(assessed_by=None)}


def breaches(values: Mapping[str, Any]) -> list[str]:
    """What a statement's own values break, in sentences; the constraints below say the same.

    `values` maps column names to values; columns that are empty may be left out. Forms and loads
    ask here, since asking the database costs a query a constraint.
    """
    term = values.get("term") or ""
    scheme = term.partition(":")[0]
    found = []
    if scheme not in SCHEMES:
        found.append(_("The term %(term)s is of a scheme that is no statement's.") % {"term": term})
    for column, owner in COLUMNS_OF_SCHEME.items():
        if values.get(column) and scheme != owner:
            sentence = _("%(column)s is only for %(scheme)s.")
            found.append(sentence % {"column": column, "scheme": owner})
    if term in WORDLESS_TERMS:
        if values.get("support"):
            sentence = _("%(term)s says that the source is silent: leave support empty.")
            found.append(sentence % {"term": term})
        return found
    for column in REQUIRED_OF_SCHEME.get(scheme, ()):
        if not values.get(column):
            sentence = _("%(column)s is missing: %(scheme)s needs it.")
            found.append(sentence % {"column": column, "scheme": scheme})
    if not values.get("support"):
        sentence = _("support is missing: write one of %(known)s.")
        found.append(sentence % {"known": ", ".join(Support.values)})
    return found


def _belongs(column: str, scheme: str, sentence) -> models.CheckConstraint:
    empty = _EMPTY.get(column, Q(**{column: ""}))
    return models.CheckConstraint(
        name=f"statement_{column}_only_for_{scheme}",
        condition=empty | Q(scheme=scheme),
        violation_error_message=sentence,
    )


class Statement(Recorded):
    """One coded claim: a term said of a case, when, by whom, on which words."""

    case = models.ForeignKey(
        Case,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="statements",
        verbose_name=_("case"),
        help_text=_("Empty only for a finding."),
    )
    key = models.CharField(_("key"), max_length=60, help_text=_("Permanent within its case."))
    order = models.PositiveIntegerField(_("order"), default=0)
    term = models.ForeignKey(
        Term, models.PROTECT, related_name="statements", verbose_name=_("term")
    )
    scheme = models.CharField(
        _("scheme"), max_length=40, choices=list(SCHEMES.items()), editable=False
    )
    when = EdtfField(_("when"), bounds=("earliest", "latest"))
    earliest = models.DateField(null=True, blank=True, editable=False)
    latest = models.DateField(null=True, blank=True, editable=False)
    scope = models.CharField(
        _("scope"), max_length=20, choices=Scope.choices, default=Scope.THIS_CASE
    )
    support = models.CharField(_("support"), max_length=20, choices=Support.choices, blank=True)
    phase = models.CharField(_("phase"), max_length=20, choices=Phase.choices, blank=True)
    horizon = models.CharField(_("horizon"), max_length=20, choices=Horizon.choices, blank=True)
    assessed_by = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("assessed by"),
    )
    attribution = models.CharField(
        _("attribution"), max_length=20, choices=Attribution.choices, blank=True
    )
    credited_to = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="credited_with",
        verbose_name=_("credited to"),
        help_text=_("The tools to which the outcome is owed."),
    )
    effect = models.CharField(_("effect"), max_length=20, choices=Effect.choices, blank=True)
    quantity = models.CharField(_("quantity"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=150, blank=True)
    documents = models.ManyToManyField(
        Document, blank=True, related_name="statements", verbose_name=_("documents")
    )
    about = models.ManyToManyField(
        Term,
        blank=True,
        related_name="findings",
        verbose_name=_("about"),
        help_text=_("Findings only: the tools or success elements they are about."),
    )
    note_en = models.TextField(_("note in English"), blank=True)
    note_fa = models.TextField(_("note in Persian"), blank=True)
    note_ar = models.TextField(_("note in Arabic"), blank=True)
    quotations = models.ManyToManyField(
        Quotation,
        through="StatementQuotation",
        related_name="statements",
        verbose_name=_("quotations"),
    )
    actors = models.ManyToManyField(
        Actor, through="StatementActor", related_name="statements", verbose_name=_("actors")
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "order", "id"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                name="statement_key_once_per_case",
                violation_error_message=_("The case has a statement with this key already."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(case=None),
                name="finding_key_once",
                violation_error_message=_("There is a finding with this key already."),
            ),
            models.CheckConstraint(
                name="statement_has_a_case_unless_finding",
                condition=Q(scheme="finding", case=None)
                | (~Q(scheme="finding") & Q(case__isnull=False)),
                violation_error_message=_("A finding belongs to no case, all else to one."),
            ),
            models.CheckConstraint(
                name="statement_scheme_is_that_of_its_term",
                condition=Q(
                    scheme__in=list(SCHEMES),
                )
                & Q(Exact(Left("term_id", Length("scheme") + 1), Concat(F("scheme"), Value(":")))),
                violation_error_message=_("The scheme is the one of the term."),
            ),
            models.CheckConstraint(
                name="statement_support_unless_wordless",
                condition=Q(term__in=WORDLESS_TERMS, support="")
                | (~Q(term__in=WORDLESS_TERMS) & Q(support__in=Support.values)),
                violation_error_message=_(
                    "Say how the words support the statement; only «not stated» and "
                    "«not applicable» have no support."
                ),
            ),
            models.CheckConstraint(
                name="statement_scope_is_known",
                condition=Q(scope__in=Scope.values),
                violation_error_message=_("This is not a scope."),
            ),
            _belongs("phase", "event", _("Only an event opens or closes a case.")),
            _belongs("horizon", "outcome", _("Only an outcome has a horizon.")),
            _belongs("assessed_by", "outcome", _("Only an outcome is assessed by a document.")),
            _belongs("attribution", "outcome", _("Only an outcome is attributed.")),
            _belongs("effect", "success_element", _("Only a success element has an effect.")),
            models.CheckConstraint(
                name="statement_outcome_is_complete",
                condition=~Q(scheme="outcome")
                | Q(term__in=WORDLESS_TERMS)
                | (
                    Q(horizon__in=Horizon.values, attribution__in=Attribution.values)
                    & Q(assessed_by__isnull=False)
                ),
                violation_error_message=_(
                    "An outcome says when it held, who says so and what it is credited to."
                ),
            ),
            models.CheckConstraint(
                name="statement_success_element_has_effect",
                condition=~Q(scheme="success_element") | Q(effect__in=Effect.values),
                violation_error_message=_(
                    "Say whether the element helped, hindered or was absent."
                ),
            ),
            models.CheckConstraint(
                name="statement_bounds_in_order",
                condition=Q(earliest=None, latest=None) | Q(earliest__lte=F("latest")),
                violation_error_message=_("The date ends before it starts."),
            ),
        ]
        indexes = [
            models.Index("scheme", "term", "case", name="statement_term"),
            # The codes in a row of cases.csv are read from this alone.
            models.Index("case", "scheme", "scope", "term", name="statement_of_case"),
        ]

    def __str__(self) -> str:
        owner = self.case.slug if self.case_id else "finding"
        return f"{owner}/{self.key}: {self.term_id}"

    def save(self, *args, **kwargs) -> None:
        self.scheme = self.term_id.partition(":")[0]
        super().save(*args, **kwargs)

    def clean_fields(self, exclude=None) -> None:
        super().clean_fields(exclude)
        # Rows below a case leave it out: a case that is being added has no id yet.
        is_finding = (self.term_id or "").startswith("finding:")
        if "case" not in (exclude or ()) and is_finding != (self.case_id is None):
            raise ValidationError({"case": _("A finding belongs to no case, all else to one.")})

    def clean(self) -> None:
        self.scheme = (self.term_id or "").partition(":")[0]
        columns = ("support", *COLUMNS_OF_SCHEME)
        values = {"term": self.term_id} | {
            name: getattr(self, "assessed_by_id" if name == "assessed_by" else name)
            for name in columns
        }
        if self.term_id and (found := breaches(values)):
            raise ValidationError(found)
        if self.term_id and self._takes_retired_term():
            raise ValidationError({"term": self._retired()})

    def _takes_retired_term(self) -> bool:
        """Whether its term is retired and is not the one that it had already."""
        try:
            if not self.term.is_retired:
                return False
        except Term.DoesNotExist:
            return False  # the field has refused it in its own words
        return not Statement.objects.filter(pk=self.pk, term=self.term_id).exists()

    def _retired(self) -> str:
        known = {"term": self.term_id, "day": self.term.retired_on, "new": self.term.replaced_by_id}
        if self.term.replaced_by_id:
            return _("%(term)s is retired since %(day)s: use %(new)s.") % known
        return _("%(term)s is retired since %(day)s: use another term.") % known


class StatementActor(models.Model):
    """The part of one actor in what a statement says."""

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="parts", verbose_name=_("statement")
    )
    actor = models.ForeignKey(
        Actor, models.PROTECT, related_name="parts_played", verbose_name=_("actor")
    )
    part = models.CharField(_("part"), max_length=20, choices=Part.choices, default=Part.BY)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["statement_id", "order", "id"]
        verbose_name = _("actor of a statement")
        verbose_name_plural = _("actors of statements")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "actor", "part"],
                name="statement_actor_once_per_part",
                violation_error_message=_("The actor has this part in the statement already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.actor}"


class StatementQuotation(models.Model):
    """The words behind a statement; words that something stands on cannot be deleted."""

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="evidence", verbose_name=_("statement")
    )
    quotation = models.ForeignKey(
        Quotation, models.PROTECT, related_name="evidence_for", verbose_name=_("quotation")
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["statement_id", "order", "id"]
        verbose_name = _("words behind a statement")
        verbose_name_plural = _("words behind statements")
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "quotation"],
                name="statement_quotation_once",
                violation_error_message=_("The statement has these words already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.quotation)
