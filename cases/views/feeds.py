"""What machines read to find their way: the map of the site, the feed of new cases, robots.txt.

Nothing is in them but what readers may see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import feedgenerator, translation
from django.utils.html import escape, format_html_join
from django.utils.http import RFC3986_SUBDELIMS
from django.utils.safestring import mark_safe
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from cases.addresses import absolute, in_languages
from cases.models import Actor, Case, Document, Edition, Statement, Term
from cases.tally import current, remembered
from releases import store

NEWEST = 50
PAGES = (
    *("home", "case-list", "explore", "similar", "finding-list", "document-list", "tool-list"),
    *("actor-list", "country-list", "codebook", "method", "about-the-data", "release-list"),
    "api",
)
# A map may have 50,000 addresses, and a page has three; but a map is made while somebody waits.
PAGES_OF_A_MAP = 2_000
TITLE = "Preventive diplomacy cases"


class Page(NamedTuple):
    """A page of the site: when it last changed, if known, and what its address is made of."""

    changed_on: datetime | None
    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One page of the site: its addresses by language, and when it last changed, if known."""

    by_language: dict[str, str]
    changed_on: datetime | None

    @cached_property
    def about(self) -> str:
        """What stands beside each of the addresses: the day, and all of them."""
        named = [*self.by_language.items(), ("x-default", self.by_language["en"])]
        day = f"<lastmod>{localdate(self.changed_on)}</lastmod>" if self.changed_on else ""
        link = '<xhtml:link rel="alternate" hreflang="{}" href="{}"/>'
        return mark_safe(day) + format_html_join("", link, named)  # noqa: S308 (a day is only figures)


@require_safe
def sitemap(request, part=None):
    """Every page that is worth finding, in three languages that name each other.

    What is more than a map may hold stands in several, which the first address then lists.
    """
    # What lies on the disk no note tells of.
    keys = _keys() | {"release": [release.name for release in store.all_releases()]}
    total = len(PAGES) + sum(map(len, keys.values()))
    parts = range(1, -(-total // PAGES_OF_A_MAP) + 1)
    if part is None and len(parts) > 1:
        addresses = [absolute(reverse("sitemap-part", args=[number])) for number in parts]
        return _xml(request, "cases/sitemaps.xml", {"addresses": addresses})
    number = 1 if part is None else part
    if number not in parts:
        raise Http404
    last = number * PAGES_OF_A_MAP
    entries = _entries(_pages(keys, last - PAGES_OF_A_MAP, last))
    return _xml(request, "cases/sitemap.xml", {"entries": entries})


def _xml(request, template: str, context: dict) -> HttpResponse:
    return render(request, template, context, content_type="application/xml")


@remembered
def _keys() -> dict[str, list]:
    """What has a page of its own, by its kind: the ids, in the order of the map."""
    said = Statement.objects.public().filter(term=OuterRef("pk"))
    used = Term.objects.filter(Exists(said)).exclude(scheme="finding")
    rest = {
        "document": Document.objects.all(),
        "edition": Edition.objects.all(),
        "actor": Actor.objects.public(),
        "term": used,
    }
    ids = {kind: rows.order_by("pk").values_list("pk", flat=True) for kind, rows in rest.items()}
    return {"case": current().ids, **{kind: list(each) for kind, each in ids.items()}}


def _pages(keys: dict[str, list], first: int, last: int) -> Iterator[Page]:
    """The pages from one place in the order of the map to another; nothing else is read."""
    for name in PAGES[first:last]:
        yield Page(None, name)
    before = len(PAGES)
    for kind, ids in keys.items():
        if shown := ids[max(first - before, 0) : max(last - before, 0)]:
            yield from _READ[kind](shown)
        before += len(ids)


def _cases(ids: list[int]) -> Iterator[Page]:
    rows = Case.objects.published_among(ids).order_by("pk")
    for slug, changed, published in rows.values_list("slug", "changed_on", "published_on"):
        yield Page(changed or published, "case", (slug,))


def _documents(ids: list[int]) -> Iterator[Page]:
    rows = Document.objects.filter(pk__in=ids).order_by("pk")
    for code, changed in rows.values_list("code", "changed_on"):
        yield Page(changed, "document", (code,))


def _editions(ids: list[int]) -> Iterator[Page]:
    rows = Edition.objects.filter(pk__in=ids).order_by("pk")
    for codes in rows.values_list("document__code", "code"):
        yield Page(None, "document-text", codes)


def _actors(ids: list[int]) -> Iterator[Page]:
    rows = Actor.objects.filter(pk__in=ids).order_by("pk")
    for code, changed in rows.values_list("code", "changed_on"):
        yield Page(changed, "actor", (code,))


def _terms(ids: list[str]) -> Iterator[Page]:
    rows = Term.objects.filter(pk__in=ids).order_by("pk")
    for scheme, code, changed in rows.values_list("scheme", "code", "changed_on"):
        if scheme == "tool":
            yield Page(changed, "tool", (code,))
        else:
            yield Page(changed, "term", (scheme, code))


def _releases(names: list[str]) -> Iterator[Page]:
    for name in names:
        if release := store.find(name):
            yield Page(release.made_on, "release", (name,))


_READ = {
    "case": _cases,
    "document": _documents,
    "edition": _editions,
    "actor": _actors,
    "term": _terms,
    "release": _releases,
}


def _entries(pages: Iterable[Page]) -> list[Entry]:
    """The pages with their addresses, which are worked out once for each kind of page."""
    patterns: dict[str, dict[str, str]] = {}
    entries = []
    with translation.override("en"):
        for page in pages:
            if page.name not in patterns:
                patterns[page.name] = _pattern(page)
            # As `reverse` has it, though codes have nothing to be quoted.
            codes = [quote(code, safe=f"{RFC3986_SUBDELIMS}/~:@") for code in page.codes]
            pattern = patterns[page.name].items()
            addresses = {language: address.format(*codes) for language, address in pattern}
            entries.append(Entry(addresses, page.changed_on))
    return entries


def _pattern(page: Page) -> dict[str, str]:
    """By language, the whole address of such a page with {0} and {1} in place of its codes."""
    places = [f"-{at}-" for at in range(len(page.codes))]
    found = {}
    for language, address in in_languages(reverse(page.name, args=places)).items():
        for at, place in enumerate(places):
            address = address.replace(place, f"{{{at}}}")
        found[language] = address
    return found


@require_safe
def feed(request):
    """The newly published cases, the newest first, as Atom; in English, as files are."""
    cases = (
        Case.objects.published()
        .only("slug", "title_en", "summary_en", "published_on", "changed_on")
        .order_by("-published_on", "slug")[:NEWEST]
    )
    with translation.override("en"):
        atom = feedgenerator.Atom1Feed(
            title=TITLE,
            link=absolute(reverse("home")),
            description="Newly published cases.",
            feed_url=absolute(reverse("feed")),
            language="en",
            author_name=TITLE,
        )
        for case in cases:
            address = absolute(reverse("case", args=[case.slug]))
            atom.add_item(
                title=case.title_en,
                link=address,
                unique_id=address,
                # Readers take a summary for HTML.
                description=escape(case.summary_en),
                pubdate=case.published_on,
                updateddate=case.changed_on or case.published_on,
            )
        text = atom.writeString("utf-8")
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


@require_safe
def robots(request):
    """What robots may follow: not the desk, nor the endless combinations of filters."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        *(f"Disallow: /{code}/admin/" for code, _name in settings.LANGUAGES if code != "en"),
        "Disallow: /*?",
        f"Sitemap: {absolute(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
