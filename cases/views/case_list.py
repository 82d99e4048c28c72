"""The list of cases: filters with live counts, results, and the same as files."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db import router
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import edtf
from cases.answers import Answers
from cases.facets import Facet, count_facets
from cases.filters import (
    DATES,
    DEFAULT_ORDER,
    LAST_PAGE,
    ORDERS,
    InvalidQuery,
    Selection,
    select_cases,
)
from cases.fulltext import Has, ids_having
from cases.models import Case, Edition, Passage
from cases.search import Snippet, matching, snippet, texts_of
from cases.tally import Tally, remembered
from cases.templatetags.reading import digits
from cases.told import told
from cases.views.common import Option, clean_address, file_links, language, options, without

PER_PAGE = 20
# Passages of the sources shown below the cases; the reader has the rest.
PASSAGES = 5
READING_ORDER = ("edition__ref", "order")
# Passages that are few enough to be asked for by their ids; and if there are more, so many texts
# are looked through for the first of them.
FEW_PASSAGES, FIRST_EDITIONS = 5000, 10


@dataclass(frozen=True)
class Chip:
    """One thing that is asked for, and the query string without it."""

    label: str
    query: str


@require_safe
@clean_address
def case_list(request):
    """The cases that the query string asks for, a page of them, and the filters to change it."""
    params = request.GET
    selection = select_cases(params, also_known=["page"], language=language())
    number = _page_number(params)
    tally = Tally(selection)
    pages = Paginator(_Found(tally), PER_PAGE)
    if number > pages.num_pages:
        raise Http404(_("There is no page %(number)s of these cases.") % {"number": digits(number)})
    facets = count_facets(tally)
    shown = pages.page(number)
    if selection.asked.get("q"):
        _add_snippets(shown.object_list, selection.asked["q"])
    query = without(params, "page")
    passages = passages_with(selection.asked.get("q", ""))
    return render(
        request,
        "cases/case_list.html",
        {
            "page": shown,
            "facets": facets,
            "chips": chips(params, selection, facets),
            "asked": {name: params.get(name, "") for name in ("q", "from", "to")},
            "dates": options(DATES, [selection.asked.get("dates") or "possibly"]),
            "orders": _orders(selection),
            "query": query,
            "files": file_links("cases", query),
            "passages": passages,
        },
    )


class _Found:
    """The cases that a tally found, as a paginator takes them."""

    def __init__(self, tally: Tally):
        self.tally = tally

    def __len__(self) -> int:
        return self.tally.total

    def __getitem__(self, places: slice) -> list[Case]:
        return self.tally.page(places.start, places.stop)


def _add_snippets(cases, question: str) -> None:
    """Give each case of the page the stretch of its texts that shows why it was found."""
    texts = {case.pk: texts_of(case) for case in told([case.pk for case in cases])}
    for case in cases:
        case.snippet = snippet(question, texts[case.pk])


@dataclass(frozen=True)
class PassageFound:
    """A passage of a source with the words that were asked for."""

    passage: Passage
    snippet: Snippet


def passages_with(question: str) -> tuple[int, list[PassageFound]]:
    """How many passages of the sources have all the words, and the first few of them."""
    count, first = _passages_found(question) if question else (0, [])
    if not count:
        return 0, []
    passages = Passage.objects.filter(pk__in=first).select_related("edition__document")
    pieces = [
        PassageFound(passage, words)
        for passage in passages.defer("edition__content").order_by(*READING_ORDER)
        if (words := snippet(question, [("passage", passage.edition.language, passage.text)]))
    ]
    return count, pieces


@remembered
def _passages_found(question: str) -> tuple[int, list[int]]:
    """How many passages have all the words, and the ids of the first few."""
    found = Answers(question, _passages_having, _passages_asked).found
    return (len(found), _first_in_order(question, found)) if found else (0, [])


def _passages_having(words: Has) -> set[int]:
    alias = router.db_for_read(Passage)
    return set(ids_having(Passage._meta.db_table, words.words, alias))


def _passages_asked(condition: Q, among: set[int] | None) -> set[int]:
    found = set(Passage.objects.filter(condition).order_by().values_list("pk", flat=True))
    return found if among is None else found & among


def _first_in_order(question: str, found: set[int]) -> list[int]:
    """The first few, in reading order, of the passages that a question finds."""
    passages = Passage.objects.order_by(*READING_ORDER).values_list("pk", flat=True)
    if len(found) <= FEW_PASSAGES:
        return list(passages.filter(pk__in=found)[:PASSAGES])
    # They stand all over the sources, so most likely the first of these have some.
    editions = list(Edition.objects.order_by("ref").values_list("pk", flat=True)[:FIRST_EDITIONS])
    shown = [pk for pk in passages.filter(edition__in=editions) if pk in found][:PASSAGES]
    return shown if len(shown) == PASSAGES else list(passages.filter(matching(question))[:PASSAGES])


def _orders(selection: Selection) -> list[Option]:
    """Relevance is offered only where there is something to be relevant to."""
    asked = selection.asked
    default = "relevance" if asked.get("q") else DEFAULT_ORDER
    shown = {name: label for name, label in ORDERS.items() if name != "relevance" or asked.get("q")}
    return options(shown, [asked.get("order") or default])


def chips_of_facets(params, facets: list[Facet]) -> list[Chip]:
    """The chosen values of all facets, each with the address that asks for everything else."""
    found = []
    for facet in facets:
        for option in facet.chosen:
            rest = params.copy()
            rest.pop("page", None)
            kept = [value for value in rest.getlist(facet.name) if value != option.value]
            rest.setlist(facet.name, kept)
            found.append(Chip(f"{facet.label}: {option.label}", rest.urlencode()))
    return found


def chips(params, selection: Selection, facets: list[Facet]) -> list[Chip]:
    """What is asked for, each with the address that asks for everything else."""
    asked, found = selection.asked, []
    if asked.get("q"):
        found.append(Chip(_("“%(words)s”") % {"words": asked["q"]}, without(params, "q", "page")))
    found += chips_of_facets(params, facets)
    for name, sentence in (("from", _("from %(date)s")), ("to", _("until %(date)s"))):
        if asked.get(name):
            date = edtf.words(edtf.clean(params[name]), language())
            found.append(Chip(sentence % {"date": date}, without(params, name, "page")))
    if asked.get("dates") == "certainly":
        found.append(Chip(str(DATES["certainly"]), without(params, "dates", "page")))
    return found


def _page_number(params) -> int:
    word = params.get("page") or "1"
    if not (word.isascii() and word.isdigit()) or int(word[:9]) == 0:
        raise InvalidQuery({"page": [_("Write a number from 1 up.")]})
    if int(word[:9]) > LAST_PAGE:
        sentence = _("Pages run to %(last)s; the file holds all of these cases.")
        raise InvalidQuery({"page": [sentence % {"last": LAST_PAGE}]})
    return int(word)
