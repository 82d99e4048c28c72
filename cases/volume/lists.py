"""What cases are made of: the terms, actors, countries and regions that a database has."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from django.conf import settings
from django.db.models import Prefetch

from cases.models import Actor, ActorName, Country, Region, Term
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES, WORDLESS_TERMS

T = TypeVar("T")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


class Uneven(Generic[T]):
    """Things of which few are taken often and most seldom, as in every real collection."""

    def __init__(self, things: Sequence[T]):
        # Shuffled, or what comes first in the alphabet would be what happens most.
        self.things = Random("uneven").sample(list(things), len(things))
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(things))))

    def take(self, random: Random) -> T:
        return random.choices(self.things, cum_weights=self.weights)[0]

    def take_some(self, random: Random, most: int) -> list[T]:
        """One or more, none of them twice."""
        taken = (self.take(random) for _time in range(random.randint(1, most)))
        return list(dict.fromkeys(taken))


class Lists:
    """The vocabularies of a database, read once."""

    def __init__(self):
        terms = list(Term.objects.in_use().order_by("scheme", "order", "code"))
        self.around = {term.id: term.broader_id for term in terms}
        groups = {term.broader_id for term in terms}
        real, self.silent = defaultdict(list), defaultdict(list)
        for term in terms:
            if term.id in WORDLESS_TERMS:
                self.silent[term.scheme].append(term)
            elif term.code in ABSENCE_CODES:
                continue
            elif term.broader_id or term.id not in groups:
                real[term.scheme].append(term)
        self.terms = {scheme: Uneven(found) for scheme, found in real.items()}
        # Called as the index calls them (see cases.querysets.StatementQuerySet).
        names = Prefetch("names", ActorName.objects.order_by("order", "id"), to_attr="told_names")
        actors = list(Actor.objects.prefetch_related("names", names).order_by("code"))
        self.actors = Uneven(actors)
        self.countries = Uneven(list(Country.objects.order_by("alpha3")))
        regions = list(Region.objects.order_by("code"))
        self.regions_around = {region.code: region.parent_id for region in regions}
        self.regions = Uneven(regions)
        self._names: dict[object, dict[str, str]] = {}

    @staticmethod
    def are_there() -> bool:
        """Whether the database has all that cases are made of."""
        schemes = set(Term.objects.values_list("scheme", flat=True))
        needed = {*HEADER_SCHEMES, "role", "tool", "event", "outcome", "success_element", "aim"}
        return needed <= schemes and all(
            model.objects.exists() for model in (Country, Region, Actor)
        )

    def name(self, record, language: str) -> str:
        """What a term, actor, country or region is called in a language."""
        if record not in self._names:
            self._names[record] = self._names_of(record)
        return self._names[record][language]

    def _names_of(self, record) -> dict[str, str]:
        if isinstance(record, Term):
            return {language: getattr(record, f"label_{language}") for language in LANGUAGES}
        if isinstance(record, Actor):
            return {language: record.name(language)[0] for language in LANGUAGES}
        # CLDR's last, the name that the UN uses first.
        return dict(reversed(record.names()))
