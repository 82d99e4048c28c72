"""The statements of a case on one page: a row has its actors, dates, documents and words in it."""

from collections import Counter
from copy import deepcopy
from functools import cached_property

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.forms import BaseInlineFormSet
from django.forms.widgets import HiddenInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import index, records
from cases.admin.base import DirectedAdmin
from cases.admin.fields import ActorsField, LookupField, LookupsField, TermField, actors_as_typed
from cases.admin.lookups import Lookups
from cases.admin.quoting import Words, WordsFields
from cases.admin.widgets import DeskMedia, LookupInput
from cases.evidence import quote
from cases.models import (
    Case,
    Document,
    Quotation,
    Statement,
    StatementActor,
    StatementQuotation,
)
from cases.models.choices import Source, Support
from cases.models.vocabulary import ABSENCE_CODES, HEADER_SCHEMES, SCHEMES, WORDLESS_TERMS
from cases.records import statements

# As an editor works: who did what when and with which result first, what it was about after that.
ORDER_OF_WORK = (
    *("role", "tool", "event", "outcome"),
    *("situation", "trigger", "aim", "initiation", "un_role", "success_element"),
)
OWN_COLUMNS = {
    "event": ("phase", "place"),
    "outcome": ("horizon", "attribution", "assessed_by", "credited_to"),
    "success_element": ("effect",),
    "tool": ("quantity", "place"),
}
NOTES = ("note_en", "note_fa", "note_ar")
WORDS = ("words", "edition", "translation_en", "translated_by")
# The habit of the seeds: p1 for a role, t1, v1, o1, and c1 for all that heads a case.
KEY_LETTERS = {"role": "p", "tool": "t", "event": "v", "outcome": "o"}
# Rows that a page shows at once where nothing can add them.
MOST_ROWS = 10


class CasePage:
    """What the statements of a case share while they are edited together."""

    def __init__(self, case: Case):
        self.case = case
        self.rows: dict[str, list[Statement]] = {scheme: [] for scheme in SCHEMES}
        for row in _rows_of(case) if case.pk else ():
            row.case = case
            self.rows[row.scheme].append(row)
        stored = [row for rows in self.rows.values() for row in rows]
        self.keys = {row.key for row in stored}
        self.tools = {row.key for row in self.rows["tool"]}
        self.next_order = max((row.order for row in stored), default=-1) + 1
        self.translations: dict[str, str] = {}
        self.new_quotations: list[Quotation] = []
        # What was refused for want of something, by the key of the statement that lacks it.
        self.lacks: dict[str, list[str]] = {}

    @classmethod
    def of(cls, case: Case) -> "CasePage":
        """The one of a case; all formsets of a page have the same case at hand."""
        if "_page" not in case.__dict__:
            case._page = cls(case)
        return case._page

    @cached_property
    def media(self) -> forms.Media:
        """What the fields of a statement bring with them."""
        return DeskMedia().media

    def free_key(self, scheme: str) -> str:
        """The next key that no statement of the case has."""
        letter = KEY_LETTERS.get(scheme, "c")
        number = 1
        while f"{letter}{number}" in self.keys:
            number += 1
        return f"{letter}{number}"

    def take_order(self) -> int:
        """The place of a new statement: after all others."""
        self.next_order += 1
        return self.next_order - 1

    def attach(self, statement: Statement, words: list[Words]) -> None:
        """Quote words for a statement, after those that it has."""
        stored = StatementQuotation.objects.filter(statement=statement)
        orders = dict(stored.values_list("quotation", "order"))
        for each in words:
            quotation, changed = stored_quotation(each)
            self.new_quotations += [quotation] if changed else []
            if quotation.pk not in orders:
                orders[quotation.pk] = max(orders.values(), default=-1) + 1
                StatementQuotation.objects.create(
                    statement=statement, quotation=quotation, order=orders[quotation.pk]
                )


def stored_quotation(words: Words) -> tuple[Quotation, bool]:
    """The quotation of words, and whether it was made or translated just now."""
    place = words.place
    stored = Quotation.objects.filter(passage=place.passage, start=place.start, end=place.end)
    before = stored.values_list("translation_en", flat=True).first()
    quotation = quote(place, words.translation, words.translator)
    return quotation, before != quotation.translation_en


