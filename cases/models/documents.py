"""Documents, their editions, and the words in them that statements stand on."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.actors import Actor
from cases.models.choices import (
    Basis,
    Certainty,
    DocumentKind,
    ErratumKind,
    Language,
    PassageKind,
    ReferenceKind,
    Translator,
)
from cases.models.fields import CODE_PATTERN, EdtfField, Recorded, translated
from cases.querysets import (
    DocumentQuerySet,
    EditionQuerySet,
    PassageQuerySet,
    QuotationQuerySet,
)
from cases.text import searchable


class Document(Recorded):
    """A work with an identity of its own, such as S/2011/552, whatever its editions."""

    code = models.CharField(
        _("code"), max_length=100, unique=True, help_text=_("Permanent: S-2011-552 for S/2011/552.")
    )
    symbol = models.CharField(_("symbol"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=DocumentKind.choices)
    title_en = models.CharField(_("title in English"), max_length=500)
    title_fa = models.CharField(_("title in Persian"), max_length=500, blank=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=500, blank=True)
    date = EdtfField(_("date"), bounds=("earliest", "latest"))
    earliest = models.DateField(null=True, blank=True, editable=False)
    latest = models.DateField(null=True, blank=True, editable=False)
    issuer = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("issued by"),
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    identification = models.CharField(
        _("identification"),
        max_length=20,
        choices=Certainty.choices,
        default=Certainty.CERTAIN,
        help_text=_("How sure we are that the texts mean this very document."),
    )
    licence = models.TextField(_("licence note"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    note_fa = models.TextField(_("note in Persian"), blank=True)
    note_ar = models.TextField(_("note in Arabic"), blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        title = translated(self, "title")[0]
        return f"{self.symbol}: {title}" if self.symbol else title

    def clean(self) -> None:
        if not re.fullmatch(CODE_PATTERN, self.code):
            # The code is part of an address.
            sentence = _("Only letters, digits and, between them, hyphens, dots and underscores.")
            raise ValidationError({"code": sentence})


class Edition(models.Model):
    """One version of a document in one language, as a file that was received."""

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="editions", verbose_name=_("document")
    )
    code = models.CharField(_("code"), max_length=20)
    ref = models.CharField(_("reference"), max_length=130, unique=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    title = models.CharField(_("title as printed"), max_length=500, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("file as received"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    furniture = models.JSONField(_("lines left out of the text"), default=list, blank=True)
    warnings = models.JSONField(_("what the parser could not place"), default=list, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "code"],
                name="edition_code_once_per_document",
                violation_error_message=_("The document has an edition with this code already."),
            )
        ]

    def __str__(self) -> str:
        return self.ref


class Section(models.Model):
    """A heading of an edition and the part of the text it opens."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="sections", verbose_name=_("edition")
    )
    code = models.CharField(_("code"), max_length=10)
    marker = models.CharField(_("marker"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=300)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    order = models.PositiveIntegerField(_("order"))

    class Meta:
        ordering = ["edition_id", "order"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code"],
                name="section_code_once_per_edition",
                violation_error_message=_("The edition has a section with this code already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.marker} {self.title}".strip()


class Passage(models.Model):
    """A paragraph, footnote, heading or abstract: whole, as printed, never changed."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="passages", verbose_name=_("edition")
    )
    section = models.ForeignKey(
        Section,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="passages",
        verbose_name=_("section"),
    )
    code = models.CharField(_("code"), max_length=10)
    ref = models.CharField(_("reference"), max_length=141, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=PassageKind.choices)
    number = models.CharField(_("printed number"), max_length=20, blank=True)
    order = models.PositiveIntegerField(_("order"))
    text = models.TextField(_("text"))
    lines = models.JSONField(
        _("lines"), default=list, help_text=_("First and last line of each stretch in the file.")
    )
    calls = models.JSONField(
        _("footnote marks"), default=list, help_text=_("Number, start and end of each.")
    )
    # What search looks in, made from the text whenever a passage is stored.
    search_text = models.TextField(editable=False, default="")
    search_squashed = models.TextField(editable=False, default="")

    objects = PassageQuerySet.as_manager()

    class Meta:
        ordering = ["edition_id", "order"]
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "code"],
                name="passage_code_once_per_edition",
                violation_error_message=_("The edition has a passage with this code already."),
            )
        ]

    def __str__(self) -> str:
        return self.ref

    def save(self, *args, **kwargs) -> None:
        """Store a new passage; one that exists is evidence and stays as it is."""
        if self.pk and not self._state.adding:
            raise ValidationError(_("The text of a passage never changes: add a new edition."))
        self.indexed()
        super().save(*args, **kwargs)

    def indexed(self) -> "Passage":
        """Itself, with what search looks in filled from its text; nobody looks for headings."""
        if self.kind == PassageKind.HEADING:
            self.search_text = self.search_squashed = ""
        else:
            text = (self.edition.language, self.text)
            self.search_text, self.search_squashed = searchable([text])
        return self


class Quotation(Recorded):
    """A stretch of a passage, word for word, with its translation."""

    passage = models.ForeignKey(
        Passage, models.PROTECT, related_name="quotations", verbose_name=_("passage")
    )
    start = models.PositiveIntegerField(
        _("start"), help_text=_("Characters of the passage before the quoted words.")
    )
    end = models.PositiveIntegerField(_("end"))
    translation_en = models.TextField(_("translation into English"), blank=True)
    translated_by = models.CharField(
        _("translated by"), max_length=20, choices=Translator.choices, blank=True
    )

    objects = QuotationQuerySet.as_manager()

    class Meta:
        ordering = ["passage_id", "start", "end"]
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "start", "end"],
                name="quotation_once",
                violation_error_message=_("These words are quoted already: use that quotation."),
            ),
            models.CheckConstraint(
                name="quotation_has_words",
                condition=Q(start__lt=F("end")),
                violation_error_message=_("A quotation ends after it starts."),
            ),
            models.CheckConstraint(
                name="quotation_translation_has_a_translator",
                condition=Q(translation_en="", translated_by="")
                | (~Q(translation_en="") & ~Q(translated_by="")),
                violation_error_message=_("Say who translated: a person or a machine."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage.ref}/{self.start}-{self.end}"

    def clean(self) -> None:
        if self.passage_id and self.end and self.end > len(self.passage.text):
            raise ValidationError({"end": _("The passage ends before this quotation does.")})


class Reference(Recorded):
    """Where a passage cites another document."""

    passage = models.ForeignKey(
        Passage, models.CASCADE, related_name="references", verbose_name=_("passage")
    )
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="cited_by", verbose_name=_("document cited")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ReferenceKind.choices)

    class Meta:
        ordering = ["passage_id", "start", "document_id"]
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        constraints = [
            models.UniqueConstraint(
                fields=["passage", "start", "end", "document"],
                name="reference_once",
                violation_error_message=_("This place cites that document already."),
            ),
            models.CheckConstraint(
                name="reference_has_words",
                condition=Q(start__lt=F("end")),
                violation_error_message=_("A reference ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage.ref}/{self.start}-{self.end} → {self.document.code}"


class Erratum(Recorded):
    """What an edition prints, and how it must be read; the print itself is never mended."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="errata", verbose_name=_("edition")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ErratumKind.choices)
    printed = models.TextField(_("printed"), blank=True)
    reading = models.TextField(_("to be read"), blank=True)
    reading_en = models.TextField(_("to be read, in English"), blank=True)
    why_en = models.TextField(_("why, in English"))
    why_fa = models.TextField(_("why, in Persian"), blank=True)
    why_ar = models.TextField(_("why, in Arabic"), blank=True)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis.choices)
    certainty = models.CharField(_("certainty"), max_length=20, choices=Certainty.choices)

    class Meta:
        ordering = ["edition_id", "code"]
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")

    def __str__(self) -> str:
        return f"{self.printed} → {self.reading or '…'}"


class ErratumPlace(models.Model):
    """One place where an erratum stands in print."""

    erratum = models.ForeignKey(
        Erratum, models.CASCADE, related_name="places", verbose_name=_("erratum")
    )
    passage = models.ForeignKey(
        Passage, models.PROTECT, related_name="erratum_places", verbose_name=_("passage")
    )
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))

    class Meta:
        ordering = ["erratum_id", "passage__order", "start"]
        verbose_name = _("place of an erratum")
        verbose_name_plural = _("places of errata")
        constraints = [
            models.UniqueConstraint(
                fields=["erratum", "passage", "start", "end"],
                name="erratum_place_once",
                violation_error_message=_("The erratum stands at this place already."),
            ),
            models.CheckConstraint(
                name="erratum_place_has_words",
                condition=Q(start__lt=F("end")),
                violation_error_message=_("A place ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.passage.ref}/{self.start}-{self.end}"

    @property
    def words(self) -> str:
        """What is printed here."""
        return self.passage.text[self.start : self.end]

    @property
    def is_like_another(self) -> bool:
        """Whether the erratum spells out its reading for another place with other words."""
        return self.words != self.erratum.printed
