"""The vocabularies as SKOS in JSON-LD: what each term is called and means, and where it stands.

Identifiers are the addresses of the terms' pages. What other lists have is named by its code, for
few of them have addresses: a concept without one, in a scheme without one.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation

from cases import codebook
from cases.addresses import LANGUAGES, absolute
from cases.models import Term
from cases.templatetags.reference import address

# Nothing has to be fetched to read the file.
CONTEXT = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    **{
        name: {"@id": f"skos:{name}", "@container": "@language"}
        for name in ("prefLabel", "definition", "scopeNote")
    },
    **{
        name: {"@id": f"skos:{name}", "@type": "@id"}
        for name in ("inScheme", "broader", "narrower", "hasTopConcept", "topConceptOf")
    },
    "closeMatch": {"@id": "skos:closeMatch", "@type": "@id"},
    "notation": "skos:notation",
    "source": "dcterms:source",
    "deprecated": {"@id": "owl:deprecated", "@type": "xsd:boolean"},
    "isReplacedBy": {"@id": "dcterms:isReplacedBy", "@type": "@id"},
    "historyNote": {"@id": "skos:historyNote", "@container": "@language"},
}
# What the letters before a colon in the column `match` stand for.
LISTS = {
    "ACLED": "Armed Conflict Location & Event Data",
    "Charter": "Charter of the United Nations",
    "FIELD": "FIELD (codes that data sets of the field share)",
    "ICB": "International Crisis Behavior",
    "PA-X": "PA-X Peace Agreements Database",
    "UCDP": "Uppsala Conflict Data Program",
}


def vocabularies() -> dict:
    """Every scheme and every term, those that are retired too."""
    terms = list(Term.objects.select_related("broader", "replaced_by"))
    with translation.override("en"):
        graph = [
            *(_scheme(group, terms) for group in codebook.groups("terms")),
            *(_concept(term, terms) for term in terms),
            *_other_lists(terms),
        ]
    return {"@context": CONTEXT, "@graph": graph}


def _scheme(group: codebook.Entry, terms: Iterable[Term]) -> dict:
    own = [term for term in terms if term.scheme == group.group]
    return {
        "id": _scheme_id(group.group),
        "type": "skos:ConceptScheme",
        "prefLabel": _in_languages(group, "label"),
        "definition": _in_languages(group, "definition"),
        "notation": group.group,
        "hasTopConcept": [_id(term) for term in own if term.broader_id is None],
    }


def _concept(term: Term, terms: Iterable[Term]) -> dict:
    scheme = _scheme_id(term.scheme)
    concept: dict[str, Any] = {
        "id": _id(term),
        "type": "skos:Concept",
        "inScheme": scheme,
        "notation": term.id,
        "prefLabel": _in_languages(term, "label"),
        "definition": _in_languages(term, "definition"),
        "scopeNote": _in_languages(term, "scope_note"),
        "narrower": [_id(each) for each in terms if each.broader_id == term.id],
    }
    if term.broader:
        concept["broader"] = _id(term.broader)
    else:
        concept["topConceptOf"] = scheme
    if term.retired_on:
        concept["historyNote"] = {"en": f"Retired on {term.retired_on.isoformat()}."}
        concept["deprecated"] = "true" if term.is_retired else ""
        concept["isReplacedBy"] = _id(term.replaced_by) if term.replaced_by else ""
    matches, sources = _matches(term)
    concept |= {"closeMatch": matches, "source": sources}
    return {name: value for name, value in concept.items() if value}


def _matches(term: Term) -> tuple[list[dict], list[str]]:
    """The concepts of other lists that a term answers to, and the texts that it is taken from."""
    matches, sources = [], []
    for entry in filter(None, (each.strip() for each in term.match.split(";"))):
        name, colon, code = entry.partition(":")
        if colon and name in LISTS:
            match = {"type": "skos:Concept", "notation": code, "inScheme": _list_id(name)}
            matches.append(match)
        else:
            sources.append(entry)
    return matches, sources


def _other_lists(terms: Iterable[Term]) -> list[dict]:
    return [
        {"id": _list_id(code), "type": "skos:ConceptScheme", "prefLabel": {"en": name}}
        for code, name in LISTS.items()
        if any(f"{code}:" in term.match for term in terms)
    ]


def _list_id(name: str) -> str:
    return f"_:{name}"


def _scheme_id(scheme: str) -> str:
    return absolute(reverse("scheme", args=[scheme]))


def _id(term: Term) -> str:
    return absolute(address(term))


def _in_languages(record, name: str) -> dict[str, str]:
    texts = {language: getattr(record, f"{name}_{language}") for language in LANGUAGES}
    return {language: str(text) for language, text in texts.items() if text}
