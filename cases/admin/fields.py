"""Form fields that turn what an editor types into rows: codes, names, actors with their parts."""

import re
from functools import cache

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from cases.admin.lookups import Entry, Lookups
from cases.admin.widgets import LookupInput
from cases.models import Actor
from cases.models.choices import Part
from cases.text import fold

_BETWEEN_PARTS = re.compile(r"[;؛\n]")
_BETWEEN_NAMES = re.compile(r"[,،]")
_BETWEEN_CODES = re.compile(r"[,،;؛\n]")


class LookupField(forms.Field):
    """The row of a code or a name; its form must set `lookups` before it is cleaned."""

    def __init__(self, kind: str, *, scheme="", widget=None, **options):
        self.kind, self.scheme = kind, scheme
        self.lookups: Lookups | None = None
        super().__init__(widget=widget or LookupInput(kind, scheme=scheme), **options)

    @property
    def lookup(self):
        return self.lookups.kind(self.kind, self.scheme)

    def to_python(self, value):
        return self.lookup.find(value).row if (value or "").strip() else None

    def has_changed(self, initial, data):
        return not self.disabled and _plain(initial) != _plain(data)


class TermField(LookupField):
    """A term of a scheme; a retired one only where it stands already."""

    def __init__(self, scheme="", **options):
        widget = LookupInput("term", scheme=scheme, check="term", listed=f"terms-{scheme}")
        super().__init__("term", scheme=scheme, widget=widget, **options)
        self.stored = ""

    def prepare_value(self, value):
        return (value or "").removeprefix(f"{self.scheme}:") if self.scheme else value

    def to_python(self, value):
        term = super().to_python(value)
        if term is not None and term.retired_on and term.pk != self.stored:
            message = _("“%(term)s” is retired.")
            if term.replaced_by:
                message = _("“%(term)s” is retired: use %(successor)s.")
            successor = term.replaced_by and term.replaced_by.code
            raise ValidationError(message, "retired", {"term": term.code, "successor": successor})
        return term

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), self.prepare_value(_plain(data)))


class LookupsField(LookupField):
    """Rows by their codes or names, each once, with commas between them."""

    def __init__(self, kind: str, **options):
        super().__init__(kind, widget=LookupInput(kind, many=True), **options)

    def to_python(self, value):
        rows, problems = [], []
        for name in filter(str.strip, _BETWEEN_CODES.split(value or "")):
            try:
                rows.append(self.lookup.find(name).row)
            except ValidationError as error:
                problems.append(error)
        if problems:
            raise ValidationError(problems)
        return list(dict.fromkeys(rows))


class ActorsField(LookupField):
    """Actors with their parts, as `by: ecowas; with: un, african-union`; without a part it is `by`.

    Cleaned to a list of (part, actor).
    """

    def __init__(self, **options):
        widget = LookupInput("actor", many=True, check="actors")
        super().__init__("actor", widget=widget, **options)

    def to_python(self, value):
        found: list[tuple[str, Actor]] = []
        problems: list[ValidationError] = []
        part = Part.BY.value
        for segment in filter(str.strip, _BETWEEN_PARTS.split(value or "")):
            try:
                part, names = self._part_of(segment, part)
            except ValidationError as error:
                problems.append(error)
                continue
            entries, unclear = self._actors_of(names)
            found += [(part, entry.row) for entry in entries]
            problems += unclear
        for part, actor in dict.fromkeys(each for each in found if found.count(each) > 1):
            message = _("%(actor)s stands there twice as %(part)s.")
            problems.append(ValidationError(message, "twice", {"actor": actor.code, "part": part}))
        if problems:
            raise ValidationError(problems)
        return found

    def _part_of(self, segment: str, before: str) -> tuple[str, str]:
        """The part that a segment names, or that of the one before it, and its actors."""
        head, colon, rest = segment.partition(":")
        if not colon:
            return before, segment
        if part := _parts().get(fold(head)):
            return part, rest
        if self.lookup.match(segment):
            return before, segment
        message = _("“%(part)s” is no part of an actor: write one of %(known)s.")
        known = ", ".join(Part.values)
        raise ValidationError(message, "part", {"part": head.strip(), "known": known})

    def _actors_of(self, names: str) -> tuple[list[Entry], list[ValidationError]]:
        """The actors of a list of names; a name may hold commas of its own."""
        pieces = [piece for piece in _BETWEEN_NAMES.split(names) if piece.strip()]
        found, problems = [], []
        while pieces:
            for length in range(len(pieces), 1, -1):
                if len(several := self.lookup.match(",".join(pieces[:length]))) == 1:
                    found += several
                    break
            else:
                length = 1
                try:
                    found.append(self.lookup.find(pieces[0]))
                except ValidationError as error:
                    problems.append(error)
            del pieces[:length]
        return found, problems


class LabelledFormSet(forms.BaseInlineFormSet):
    """Rows of a table, whose fields have only its headings as labels: each says its own."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = field.label


def actors_as_typed(parts) -> str:
    """The stored parts of a statement as an editor would type them."""
    groups: dict[str, list[str]] = {}
    for each in parts:
        groups.setdefault(each.part, []).append(each.actor.code)
    return "; ".join(f"{part}: {', '.join(codes)}" for part, codes in groups.items())


@cache
def _parts() -> dict[str, str]:
    """Each part by its code and by its label in every language of the interface, folded."""
    found = {fold(part): part for part in Part.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(part.label)): part.value for part in Part}
    return found


def _plain(value) -> str:
    return " ".join((value or "").split())