def note_quotations(quotations: list[Quotation], who, change_set) -> None:
    """Write the revisions of quotations that were made or translated, and renew the search."""
    stored = {quotation.pk: quotation for quotation in quotations}
    for quotation in stored.values():
        records.note_saved(
            "quotation", str(quotation), source=Source.ADMIN, who=who, change_set=change_set
        )
    told = Case.objects.originals().filter(statements__quotations__in=stored)
    index.refresh(set(told.values_list("slug", flat=True)))


def _rows_of(case: Case):
    """All statements of a case with what their forms show, in a fixed number of queries."""
    passage = "quotation__passage"
    unread = (f"{passage}__search_text", f"{passage}__search_squashed", f"{passage}__lines")
    evidence = StatementQuotation.objects.select_related(f"{passage}__edition")
    parts = StatementActor.objects.select_related("actor").prefetch_related("actor__names")
    return (
        Statement.objects.filter(case=case)
        .select_related("term", "assessed_by")
        .prefetch_related(
            Prefetch("parts", parts),
            Prefetch("documents", Document.objects.order_by("code")),
            Prefetch("credited_to", Statement.objects.order_by("key")),
            Prefetch("evidence", evidence.defer(*unread, f"{passage}__edition__content")),
        )
        .order_by("order", "id")
    )


class RowField(forms.Field):
    """The hidden id of a row, looked up among those that the page has read."""

    widget = HiddenInput

    def __init__(self, rows: list[Statement], **options):
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(**options)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if str(value) not in self.rows:
            raise ValidationError(_("This statement is gone: somebody deleted it meanwhile."))
        return self.rows[str(value)]

    def has_changed(self, initial, data):
        return False


