"""Who acts, and under which names the sources know them."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.models.choices import Language, NameKind, Naming
from cases.models.fields import EdtfField, Recorded
from cases.models.vocabulary import Country, Term
from cases.querysets import ActorQuerySet


class Actor(Recorded):
    """A state, an organization, an office, a person or a group that acts in cases."""

    code = models.SlugField(
        _("code"), max_length=80, unique=True, help_text=_("Permanent: files cite it.")
    )
    type = models.ForeignKey(
        Term,
        models.PROTECT,
        limit_choices_to={"scheme": "actor_type"},
        related_name="actors_of_type",
        verbose_name=_("type"),
    )
    naming = models.CharField(
        _("naming"), max_length=20, choices=Naming.choices, default=Naming.NAMED
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("belongs to"),
    )
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actors",
        verbose_name=_("country"),
    )
    start = EdtfField(_("exists from"), bounds=None)
    end = EdtfField(_("exists until"), bounds=None)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    note_en = models.TextField(_("note in English"), blank=True)
    note_fa = models.TextField(_("note in Persian"), blank=True)
    note_ar = models.TextField(_("note in Arabic"), blank=True)

    objects = ActorQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        permissions = [("merge_actor", "Can merge actors")]
        constraints = [
            models.CheckConstraint(
                name="actor_is_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
                violation_error_message=_("An actor cannot belong to itself."),
            ),
            models.CheckConstraint(
                name="actor_type_is_an_actor_type",
                condition=Q(Exact(Left("type_id", 11), Value("actor_type:"))),
                violation_error_message=_("The type of an actor is a term of scheme actor_type."),
            ),
        ]

    def __str__(self) -> str:
        return self.name()[0]

    def name(self, language: str | None = None) -> tuple[str, str]:
        """The official name in the reader's language, with the language it is really in.

        Groups have no official name; their short one stands in.
        """
        wanted = (language or get_language() or "en").split("-")[0]
        by_language: dict[str, str] = {}
        for kind in (NameKind.SHORT, NameKind.OFFICIAL):
            names = [name for name in self.names.all() if name.kind == kind]
            by_language |= {name.language: name.name for name in reversed(names)}
        for candidate in (wanted, "en", *by_language):
            if candidate in by_language:
                return by_language[candidate], candidate
        return self.code, "en"


class ActorName(models.Model):
    """One name of an actor in one language; as printed ones are what a source writes."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="names", verbose_name=_("actor"))
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(
        _("kind"), max_length=20, choices=NameKind.choices, default=NameKind.OFFICIAL
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["actor_id", "order", "id"]
        verbose_name = _("name of an actor")
        verbose_name_plural = _("names of actors")
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "language", "name", "kind"],
                name="actor_name_once",
                violation_error_message=_("This actor has this name already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
