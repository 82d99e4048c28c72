"""Files in and out of the desk: django-import-export's screens on `cases.exports` and `.imports`.

The package supplies addresses, buttons, the choice of table and format, and the lists' filters and
selection; what a file would do is found, shown and saved by `cases.imports`.
"""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST
from import_export.admin import ExportActionMixin, ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import Format
from import_export.forms import ExportForm, ImportForm
from import_export.resources import Resource

from cases import imports, records
from cases.exports import CONTENT_TYPES, TABLES, WORKBOOK, write, write_workbook
from cases.imports import DATABASE, FILE, FILES, Clash, Comparison, Unreadable
from cases.models import PendingImport

# More rows than these a page does not list; `manage.py import --dry-run` lists all.
SHOWN = 500
CHOICES = (FILE, DATABASE)


class TableFormat(Format):
    """One of the flavours of `cases.exports`."""

    flavour: str
    extension: str
    title: str

    def get_title(self):
        return self.title

    def can_export(self):
        return True


class CSV(TableFormat):
    flavour, extension, title = "csv", "csv", "CSV"


class ExcelCSV(TableFormat):
    flavour, extension, title = "excel", "csv", gettext_lazy("CSV for Excel")


class XLSX(TableFormat):
    flavour, extension, title = "xlsx", "xlsx", "XLSX"


class TableResource(Resource):
    """A table as the package's forms know it: a name to choose, and columns to list."""

    table_name: str

    @classmethod
    def get_display_name(cls):
        return cls.table_name


def _resource(name: str) -> type[TableResource]:
    columns = () if name == "workbook" else TABLES[name].columns
    fields = {column: Field(column_name=column) for column in columns}
    return type(f"{name.title()}Resource", (TableResource,), fields | {"table_name": name})


class UploadForm(ImportForm):
    """A file; which format it has, it says itself."""

    import_file = forms.FileField(
        label=gettext_lazy("File to import"),
        help_text=gettext_lazy("CSV in UTF-8 with any delimiter, CSV for Excel, or XLSX."),
    )

    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        del self.fields["format"]
        self.fields["resource"].label = gettext("Table")

    @property
    def media(self):
        """None of the package's scripts: they only guess the format."""
        return forms.Media()


class DownloadForm(ExportForm):
    """A table and a format."""

    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        self.fields["resource"].label = gettext("Table")


