"""Terms, regions and countries: what statements and cases are described with."""

import re
from functools import cache

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models.fields import Recorded, translated
from cases.querysets import TermQuerySet

# Schemes of a statement's term, in the order in which a case is told.
SCHEMES = {
    "situation": _("Situation"),
    "trigger": _("Trigger"),
    "aim": _("Aim"),
    "initiation": _("Who asked for it"),
    "un_role": _("Role of the UN"),
    "role": _("Role of an actor"),
    "tool": _("Tool"),
    "event": _("Event"),
    "outcome": _("Outcome"),
    "success_element": _("Success element"),
    "finding": _("Finding"),
}
ALL_SCHEMES = SCHEMES | {"actor_type": _("Type of actor")}
# A case says something in each of these, were it only that the source is silent.
HEADER_SCHEMES = ("situation", "trigger", "initiation", "un_role")
ABSENCE_CODES = ("not_stated", "not_applicable", "unknown", "none", "withheld")
# The source cannot be quoted for its silence, so these carry neither words nor support.
WORDLESS_CODES = ("not_stated", "not_applicable")
WORDLESS_TERMS = tuple(
    f"{scheme}:{code}" for scheme in (*HEADER_SCHEMES, "outcome") for code in WORDLESS_CODES
)


class Term(Recorded):
    """One value of a controlled vocabulary, such as the tool good offices."""

    id = models.CharField(_("id"), max_length=100, primary_key=True, editable=False)
    scheme = models.CharField(_("scheme"), max_length=40, choices=list(ALL_SCHEMES.items()))
    code = models.SlugField(_("code"), max_length=59, help_text=_("Permanent: files cite it."))
    order = models.PositiveIntegerField(_("order"), default=0)
    label_en = models.CharField(_("label in English"), max_length=120)
    label_fa = models.CharField(_("label in Persian"), max_length=120)
    label_ar = models.CharField(_("label in Arabic"), max_length=120)
    definition_en = models.TextField(_("definition in English"))
    definition_fa = models.TextField(_("definition in Persian"), blank=True)
    definition_ar = models.TextField(_("definition in Arabic"), blank=True)
    scope_note_en = models.TextField(_("when to use, in English"), blank=True)
    scope_note_fa = models.TextField(_("when to use, in Persian"), blank=True)
    scope_note_ar = models.TextField(_("when to use, in Arabic"), blank=True)
    broader = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="narrower",
        verbose_name=_("broader term"),
    )
    match = models.CharField(
        _("outside lists"), max_length=200, blank=True, help_text=_("For example «Charter:33».")
    )
    retired_on = models.DateField(
        _("retired on"), null=True, blank=True, help_text=_("A term is retired, never deleted.")
    )
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["scheme", "order", "code"]
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        permissions = [("merge_term", "Can merge terms")]
        constraints = [
            models.CheckConstraint(
                name="term_id_is_scheme_and_code",
                condition=Q(
                    id=Concat(F("scheme"), Value(":"), F("code"), output_field=models.CharField())
                ),
                violation_error_message=_("The id of a term is its scheme, a colon, its code."),
            ),
            models.CheckConstraint(
                name="term_is_not_its_own_broader",
                condition=Q(broader=None) | ~Q(broader=F("id")),
                violation_error_message=_("A term cannot be broader than itself."),
            ),
        ]

    def __str__(self) -> str:
        return translated(self, "label")[0] or self.id

    def clean(self) -> None:
        self.id = f"{self.scheme}:{self.code}"
        if self.broader_id == self.id:
            raise ValidationError({"broader": _("A term cannot be broader than itself.")})

    def save(self, *args, **kwargs) -> None:
        self.id = f"{self.scheme}:{self.code}"
        super().save(*args, **kwargs)

    @property
    def is_silence(self) -> bool:
        """Whether it says that a source does not tell, and nothing else."""
        return self.code in ABSENCE_CODES

    @property
    def is_retired(self) -> bool:
        """Whether new statements can no longer say it; old ones keep it."""
        return self.retired_on is not None and self.retired_on <= timezone.localdate()

    @property
    def definition(self) -> str:
        """The definition in the reader's language, or in another where that one is missing."""
        return translated(self, "definition")[0]


# Where CLDR's name is not the one that the UN uses and its readers look for.
_UN_NAMES = {
    "CD": {
        "en": "Democratic Republic of the Congo",
        "fa": "جمهوری دموکراتیک کنگو",
        "ar": "جمهورية الكونغو الديمقراطية",
    },
    "CI": {"en": "Côte d’Ivoire", "fa": "ساحل عاج", "ar": "كوت ديفوار"},
    "CG": {"en": "Congo", "fa": "کنگو", "ar": "الكونغو"},
    "PG": {"fa": "پاپوآ گینهٔ نو"},
    "PS": {"en": "State of Palestine", "fa": "دولت فلسطین", "ar": "دولة فلسطين"},
    "TZ": {
        "en": "United Republic of Tanzania",
        "fa": "جمهوری متحد تانزانیا",
        "ar": "جمهورية تنزانيا المتحدة",
    },
    "LR": {"ar": "ليبريا"},
    "GW": {"ar": "غينيا - بيساو"},
    "MM": {"en": "Myanmar", "fa": "میانمار", "ar": "ميانمار"},
}


# CLDR writes «افریقا», the texts and everybody else «آفریقا»; Arabic has other last letters.
_SPELT_HERE = re.compile(r"\bا(فریقا|مریکا)")


@cache
def _territories(language: str):
    return Locale.parse(language).territories


def _territory(code: str) -> str:
    """The name of a country or a region in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    name = _UN_NAMES.get(code, {}).get(language) or _territories(language).get(code, code)
    return _SPELT_HERE.sub(r"آ\1", name)


def _cldr_names(code: str) -> list[tuple[str, str]]:
    return [(language, _territories(language).get(code, "")) for language, _ in settings.LANGUAGES]


class Region(Recorded):
    """A region of the UN's M49 list; its names come from CLDR."""

    code = models.SlugField(_("code"), primary_key=True)
    m49 = models.CharField(_("M49 number"), max_length=3, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subregions",
        verbose_name=_("within"),
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return _territory(self.m49)

    def names(self) -> list[tuple[str, str]]:
        """(language, name) in the languages of the interface."""
        return _cldr_names(self.m49)


class Country(Recorded):
    """A country or territory of ISO 3166-1; its names come from CLDR."""

    alpha3 = models.CharField(_("ISO alpha-3"), max_length=3, primary_key=True)
    alpha2 = models.CharField(_("ISO alpha-2"), max_length=2, unique=True)
    m49 = models.CharField(_("M49 number"), max_length=3, unique=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="countries",
        verbose_name=_("region"),
    )
    longitude = models.DecimalField(_("longitude"), max_digits=5, decimal_places=2)
    latitude = models.DecimalField(_("latitude"), max_digits=4, decimal_places=2)

    class Meta:
        ordering = ["alpha3"]
        verbose_name = _("country")
        verbose_name_plural = _("countries")

    def __str__(self) -> str:
        return _territory(self.alpha2)

    def names(self) -> list[tuple[str, str]]:
        """(language, name) in the languages of the interface, CLDR's last."""
        return [*_UN_NAMES.get(self.alpha2, {}).items(), *_cldr_names(self.alpha2)]
