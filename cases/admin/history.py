"""Revisions, for reading."""

from django.contrib import admin

from cases.admin.base import ReadOnlyAdmin
from cases.models import Revision


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["when", "kind", "key", "version", "who", "source", "why", "change_set"]
    list_filter = ["kind", "source"]
    list_select_related = ["who"]
    search_fields = ["key", "why", "change_set"]
    date_hierarchy = "when"
