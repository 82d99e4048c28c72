"""What editors name in forms, by code or by any name in any language; each table read once a page.

`Lookups.of(request)` goes with a request: a page of a hundred statements reads the terms, the
actors and the documents once, and only if something on it asks for them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from cases.models import Actor, Case, Country, Document, Edition, Passage, Region, Term
from cases.models.fields import translated
from cases.near import written_alike
from cases.querysets import SEARCHED
from cases.records.shapes import Span
from cases.text import fold

# More than a list below a field can show.
SHOWN = 12
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Entry:
    """One row that may be named: its code, its label for the reader, and all its other names.

    `group` tells the reader where it belongs; `around` are the names of that, to search in too.
    """

    code: str
    label: str
    row: Model
    group: str = ""
    names: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    retired: bool = False


class Lookup:
    """The entries of one kind, found by code or by name, whatever the letters and the language."""

    def __init__(self, read: Callable[[], Iterable[Entry]]):
        self._read = read

    @cached_property
    def by_code(self) -> dict[str, Entry]:
        return {entry.code: entry for entry in self._read()}

    @cached_property
    def _by_name(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.by_code.values():
            for name in {_folded(name) for name in (entry.code, entry.label, *entry.names)}:
                found.setdefault(name, []).append(entry)
        return found

    def match(self, text: str) -> list[Entry]:
        """The entries of this code, or of exactly this name; several may share a name."""
        text = text.strip()
        if text in self.by_code:
            return [self.by_code[text]]
        return self._by_name.get(_folded(text), []) if _folded(text) else []

    def find(self, text: str) -> Entry:
        """The one entry of this code or name; ValidationError says which others are near."""
        found = self.match(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                _("“%(name)s” is the name of several: write one of %(codes)s."),
                "ambiguous",
                {"name": text.strip(), "codes": _told(found)},
            )
        near = written_alike(_folded(text), self._by_name, 4)
        entries = dict.fromkeys(entry for name in near for entry in self._by_name[name])
        entries = list(entries) or self.search(text)[:4]
        message = _("“%(name)s” is not known here.")
        if entries:
            message = _("“%(name)s” is not known here. Near it are %(codes)s.")
        raise ValidationError(
            message, "unknown", {"name": text.strip(), "codes": _told(entries[:4])}
        )

    def search(self, text: str) -> list[Entry]:
        """Entries whose code, names or group have words that begin so, the likeliest first."""
        wanted = _folded(text).split()
        ranked = []
        for place, entry in enumerate(self.by_code.values()):
            if entry.retired:
                continue
            names = [_folded(name) for name in (entry.code, entry.label, *entry.names)]
            words = " ".join([*names, *map(_folded, entry.around)]).split()
            if all(any(word.startswith(each) for word in words) for each in wanted):
                whole = " ".join(wanted)
                rank = 0 if whole in names else 1 if _any_begins(names, whole) else 2
                ranked.append((rank, place, entry))
        return [entry for _rank, _place, entry in sorted(ranked, key=lambda each: each[:2])[:SHOWN]]


class Lookups:
    """All that the forms of one page choose from."""

    def __init__(self, *, may_quote: bool):
        self.may_quote = may_quote
        self._kinds: dict[str, Lookup] = {}
        self._passages: dict[int, list[Passage]] = {}

    @classmethod
    def of(cls, request) -> "Lookups":
        """Those of a request, made when they are first asked for."""
        if not hasattr(request, "_lookups"):
            request._lookups = cls(may_quote=request.user.has_perm("cases.add_quotation"))
        return request._lookups

    def kind(self, name: str, scheme: str = "") -> Lookup:
        """The lookup of a kind of rows (a key of KINDS); terms may be those of one scheme."""
        key = f"{name}:{scheme}" if scheme else name
        if key not in self._kinds:
            if name == "term":
                self._kinds[key] = Lookup(lambda: _terms(self._terms, scheme))
            else:
                self._kinds[key] = Lookup(KINDS[name][1])
        return self._kinds[key]

    @cached_property
    def _terms(self) -> list[Term]:
        return list(Term.objects.select_related("broader", "replaced_by"))

    def passages(self, edition: Edition | None = None) -> list[Passage]:
        """The passages of an edition, or of all of them, in their order."""
        if edition is None:
            editions = [entry.row for entry in self.kind("edition").by_code.values()]
            return [passage for each in editions for passage in self.passages(each)]
        if edition.pk not in self._passages:
            rows = edition.passages.defer("search_text", "search_squashed").order_by("order")
            self._passages[edition.pk] = list(rows)
            for passage in self._passages[edition.pk]:
                passage.edition = edition
        return self._passages[edition.pk]

    def edition(self, text: str) -> Edition | None:
        """The edition that was named, by its ref or by its document; None for nothing."""
        if not text.strip():
            return None
        return self.kind("edition").find(text).row

    def passage_of(self, span: Span) -> Passage | None:
        """The passage that a place such as S-2011-552/fa/p24/12-80 lies in."""
        edition = self.kind("edition").by_code.get(span.passage.rpartition("/")[0])
        passages = self.passages(edition.row) if edition else []
        return next((each for each in passages if each.ref == span.passage), None)


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return fold(text)


def _any_begins(names: list[str], text: str) -> bool:
    return any(name.startswith(text) for name in names)


def _told(entries: list[Entry]) -> str:
    return ", ".join(
        f"{entry.code} ({entry.label})" if entry.label != entry.code else entry.code
        for entry in entries
    )


def _all_of(row: Model, name: str) -> tuple[str, ...]:
    values = (getattr(row, f"{name}_{language}") for language in LANGUAGES)
    return tuple(value for value in values if value)


def _terms(terms: list[Term], scheme: str) -> Iterable[Entry]:
    """Terms of a scheme by their codes, or all terms of statements by their ids."""
    for term in terms:
        if scheme != term.scheme and (scheme or term.scheme == "actor_type"):
            continue
        group = str(term.broader or "")
        names = (term.id, term.code, *_all_of(term, "label"))
        around = (term.broader.code, *_all_of(term.broader, "label")) if term.broader else ()
        code, retired = term.code if scheme else term.id, term.retired_on is not None
        yield Entry(code, str(term), term, group, names, around, retired)


def _actors() -> Iterable[Entry]:
    for actor in Actor.objects.select_related("type").prefetch_related("names"):
        names = tuple(name.name for name in actor.names.all())
        around = _all_of(actor.type, "label")
        yield Entry(actor.code, str(actor), actor, str(actor.type), names, around)


def _documents() -> Iterable[Entry]:
    for document in Document.objects.all():
        names = (document.symbol, *_all_of(document, "title"))
        label = " ".join(filter(None, (document.symbol, translated(document, "title")[0])))
        yield Entry(document.code, label, document, "", tuple(filter(None, names)))


def _editions() -> Iterable[Entry]:
    languages = {code: str(name) for code, name in Edition._meta.get_field("language").flatchoices}
    for edition in Edition.objects.select_related("document").defer("content"):
        document = edition.document
        names = (document.code, document.symbol, edition.title, *_all_of(document, "title"))
        title = translated(document, "title")[0] or edition.title
        label = f"{title} ({languages[edition.language]})"
        yield Entry(edition.ref, label, edition, "", tuple(filter(None, names)))


def _countries() -> Iterable[Entry]:
    for country in Country.objects.all():
        names = (country.alpha2, *(name for _language, name in country.names()))
        yield Entry(country.alpha3, str(country), country, "", names)


def _regions() -> Iterable[Entry]:
    for region in Region.objects.all():
        names = tuple(name for _language, name in region.names())
        yield Entry(region.code, str(region), region, "", names)


def _cases() -> Iterable[Entry]:
    for case in Case.objects.originals().defer(*SEARCHED, "internal_notes"):
        yield Entry(case.slug, str(case), case, "", _all_of(case, "title"))


# By kind, as addresses name it: whose rows they are, and how they are read.
KINDS: dict[str, tuple[type[Model], Callable[[], Iterable[Entry]] | None]] = {
    "term": (Term, None),
    "actor": (Actor, _actors),
    "document": (Document, _documents),
    "edition": (Edition, _editions),
    "country": (Country, _countries),
    "region": (Region, _regions),
    "case": (Case, _cases),
}
