"""Finding cases by words: what is indexed of a case, and how a question meets it."""

import re

from django.db.models import Q

from cases.models import Case, Statement
from cases.text import fold, squash

QUESTION_PART = re.compile(r'"([^"]*)"|(\S+)')
# A squashed text has no word boundaries, so two letters would be found nearly everywhere.
SQUASHED_LEAST = 4


def refresh(slugs=None) -> None:
    """Write anew what search knows of these cases (None: of all)."""
    cases = Case.objects.all().prefetch_related("countries", "regions")
    if slugs is not None:
        cases = cases.filter(slug__in=slugs)
    changed = []
    for case in cases:
        words = _words_of(case)
        folded, squashed = f" {fold(words)} ", squash(words)
        if (case.search_text, case.search_squashed) != (folded, squashed):
            case.search_text, case.search_squashed = folded, squashed
            changed.append(case)
    Case.objects.bulk_update(changed, ["search_text", "search_squashed"], batch_size=100)


def _words_of(case: Case) -> str:
    """Titles, summaries, places, terms, actors, notes and words of a case, in every language."""
    parts = [case.slug.replace("-", " ")]
    for language in ("en", "fa", "ar"):
        parts += [getattr(case, f"title_{language}"), getattr(case, f"summary_{language}")]
    for country in case.countries.all():
        parts += country.names()
    for region in case.regions.all():
        parts += region.names()
    statements = Statement.objects.filter(case=case).for_page()
    for statement in statements:
        parts += [getattr(statement.term, f"label_{language}") for language in ("en", "fa", "ar")]
        parts += [statement.note_en, statement.note_fa, statement.note_ar, statement.place]
        for part in statement.parts.all():
            parts += [name.name for name in part.actor.names.all()]
        for evidence in statement.evidence.all():
            quotation = evidence.quotation
            parts += [quotation.passage.text[quotation.start : quotation.end]]
            parts += [quotation.translation_en]
    return "\n".join(dict.fromkeys(filter(None, parts)))


def matching(question: str) -> Q | None:
    """The condition that a case has every word and "phrase" of the question; None: no word in it.

    A word matches where a word begins; written without its half-space it matches too.
    """
    condition = Q()
    found = False
    for phrase, word in QUESTION_PART.findall(question):
        folded, squashed = fold(phrase or word), squash(phrase or word)
        if not folded:
            continue
        found = True
        part = Q(search_text__contains=f" {folded} " if phrase else f" {folded}")
        if len(squashed) >= SQUASHED_LEAST and not phrase:
            part |= Q(search_squashed__contains=squashed)
        condition &= part
    return condition if found else None
