"""What the admin classes share: revisions, turns, read-only evidence, text in its direction."""

import uuid
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.forms.models import _get_foreign_key
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases import reasons, records
from cases.admin.cited import citing
from cases.admin.meanwhile import (
    READ_VERSION,
    SEEN_VERSION,
    Meanwhile,
    Record,
    number,
    rows_found_again,
)
from cases.admin.versions import history_page, refresh_index
from cases.admin.widgets import ChosenMany, ChosenOne, EdtfInput
from cases.models import Case
from cases.models.choices import Review, Source
from cases.models.fields import EdtfField

LEFT_TO_RIGHT = {"dir": "ltr"}
OWN_DIRECTION = {"dir": "auto"}


class ChoosingAdmin:
    """Rows that are found while typing; what can be none of them comes back as an error."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, **self._widget(ChosenOne, db_field, request) | kwargs
        )

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(
            db_field, request, **self._widget(ChosenMany, db_field, request) | kwargs
        )

    def _widget(self, kind, db_field, request) -> dict:
        if db_field.name not in self.get_autocomplete_fields(request):
            return {}
        return {"widget": kind(db_field, self.admin_site)}


class DirectedAdmin(ChoosingAdmin):
    """Free text takes its direction from what it says; codes and dates run left to right."""

    formfield_overrides = {EdtfField: {"widget": EdtfInput}}

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


class FoundByKey:
    """Finds what an address names; one that ends in `?_to_field=` names no column for that."""

    def get_object(self, request, object_id, from_field=None):
        return super().get_object(request, object_id, from_field or None)


class RecordAdmin(DirectedAdmin, FoundByKey, admin.ModelAdmin):
    """Forms of records: what they save leaves a revision, and never overwrites another's work.

    Saving or deleting writes revisions, so that history is whole and seeds stay away. A form knows
    the version that it was opened with; if the record moved on meanwhile, nothing is saved and its
    editor is shown what changed (see cases.admin.meanwhile). What is cited is not deleted.
    """

    record_kind: str
    show_facets = admin.ShowFacets.ALWAYS
    list_per_page = 50

    def kind_of(self, row) -> str:
        """The kind of record that a row of this table is."""
        return self.record_kind

    def record_of(self, row) -> Record:
        """The record that the form of this row writes."""
        kind = self.kind_of(row)
        return Record(kind, records.EVERY_KIND[kind].key_of(row), row)

    # Saving

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not is_trial(request):
            self.note_saved(request, form.instance)

    def note_saved(self, request, row, change_set=None):
        """Write the revision of a row, and what the list knows of it."""
        record = self.record_of(row)
        records.note_saved(
            *(record.kind, record.key),
            source=Source.ADMIN,
            who=request.user,
            change_set=change_set,
        )
        refresh_index(record)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if request.method != "POST":
            return view()
        for _attempt in range(2):
            request.meanwhile = None
            try:
                with transaction.atomic():
                    return self._save_in_turn(request, object_id, view)
            except IntegrityError:
                # Somebody else made the same record in this very moment. By now the form sees it,
                # and says what is wrong in its own words.
                continue
        messages.error(request, _("Somebody else saved the same just now; nothing was saved."))
        return HttpResponseRedirect(request.get_full_path())

    def _save_in_turn(self, request, object_id, view):
        """Save what was posted, unless the record was saved since the form was opened."""
        row = self._row(request, object_id)
        if row is None or not self.has_change_permission(request, row):
            return view()
        record, version = self.record_of(row), number(request.POST.get(READ_VERSION))
        now = record.lock()
        if now is None or now == version:
            return view()
        request.meanwhile = Meanwhile.since(record, version, now, request.POST)
        request.meanwhile.ours = self._tried(request, view)
        was_shown = number(request.POST.get(SEEN_VERSION)) == now
        if was_shown and request.meanwhile.is_decided and self._save_joined(request):
            return self._response_joined(request, object_id)
        return view()

    def _row(self, request, object_id):
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if object_id is None or (to_field and not self.to_field_allowed(request, to_field)):
            return None
        return self.get_object(request, unquote(object_id), to_field)

    def _tried(self, request, view):
        """What the record would be if the form were saved; None if the form makes no sense."""
        request.is_trial = True
        try:
            with transaction.atomic():
                if isinstance(request.meanwhile.record.row, Case):
                    request.meanwhile.revive()
                view()
                transaction.set_rollback(True)
        except _Tried as tried:
            return tried.data
        except IntegrityError:
            return None
        finally:
            request.is_trial = False
        return None

    def construct_change_message(self, request, form, formsets, add=False):
        if is_trial(request):
            raise _Tried(request.meanwhile.record.now())
        return super().construct_change_message(request, form, formsets, add)

    def _save_joined(self, request) -> bool:
        """Save what both changed, as the editor chose; False, with problems, if that is refused."""
        meanwhile, found = request.meanwhile, records.Index()
        record, wanted = meanwhile.record, meanwhile.merge.result
        plan = records.plan(
            *(record.kind, {record.key: wanted}, found, {record.key: record.key}),
            drafts_may_lack=True,
        )
        meanwhile.problems = [str(problem) for problem in plan.problems]
        if plan.problems:
            return False
        why = reasons.JOINED % {"version": meanwhile.now}
        records.apply([plan], found, source=Source.ADMIN, who=request.user, why=why)
        refresh_index(record)
        return True

    def _response_joined(self, request, object_id):
        row = self._row(request, object_id)
        if row is None:  # a statement that they deleted, and its editor let them
            options = self.opts
            return redirect(f"admin:{options.app_label}_{options.model_name}_changelist")
        self.log_change(request, row, [{"changed": {}}])
        return self.response_change(request, row)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = {"instance": obj, "prefix": prefix, "queryset": inline.get_queryset(request)}
        if request.method != "POST":
            return kwargs
        # Django's own copies the whole form for each table in it, but only to save as new.
        kwargs |= {"data": request.POST, "files": request.FILES}
        if getattr(request, "meanwhile", None):
            owner = _get_foreign_key(self.model, inline.model, inline.fk_name).name
            rows = kwargs["queryset"].filter(**{owner: obj})
            fitted = rows_found_again(kwargs["data"], prefix, rows, owner)
            kwargs["data"], kwargs["queryset"] = fitted
        return kwargs

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if getattr(request, "meanwhile", None) and not is_trial(request):
            form = type(form.__name__, (_RefusedForm, form), {})
        if obj is not None:
            form.base_fields[READ_VERSION] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=self.record_of(obj).row.version
            )
        return form

    def get_fields(self, request, obj=None):
        return [name for name in super().get_fields(request, obj) if name != READ_VERSION]

    def render_change_form(self, request, context, *args, **kwargs):
        context["meanwhile"] = getattr(request, "meanwhile", None)
        return super().render_change_form(request, context, *args, **kwargs)

    # Deleting

    def delete_view(self, request, object_id, extra_context=None):
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        try:
            with transaction.atomic():
                row = self._row(request, object_id)
                if row is None or not self.has_delete_permission(request, row):
                    return super().delete_view(request, object_id, extra_context)
                if self.is_as_seen(row, request.POST.get(READ_VERSION)):
                    return super().delete_view(request, object_id, extra_context)
                self.say_moved(request, [row])
        except (IntegrityError, ProtectedError):
            pass  # somebody cited it in this very moment: the page says who
        return HttpResponseRedirect(request.get_full_path())

    def is_as_seen(self, row, version: str | None) -> bool:
        return self.record_of(row).lock() == number(version)

    def say_moved(self, request, rows):
        names = ", ".join(str(row) for row in rows[:5])
        sentence = _("Saved by somebody else meanwhile: %(names)s. Look again, then delete.")
        messages.error(request, sentence % {"names": names})

    def render_delete_form(self, request, context):
        context["read_version"] = self.record_of(context["object"]).row.version
        return super().render_delete_form(request, context)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            _function, name, description = actions["delete_selected"]
            actions["delete_selected"] = (delete_as_seen, name, description)
        return actions

    def delete_model(self, request, obj):
        self._note_deleted(request, [obj], uuid.uuid4())
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self._note_deleted(request, queryset, uuid.uuid4())
        super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs, request):
        """Rows that nobody edits alone go with their record; what is cited elsewhere stays."""
        found, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        parts = {
            model._meta.verbose_name
            for model, each in self.admin_site._registry.items()
            if isinstance(each, ReadOnlyAdmin)
        }
        return found, counts, forbidden - parts, citing(objs) or protected

    def _note_deleted(self, request, rows, change_set):
        for row in rows:
            record = self.record_of(row)
            records.note_deleted(
                *(record.kind, record.key),
                source=Source.ADMIN,
                who=request.user,
                change_set=change_set,
            )

    # History

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        record = self.record_of(row)
        return history_page(request, self, record.kind, record.key, row, self.part_of_record(row))

    def part_of_record(self, row) -> str:
        """The path of what this form edits within its record; empty if it is all of it."""
        return ""

    def has_restore_permission(self, request, row=None) -> bool:
        """Whether an old version may become this row's, or the row be brought back if it is gone.

        What readers see of a case changes at once, so only who may publish may restore it.
        """
        if row is None:
            return self.has_add_permission(request)
        if getattr(row, "review", "") == Review.PUBLISHED:
            return request.user.has_perm("cases.publish_case")
        return self.has_change_permission(request, row)


class _Tried(Exception):
    """Takes back what saving a form wrote, and says what the record was by then."""

    def __init__(self, data):
        super().__init__()
        self.data = data


def is_trial(request) -> bool:
    return getattr(request, "is_trial", False)


class _RefusedForm:
    """A form that comes back to its editor with what was typed, whatever that was."""

    def clean(self):
        self.add_error(
            None,
            _(
                "Nothing was saved: somebody else saved this while you had it open. Look below "
                "at what changed, then save again."
            ),
        )
        return super().clean()


def delete_as_seen(model_admin, request, queryset):
    """Django's action on chosen rows, but nothing is deleted that changed since it was shown."""
    versions = dict(each.rpartition(":")[::2] for each in request.POST.getlist(READ_VERSION))
    try:
        with transaction.atomic():
            if request.POST.get("post"):
                rows = queryset.order_by("pk")
                moved = [
                    row
                    for row in rows
                    if not model_admin.is_as_seen(row, versions.get(str(row.pk)))
                ]
                if moved:
                    model_admin.say_moved(request, moved)
                    return None
            response = delete_selected(model_admin, request, queryset)
    except (IntegrityError, ProtectedError):
        sentence = _("Somebody cited one of them just now; nothing was deleted.")
        messages.error(request, sentence)
        return None
    if response is not None:
        response.context_data["read_versions"] = [
            f"{row.pk}:{model_admin.record_of(row).row.version}" for row in queryset
        ]
    return response


class ReadOnlyAdmin(FoundByKey, admin.ModelAdmin):
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
