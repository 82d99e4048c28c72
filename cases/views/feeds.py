"""What machines read to find their way: the map of the site, the feed of new cases, robots.txt.

Nothing is in them but what readers may see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import feedgenerator, translation
from django.utils.html import escape
from django.views.decorators.http import require_safe

from cases.addresses import absolute, in_languages
from cases.models import Actor, Case, Document, Edition, Statement, Term

NEWEST = 50
PAGES = (
    *("home", "case-list", "explore", "similar", "finding-list", "document-list", "tool-list"),
    *("actor-list", "country-list", "codebook", "method", "about-the-data"),
    "api",
)
# A map may have 50,000 addresses, and a page has three.
PAGES_OF_A_MAP = 10_000
TITLE = "Preventive diplomacy cases"


@dataclass(frozen=True)
class Entry:
    """One page of the site: its addresses by language, and when it last changed, if known."""

    by_language: dict[str, str]
    changed_on: datetime | None

    @property
    def default(self) -> str:
        return self.by_language["en"]


@require_safe
def sitemap(request, part=None):
    """Every page that is worth finding, in three languages that name each other.

    What is more than a map may hold stands in several, which the first address then lists.
    """
    pages = list(_pages())
    parts = range(1, -(-len(pages) // PAGES_OF_A_MAP) + 1)
    if part is None and len(parts) > 1:
        addresses = [absolute(reverse("sitemap-part", args=[number])) for number in parts]
        return _xml(request, "cases/sitemaps.xml", {"addresses": addresses})
    number = 1 if part is None else part
    if number not in parts:
        raise Http404
    first = (number - 1) * PAGES_OF_A_MAP
    with translation.override("en"):
        entries = [_entry(*page) for page in pages[first : first + PAGES_OF_A_MAP]]
    return _xml(request, "cases/sitemap.xml", {"entries": entries})


def _xml(request, template: str, context: dict) -> HttpResponse:
    return render(request, template, context, content_type="application/xml")


def _pages() -> Iterator[tuple]:
    """(when it changed or None, name of the address, codes) of each page, in a fixed order."""
    for name in PAGES:
        yield None, name
    cases = Case.objects.published().order_by("pk")
    for slug, changed, published in cases.values_list("slug", "changed_on", "published_on"):
        yield changed or published, "case", slug
    for code, changed in Document.objects.values_list("code", "changed_on"):
        yield changed, "document", code
    for document, code in Edition.objects.values_list("document__code", "code"):
        yield None, "document-text", document, code
    for code, changed in Actor.objects.public().values_list("code", "changed_on"):
        yield changed, "actor", code
    said = Statement.objects.public().filter(term=OuterRef("pk"))
    used = Term.objects.filter(Exists(said)).exclude(scheme="finding")
    for scheme, code, changed in used.values_list("scheme", "code", "changed_on"):
        name, *codes = ("tool", code) if scheme == "tool" else ("term", scheme, code)
        yield changed, name, *codes


def _entry(changed_on: datetime | None, name: str, *codes: str) -> Entry:
    return Entry(in_languages(reverse(name, args=codes)), changed_on)


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
