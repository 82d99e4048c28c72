"""A text to code from: what is quoted and coded already is marked, and words become quotations."""

import uuid
from collections.abc import Sequence
from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import workflow
from cases.admin.complete import Incomplete
from cases.admin.lookups import Lookups
from cases.admin.quoting import Words, WordsFields
from cases.admin.statements import (
    ORDER_OF_WORK,
    CasePage,
    StatementForm,
    note_quotations,
    stored_quotation,
)
from cases.admin.widgets import EdtfInput, LookupInput
from cases.models import Case, Edition, Passage, Quotation, Statement, StatementQuotation
from cases.models.vocabulary import SCHEMES, WORDLESS_TERMS
from cases.querysets import SEARCHED
from cases.records.shapes import Span as Ref
from cases.spans import Span, nested, segments
from cases.text import squash

OWN_DIRECTION = forms.TextInput({"dir": "auto"})


class QuoteForm(WordsFields):
    """Words of this text, their translation, and the statements that they are to stand behind.

    `place` is where somebody marked the words; it counts as long as the words are still those.
    """

    edition = None
    place = forms.CharField(required=False, widget=forms.HiddenInput)
    # By key: the same statement has another id in a working copy, which may be made just now.
    attach = forms.MultipleChoiceField(required=False)

    def __init__(self, *args, lookups: Lookups, text: Edition, statements, **options):
        super().__init__(*args, **options)
        self.lookups, self.text = lookups, text
        self.found: list[Words] = []
        self.fields["words"].required = True
        self.fields["words"].widget = forms.Textarea({"rows": 4, "dir": "auto"})
        self.fields["attach"].choices = [(each.key, each.key) for each in statements]

    def clean(self):
        data = super().clean()
        if place := self._marked(data):
            data["words"] = place
        data["edition"] = self.text.ref
        self.found = self.find_words(self.lookups)
        for words in self.found:
            if words.place.passage.edition_id != self.text.pk:
                self.add_error("words", _("This place is in another text than the one here."))
        return data

    def _marked(self, data) -> str:
        """The place that was marked, if the passage prints the words there."""
        span = Ref.parse(data.get("place") or "")
        passage = span and self.lookups.passage_of(span)
        there = passage and squash(passage.text[span.start : span.end])
        return str(span) if there and there == squash(data.get("words", "")) else ""


class BesideForm(StatementForm):
    """A new statement of any scheme, on words that were given beside it."""

    given: Sequence[Words] = ()

    def has_changed(self):
        """Whether somebody began a statement: these two have a value from the start."""
        return not {"scope", "support"}.issuperset(self.changed_data)

    def find_words(self, lookups, told=None):
        return list(self.given)

    def clean(self):
        data = super().clean()
        for key in data.get("credited_to") or []:
            if key not in self.page.tools:
                self.add_error("credited_to", _("%(key)s is no tool of this case.") % {"key": key})
        if data.get("key") in self.page.keys:
            self.add_error("key", _("Another statement of this case has this key."))
        return data

    def save(self, commit=True):
        row = self.instance
        row.key = self.cleaned_data["key"] or self.page.free_key(row.term_id.partition(":")[0])
        row.order = self.page.take_order()
        return super().save(commit)

    @property
    def first(self) -> list:
        return [self[name] for name in ("term", "who", "when", "scope", "support")]

    @property
    def more(self) -> list:
        return [self[name] for name in MORE]


MORE = (
    *("horizon", "attribution", "assessed_by", "credited_to", "effect", "phase", "place"),
    *("quantity", "key"),
)
NewStatementForm = forms.modelform_factory(
    Statement,
    form=BesideForm,
    fields=["key", "term", "who", "when", "scope", "support", *MORE],
    widgets={"when": EdtfInput, "place": OWN_DIRECTION, "quantity": OWN_DIRECTION},
)


