"""What fields of the desk ask while somebody types: what is meant, and how it was understood."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.admin.fields import ActorsField, TermField
from cases.admin.lookups import KINDS, Lookups
from cases.admin.quoting import blocks, find_place, stored_translation
from cases.admin.widgets import understood
from cases.evidence import Place
from cases.models import Term
from cases.models.choices import Part
from cases.models.fields import translated
from cases.models.vocabulary import ALL_SCHEMES
from cases.templatetags.documents import passage_name

# Nobody types more than this into one field.
LONGEST = 20_000


def may_see(request, model) -> bool:
    """Whether the reader of a page may see the rows of a model in the admin."""
    return admin.site.get_model_admin(model).has_view_permission(request)


class LookupViews(admin.ModelAdmin):
    """Two addresses for the fields of the desk, at the side of the cases."""

    def get_urls(self):
        return [
            path("lookup/", self.admin_site.admin_view(self.lookup), name="cases_case_lookup"),
            path("check/", self.admin_site.admin_view(self.check_typed), name="cases_case_check"),
            *super().get_urls(),
        ]

    def lookup(self, request):
        """Rows of a `kind` (terms of a `scheme`) whose code or names begin with the words of `q`.

        {"results": [{"code", "label", "group"}, …]}
        """
        kind, scheme = request.GET.get("kind", ""), request.GET.get("scheme", "")
        if kind not in KINDS or (scheme and scheme not in ALL_SCHEMES):
            raise Http404
        if not may_see(request, KINDS[kind][0]):
            raise PermissionDenied
        found = Lookups.of(request).kind(kind, scheme).search(request.GET.get("q", "")[:200])
        results = [{"code": each.code, "label": each.label, "group": each.group} for each in found]
        return JsonResponse({"results": results})

    def check_typed(self, request):
        """How what was typed (`text`, of a `kind`) is understood, or what is wrong with it.

        {"ok": bool, "text": sentence}
        """
        return require_POST(self._checked)(request)

    def _checked(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        kind, text = request.POST.get("kind", ""), request.POST.get("text", "")[:LONGEST]
        if kind not in CHECKS:
            raise Http404
        try:
            return JsonResponse({"ok": True, "text": CHECKS[kind](request, text)})
        except ValidationError as error:
            return JsonResponse({"ok": False, "text": " ".join(error.messages)})


def _check_date(request, text: str) -> str:
    return understood(text)


def _check_term(request, text: str) -> str:
    _need(request, Term)
    scheme = request.POST.get("scheme", "")
    field = TermField(scheme if scheme in ALL_SCHEMES else "", required=False)
    field.lookups = Lookups.of(request)
    term = field.clean(text)
    return f"{term}: {translated(term, 'definition')[0]}" if term else ""


def _check_actors(request, text: str) -> str:
    _need(request, KINDS["actor"][0])
    field = ActorsField(required=False)
    field.lookups = Lookups.of(request)
    groups: dict[str, list[str]] = {}
    for part, actor in field.clean(text):
        groups.setdefault(str(Part(part).label), []).append(str(actor))
    return "; ".join(f"{part}: {_(', ').join(names)}" for part, names in groups.items())


def _check_words(request, text: str) -> str:
    _need(request, KINDS["edition"][0])
    lookups = Lookups.of(request)
    edition = lookups.edition(request.POST.get("edition", ""))
    places = [find_place(words, lookups, edition) for words in blocks(text)]
    return " ".join(map(_told_place, places))


def _told_place(place: Place) -> str:
    """Where words were found, as printed, and what they mean if somebody has translated them."""
    params = {
        "passage": f"{passage_name(place.passage)} ({place})",
        "words": f"\u2068{place.words}\u2069",
    }
    told = _("Found in %(passage)s: “%(words)s”.") % params
    if translation := stored_translation(place):
        told += " " + _("Translated already: “%(text)s”.") % {"text": f"\u2068{translation}\u2069"}
    return told


def _need(request, model) -> None:
    if not may_see(request, model):
        raise PermissionDenied


CHECKS = {
    "date": _check_date,
    "term": _check_term,
    "actors": _check_actors,
    "words": _check_words,
}
