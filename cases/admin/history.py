"""Revisions: a list of all, the history of each record, what was saved together, restoring."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cases import reasons, records
from cases.admin.base import ReadOnlyAdmin
from cases.admin.versions import (
    address_of,
    change_set_page,
    find,
    history_page,
    restore_page,
    told,
)
from cases.models import Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = [
        "when",
        "kind",
        "record",
        "version",
        "who",
        "source",
        "reason",
        "saved_together",
    ]
    list_filter = ["kind", "source", ("data", admin.EmptyFieldListFilter)]
    list_select_related = ["who"]
    search_fields = ["key", "why", "change_set"]
    date_hierarchy = "when"
    fields = [
        *("kind", "record", "version", "when", "who", "source", "reason", "saved_together"),
        *("changes", "data"),
    ]
    readonly_fields = ["record", "reason", "saved_together", "changes"]

    def get_changelist_instance(self, request):
        """The list; of the year 9999 Django asks for the year after it, which no date has."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters from error

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        # The list shows none of the data, and a page of cases whole is megabytes.
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("changelist")
        return rows.defer("data") if is_list else rows

    def get_urls(self):
        wrap = self.admin_site.admin_view
        ours = [
            path("record/<str:kind>/<path:key>/", wrap(self.record_view), name="record_history"),
            path("together/<uuid:mark>/", wrap(self.change_set_view), name="change_set"),
            path("<int:pk>/restore/", wrap(self.restore_view), name="restore"),
        ]
        for each in ours:
            each.name = f"cases_{each.name}"
        return [*ours, *super().get_urls()]

    def record_view(self, request, kind, key):
        """The history of a record, whether it still exists or not."""
        known = Revision.objects.filter(kind=kind, key=key)
        if kind not in records.EVERY_KIND or not known.exists():
            raise Http404
        owner, row = (
            self.admin_site.get_model_admin(records.EVERY_KIND[kind].model),
            find(kind, key),
        )
        if not owner.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return history_page(request, owner, kind, key, row)

    def change_set_view(self, request, mark):
        """What was saved together with one mark."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return change_set_page(request, self, mark)

    def restore_view(self, request, pk):
        """An old version of a record, to be restored."""
        return restore_page(request, self.admin_site, get_object_or_404(Revision, pk=pk))

    @admin.display(description=_("record"), ordering="key")
    def record(self, revision):
        address = address_of(revision.kind, revision.key)
        return format_html('<a href="{}"><bdi dir="ltr">{}</bdi></a>', address, revision.key)

    @admin.display(description=_("why"), ordering="why")
    def reason(self, revision):
        return reasons.told(revision.why)

    @admin.display(description=_("change set"), ordering="change_set")
    def saved_together(self, revision):
        address = reverse("admin:cases_change_set", args=[revision.change_set])
        mark = str(revision.change_set).partition("-")[0]
        return format_html('<a href="{}"><bdi dir="ltr">{}</bdi></a>', address, mark)

    @admin.display(description=_("changes"))
    def changes(self, revision):
        (version,) = told([revision])
        return render_to_string("admin/cases/_changes.html", {"version": version})
