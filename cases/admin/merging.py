"""Merging two actors or two terms from the desk: shown first, then done."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases import merging, records


class MergeForm(forms.Form):
    """Which record goes, and which one stays."""

    old = forms.ModelChoiceField(None, label=gettext_lazy("goes"))
    new = forms.ModelChoiceField(None, label=gettext_lazy("stays"))
    why = forms.CharField(
        label=gettext_lazy("reason"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "class": "vLargeTextField"}),
    )

    def __init__(self, *args, rows, code: str, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("old", "new"):
            self.fields[name].queryset = rows
            self.fields[name].to_field_name = code
            self.fields[name].label_from_instance = lambda row: f"{row} ({getattr(row, code)})"


class MergeAdmin:
    """Adds the page on which two records of the model become one, and the way to it."""

    actions = ["merge_two"]

    def get_urls(self):
        name = f"cases_{self.record_kind}_merge"
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name=name), *super().get_urls()]

    def has_merge_permission(self, request):
        return request.user.has_perm(f"cases.merge_{self.record_kind}")

    @admin.action(description=gettext_lazy("Make one of two"), permissions=["merge"])
    def merge_two(self, request, queryset):
        code = records.KINDS[self.record_kind].key
        codes = list(queryset.values_list(code, flat=True)[:3])
        if len(codes) != 2:
            self.message_user(request, _("Select exactly two."), messages.ERROR)
            return None
        address = reverse(f"admin:cases_{self.record_kind}_merge")
        return redirect(f"{address}?{urlencode({'old': codes[1], 'new': codes[0]})}")

    def merge_view(self, request):
        """Shows what a merge would change; POST does it."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        kind = self.record_kind
        chosen = request.POST if request.method == "POST" else request.GET
        form = MergeForm(
            chosen if "old" in chosen else None,
            rows=self.get_queryset(request),
            code=records.KINDS[kind].key,
        )
        preview = None
        if form.is_bound and form.is_valid():
            old, new = form.cleaned_data["old"], form.cleaned_data["new"]
            preview = merging.preview(kind, old, new)
            if request.method == "POST" and not preview.refused:
                names = {"old": str(old), "new": str(new)}
                merging.merge(kind, old, new, who=request.user, why=form.cleaned_data["why"])
                self._say_done(request, names, preview.total)
                return redirect(reverse(f"admin:cases_{kind}_change", args=[new.pk]))
        return render(
            request,
            "admin/cases/merge.html",
            self.admin_site.each_context(request)
            | {
                "title": _("Make one of two"),
                "opts": self.model._meta,
                "form": form,
                "preview": preview,
            },
        )

    def _say_done(self, request, names, count):
        sentence = ngettext(
            "“%(old)s” is part of “%(new)s” now; %(n)s record was changed.",
            "“%(old)s” is part of “%(new)s” now; %(n)s records were changed.",
            count,
        )
        messages.success(request, sentence % (names | {"n": count}))
