"""Cases with their statements, and findings."""

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.admin.base import (
    DirectedAdmin,
    LoadedChoiceField,
    ReadOnlyAdmin,
    RecordAdmin,
    TableAdmin,
)
from cases.admin.documents import in_direction, shortened
from cases.models import (
    Case,
    CaseCountry,
    CaseRelation,
    Document,
    Statement,
    StatementActor,
    StatementQuotation,
    Term,
)
from cases.models.vocabulary import SCHEMES
from cases.querysets import SEARCHED
from cases.resources import CaseResource

COMMON = ["key", "term", "actors_and_words", "when", "scope", "support"]
OWN_COLUMNS = {
    "event": ["phase", "place"],
    "outcome": ["horizon", "assessed_by", "attribution"],
    "success_element": ["effect"],
    "tool": ["quantity", "place"],
}


class CaseCountryInline(admin.TabularInline):
    model = CaseCountry
    extra = 1
    autocomplete_fields = ["country"]


class CaseRelationInline(admin.TabularInline):
    model = CaseRelation
    fk_name = "case"
    extra = 0
    autocomplete_fields = ["to"]


class StatementFormSet(BaseInlineFormSet):
    """The statements of one scheme; their keys are unique in the whole case, over all schemes."""

    def clean(self):
        super().clean()
        # All schemes' rows of a page share the case; each leaves its keys there for the next.
        taken = self.instance.__dict__.setdefault("_keys_on_page", set())
        for form in self.forms:
            key = form.cleaned_data.get("key") if hasattr(form, "cleaned_data") else None
            if not key or form.cleaned_data.get("DELETE"):
                continue
            if key in taken:
                form.add_error("key", _("Another statement of this case has this key."))
            taken.add(key)


class StatementInline(DirectedAdmin, admin.TabularInline):
    """The statements of one scheme; actors and words are edited in the statement's own form."""

    model = Statement
    formset = StatementFormSet
    scheme: str
    extra = 0
    show_change_link = True
    ordering = ["order", "id"]
    readonly_fields = ["actors_and_words"]

    def get_fields(self, request, obj=None):
        return [*COMMON, *OWN_COLUMNS.get(self.scheme, [])]

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(scheme=self.scheme)
        return rows.for_page().select_related("case", "term", "assessed_by")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Choices are read once a page, not once a row."""
        choices = {
            "term": Term.objects.filter(scheme=self.scheme),
            "assessed_by": Document.objects.all(),
        }
        if db_field.name not in choices:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        return LoadedChoiceField(
            choices[db_field.name],
            required=not db_field.blank,
            label=db_field.verbose_name,
            help_text=db_field.help_text,
        )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Terms and documents are managed elsewhere: no icons for them in every row."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    @admin.display(description=_("actors and words"))
    def actors_and_words(self, statement):
        """Short, since a case may have a hundred rows; all of it stands in the statement's form."""
        if not statement.pk:
            return _("after saving")
        actors = "; ".join(
            f"{part.actor} ({part.get_part_display()})" for part in statement.parts.all()
        )
        quotations = [evidence.quotation for evidence in statement.evidence.all()]
        if not quotations:
            return actors
        first = quotations[0]
        words = in_direction(
            shortened(first.passage.text[first.start : first.end], 60),
            first.passage.edition.language,
        )
        more = f" +{len(quotations) - 1}" if len(quotations) > 1 else ""
        return format_html("{}<div>«{}»{}</div>", actors, words, more)


def statement_inline(scheme: str) -> type[StatementInline]:
    """The inline of one scheme; one class serves them all."""
    names = {
        "scheme": scheme,
        "verbose_name": SCHEMES[scheme],
        "verbose_name_plural": SCHEMES[scheme],
    }
    return type(f"{scheme.title().replace('_', '')}Inline", (StatementInline,), names)