class StatementForm(forms.ModelForm, WordsFields):
    """A statement whole: its own values, its actors, its documents and its words."""

    scheme = ""

    key = forms.CharField(
        label=gettext_lazy("key"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    who = ActorsField(label=gettext_lazy("actors"), required=False)
    documents = LookupsField("document", label=gettext_lazy("documents"), required=False)
    dropped = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args, lookups: Lookups, page: CasePage, **options):
        super().__init__(*args, **options)
        self.lookups, self.page = lookups, page
        self.found: list[Words] = []
        row = self.instance
        is_new = row._state.adding
        self.fields["term"] = TermField(self.scheme, label=_("term"))
        self.fields["term"].stored = row.term_id
        if "assessed_by" in self.fields:
            self.fields["assessed_by"] = LookupField(
                "document",
                label=_("assessed by"),
                required=False,
                widget=LookupInput("document", listed="documents"),
            )
        if "credited_to" in self.fields:
            self.fields["credited_to"] = forms.CharField(
                label=_("credited to"),
                required=False,
                widget=forms.TextInput({"dir": "ltr"}),
            )
        self.fields["key"].disabled = not is_new
        for field in self.fields.values():
            field.help_text = ""  # said once a page, not once a row
            if isinstance(field, LookupField):
                field.lookups = lookups
        if is_new:
            self.initial["support"] = self.initial.get("support") or Support.STATES.value
            self.initial["documents"] = self.initial["credited_to"] = ""
            return
        self.fields["dropped"].choices = [
            (each.quotation_id, each.quotation_id) for each in row.evidence.all()
        ]
        self.initial |= {
            "who": actors_as_typed(row.parts.all()),
            "documents": ", ".join(each.code for each in row.documents.all()),
            "assessed_by": row.assessed_by.code if row.assessed_by else "",
            "credited_to": ", ".join(each.key for each in row.credited_to.all()),
        }

    @property
    def media(self):
        """That of its fields; summed up field by field it would take a sixth of the page's time."""
        return self.page.media

    def clean_documents(self):
        return sorted(self.cleaned_data["documents"], key=lambda document: document.code)

    def clean_credited_to(self):
        text = self.cleaned_data["credited_to"].replace(";", ",").replace("،", ",")
        return sorted({key.strip() for key in text.split(",") if key.strip()})

    def clean(self):
        # Not Django's own: rules are asked of `breaches`, keys of the page, none of the database.
        data = self.cleaned_data
        self.found = self.find_words(self.lookups, self.page.translations)
        if self.found and not self.lookups.may_quote:
            self.add_error("words", _("You may not quote words: ask who may to quote them."))
        for words in self.found:
            if words.translation:
                self.page.translations[str(words.place)] = words.translation
        if term := data.get("term"):
            self._clean_for(term.pk)
        return data

    def _clean_for(self, term: str) -> None:
        """What depends on the term: silence has neither words nor support."""
        data = self.cleaned_data
        wordless = term in WORDLESS_TERMS
        if wordless and self.instance._state.adding and "support" not in self.changed_data:
            data["support"] = ""
        if wordless and (self.found or self._kept()):
            message = _("%(term)s says that the source is silent: it has no words.")
            self.add_error("words", ValidationError(message, "wordless", {"term": term}))
        if term.startswith("outcome:") and not wordless and not data.get("assessed_by"):
            documents = {words.place.passage.edition.document_id for words in self.found}
            documents |= {
                each.quotation.passage.edition.document_id for each in self._kept().values()
            }
            if len(documents) == 1:
                data["assessed_by"] = Document.objects.get(pk=documents.pop())

    def _post_clean(self):
        # A row that nobody touched is what it was, and keeps no other row from being saved.
        if self.instance._state.adding or self.has_changed():
            super()._post_clean()

    def _kept(self) -> dict[int, StatementQuotation]:
        """The words that the statement has and keeps."""
        if self.instance._state.adding:
            return {}
        dropped = self.cleaned_data.get("dropped") or []
        there = self.instance.evidence.all()
        return {each.quotation_id: each for each in there if each.quotation_id not in dropped}

    @cached_property
    def quotes(self) -> list[dict]:
        """The words that the statement has: their place, language and print, and if they go."""
        if self.instance._state.adding:
            return []
        dropped = self["dropped"].value() or []
        return [
            {
                "quotation": each.quotation,
                "language": each.quotation.passage.edition.language,
                "dropped": str(each.quotation_id) in map(str, dropped),
            }
            for each in self.instance.evidence.all()
        ]

    @property
    def columns(self) -> list:
        """The bound fields of the row's first lines, in order."""
        names = ("term", "who", "when", "scope", "support", *OWN_COLUMNS.get(self.scheme, ()))
        return [self[name] for name in names if name in self.fields]

    @property
    def notes(self) -> list:
        return [self[name] for name in ("documents", *NOTES)]

    @property
    def words_fields(self) -> list:
        return [self[name] for name in WORDS]

    @property
    def lacks(self) -> str:
        """What a draft may lack for now, in a sentence; empty where it is whole."""
        row, words = self.instance, [*self.found, *self._kept()]
        said = {"term": row.term_id, "support": row.support, "quotations": words}
        actors = [part for part, _actor in self.cleaned_data.get("who") or ()]
        missing = statements.missing_of(said | dict.fromkeys(actors, True))
        if "actors" in missing:
            return _("%(key)s names no actor yet.") % {"key": row.key}
        return _("%(key)s has no words yet.") % {"key": row.key} if missing else ""

    def _save_m2m(self):
        row, data = self.instance, self.cleaned_data
        if "credited_to" in data:
            tools = Statement.objects.filter(case=row.case_id, key__in=data["credited_to"])
            data["credited_to"] = list(tools)
        super()._save_m2m()
        if "who" in self.changed_data:
            self._save_actors(row, data["who"])
        row.evidence.filter(quotation__in=data["dropped"]).delete()
        self.page.attach(row, self.found)

    def _save_actors(self, row: Statement, actors) -> None:
        row.parts.all().delete()
        places: Counter[str] = Counter()
        for part, actor in actors:
            StatementActor.objects.create(statement=row, actor=actor, part=part, order=places[part])
            places[part] += 1


class StatementFormSet(BaseInlineFormSet):
    """The statements of one scheme, on a page with those of all the others."""

    scheme: str
    # Lists that all tables of a page use stand in it once, with its first table.
    has_lists = False

    @classmethod
    def get_default_prefix(cls):
        return cls.scheme

    @cached_property
    def page(self) -> CasePage:
        return CasePage.of(self.instance)

    @cached_property
    def empty_form(self):
        """Django makes it anew for everybody who asks, thrice a page."""
        return super().empty_form

    def get_queryset(self):
        rows = self.page.rows[self.scheme]
        # Rows that somebody else added while the form was open are not the form's to show.
        spoken_of = getattr(self.data, "spoken_of", None)
        return rows if spoken_of is None else [row for row in rows if row.pk in spoken_of]

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"page": self.page}

    @property
    def lookups(self) -> Lookups:
        return self.form_kwargs["lookups"]

    @property
    def terms(self):
        entries = self.lookups.kind("term", self.scheme).by_code.values()
        return [entry for entry in entries if not entry.retired]

    @property
    def documents(self):
        return self.lookups.kind("document").by_code.values()

    @property
    def editions(self):
        return self.lookups.kind("edition").by_code.values()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        row = form.fields["id"]
        form.fields["id"] = RowField(
            self.get_queryset(), initial=row.initial, required=row.required
        )

    def clean(self):
        read = [form for form in self.forms if hasattr(form, "cleaned_data")]
        live = [form for form in read if not form.cleaned_data.get("DELETE")]
        live = [form for form in live if not form.instance._state.adding or form.has_changed()]
        for form in live:
            if form.instance._state.adding:
                self._give_key(form)
        if self.scheme == "tool":
            self.page.tools = {form.instance.key for form in live}
        if self.scheme == "outcome":
            for form in live:
                self._check_credit(form)
        self._check_absence([form.cleaned_data.get("term") for form in live])
        for form in live:
            for what in self.page.lacks.get(form.instance.key, ()):
                form.add_error(None, what)

    def _give_key(self, form) -> None:
        key = form.cleaned_data.get("key") or self.page.free_key(self.scheme)
        if key in self.page.keys:
            form.add_error("key", _("Another statement of this case has this key."))
        self.page.keys.add(key)
        form.instance.key = form.cleaned_data["key"] = key
        form.instance.order = self.page.take_order()

    def _check_credit(self, form) -> None:
        for key in form.cleaned_data.get("credited_to") or []:
            if key not in self.page.tools:
                message = _("%(key)s is no tool statement of this case: write one of %(known)s.")
                known = ", ".join(sorted(self.page.tools)) or "–"
                error = ValidationError(message, "credit", {"key": key, "known": known})
                form.add_error("credited_to", error)

    def _check_absence(self, terms) -> None:
        codes = [term.code for term in terms if term]
        if self.scheme not in HEADER_SCHEMES or len(codes) < 2:
            return
        if absent := [code for code in codes if code in ABSENCE_CODES]:
            message = _("%(code)s never stands beside another answer: delete one of the two.")
            raise ValidationError(message, "absence", {"code": absent[0]})

    def lacking(self) -> list[str]:
        """What the rows that were just saved lack for now."""
        saved = [form for form in self.forms if form.has_changed()]
        kept = [form for form in saved if form not in self.deleted_forms]
        return [form.lacks for form in kept if form.lacks]


