"""Cases with their statements, and findings."""

import uuid

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases import records, workflow
from cases.admin.base import ChoosingAdmin, ReadOnlyAdmin, RecordAdmin, is_trial
from cases.admin.documents import printed
from cases.admin.fields import LabelledFormSet, LookupField, LookupsField
from cases.admin.helping import LookupViews
from cases.admin.lookups import Lookups
from cases.admin.meanwhile import Record
from cases.admin.merging import MergeAdmin
from cases.admin.statements import (
    STATEMENT_INLINES,
    CasePage,
    StatementFormSet,
    StatementInline,
    note_quotations,
)
from cases.admin.tables import TableAdmin
from cases.admin.workflow import CaseWorkflow, StatementWorkflow
from cases.models import (
    Case,
    CaseCountry,
    CaseRelation,
    Statement,
    StatementActor,
    StatementQuotation,
)
from cases.querysets import SEARCHED
from cases.records.differences import path_of
from cases.worklist import claims_without_words


class CaseCountryForm(forms.ModelForm):
    """A country by its code or its name in any language."""

    country = LookupField("country", label=_("country"))

    def __init__(self, *args, lookups, **options):
        super().__init__(*args, **options)
        self.fields["country"].lookups = lookups


class CaseForm(forms.ModelForm):
    """The head of a case; its regions by their codes or names."""

    regions = LookupsField(
        "region",
        label=_("regions"),
        required=False,
        help_text=_("Only for a crisis of a whole region."),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["regions"] = ", ".join(each.code for each in self.instance.regions.all())


class CaseCountryInline(admin.TabularInline):
    model = CaseCountry
    form = CaseCountryForm
    formset = LabelledFormSet
    extra = 1


class CaseRelationInline(ChoosingAdmin, admin.TabularInline):
    model = CaseRelation
    fk_name = "case"
    formset = LabelledFormSet
    extra = 0
    autocomplete_fields = ["to"]


@admin.register(Case)
class CaseAdmin(CaseWorkflow, LookupViews, MergeAdmin, TableAdmin, RecordAdmin):
    record_kind = "case"
    tables = ["cases", "workbook"]
    list_display = ["slug", "title_en", "start", "coverage", "review", "coding", "statement_total"]
    list_filter = ["review", "coverage", "coding", "case_countries__country__region"]
    search_fields = ["slug", "title_en", "title_fa", "title_ar"]
    form = CaseForm
    readonly_fields = ["review", "coding", "on_site", "version", "changed_on", "published_on"]
    fieldsets = [
        (None, {"fields": ["slug", ("start", "end"), ("coverage", "review", "coding"), "on_site"]}),
        (_("Title"), {"fields": ["title_en", "title_fa", "title_ar"]}),
        (_("Summary"), {"fields": ["summary_en", "summary_fa", "summary_ar"]}),
        (_("Place"), {"fields": ["regions"]}),
        (
            _("Desk"),
            {
                "fields": [
                    ("coded_by", "reviewed_by"),
                    "internal_notes",
                    ("version", "changed_on", "published_on"),
                ]
            },
        ),
    ]
    inlines = [CaseCountryInline, *STATEMENT_INLINES, CaseRelationInline]

    def get_queryset(self, request):
        rows = super().get_queryset(request).originals().with_statement_count()
        return rows.defer(*SEARCHED)

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(["slug"] if obj else [])]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if "regions" in form.base_fields:
            form.base_fields["regions"].lookups = Lookups.of(request)
        return form

    def get_formset_kwargs(self, request, obj, inline, prefix):
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, (CaseCountryInline, StatementInline)):
            options["form_kwargs"] = {"lookups": Lookups.of(request)}
        if refused := getattr(request, "incomplete", None):
            CasePage.of(obj).lacks = refused.of_statements
        return options

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if is_trial(request):
            return
        tables = [each for each in formsets if isinstance(each, StatementFormSet)]
        if lacking := [sentence for table in tables for sentence in table.lacking()]:
            told = _("For later: %(lacking)s") % {"lacking": " ".join(lacking)}
            self.message_user(request, told, messages.WARNING)

    def note_saved(self, request, row, change_set=None):
        change_set = change_set or uuid.uuid4()
        if quotations := CasePage.of(row).new_quotations:
            note_quotations(quotations, request.user, change_set)
        super().note_saved(request, row, change_set)

    @admin.display(description=_("statements"), ordering="statement_count")
    def statement_total(self, case):
        return case.statement_count

    @admin.display(description=_("on the site"))
    def on_site(self, case):
        if not case.pk or case.review != "published":
            return "–"
        address = reverse("case", args=[case.slug])
        return format_html('<a href="{0}" dir="ltr">{0}</a>', address)


