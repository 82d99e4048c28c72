"""A case: one place and one contest, with the efforts joined to it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import edtf
from cases.expressions import Bytewise
from cases.models.choices import PLACES, CaseRelationKind, Coding, CountryRole, Coverage, Review
from cases.models.fields import EdtfField, Recorded, translated
from cases.models.vocabulary import Country, Region
from cases.querysets import CaseQuerySet


class Case(Recorded):
    """One effort, or one situation with its efforts, to keep a dispute from turning violent."""

    slug = models.SlugField(
        _("slug"), max_length=80, help_text=_("Permanent: addresses and files cite it.")
    )
    title_en = models.CharField(_("title in English"), max_length=250)
    title_fa = models.CharField(_("title in Persian"), max_length=250, blank=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=250, blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)
    summary_fa = models.TextField(_("summary in Persian"), blank=True)
    summary_ar = models.TextField(_("summary in Arabic"), blank=True)
    start = EdtfField(
        _("start"),
        bounds=("start_earliest", "start_latest"),
        help_text=_("First stated date; empty if the sources state none."),
    )
    start_earliest = models.DateField(null=True, blank=True, editable=False)
    start_latest = models.DateField(null=True, blank=True, editable=False)
    end = EdtfField(
        _("end"),
        bounds=("end_earliest", "end_latest"),
        help_text=_("Stated date of the closing event; empty if the sources state none."),
    )
    end_earliest = models.DateField(null=True, blank=True, editable=False)
    end_latest = models.DateField(null=True, blank=True, editable=False)
    coverage = models.CharField(_("coverage"), max_length=20, choices=Coverage.choices)
    review = models.CharField(
        _("review"), max_length=20, choices=Review.choices, default=Review.DRAFT
    )
    coding = models.CharField(
        _("coding"), max_length=20, choices=Coding.choices, default=Coding.SINGLE
    )
    coded_by = models.CharField(_("coded by"), max_length=200, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=200, blank=True)
    published_on = models.DateTimeField(_("published on"), null=True, blank=True, editable=False)
    internal_notes = models.TextField(
        _("internal notes"), blank=True, help_text=_("Never leave the desk.")
    )
    working_copy_of = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="working_copy",
        verbose_name=_("working copy of"),
    )
    base_version = models.PositiveIntegerField(
        _("taken from version"), null=True, blank=True, editable=False
    )
    # What search looks in, written by cases.index: titles and places; all words; all words without
    # spaces.
    search_head = models.TextField(editable=False, default="")
    search_text = models.TextField(editable=False, default="")
    search_squashed = models.TextField(editable=False, default="")
    # What the list is ordered by, written by cases.index too: no database knows the alphabets.
    title_order_en = models.TextField(editable=False, default="")
    title_order_fa = models.TextField(editable=False, default="")
    title_order_ar = models.TextField(editable=False, default="")
    place_order_en = models.TextField(editable=False, null=True)
    place_order_fa = models.TextField(editable=False, null=True)
    place_order_ar = models.TextField(editable=False, null=True)
    # Days from warning to action, written by cases.index too: files and pictures take all of them.
    gap_least = models.PositiveIntegerField(editable=False, null=True)
    gap_most = models.PositiveIntegerField(editable=False, null=True)
    # A digest of the row that the desk's file has of the case, written by cases.index too: what
    # comes home as it went is known by it.
    row_digest = models.CharField(max_length=32, editable=False, default="")

    countries = models.ManyToManyField(
        Country, through="CaseCountry", related_name="cases", verbose_name=_("countries")
    )
    regions = models.ManyToManyField(
        Region,
        blank=True,
        related_name="cases",
        verbose_name=_("regions"),
        help_text=_("Only for a crisis of a whole region."),
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        permissions = [
            ("publish_case", "Can publish cases"),
            ("withdraw_case", "Can withdraw cases"),
            ("merge_case", "Can merge cases"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(working_copy_of=None),
                name="case_slug_once",
                violation_error_message=_("There is a case with this slug already."),
            ),
            models.CheckConstraint(
                name="case_starts_before_it_ends",
                condition=Q(end_latest=None)
                | Q(start_earliest=None)
                | Q(start_earliest__lte=F("end_latest")),
                violation_error_message=_("The case ends before it starts."),
            ),
            models.CheckConstraint(
                name="case_coverage_is_known",
                condition=Q(coverage__in=Coverage.values),
                violation_error_message=_("Coverage is either substantial or named only."),
            ),
            models.CheckConstraint(
                name="case_review_is_known",
                condition=Q(review__in=Review.values),
                violation_error_message=_("This is not a state of review."),
            ),
            models.CheckConstraint(
                name="case_published_has_a_date",
                condition=~Q(review=Review.PUBLISHED) | Q(published_on__isnull=False),
                violation_error_message=_("A published case carries the date of publication."),
            ),
            models.CheckConstraint(
                name="case_working_copy_is_not_public",
                condition=Q(working_copy_of=None) | Q(review__in=[Review.DRAFT, Review.IN_REVIEW]),
                violation_error_message=_("A working copy is a draft or in review."),
            ),
            models.CheckConstraint(
                name="case_working_copy_knows_its_base",
                condition=Q(working_copy_of=None, base_version=None)
                | Q(working_copy_of__isnull=False, base_version__isnull=False),
                violation_error_message=_("A working copy says what version it was taken from."),
            ),
        ]
        indexes = [
            # What an import asks of every case, without looking at the rows.
            models.Index(
                fields=["slug", "working_copy_of", "version", "row_digest"], name="case_row_noted"
            ),
            # The list in its own order, and when each case was, without looking at the rows.
            models.Index(
                "review",
                IsNull(F("start_earliest"), True),
                "start_earliest",
                Bytewise("slug"),
                "working_copy_of",
                "end_latest",
                "start_latest",
                "id",
                name="case_list",
            ),
            models.Index("review", F("published_on").desc(), Bytewise("slug"), name="case_newest"),
        ]

    def __str__(self) -> str:
        return translated(self, "title")[0] or self.slug

    def clean(self) -> None:
        if self.review == Review.PUBLISHED and self.published_on is None:
            self.published_on = timezone.now()
        # The constraint asks for a column that no form offers, so forms would pass it over.
        same = Case.objects.originals().filter(slug=self.slug).exclude(pk=self.pk)
        if self.working_copy_of_id is None and same.exists():
            raise ValidationError({"slug": _("There is a case with this slug already.")})
        try:
            starts, ends = edtf.bounds(self.start)[0], edtf.bounds(self.end)[1]
        except edtf.EdtfError:
            return  # the field has refused it in its own words
        if starts and ends and starts > ends:
            raise ValidationError({"end": _("The case ends before it starts.")})

    def place(self) -> "Country | Region | None":
        """Where the case is, first of all; a neighbour at risk is named in it, but is not there."""
        there = [each for each in self.case_countries.all() if each.role in PLACES]
        return there[0].country if there else next(iter(self.regions.all()), None)

    @property
    def title(self) -> str:
        """The title in the reader's language, or in another where that one is missing."""
        return translated(self, "title")[0]


class CaseCountry(models.Model):
    """A country of a case and what it is to the case."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="case_countries", verbose_name=_("case")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, related_name="case_countries", verbose_name=_("country")
    )
    role = models.CharField(
        _("role"), max_length=20, choices=CountryRole.choices, default=CountryRole.SCENE
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["case_id", "order", "id"]
        verbose_name = _("country of a case")
        verbose_name_plural = _("countries of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "country", "role"],
                name="case_country_once_per_role",
                violation_error_message=_("This country has this role in the case already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.country} ({self.get_role_display()})"


class CaseRelation(models.Model):
    """How one case stands to another: this case … the other."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="relations", verbose_name=_("case"))
    to = models.ForeignKey(
        Case, models.CASCADE, related_name="related_from", verbose_name=_("other case")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CaseRelationKind.choices)

    class Meta:
        ordering = ["case_id", "to__slug", "kind"]
        verbose_name = _("relation between cases")
        verbose_name_plural = _("relations between cases")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "to", "kind"],
                name="case_relation_once",
                violation_error_message=_("The case has this relation to that case already."),
            ),
            models.CheckConstraint(
                name="case_relation_has_two_cases",
                condition=~Q(case=F("to")),
                violation_error_message=_("A case cannot be related to itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.to.slug}"
