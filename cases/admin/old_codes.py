"""Codes of records that were merged into others, for reading."""

from django.contrib import admin

from cases.admin.base import ReadOnlyAdmin
from cases.models import OldCode


@admin.register(OldCode)
class OldCodeAdmin(ReadOnlyAdmin):
    list_display = ["kind", "code", "target"]
    list_filter = ["kind"]
    search_fields = ["code", "target"]
