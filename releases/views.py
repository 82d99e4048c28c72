"""Releases as pages: all of them, one with its files, what changed between two; and the files."""

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from whitenoise.middleware import WhiteNoiseFileResponse
from whitenoise.responders import StaticFile

from cases.exports import CONTENT_TYPES, TABLES
from cases.filters import LAST_PAGE, InvalidQuery
from cases.views.common import clean_address, page_number, refuse_unknown
from cases.views.errors import error_page
from releases import changes, store, telling

RECORDS_OF_A_PAGE = 50
# What never changes may be kept for a year, which is as long as caches keep anything.
FOR_GOOD = "public, max-age=31536000, immutable"
TYPES = {
    "cff": "application/yaml; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": CONTENT_TYPES["csv"],
    "html": "text/html; charset=utf-8",
    "json": CONTENT_TYPES["json"],
    "jsonld": "application/ld+json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": CONTENT_TYPES["xlsx"],
    "zip": "application/zip",
}
PLAIN = "text/plain; charset=utf-8"
# What a browser would show as a wall of letters, or not at all.
TAKEN_AWAY = ("csv", "xlsx", "zip")


@require_safe
def release_list(request):
    """Every release: of when, how much is in it, how it is cited."""
    refuse_unknown(request.GET)
    releases = [
        (release, telling.citation(release.name, release.made_on))
        for release in store.all_releases()
    ]
    return render(request, "releases/release_list.html", {"releases": releases})


@require_safe
def release_page(request, name):
    """One release: its files with their checksums, and what changed since the one before."""
    refuse_unknown(request.GET)
    release = _found(name)
    before = _before(release)
    context = {
        "release": release,
        "citation": telling.citation(release.name, release.made_on),
        "counts": [(table, release.counts[table]) for table in TABLES if table in release.counts],
        "before": before,
        "changes": _changes_or_none(before, release) if before else None,
    }
    return render(request, "releases/release_page.html", context)


@require_safe
@clean_address
def release_compare(request):
    """What is different between two releases, or a page to choose them."""
    refuse_unknown(request.GET, "from", "to", "page")
    number = page_number(request.GET)
    releases = store.all_releases()
    context = {"releases": releases, "old": request.GET.get("from"), "new": request.GET.get("to")}
    if not (context["old"] or context["new"]):
        return render(request, "releases/compare.html", context)
    old, new = _two(request.GET)
    try:
        found = changes.between(old, new)
    except OSError:
        return _not_now(request)
    pages = min(LAST_PAGE, max(1, -(-found.total // RECORDS_OF_A_PAGE)))
    if number > pages:
        raise Http404(_("There is no such page of these differences."))
    context |= {
        "changes": found,
        "records": found.records((number - 1) * RECORDS_OF_A_PAGE, RECORDS_OF_A_PAGE),
        "number": number,
        "pages": pages,
        "is_cut": found.total > pages * RECORDS_OF_A_PAGE,
        "file": f"{reverse('release-changes')}?from={old.name}&to={new.name}",
    }
    return render(request, "releases/compare.html", context)


@require_safe
def release_changes(request):
    """All differences between two releases as a file."""
    refuse_unknown(request.GET, "from", "to")
    old, new = _two(request.GET)
    try:
        file = changes.between(old, new).path.open("rb")
    except OSError:
        return _not_now(request)
    return FileResponse(
        file,
        content_type=CONTENT_TYPES["csv"],
        as_attachment=True,
        filename=f"changes-{old.name}-{new.name}.csv",
    )


@require_safe
def release_file(request, name, path):
    """A file of a release as it has been since it was made, whole or a range of its bytes."""
    release = _found(name)
    # Asked for in the list of its files: nothing else on the disk is ever looked at.
    file = release.file(path)
    if file is None:
        raise Http404(_("The release has no such file."))
    etag = quote_etag(file.sha256)
    suffix = path.rpartition(".")[2]
    headers = {
        "Content-Type": TYPES.get(suffix, PLAIN),
        "Cache-Control": FOR_GOOD,
        "ETag": etag,
        "Accept-Ranges": "bytes",
    }
    last_modified = int(release.made_on.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=last_modified)
    if response is None:
        response = _bytes(request, release.folder / path, headers)
    for header, value in headers.items():
        response.headers[header] = value
    if suffix in TAKEN_AWAY:
        file_name = f"{name}-{path.rpartition('/')[2]}" if suffix != "zip" else path
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _bytes(request, path, headers: dict) -> WhiteNoiseFileResponse:
    asked = {"HTTP_RANGE": request.headers["Range"]} if "Range" in request.headers else {}
    static = StaticFile(str(path), list(headers.items())).get_response(request.method, asked)
    response = WhiteNoiseFileResponse(static.file or (), status=static.status)
    for header, value in static.headers:
        response[header] = value
    return response


def _found(name: str) -> store.Release:
    release = store.find(name)
    if release is None:
        raise Http404(_("There is no release of this name."))
    return release


def _before(release: store.Release) -> store.Release | None:
    """The release that was made before this one."""
    releases = store.all_releases()
    return next(iter(releases[releases.index(release) + 1 :]), None)


def _changes_or_none(old: store.Release, new: store.Release) -> changes.Changes | None:
    try:
        return changes.between(old, new)
    except OSError:
        return None


def _two(params) -> tuple[store.Release, store.Release]:
    """The releases that an address names; InvalidQuery says which it does not, or wrongly."""
    found = {name: store.find(params.get(name, "")) for name in ("from", "to")}
    if missing := [name for name, release in found.items() if release is None]:
        sentence = _("There is no release of this name.")
        raise InvalidQuery(
            {name: [sentence if params.get(name) else _("Choose a release.")] for name in missing}
        )
    return found["from"], found["to"]


def _not_now(request):
    return error_page(
        request,
        503,
        _("The releases cannot be compared just now"),
        [_("The server cannot keep what it finds. The files of both releases are whole.")],
    )
