"""What the admin classes share: revisions, read-only evidence, text in its own direction."""

import uuid

from django import forms
from django.contrib import admin
from django.db import models
from import_export.admin import ImportExportMixin

from cases import index, records
from cases.models.choices import Source
from cases.models.fields import EdtfField

LEFT_TO_RIGHT = {"dir": "ltr"}
OWN_DIRECTION = {"dir": "auto"}


class DirectedAdmin:
    """Free text takes its direction from what it says; codes and dates run left to right."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None:
            return field
        codes = (models.SlugField, models.URLField, EdtfField)
        if isinstance(db_field, codes):
            field.widget.attrs |= LEFT_TO_RIGHT
        elif isinstance(field.widget, (forms.TextInput, forms.Textarea)):
            field.widget.attrs |= OWN_DIRECTION
        if isinstance(db_field, models.TextField) and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 3
        return field


class RecordAdmin(DirectedAdmin, admin.ModelAdmin):
    """Saving or deleting writes a revision, so that history is whole and seeds stay away."""

    record_kind: str
    show_facets = admin.ShowFacets.ALWAYS
    list_per_page = 50

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.note_saved(request, form.instance)

    def note_saved(self, request, row):
        key = records.KINDS[self.record_kind].key_of(row)
        records.note_saved(self.record_kind, key, source=Source.ADMIN, who=request.user)
        index.refresh([key] if self.record_kind == "case" else None)

    def delete_model(self, request, obj):
        self._note_deleted(request, [obj], uuid.uuid4())
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self._note_deleted(request, queryset, uuid.uuid4())
        super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs, request):
        """Rows that nobody edits alone go with the record they belong to."""
        found, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        parts = {
            model._meta.verbose_name
            for model, each in self.admin_site._registry.items()
            if isinstance(each, ReadOnlyAdmin)
        }
        return found, counts, forbidden - parts, protected

    def _note_deleted(self, request, rows, change_set):
        for row in rows:
            records.note_deleted(
                self.record_kind,
                records.KINDS[self.record_kind].key_of(row),
                source=Source.ADMIN,
                who=request.user,
                change_set=change_set,
            )


class TableAdmin(ImportExportMixin):
    """Files in and out, for those who may do by hand what the file does."""

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)


class ReadOnlyAdmin(admin.ModelAdmin):
    """What nobody edits by hand: it is made by the parser or by saving something else."""

    show_facets = admin.ShowFacets.ALWAYS

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class LoadedChoiceField(forms.ModelChoiceField):
    """A choice among rows that are read once, however many forms of a page offer it."""

    def __init__(self, queryset, **kwargs):
        self.rows = {str(row.pk): row for row in queryset}
        super().__init__(queryset, **kwargs)

    @property
    def choices(self):
        empty = [("", self.empty_label)] if self.empty_label is not None else []
        return empty + [(pk, self.label_from_instance(row)) for pk, row in self.rows.items()]

    @choices.setter
    def choices(self, value):
        """Rows decide what can be chosen; Django sets this when it copies the field."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        key = str(getattr(value, "pk", value))
        if key not in self.rows:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": value}
            )
        return self.rows[key]