@admin.register(Case)
class CaseAdmin(TableAdmin, RecordAdmin):
    record_kind = "case"
    resource_classes = [CaseResource]
    list_display = ["slug", "title_en", "start", "coverage", "review", "coding", "statement_total"]
    list_filter = ["review", "coverage", "coding", "case_countries__country__region"]
    search_fields = ["slug", "title_en", "title_fa", "title_ar"]
    autocomplete_fields = ["regions"]
    readonly_fields = ["on_site", "version", "changed_on", "published_on"]
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
    inlines = [
        CaseCountryInline,
        CaseRelationInline,
        *(statement_inline(scheme) for scheme in SCHEMES if scheme != "finding"),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).originals().with_statement_count()
        return rows.defer(*SEARCHED)

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(["slug"] if obj else [])]

    @admin.display(description=_("statements"), ordering="statement_count")
    def statement_total(self, case):
        return case.statement_count

    @admin.display(description=_("on the site"))
    def on_site(self, case):
        if not case.pk or case.review != "published":
            return "–"
        address = reverse("case", args=[case.slug])
        return format_html('<a href="{0}" dir="ltr">{0}</a>', address)


class StatementActorInline(admin.TabularInline):
    model = StatementActor
    extra = 1
    autocomplete_fields = ["actor"]


class StatementQuotationInline(admin.TabularInline):
    model = StatementQuotation
    extra = 1
    autocomplete_fields = ["quotation"]
    readonly_fields = ["printed_words"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("quotation__passage__edition")

    @admin.display(description=_("words"))
    def printed_words(self, evidence):
        if not evidence.pk:
            return "–"
        quotation = evidence.quotation
        words = quotation.passage.text[quotation.start : quotation.end]
        return in_direction(words, quotation.passage.edition.language)


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    """One statement whole; saving it writes a revision of its case, or of the finding it is."""

    list_display = ["__str__", "term", "case", "when", "scope", "support", "quotation_total"]
    list_filter = ["scheme", "scope", "support", "horizon", "attribution"]
    list_select_related = ["term", "case"]
    search_fields = ["key", "case__slug", "term__code", "term__label_en", "note_en"]
    autocomplete_fields = ["case", "term", "assessed_by", "credited_to", "documents", "about"]
    inlines = [StatementActorInline, StatementQuotationInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_quotation_count()

    def note_saved(self, request, row):
        self.record_kind = "case" if row.case_id else "finding"
        super().note_saved(request, row.case if row.case_id else row)

    def delete_model(self, request, obj):
        self._delete(request, [obj])

    def delete_queryset(self, request, queryset):
        self._delete(request, list(queryset.select_related("case")))

    def _delete(self, request, statements):
        """Deleting a case's statement changes the case; a finding is a record of its own."""
        for statement in statements:
            case = statement.case
            if case is None:
                self.record_kind = "finding"
                super().delete_model(request, statement)
            else:
                statement.delete()
        for case in {statement.case for statement in statements if statement.case_id}:
            self.record_kind = "case"
            super().note_saved(request, case)

    @admin.display(description=_("quotations"), ordering="quotation_count")
    def quotation_total(self, statement):
        return statement.quotation_count


@admin.register(CaseCountry)
class CaseCountryAdmin(ReadOnlyAdmin):
    list_display = ["case", "country", "role"]
    list_filter = ["role"]
    list_select_related = ["case", "country"]
    search_fields = ["case__slug", "country__alpha3"]


@admin.register(CaseRelation)
class CaseRelationAdmin(ReadOnlyAdmin):
    list_display = ["case", "kind", "to"]
    list_filter = ["kind"]
    list_select_related = ["case", "to"]
    search_fields = ["case__slug", "to__slug"]


@admin.register(StatementActor)
class StatementActorAdmin(ReadOnlyAdmin):
    list_display = ["statement", "part", "actor"]
    list_filter = ["part"]
    list_select_related = ["statement__case", "actor"]
    search_fields = ["statement__case__slug", "actor__code", "actor__names__name"]


@admin.register(StatementQuotation)
class StatementQuotationAdmin(ReadOnlyAdmin):
    list_display = ["statement", "quotation"]
    list_select_related = ["statement__case", "quotation__passage"]
    search_fields = ["statement__case__slug", "quotation__passage__ref"]
