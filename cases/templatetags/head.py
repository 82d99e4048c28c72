"""What search engines and feed readers find in the head of a page."""

import json

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cases import edtf
from cases.addresses import absolute, in_languages
from cases.models.choices import CountryRole
from cases.models.fields import translated
from cases.views.common import language

register = template.Library()

# Elsewhere what follows the question mark chooses among the same things: one page to an engine.
CHOOSES_THE_PAGE = {
    "compare": ("case",),
    "case-list": ("page",),
    "finding-list": ("page",),
    "release-compare": ("from", "to", "page"),
}
SHORT = 200
# What would end the element that the data stand in.
_UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.inclusion_tag("_head.html", takes_context=True)
def head_links(context):
    """The page's permanent address, and its addresses in each language; none for an error."""
    request = context.get("request")
    if request is None or request.resolver_match is None or "status" in context:
        return {"is_error": True}
    kept = request.GET.copy()
    wanted = CHOOSES_THE_PAGE.get(request.resolver_match.url_name, ())
    for name in set(kept) - set(wanted):
        del kept[name]
    query = f"?{kept.urlencode()}" if kept else ""
    by_language = {code: f"{url}{query}" for code, url in in_languages(request.path).items()}
    match = request.resolver_match
    is_case = match.url_name == "case"
    return {
        "as_json": _in_the_api(match.kwargs["slug"]) if is_case else "",
        "canonical": absolute(f"{request.path}{query}"),
        "by_language": by_language,
        "default": by_language["en"],
        "feed": absolute(reverse("feed")),
    }


@register.simple_tag
def case_description(case) -> str:
    """The summary of a case, short enough for a list of results."""
    return Truncator(translated(case, "summary")[0] or case.title).chars(SHORT)


@register.simple_tag
def dataset() -> SafeString:
    """The whole database as a schema.org Dataset."""
    files = [("csv", "text/csv"), ("json", "application/json")]
    return _data(
        {
            **_database(),
            "description": _(
                "A database of cases in which somebody tried to keep a dispute from turning "
                "violent. Every coded value stands on the verbatim words of a source, in the "
                "source's language, with a translation beside them."
            ),
            "creator": {"@type": "Organization", "name": _("Preventive diplomacy cases")},
            "inLanguage": ["en", "fa", "ar"],
            "isAccessibleForFree": True,
            "keywords": [
                _("preventive diplomacy"),
                _("conflict prevention"),
                _("mediation"),
                _("good offices"),
            ],
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": name,
                    "encodingFormat": kind,
                    "contentUrl": absolute(f"/{name}.{suffix}"),
                }
                for name in ("cases", "statements", "quotations")
                for suffix, kind in files
            ],
        }
    )


@register.simple_tag
def case_data(case) -> SafeString:
    """A case as a part of the Dataset, with its version, time and places."""
    changed = case.changed_on or case.published_on
    data = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": case.title,
        "description": translated(case, "summary")[0] or case.title,
        "url": absolute(reverse("case", args=[case.slug])),
        "identifier": case.slug,
        "version": str(case.version),
        "datePublished": f"{case.published_on:%Y-%m-%d}",
        "dateModified": f"{changed:%Y-%m-%d}",
        "inLanguage": language(),
        "creator": {"@type": "Organization", "name": _("Preventive diplomacy cases")},
        "isAccessibleForFree": True,
        "spatialCoverage": [
            {"@type": "Place", "name": str(place)}
            for place in (
                *(c.country for c in case.case_countries.all() if c.role == CountryRole.SCENE),
                *case.regions.all(),
            )
        ],
        "isPartOf": _database(),
        "isBasedOn": [
            {
                "@type": "CreativeWork",
                "name": translated(document, "title")[0],
                "identifier": document.symbol or document.code,
                "url": absolute(reverse("document", args=[document.code])),
            }
            for document in _sources(case)
        ],
        "distribution": {
            "@type": "DataDownload",
            "encodingFormat": "application/json",
            "contentUrl": _in_the_api(case.slug),
        },
    }
    if case.start_earliest:
        data["temporalCoverage"] = _years(case)
    return _data(data)


def _in_the_api(slug: str) -> str:
    """The address of a case for machines."""
    return absolute(reverse("api:case", args=[slug]))


def _sources(case) -> list:
    """The documents whose words the case stands on, as they were read with it."""
    found = {
        document.code: document
        for statement in case.statements.all()
        for each in statement.evidence.all()
        for document in [each.quotation.passage.edition.document]
    }
    return [found[code] for code in sorted(found)]


def _database() -> dict:
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": _("Preventive diplomacy cases"),
        "url": absolute(reverse("home")),
    }


def _years(case) -> str:
    """From the earliest to the latest day that the stated dates allow, as schema.org wants it."""
    last = case.end_latest or case.start_latest
    end = ".." if last == edtf.OPEN_END else last.isoformat()
    start = ".." if case.start_earliest == edtf.OPEN_START else case.start_earliest.isoformat()
    return f"{start}/{end}"


def _data(data: dict) -> SafeString:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
    return mark_safe(text)  # noqa: S308 (nothing in it can end the element)
