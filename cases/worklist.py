"""What waits for an editor: unfinished cases, statements without words, texts not yet coded …"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import (
    Actor,
    Case,
    Edition,
    Erratum,
    Statement,
    StatementQuotation,
    Term,
)
from cases.models.choices import Certainty, NameKind, Review, Support
from cases.models.vocabulary import WORDLESS_TERMS
from cases.templatetags.reading import direction
from cases.text import squash

# A list on the front page shows the first; the page of all of them has the rest.
SHOWN = 8
# From what is printed to what is meant, as the text runs.
ARROWS = {"ltr": "→", "rtl": "←"}


@dataclass(frozen=True)
class Item:
    """One thing to do: what it is, where it is done, and a word more."""

    name: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Task:
    """One kind of work: how much of it waits, the first of it, and where all of it is."""

    name: str
    title: str
    count: int
    items: list[Item] = field(default_factory=list)
    all_address: str = ""


def tasks() -> list[Task]:
    """Every kind of work of which there is any, the most urgent first."""
    found = [
        _cases("in_review", _("Cases to review"), Review.IN_REVIEW),
        _cases("draft", _("Drafts"), Review.DRAFT),
        _without_words(),
        _uncoded(),
        _doubtful_errata(),
        _doubles("actor", _("Actors that look double"), double_actors()),
        _doubles("term", _("Terms that look double"), double_terms()),
    ]
    return [task for task in found if task.count]


def claims_without_words():
    """Statements of cases that say something and quote nothing, inferences aside."""
    quoted = StatementQuotation.objects.filter(statement=OuterRef("pk"))
    claims = Statement.objects.exclude(term__in=WORDLESS_TERMS)
    claims = claims.exclude(support=Support.EDITOR_INFERENCE)
    return claims.filter(~Exists(quoted), case__isnull=False)


def _cases(name: str, title: str, review: str) -> Task:
    rows = Case.objects.filter(review=review).order_by(
        F("changed_on").desc(nulls_last=True), "slug"
    )
    items = [
        Item(str(case), reverse("admin:cases_case_change", args=[case.pk]), case.slug)
        for case in rows.only("slug", "title_en", "title_fa", "title_ar")[:SHOWN]
    ]
    address = f"{reverse('admin:cases_case_changelist')}?review__exact={review}"
    return Task(name, title, rows.count(), items, address)


def _without_words() -> Task:
    rows = claims_without_words().select_related("case", "term").order_by("case__slug", "order")
    items = [
        Item(
            str(statement.term),
            reverse("admin:cases_statement_change", args=[statement.pk]),
            f"{statement.case.slug}/{statement.key}",
        )
        for statement in rows[:SHOWN]
    ]
    address = f"{reverse('admin:cases_statement_changelist')}?words=none"
    return Task("without_words", _("Statements without words"), rows.count(), items, address)


def _uncoded() -> Task:
    """Texts of which something was coded, or nothing, but not all."""
    items = []
    for edition in Edition.objects.with_coverage().select_related("document").defer("content"):
        left = edition.passage_count - edition.coded_count
        if left > 0:
            note = ngettext("%(n)s passage to code", "%(n)s passages to code", left) % {"n": left}
            address = reverse("admin:cases_edition_change", args=[edition.pk])
            items.append(Item(str(edition), address, note))
    title = _("Texts not yet coded whole")
    return Task(
        "uncoded", title, len(items), items[:SHOWN], reverse("admin:cases_edition_changelist")
    )


def _doubtful_errata() -> Task:
    rows = Erratum.objects.filter(certainty=Certainty.POSSIBLE).order_by("code")
    rows = rows.select_related("edition").defer("edition__content")
    items = [
        Item(
            f"{erratum.printed} {ARROWS[direction(erratum.edition.language)]} {erratum.reading}",
            reverse("admin:cases_erratum_change", args=[erratum.pk]),
            erratum.code,
        )
        for erratum in rows[:SHOWN]
    ]
    address = f"{reverse('admin:cases_erratum_changelist')}?certainty__exact={Certainty.POSSIBLE}"
    return Task("errata", _("Doubtful errata"), rows.count(), items, address)


def _doubles(kind: str, title: str, pairs: list[tuple]) -> Task:
    items = []
    for one, other in pairs[:SHOWN]:
        codes = [str(getattr(each, "code" if kind == "actor" else "id")) for each in (one, other)]
        query = f"old={codes[1]}&new={codes[0]}"
        address = f"{reverse(f'admin:cases_{kind}_merge')}?{query}"
        items.append(Item(f"{one} = {other}?", address, " / ".join(codes)))
    return Task(f"double_{kind}", title, len(pairs), items)


def double_actors() -> list[tuple[Actor, Actor]]:
    """Actors that share a name in one language; what sources print may mean several of them."""
    actors = Actor.objects.prefetch_related("names").order_by("code")
    return _alike(
        actors,
        lambda actor: {
            (name.language, squash(name.name))
            for name in actor.names.all()
            if name.kind != NameKind.AS_PRINTED
        },
    )


def double_terms() -> list[tuple[Term, Term]]:
    """Terms in use of one vocabulary that share a label in one language."""
    terms = Term.objects.filter(retired_on=None).order_by("scheme", "code")
    return _alike(
        terms,
        lambda term: {
            (term.scheme, language, squash(label))
            for language in ("en", "fa", "ar")
            if (label := getattr(term, f"label_{language}"))
        },
    )


def _alike(records: Iterable, names_of) -> list[tuple]:
    """The pairs of records that share a name, each once, in the order of the records."""
    bearing: dict[tuple, list] = defaultdict(list)
    for record in records:
        for name in names_of(record):
            bearing[name].append(record)
    pairs = {pair: None for group in bearing.values() for pair in combinations(group, 2)}
    return sorted(pairs, key=lambda pair: [str(each.pk) for each in pair])
