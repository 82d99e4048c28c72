"""Terms, regions and countries."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cases.admin.base import RecordAdmin
from cases.admin.merging import MergeAdmin
from cases.admin.tables import TableAdmin
from cases.models import Country, Region, Term


@admin.register(Term)
class TermAdmin(MergeAdmin, TableAdmin, RecordAdmin):
    record_kind = "term"
    tables = ["terms"]
    list_display = ["id", "label_en", "label_fa", "label_ar", "broader", "uses", "retired_on"]
    list_filter = ["scheme", ("retired_on", admin.EmptyFieldListFilter)]
    list_select_related = ["broader"]
    search_fields = ["code", "label_en", "label_fa", "label_ar", "definition_en"]
    autocomplete_fields = ["broader", "replaced_by"]
    ordering = ["scheme", "order"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_uses()

    def get_readonly_fields(self, request, obj=None):
        return ["scheme", "code"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        """What is offered while one types leaves retired terms out; the list has all."""
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            queryset = queryset.in_use()
        return super().get_search_results(request, queryset, search_term)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("uses"), ordering="uses")
    def uses(self, term):
        return term.uses


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    record_kind = "region"
    list_display = ["code", "m49", "__str__", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "m49"]
    autocomplete_fields = ["parent"]


@admin.register(Country)
class CountryAdmin(TableAdmin, RecordAdmin):
    record_kind = "country"
    tables = ["countries"]
    list_display = ["alpha3", "alpha2", "__str__", "region"]
    list_filter = ["region"]
    list_select_related = ["region"]
    search_fields = ["alpha3", "alpha2"]
    autocomplete_fields = ["region"]
