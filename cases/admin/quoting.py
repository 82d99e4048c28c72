"""The words that an editor gives for a statement, found where a source prints them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.lookups import Lookups
from cases.admin.widgets import LookupInput
from cases.evidence import Located, Place, locate
from cases.models import Edition, Quotation
from cases.models.choices import Translator
from cases.records.shapes import Span
from cases.templatetags.documents import passage_name
from cases.text import squash

_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n\s*")
# Places that a sentence names before it says how many more there are.
NAMED = 6


@dataclass(frozen=True)
class Words:
    """A place that is to be quoted, with the translation that was typed for it."""

    place: Place
    translation: str = ""
    translator: str = ""


def blocks(text: str) -> list[str]:
    """What blank lines part, without the space around."""
    return [block.strip() for block in _BLANK_LINE.split(text.strip()) if block.strip()]


def find_place(words: str, lookups: Lookups, edition: Edition | None = None) -> Place:
    """The one place of typed words, or of a ref such as `S-2011-552/fa/p24/12-80`.

    ValidationError where they stand nowhere (it says what is nearest) or in several places.
    """
    if span := Span.parse(words.strip()):
        return _place_of(span, lookups)
    located = locate(words, lookups.passages(edition))
    if len(located.places) == 1:
        return located.places[0]
    if located.places:
        raise _several(located.places)
    raise _nowhere(words, located, edition)


def _place_of(span: Span, lookups: Lookups) -> Place:
    passage = lookups.passage_of(span)
    if passage is None:
        raise ValidationError(_("There is no passage %(ref)s."), "place", {"ref": span.passage})
    if not 0 <= span.start < span.end <= len(passage.text):
        message = _("%(ref)s: the passage has %(length)s characters, so no such place.")
        raise ValidationError(message, "place", {"ref": str(span), "length": len(passage.text)})
    return Place(passage, span.start, span.end)


def _several(places: list[Place]) -> ValidationError:
    message = _(
        "These words stand in %(count)s places: %(places)s. Write the place instead of the words."
    )
    named = "; ".join(f"{place} ({_around(place)})" for place in places[:NAMED])
    named += " …" if len(places) > NAMED else ""
    return ValidationError(message, "several", {"count": len(places), "places": named})


def _around(place: Place) -> str:
    """The words with a little of what stands around them."""
    text = place.passage.text
    begin, end = max(place.start - 25, 0), min(place.end + 25, len(text))
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    return f"\u2068{before}{' '.join(text[begin:end].split())}{after}\u2069"


def _nowhere(words: str, located: Located, edition: Edition | None) -> ValidationError:
    where = edition.ref if edition else _("any text")
    params = {"words": f"\u2068{_shortened(words)}\u2069", "where": where}
    near = located.nearest
    if near is None:
        message = _("“%(words)s” is not in %(where)s, and nothing like it is.")
        return ValidationError(message, "nowhere", params)
    message = _(
        "“%(words)s” is not in %(where)s. The nearest, in %(passage)s, is “%(print)s”: correct "
        "the words, or write %(place)s instead of them to quote that."
    )
    params |= {
        "passage": f"{passage_name(near.passage)} ({near.passage.ref})",
        "print": f"\u2068{near.words}\u2069",
        "place": str(near),
    }
    return ValidationError(message, "nowhere", params)


def _shortened(words: str, length: int = 80) -> str:
    return words if len(words) <= length else f"{words[:length]}…"


class WordsFields(forms.Form):
    """Fields for words, their text and their translation; blank lines part several quotations.

    A form that has them calls `find_words`; `quoted` are the places that were found.
    """

    words = forms.CharField(
        label=gettext_lazy("words"),
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto", "data-check": "words"}),
    )
    edition = forms.CharField(
        label=gettext_lazy("text"),
        required=False,
        widget=LookupInput("edition", listed="editions"),
    )
    translation_en = forms.CharField(
        label=gettext_lazy("translation into English"),
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    translated_by = forms.ChoiceField(
        label=gettext_lazy("translated by"),
        required=False,
        choices=[("", "—"), *Translator.choices],
    )

    def find_words(self, lookups: Lookups, told: Mapping[str, str] | None = None) -> list[Words]:
        """The places of the typed words; whatever is wrong becomes an error of its field.

        `told` has translations that were typed elsewhere on the page, by their places.
        """
        data = self.cleaned_data
        places = self._find_places(lookups)
        translations = blocks(data.get("translation_en", ""))
        if len(places) == 1 and translations:
            translations = ["\n\n".join(translations)]
        translator = data.get("translated_by", "")
        if translations and not translator:
            self.add_error("translated_by", _("Say who translated: a person or a machine."))
        if translator and not translations:
            self.add_error("translation_en", _("Give the translation, or leave out who made it."))
        if translations and not data.get("words", "").strip() and "words" not in self.errors:
            self.add_error("words", _("Give the words that this is the translation of."))
        if not translations or not places or self.errors:
            return [Words(place) for place in places]
        return self._translated(places, translations, translator, told or {})

    def _find_places(self, lookups: Lookups) -> list[Place]:
        try:
            edition = lookups.edition(self.cleaned_data.get("edition", ""))
        except ValidationError as error:
            self.add_error("edition", error)
            return []
        places = []
        for words in blocks(self.cleaned_data.get("words", "")):
            try:
                places.append(find_place(words, lookups, edition))
            except ValidationError as error:
                self.add_error("words", error)
        return places

    def _translated(self, places, translations, translator, told) -> list[Words]:
        """Each place with its translation: one for each, or one for each that has none so far."""
        stored = {str(place): told.get(str(place)) or stored_translation(place) for place in places}
        bare = [place for place in places if not stored[str(place)]]
        if not bare and len(translations) != len(places):
            self.add_error("translation_en", _translated_already(places[0], stored[str(places[0])]))
            return [Words(place) for place in places]
        meant = places if len(translations) == len(places) else bare
        if len(translations) != len(meant):
            message = _("%(words)s quotations have %(translations)s translations: part them alike.")
            params = {"words": len(places), "translations": len(translations)}
            self.add_error("translation_en", ValidationError(message, "number", params))
            return [Words(place) for place in places]
        given = dict(zip(map(str, meant), translations, strict=True))
        for place in meant:
            there = stored[str(place)]
            if there and squash(there) != squash(given[str(place)]):
                self.add_error("translation_en", _translated_already(place, there))
        return [
            Words(place, given[str(place)], translator) if str(place) in given else Words(place)
            for place in places
        ]


def stored_translation(place: Place) -> str:
    """The translation of words that are quoted already, or nothing."""
    stored = Quotation.objects.filter(passage=place.passage, start=place.start, end=place.end)
    return stored.values_list("translation_en", flat=True).first() or ""


def _translated_already(place: Place, translation: str) -> ValidationError:
    """A translation is never replaced from here: others may stand on it."""
    message = _(
        "%(place)s has a translation already (“%(translation)s”), stored or in another row: leave "
        "this field empty, or change the translation where the quotation itself is edited."
    )
    params = {"place": str(place), "translation": translation}
    return ValidationError(message, "translated", params)
