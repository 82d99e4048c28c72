"""Uploads on the pages of documents and editions; `cases` knows nothing of them."""

from django.contrib import admin
from django.urls import path

from cases.admin.documents import DocumentAdmin, EditionAdmin
from cases.models import Document, Edition
from ingest import views


class WithUploads:
    """Pages of the admin with links to uploads, on top of the templates they have anyhow."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = (extra_context or {}) | {"below": self.form_below or "admin/change_form.html"}
        return super().changeform_view(request, object_id, form_url, context)


admin.site.unregister([Document, Edition])


@admin.register(Document)
class DocumentUploadAdmin(WithUploads, DocumentAdmin):
    form_below = DocumentAdmin.change_form_template
    change_form_template = "admin/ingest/document_form.html"


@admin.register(Edition)
class EditionUploadAdmin(WithUploads, EditionAdmin):
    form_below = EditionAdmin.change_form_template
    change_form_template = "admin/ingest/edition_form.html"
    list_below = EditionAdmin.change_list_template
    change_list_template = "admin/ingest/edition_list.html"

    def changelist_view(self, request, extra_context=None):
        context = (extra_context or {}) | {"below": self.list_below or "admin/change_list.html"}
        return super().changelist_view(request, context)

    def get_urls(self):
        guarded = self.admin_site.admin_view
        return [
            path("upload/", guarded(views.upload), name="cases_edition_upload"),
            path("upload/<uuid:key>/", guarded(views.pending), name="cases_edition_pending"),
            path("<int:pk>/file/", guarded(views.received_file), name="cases_edition_file"),
            *super().get_urls(),
        ]
