"""Documents, their texts, and the words quoted from them."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases.admin.base import DirectedAdmin, ReadOnlyAdmin, RecordAdmin
from cases.admin.fields import LabelledFormSet
from cases.admin.reading import ReadingDesk
from cases.admin.tables import TableAdmin
from cases.models import (
    Document,
    Edition,
    Erratum,
    ErratumPlace,
    Passage,
    Quotation,
    Reference,
    Section,
)


def in_direction(text: str, language: str) -> str:
    """A text in its own language and direction, for read-only columns."""
    return format_html('<bdi lang="{}">{}</bdi>', language, text)


def printed(row) -> str:
    """The words of a passage that a quotation or a reference is about."""
    return in_direction(row.passage.text[row.start : row.end], row.passage.edition.language)


def shortened(text: str, length: int = 120) -> str:
    """The beginning of a long text."""
    return text if len(text) <= length else f"{text[:length]}…"


@admin.register(Document)
class DocumentAdmin(TableAdmin, RecordAdmin):
    record_kind = "document"
    tables = ["documents"]
    list_display = ["code", "symbol", "title_en", "kind", "date", "identification"]
    list_filter = ["kind", "identification"]
    search_fields = ["code", "symbol", "title_en", "title_fa", "title_ar"]
    autocomplete_fields = ["issuer"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Edition)
class EditionAdmin(ReadingDesk, ReadOnlyAdmin):
    list_display = ["ref", "language", "title", "file_name", "sha256"]
    list_filter = ["language"]
    search_fields = ["ref", "title"]
    exclude = ["content"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("document").defer("content")


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    list_display = ["edition", "code", "marker", "title", "level", "parent"]
    list_filter = ["edition", "level"]
    list_select_related = ["edition", "parent"]
    ordering = ["edition__ref", "order"]
    search_fields = ["title"]


@admin.register(Passage)
class PassageAdmin(ReadOnlyAdmin):
    list_display = ["ref", "kind", "number", "beginning", "quotation_total"]
    list_filter = ["edition", "kind"]
    list_select_related = ["edition"]
    search_fields = ["ref", "text"]
    ordering = ["edition__ref", "order"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_quotation_count()

    @admin.display(description=_("text"))
    def beginning(self, passage):
        return in_direction(shortened(passage.text), passage.edition.language)

    @admin.display(description=_("quotations"), ordering="quotation_count")
    def quotation_total(self, passage):
        return passage.quotation_count


@admin.register(Quotation)
class QuotationAdmin(TableAdmin, RecordAdmin):
    """Words are evidence: what a statement stands on cannot be moved or deleted."""

    record_kind = "quotation"
    tables = ["quotations"]
    list_display = ["__str__", "printed_words", "translation_en", "translated_by", "uses"]
    list_filter = ["passage__edition", "translated_by"]
    list_select_related = ["passage__edition"]
    ordering = ["passage__edition__ref", "passage__order", "start", "end"]
    search_fields = ["passage__ref", "passage__text", "translation_en"]
    autocomplete_fields = ["passage"]
    fields = ["passage", "start", "end", "printed_words", "translation_en", "translated_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_uses()

    def get_readonly_fields(self, request, obj=None):
        return ["passage", "start", "end", "printed_words"] if obj else ["printed_words"]

    @admin.display(description=_("words"))
    def printed_words(self, quotation):
        if not quotation.pk:
            return "–"
        return printed(quotation)

    @admin.display(description=_("uses"), ordering="uses")
    def uses(self, quotation):
        return quotation.uses


@admin.register(Reference)
class ReferenceAdmin(TableAdmin, RecordAdmin):
    record_kind = "reference"
    tables = ["references"]
    list_display = ["passage", "document", "kind", "printed_words"]
    list_filter = ["kind", "passage__edition"]
    list_select_related = ["passage__edition", "document"]
    ordering = ["passage__edition__ref", "passage__order", "start", "document__code"]
    search_fields = ["passage__ref", "document__code", "document__title_en"]
    autocomplete_fields = ["passage", "document"]

    @admin.display(description=_("words"))
    def printed_words(self, reference):
        return printed(reference)


class ErratumPlaceInline(DirectedAdmin, admin.TabularInline):
    model = ErratumPlace
    formset = LabelledFormSet
    extra = 1
    autocomplete_fields = ["passage"]


@admin.register(Erratum)
class ErratumAdmin(TableAdmin, RecordAdmin):
    record_kind = "erratum"
    tables = ["errata"]
    list_display = ["code", "kind", "printed", "reading", "reading_en", "certainty", "basis"]
    list_filter = ["edition", "kind", "certainty", "basis"]
    list_select_related = ["edition"]
    ordering = ["edition__ref", "code"]
    search_fields = ["code", "printed", "reading", "reading_en", "why_en"]
    autocomplete_fields = ["edition"]
    inlines = [ErratumPlaceInline]


@admin.register(ErratumPlace)
class ErratumPlaceAdmin(ReadOnlyAdmin):
    list_display = ["erratum", "passage", "start", "end"]
    list_select_related = ["erratum", "passage"]
    ordering = ["erratum__edition__ref", "erratum__code", "passage__order", "start"]
    search_fields = ["erratum__code", "passage__ref"]