class StatementActorInline(ChoosingAdmin, admin.TabularInline):
    model = StatementActor
    formset = LabelledFormSet
    extra = 1
    autocomplete_fields = ["actor"]


class StatementQuotationInline(ChoosingAdmin, admin.TabularInline):
    model = StatementQuotation
    formset = LabelledFormSet
    extra = 1
    autocomplete_fields = ["quotation"]
    readonly_fields = ["printed_words"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("quotation__passage__edition")

    @admin.display(description=_("words"))
    def printed_words(self, evidence):
        if not evidence.pk:
            return "–"
        return printed(evidence.quotation)


class WordsFilter(admin.SimpleListFilter):
    """Claims that quote nothing: the words behind them are still to be found."""

    title = _("words")
    parameter_name = "words"

    def lookups(self, request, model_admin):
        return [("none", _("without words"))]

    def queryset(self, request, queryset):
        if self.value() != "none":
            return queryset
        return queryset.filter(pk__in=claims_without_words().values("pk"))


@admin.register(Statement)
class StatementAdmin(StatementWorkflow, TableAdmin, RecordAdmin):
    """One statement whole; saving it writes a revision of its case, or of the finding it is."""

    tables = ["statements", "findings"]
    list_display = ["__str__", "term", "case", "when", "scope", "support", "quotation_total"]
    list_filter = ["scheme", WordsFilter, "scope", "support", "horizon", "attribution"]
    list_select_related = ["term", "case"]
    ordering = ["case__slug", "order", "id"]
    search_fields = ["key", "case__slug", "term__code", "term__label_en", "note_en"]
    autocomplete_fields = ["case", "term", "assessed_by", "credited_to", "documents", "about"]
    inlines = [StatementActorInline, StatementQuotationInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_quotation_count()

    def get_form(self, request, obj=None, change=False, **kwargs):
        """A statement stays with its case: moving it would change two records at once."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and "case" in form.base_fields:
            form.base_fields["case"].disabled = True
        return form

    def record_of(self, row):
        if row.case_id:
            kind = workflow.kind_of(row.case)
            return Record(kind, records.EVERY_KIND[kind].key_of(row.case), row.case)
        return Record("finding", row.key, row)

    def part_of_record(self, row):
        return path_of(["statements", row.key]) if row.case_id else ""

    def delete_model(self, request, obj):
        self._delete(request, [obj])

    def delete_queryset(self, request, queryset):
        self._delete(request, list(queryset.select_related("case")))

    def _delete(self, request, statements):
        """Deleting a case's statement changes the case; a finding is a record of its own."""
        mark = uuid.uuid4()
        self._note_deleted(request, [each for each in statements if not each.case_id], mark)
        for statement in statements:
            statement.delete()
        for statement in {each.case_id: each for each in statements if each.case_id}.values():
            self.note_saved(request, statement, mark)

    @admin.display(description=_("quotations"), ordering="quotation_count")
    def quotation_total(self, statement):
        return statement.quotation_count


@admin.register(CaseCountry)
class CaseCountryAdmin(ReadOnlyAdmin):
    list_display = ["case", "country", "role"]
    list_filter = ["role"]
    list_select_related = ["case", "country"]
    ordering = ["case__slug", "order", "id"]
    search_fields = ["case__slug", "country__alpha3"]


@admin.register(CaseRelation)
class CaseRelationAdmin(ReadOnlyAdmin):
    list_display = ["case", "kind", "to"]
    list_filter = ["kind"]
    list_select_related = ["case", "to"]
    ordering = ["case__slug", "to__slug", "kind"]
    search_fields = ["case__slug", "to__slug"]


@admin.register(StatementActor)
class StatementActorAdmin(ReadOnlyAdmin):
    list_display = ["statement", "part", "actor"]
    list_filter = ["part"]
    list_select_related = ["statement__case", "actor"]
    ordering = ["statement__case__slug", "statement__order", "order", "id"]
    search_fields = ["statement__case__slug", "actor__code", "actor__names__name"]


@admin.register(StatementQuotation)
class StatementQuotationAdmin(ReadOnlyAdmin):
    list_display = ["statement", "quotation"]
    list_select_related = ["statement__case", "quotation__passage"]
    ordering = ["statement__case__slug", "statement__order", "order", "id"]
    search_fields = ["statement__case__slug", "quotation__passage__ref"]