class ConsentForm(forms.Form):
    """What was shown, and what the editor says to it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput)


class TableAdmin(ImportExportMixin):
    """Files in and out, for those who may do by hand what the file does."""

    tables: list[str]  # names in cases.imports.FILES, or "workbook"
    import_template_name = "admin/tables/import.html"
    import_form_class = UploadForm
    export_form_class = DownloadForm
    formats = [CSV, ExcelCSV, XLSX]

    def get_resource_classes(self, request):
        return [_resource(name) for name in self.tables]

    def get_import_formats(self):
        return self.formats

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    # Files out

    def get_valid_export_item_pks(self, request):
        return self.get_queryset(request).values_list("pk", flat=True)

    def export_action(self, request):
        """The package's page; filters that make no sense lead back to the list, as there."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            messages.error(
                request,
                gettext(
                    "The filters of this address cannot be understood, so nothing was exported. "
                    "Choose them in the list, and export from there."
                ),
            )
            return HttpResponseRedirect(self._address("changelist"))

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.has_export_permission(request):
            label = gettext_lazy("Export selected %(verbose_name_plural)s")
            actions["export_selected"] = (_export_selected, "export_selected", label)
        return actions

    def _do_file_export(self, file_format, request, queryset, export_form=None):
        """Stream the bytes; a ValueError is shown by the form."""
        name = self.tables[self.get_resource_index(export_form)]
        if name == "workbook":
            if file_format.flavour != "xlsx":
                raise ValueError(gettext("A workbook is always XLSX: choose that format."))
            pieces = write_workbook(queryset, for_desk=True)
        else:
            pieces = write(TABLES[name].for_desk(), file_format.flavour, queryset)
        response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[file_format.flavour])
        disposition = f'attachment; filename="{name}.{file_format.extension}"'
        response["Content-Disposition"] = disposition
        return response

    # Files in

    def import_action(self, request, **kwargs):
        """Take a file and show what it would do; nothing is saved here."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_import_form(request)
        if request.method == "POST" and form.is_valid():
            name = self.tables[self.get_resource_index(form)]
            self._check_permissions(request, name)
            uploaded = form.cleaned_data["import_file"]
            content = uploaded.read(settings.IMPORT_MAX_BYTES + 1)
            try:
                comparison = _compare(request, name, content)
            except Unreadable as error:
                form.add_error("import_file", ValidationError(str(error)))
            else:
                pending = PendingImport.objects.keep(
                    who=request.user, name=name, file_name=uploaded.name[:300], content=content
                )
                return self._show(request, form, comparison, pending)
        return self._show(request, form)

    @method_decorator(require_POST)
    def process_import(self, request, **kwargs):
        """Save what was shown, or show again what has become of it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        consent = ConsentForm(request.POST)
        kept = PendingImport.objects.of(request.user).filter(name__in=self.tables)
        pending = kept.filter(pk=consent.cleaned_data["token"]) if consent.is_valid() else kept[:0]
        pending = pending.first()
        if pending is None:
            messages.error(request, gettext("The file is no longer kept: upload it again."))
            return HttpResponseRedirect(self._address("import"))
        self._check_permissions(request, pending.name)

        def choose(clash: Clash) -> str | None:
            said = request.POST.get(f"choice-{clash.id}") or request.POST.get("choice")
            return said if said in CHOICES else None

        comparison = _compare(request, pending.name, bytes(pending.content), choose)
        form = self.create_import_form_anew(request)
        if comparison.fingerprint != consent.cleaned_data["fingerprint"]:
            return self._show_again(request, form, comparison, pending)
        if comparison.is_refused:
            if not comparison.has_faults:
                said = gettext("Choose for every conflict; nothing has been saved.")
                messages.error(request, said)
            return self._show(request, form, comparison, pending)
        try:
            imports.save(comparison, who=request.user, why=pending.file_name)
        except records.Conflict:
            comparison = _compare(request, pending.name, bytes(pending.content))
            return self._show_again(request, form, comparison, pending)
        pending.delete()
        messages.success(request, gettext("Saved: %(counts)s.") % {"counts": _counts(comparison)})
        return HttpResponseRedirect(self._address("changelist"))

    def create_import_form_anew(self, request):
        """The upload form without what was posted for another one."""
        return self.import_form_class(self.formats, self.get_import_resource_classes(request))

    def _check_permissions(self, request, name: str) -> None:
        """Who imports records may add and change them by hand."""
        for each in WORKBOOK if name == "workbook" else [name]:
            model = records.KINDS[FILES[each].kind].model
            of_model = self.admin_site.get_model_admin(model)
            if not (
                of_model.has_add_permission(request) and of_model.has_change_permission(request)
            ):
                raise PermissionDenied

    def _show_again(self, request, form, comparison, pending):
        messages.warning(
            request,
            gettext("The database has changed meanwhile; nothing was saved. Look at it again."),
        )
        return self._show(request, form, comparison, pending)

    def _show(self, request, form, comparison=None, pending=None):
        """The form for a file; with a comparison what the file would do, and how to agree to it."""
        resources = self.get_import_resource_classes(request)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Import"),
            "form": form,
            "opts": self.model._meta,
            "media": self.media + form.media,
            "fields_list": [
                (
                    resource.get_display_name(),
                    [each.column_name for each in resource().get_user_visible_fields()],
                )
                for resource in resources
            ],
            "comparison": comparison,
            "pending": pending,
            "shown": f":{SHOWN}",
        }
        if comparison and not comparison.has_faults:
            initial = {"token": pending.pk, "fingerprint": comparison.fingerprint}
            if comparison.changes_something or comparison.has_clashes:
                context["confirm_form"] = ConsentForm(initial=initial)
        request.current_app = self.admin_site.name
        return TemplateResponse(request, [self.import_template_name], context)

    def _address(self, page: str) -> str:
        info = self.opts.app_label, self.opts.model_name, page
        return reverse(f"{self.admin_site.name}:{'_'.join(info)}")


def _export_selected(model_admin, request, queryset):
    """The package's own page, without the button that its mixin puts on every form."""
    return ExportActionMixin.export_admin_action(model_admin, request, queryset)


def _compare(request, name: str, content: bytes, choose=lambda clash: None) -> Comparison:
    sheets = imports.read(content, limit=settings.IMPORT_MAX_BYTES)
    may_publish = request.user.has_perm("cases.publish_case")
    return imports.compare(name, sheets, choose=choose, may_publish=may_publish)


def _counts(comparison: Comparison) -> str:
    new, changed, unchanged, _conflicts, _errors = comparison.counts
    words = {"new": new, "changed": changed, "unchanged": unchanged}
    return gettext("%(new)s new, %(changed)s changed, %(unchanged)s unchanged") % words
