"""One case: its page, and how it is cited."""

from collections import defaultdict

from django.db.models import F, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import citing, gone, telling
from cases.addresses import absolute
from cases.models import Case, CaseCountry, CaseRelation, Statement
from cases.models.fields import translated
from cases.neighbours import similar_cases
from cases.querysets import SEARCHED, is_published
from cases.views.errors import error_page
from cases.views.kept import kept
from releases import store

TITLES = ("slug", "title_en", "title_fa", "title_ar")


@require_safe
@kept
def case_detail(request, slug):
    """One case with everything said of it and the words that it stands on."""
    case = _with_everything().filter(slug=slug).first()
    if case is None:
        return _missing(request, slug)
    told = telling.tell(case, _elsewhere(case))
    context = {
        "case": case,
        "told": told,
        "similar": similar_cases(case.pk),
        "day": _day(case),
        "release": store.standing(case.slug, case.version),
        "today": timezone.now().date(),
        "address": absolute(reverse("case", args=[case.slug])),
        "formats": [
            (each.label, reverse("case-citation", args=[case.slug, name]))
            for name, each in citing.FORMATS.items()
        ],
    }
    return render(request, "cases/case_detail.html", context)


@require_safe
def case_citation(request, slug, file_format):
    """How the present version of a case is cited, as a file for reference managers."""
    case = Case.objects.published().defer(*SEARCHED, "internal_notes").filter(slug=slug).first()
    if case is None:
        return _missing(request, slug)
    title, language = translated(case, "title", "en")
    # A file never changes with the language, nor does the address in it.
    with translation.override("en"):
        address = absolute(reverse("case", args=[case.slug]))
    cited = citing.Citation(
        case.slug,
        citing.AUTHOR,
        title or case.slug,
        case.version,
        _day(case),
        address,
        language,
        _standing(case),
    )
    chosen = citing.FORMATS[file_format]
    response = HttpResponse(chosen.write(cited), content_type=chosen.content_type)
    response["Content-Disposition"] = f'attachment; filename="{case.slug}.{file_format}"'
    return response


def _standing(case: Case) -> str:
    """The release that keeps the version for good, or that it is as the site had it today."""
    release = store.standing(case.slug, case.version)
    if release is None:
        return f"Live data, {timezone.now():%Y-%m-%d}"
    with translation.override("en"):
        return f"Release {release.name}, {absolute(reverse('release', args=[release.name]))}"


def _with_everything():
    related = CaseRelation.objects.filter(is_published("to__")).select_related("to")
    related_from = CaseRelation.objects.filter(is_published("case__")).select_related("case")
    return (
        Case.objects.published()
        .defer(*SEARCHED, "internal_notes")
        .with_gap()
        .prefetch_related(
            Prefetch("case_countries", CaseCountry.objects.select_related("country")),
            "regions",
            Prefetch("relations", related.defer(*(f"to__{name}" for name in SEARCHED))),
            Prefetch("related_from", related_from.defer(*(f"case__{name}" for name in SEARCHED))),
            Prefetch("statements", Statement.objects.for_page()),
        )
    )


def _elsewhere(case: Case) -> dict[int, list[Case]]:
    """By the id of a passage, the other published cases that stand on words of this one."""
    quoted = telling.quotation_ids(case)
    others = (
        Case.objects.published()
        .exclude(pk=case.pk)
        .filter(statements__evidence__quotation__in=quoted)
        .annotate(passage=F("statements__evidence__quotation__passage"))
        .only(*TITLES)
        .order_by("slug")
        .distinct()
    )
    found: dict[int, list[Case]] = defaultdict(list)
    for other in others:
        found[other.passage].append(other)
    return found


def _day(case: Case):
    """The day of the version that is shown, in UTC."""
    return (case.changed_on or case.published_on).date()


def _missing(request, slug):
    if now := gone.case_now(slug):
        return redirect("case", now, permanent=True)
    if gone.is_withdrawn(slug):
        return error_page(
            request, 410, _("Withdrawn"), [_("This case was published once and then withdrawn.")]
        )
    raise Http404