class ReadingDesk(admin.ModelAdmin):
    """The reading view of an edition, at the side of its record."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.read)
        return [path("<int:pk>/read/", view, name="cases_edition_read"), *super().get_urls()]

    def get_list_display(self, request):
        return [*super().get_list_display(request), "reading"]

    @admin.display(description=gettext_lazy("reading"))
    def reading(self, edition):
        address = reverse("admin:cases_edition_read", args=[edition.pk])
        return format_html('<a href="{}">{}</a>', address, _("Read and quote"))

    def read(self, request, pk):
        """The text, and beside it the form that quotes from it; `case` is the one being coded."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        texts = Edition.objects.select_related("document").defer("content")
        edition = get_object_or_404(texts, pk=pk)
        try:
            with transaction.atomic():
                desk = _Desk(self.admin_site, request, edition)
                if request.method == "POST" and (answer := desk.save()):
                    return answer
        except Incomplete as refused:
            desk = _Desk(self.admin_site, request, edition)
            desk.refuse(refused)
        context = {
            **self.admin_site.each_context(request),
            **desk.shown(),
            "title": _("Read and quote"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/cases/edition/read.html", context)


class _Desk:
    """One text and the case that is coded from it, for one request."""

    def __init__(self, site, request, edition: Edition):
        self.request, self.edition = request, edition
        self.lookups = Lookups.of(request)
        self.case_admin = site.get_model_admin(Case)
        self.may_quote = site.get_model_admin(Quotation).has_add_permission(request)
        self.case, self.problem, self.goes_to_copy = None, "", False
        self.asked = request.GET.get("case", "").strip()
        if self.asked:
            self._choose()
        self._read_statements()
        data = request.POST if request.method == "POST" else None
        options = {"lookups": self.lookups, "text": edition, "statements": self.statements}
        self.form = QuoteForm(data, **options)
        self.new = None
        if self.may_code:
            self.new = NewStatementForm(
                data,
                prefix="new",
                instance=Statement(case=self.case),
                lookups=self.lookups,
                page=self.page,
                empty_permitted=True,
                use_required_attribute=False,
            )

    def _choose(self) -> None:
        try:
            found = self.lookups.kind("case").find(self.asked).row
        except ValidationError as error:
            self.problem = " ".join(error.messages)
            return
        if not self.case_admin.has_view_permission(self.request, found):
            raise PermissionDenied
        rows = Case.objects.defer(*SEARCHED)
        if self.request.method == "POST":
            # Whoever saves the case meanwhile has to wait, or has been before.
            rows = rows.select_for_update()
        self.case = rows.get(pk=found.pk)
        self.goes_to_copy = workflow.goes_to_copy(self.case, self.request.user)
        if self.goes_to_copy:
            self.case = rows.filter(working_copy_of=found.pk).first() or self.case

    def _read_statements(self) -> None:
        """The case's statements that words can stand behind, in the order of work."""
        self.page = CasePage.of(self.case) if self.case else None
        self.statements = [
            row
            for scheme in ORDER_OF_WORK
            for row in (self.page.rows[scheme] if self.page else ())
            if row.term_id not in WORDLESS_TERMS
        ]

    @property
    def may_code(self) -> bool:
        if self.case is None:
            return False
        return self.goes_to_copy or self.case_admin.has_change_permission(self.request, self.case)

    @property
    def standing(self) -> str:
        """Where what is coded here goes, if that is not the case itself."""
        if not self.goes_to_copy:
            return ""
        if self.case.working_copy_of_id:
            return _("This case has a working copy: this is it. Readers see the case without it.")
        return _(
            "Readers see this case. What you change here goes into a working copy, which readers "
            "see when a reviewer publishes it."
        )

    def save(self):
        """Quote and attach what was posted; the page to go to, or None where something is wrong."""
        is_valid = self.form.is_valid()
        if self.new:
            self.new.given = self.form.found
            is_valid = self.new.is_valid() and is_valid
        if self.form.cleaned_data.get("attach") and not self.may_code:
            raise PermissionDenied
        if not self.may_quote:
            raise PermissionDenied
        if not is_valid:
            return None
        told = self._attach()
        messages.success(self.request, told)
        query = f"?{urlencode({'case': self.case.slug})}" if self.case else ""
        passage = self.form.found[0].place.passage.code
        return HttpResponseRedirect(f"{self.request.path}{query}#{passage}")

    def refuse(self, refused: Incomplete) -> None:
        """Show what was posted again, and why it was not saved."""
        if self.form.is_valid():
            self.form.add_error(None, refused.sentences)

    def _attach(self) -> str:
        """Write the quotations and what stands on them; what was done, in a sentence."""
        words, chosen = self.form.found, self.form.cleaned_data["attach"]
        is_new = bool(self.new and self.new.has_changed())
        if chosen or is_new:
            self._turn_to_writable()
            rows = [row for row in self.statements if row.key in chosen]
            for row in rows:
                self.page.attach(row, words)
            if is_new:
                rows.append(self.new.save())
            self.case_admin.note_saved(self.request, self.case)
            if self.goes_to_copy:
                said = _(
                    "Your change is in a working copy. Readers see it when a reviewer publishes it."
                )
                messages.success(self.request, said)
            keys = _(", ").join(row.key for row in rows)
            return _("Quoted for %(keys)s.") % {"keys": keys}
        made = [quotation for quotation, changed in map(stored_quotation, words) if changed]
        note_quotations(made, self.request.user, uuid.uuid4())
        return _("Quoted. No statement stands on these words yet.")

    def _turn_to_writable(self) -> None:
        """Go on in the row that this user may change: the case, or a working copy, made if need be.

        The new statement was judged by the case's keys; those of a fresh copy are the same.
        """
        row = workflow.writable(self.case, self.request.user)
        if row.pk != self.case.pk:
            self.case = row
            self._read_statements()
            self.new.instance.case, self.new.page = row, self.page

    def shown(self) -> dict:
        """What the template shows."""
        quoted = _quoted(self.edition)
        passages = [
            ShownPassage(passage, quoted.get(passage.pk, []), self.case)
            for passage in self.lookups.passages(self.edition)
        ]
        schemes = groupby(self.statements, key=lambda row: row.scheme)
        chosen = self.form["attach"].value() or []
        return {
            "edition": self.edition,
            "passages": passages,
            "case": self.case,
            "standing": self.standing,
            "asked": self.asked,
            "problem": self.problem,
            "chooser": LookupInput("case").render("case", self.asked, {"id": "id_case"}),
            "schemes": [(SCHEMES[scheme], list(rows)) for scheme, rows in schemes],
            "chosen": set(chosen),
            "form": self.form,
            "new": self.new,
            "may_quote": self.may_quote,
            "media": forms.Media(js=["cases/quoting.js"]) + EdtfInput().media,
        }


class ShownPassage:
    """A passage with its marked words, and what stands on them."""

    def __init__(self, passage: Passage, quotations: list[Quotation], case: Case | None):
        self.passage = passage
        self.quotations = quotations
        spans = [Span(each.start, each.end, mark=_state(each, case)) for each in quotations]
        self.pieces = nested(segments(passage.text, spans))


def _state(quotation: Quotation, case: Case | None) -> str:
    """How far words are coded: only quoted, coded, or coded in the case at hand."""
    cases = {each.statement.case_id for each in quotation.evidence_for.all()}
    if case is not None and case.pk in cases:
        return "here"
    return "coded" if cases else "quoted"


def _quoted(edition: Edition) -> dict[int, list[Quotation]]:
    """The quotations of an edition with what stands on them, by the id of their passage."""
    unread = [f"statement__case__{name}" for name in (*SEARCHED, "internal_notes")]
    standing = StatementQuotation.objects.select_related("statement__term", "statement__case")
    quotations = (
        Quotation.objects.filter(passage__edition=edition)
        .order_by("passage", "start", "end")
        .prefetch_related(
            Prefetch("evidence_for", standing.defer(*unread).order_by("statement__case", "id"))
        )
    )
    return {pk: list(rows) for pk, rows in groupby(quotations, key=lambda row: row.passage_id)}
