"""Fields of the desk that help while typing; without JavaScript they are plain text fields."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from cases import edtf
from cases.models.fields import EdtfField


class DeskMedia:
    """What every helping field brings with it: the script knows whom to ask."""

    @property
    def media(self):
        addresses = {
            "data-lookup": reverse("admin:cases_case_lookup"),
            "data-check": reverse("admin:cases_case_check"),
            "data-found": _("found"),
            "data-above": _("Words as above"),
            "data-add-above": _("Add with words as above"),
        }
        script = forms.Script("cases/desk.js", **addresses, defer=True)
        return forms.Media(js=[script], css={"all": ["cases/desk.css"]})


def understood(text: str) -> str:
    """How a date was understood, in the reader's language; ValidationError says what is wrong.

    `2008-23` gives “autumn 2008 (from 2008-09-01 to 2008-11-30)”, nothing gives "".
    """
    clean = EdtfField().to_python(text)
    if not clean:
        return ""
    said = edtf.words(clean, (get_language() or "en").split("-")[0])
    first, last = edtf.bounds(clean)
    if first == last:
        return said
    days = {"first": _isolated(first), "last": _isolated(last)}
    if last == edtf.OPEN_END:
        days = _("from %(first)s on") % days
    elif first == edtf.OPEN_START:
        days = _("until %(last)s") % days
    else:
        days = _("from %(first)s to %(last)s") % days
    return f"{said} ({days})"


def _isolated(day) -> str:
    """An ISO date that keeps its order among right-to-left words."""
    return f"\u2066{day.isoformat()}\u2069" if get_language_bidi() else day.isoformat()


class EdtfInput(DeskMedia, forms.TextInput):
    """A date as EDTF; what it means stands below, and is asked anew while somebody types."""

    def __init__(self, attrs=None):
        super().__init__({"dir": "ltr", "data-check": "date"} | (attrs or {}))

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        try:
            said = understood(str(value or ""))
        except ValidationError:
            said = ""  # what is wrong is the field's error already
        if not said:
            return field
        return field + format_html('<small class="understood">{}</small>', said)


class Chosen:
    """Shows again what was chosen; Django asks the database even for what can be no key at all."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [each for each in value if self._may_be_key(each)], attr)

    def _may_be_key(self, value) -> bool:
        try:
            self.field.target_field.clean(value, None)
        except ValidationError:
            return False
        return True


class ChosenOne(Chosen, AutocompleteSelect):
    pass


class ChosenMany(Chosen, AutocompleteSelectMultiple):
    pass


class LookupInput(DeskMedia, forms.TextInput):
    """Codes of rows, found by code or name while somebody types; `many` makes it a list of them.

    A plain list of the page (`<datalist>`) helps where there is no JavaScript.
    """

    def __init__(self, kind, *, scheme="", many=False, check="", listed="", attrs=None):
        own = {"dir": "auto", "data-lookup": f"{kind} {scheme}".strip()}
        # Django's popups add to a field of this class, and replace what stands in any other.
        own |= {"data-many": "true", "class": "vManyToManyRawIdAdminField"} if many else {}
        own |= {"data-check": check} if check else {}
        own |= {"list": listed} if listed else {}
        super().__init__(own | (attrs or {}))