class _SharedFields(dict):
    """The fields of one page's forms of a scheme, which Django would copy for every form.

    Only those are copied that a form changes (see `StatementForm`); those it puts its own in the
    place of need not be.
    """

    CHANGED = ("key", "dropped")

    def __deepcopy__(self, memo) -> dict:
        return self | {name: deepcopy(self[name], memo) for name in self.CHANGED if name in self}


class StatementInline(DirectedAdmin, admin.StackedInline):
    """The statements of one scheme; one class serves them all."""

    model = Statement
    formset = StatementFormSet
    form = StatementForm
    scheme: str
    template = "admin/cases/case/statements.html"
    extra = 0

    def get_extra(self, request, obj=None, **kwargs):
        """None, since a button adds them; without JavaScript the address asks for some."""
        asked = request.GET.get("rows", "")
        return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdigit() else 0

    def get_fields(self, request, obj=None):
        own = OWN_COLUMNS.get(self.scheme, ())
        first = ["key", "term", "who", "when", "scope", "support", *own]
        return [*first, "documents", *NOTES, *WORDS, "dropped"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.scheme = formset.form.scheme = self.scheme
        # A copy of this page's own: declared fields belong to the class, and so to all requests.
        formset.form.base_fields = _SharedFields(deepcopy(formset.form.base_fields))
        formset.has_lists = self.scheme == ORDER_OF_WORK[0]
        return formset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.CharField) and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 2
        return field


def statement_inline(scheme: str) -> type[StatementInline]:
    """The inline of one scheme."""
    names = {
        "scheme": scheme,
        "verbose_name": SCHEMES[scheme],
        "verbose_name_plural": SCHEMES[scheme],
    }
    return type(f"{scheme.title().replace('_', '')}Inline", (StatementInline,), names)


STATEMENT_INLINES = [statement_inline(scheme) for scheme in ORDER_OF_WORK]
