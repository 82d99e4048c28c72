"""What machines read to find their way: the map of the site, the feed of new cases, robots.txt.

Nothing is in them but what readers may see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
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
)
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
def sitemap(request):
    """Every page that is worth finding, in three languages that name each other."""
    with translation.override("en"):
        entries = list(_entries())
    return render(
        request, "cases/sitemap.xml", {"entries": entries}, content_type="application/xml"
    )


def _entries() -> Iterator[Entry]:
    for name in PAGES:
        yield _entry(None, name)
    for slug, changed, published in Case.objects.published().values_list(
        "slug", "changed_on", "published_on"
    ):
        yield _entry(changed or published, "case", slug)
    for code, changed in Document.objects.values_list("code", "changed_on"):
        yield _entry(changed, "document", code)
    for document, code in Edition.objects.values_list("document__code", "code"):
        yield _entry(None, "document-text", document, code)
    for code, changed in Actor.objects.public().values_list("code", "changed_on"):
        yield _entry(changed, "actor", code)
    said = Statement.objects.public().values("term")
    used = Term.objects.filter(pk__in=said).exclude(scheme="finding")
    for scheme, code, changed in used.values_list("scheme", "code", "changed_on"):
        name, *codes = ("tool", code) if scheme == "tool" else ("term", scheme, code)
        yield _entry(changed, name, *codes)


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
