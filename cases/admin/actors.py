"""Actors and their names."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cases.admin.base import DirectedAdmin, ReadOnlyAdmin, RecordAdmin
from cases.admin.fields import LabelledFormSet
from cases.admin.merging import MergeAdmin
from cases.admin.tables import TableAdmin
from cases.models import Actor, ActorName, Term


class ActorNameInline(DirectedAdmin, admin.TabularInline):
    model = ActorName
    formset = LabelledFormSet
    extra = 1


@admin.register(Actor)
class ActorAdmin(MergeAdmin, TableAdmin, RecordAdmin):
    record_kind = "actor"
    tables = ["actors", "actor_names"]
    list_display = ["code", "__str__", "type", "naming", "parent", "country", "statement_total"]
    list_filter = ["type", "naming"]
    list_select_related = ["type", "parent", "country"]
    search_fields = ["code", "names__name"]
    autocomplete_fields = ["parent", "country", "successor"]
    inlines = [ActorNameInline]

    def get_queryset(self, request):
        rows = super().get_queryset(request).with_statement_count()
        return rows.prefetch_related("names", "parent__names")

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    def to_field_allowed(self, request, to_field):
        """The form of a case gives the code of a new actor back into its field."""
        return to_field == "code" or super().to_field_allowed(request, to_field)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "type":
            kwargs["queryset"] = Term.objects.filter(scheme="actor_type")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("statements"), ordering="statement_count")
    def statement_total(self, actor):
        return actor.statement_count


@admin.register(ActorName)
class ActorNameAdmin(ReadOnlyAdmin):
    """For looking names up; they are edited with their actor."""

    list_display = ["name", "language", "kind", "actor"]
    list_filter = ["language", "kind"]
    list_select_related = ["actor"]
    ordering = ["actor__code", "order", "id"]
    search_fields = ["name", "actor__code"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("actor__names")
