"""The kinds of records, and what each is made of."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import (
    Actor,
    ActorName,
    Case,
    CaseCountry,
    CaseRelation,
    Country,
    Document,
    Erratum,
    ErratumPlace,
    Quotation,
    Reference,
    Region,
    Statement,
    Term,
)
from cases.models.choices import Review
from cases.querysets import ORDERED, SEARCHED
from cases.records import statements
from cases.records.completeness import lacks_of_whole
from cases.records.shapes import (
    Data,
    Index,
    Problem,
    Shape,
    Span,
    read_rows,
    read_span,
)

BATCH = 500  # few enough at a time for a database's limit of parameters


class RecordKind:
    """One kind of record; the base serves those that are a single row."""

    name: str
    shape: Shape
    key: str  # the column or expression that identifies a record in files

    @property
    def model(self) -> type[models.Model]:
        return self.shape.model

    def rows(self, keys: Iterable[str] | None = None) -> models.QuerySet:
        """Stored rows with all that `dump` touches; `keys` None means all of them."""
        rows = self.model._default_manager.select_related(*self.shape.codes)
        return rows if keys is None else rows.filter(**{f"{self.key}__in": list(keys)})

    def key_of(self, row) -> str:
        """The permanent key of a stored row."""
        return str(getattr(row, self.key))

    def dump(self, row) -> Data:
        """Canonical data of a stored row."""
        return self.shape.dump(row)

    def stored(
        self, keys: Iterable[str] | None = None, *, lock: bool = False
    ) -> Iterator[tuple[models.Model, Data]]:
        """Stored rows, each with its canonical data; `lock` keeps others from changing them."""
        rows = self.rows(keys)
        for row in rows.select_for_update(of=("self",)) if lock else rows:
            yield row, self.dump(row)

    def prepare(self, incoming: Iterable[Data], index: Index) -> None:
        """Look up at once what these data name, which `read` would look up one by one."""

    def read(self, data: Data, where: str, index: Index, problems: list[Problem]) -> Data:
        """Canonical form of incoming data; what is wrong with it goes to `problems`."""
        return self.shape.read(data, where, index, problems)

    def reread(
        self, data: Data, stored: Data, where: str, index: Index, problems: list[Problem]
    ) -> Data:
        """The same of a record that is stored: what is as it was need not be read again."""
        return self.read(data, where, index, problems)

    def assign(self, row, data: Data, index: Index) -> None:
        """Set the row's own columns, but not those that name other records of the same kind."""
        self.shape.assign(row, data, index, leave=self.name)

    def save(self, row, data: Data, index: Index) -> None:
        """Write a new row itself; `link` writes the rest."""
        self.assign(row, data, index)
        row.save()

    def link(self, row, data: Data, index: Index) -> None:
        """Write what may name any other record of the load; all rows exist by now."""
        own = [name for name, kind in self.shape.codes.items() if kind == self.name]
        changed = False
        for name in own:
            pk = index.pk(self.name, data[name]) if name in data else None
            changed |= getattr(row, f"{name}_id") != pk
            setattr(row, f"{name}_id", pk)
        if changed:
            row.save(update_fields=own)

    def relink(self, changed: Iterable[tuple[models.Model, Data, Data]], index: Index) -> None:
        """The same for rows that `stored` gave: each with what it was, and what it is to be."""
        for row, _stored, data in changed:
            self.link(row, data, index)


class Terms(RecordKind):
    name, key = "term", "id"
    shape = Shape(
        Term,
        (
            "scheme",
            "code",
            "order",
            *(
                f"{text}_{lang}"
                for text in ("label", "definition", "scope_note")
                for lang in ("en", "fa", "ar")
            ),
            "match",
            "retired_on",
        ),
        {"broader": "term", "replaced_by": "term"},
    )

    def read(self, data, where, index, problems):
        result = super().read(data, where, index, problems)
        for name in ("broader", "replaced_by"):
            if name in result and result[name].partition(":")[0] != result.get("scheme"):
                problems.append(Problem(f"{where}, {name}", _("is a term of another scheme.")))
        return result


class Regions(RecordKind):
    name, key = "region", "code"
    shape = Shape(Region, ("code", "m49"), {"parent": "region"})


class Countries(RecordKind):
    name, key = "country", "alpha3"
    shape = Shape(
        Country, ("alpha3", "alpha2", "m49", "longitude", "latitude"), {"region": "region"}
    )


class Actors(RecordKind):
    name, key = "actor", "code"
    shape = Shape(
        Actor,
        ("code", "naming", "start", "end", "note_en", "note_fa", "note_ar"),
        {"type": "term", "parent": "actor", "country": "country", "successor": "actor"},
    )
    names = Shape(ActorName, ("language", "name", "kind"))

    def rows(self, keys=None):
        return super().rows(keys).prefetch_related("names")

    def dump(self, row):
        names = [self.names.dump(name) for name in row.names.all()]
        return super().dump(row) | ({"names": names} if names else {})

    def read(self, data, where, index, problems):
        rest = {key: value for key, value in data.items() if key != "names"}
        result = super().read(rest, where, index, problems)
        names = read_rows(self.names, data.get("names"), f"{where}, name", index, problems)
        if not any(name.get("language") == "en" for name in names):
            problems.append(Problem(where, _("needs a name in English.")))
        if not result.get("type", "actor_type:").startswith("actor_type:"):
            sentence = _("is no term of the scheme %(scheme)s.") % {"scheme": "actor_type"}
            problems.append(Problem(f"{where}, type", sentence))
        return result | ({"names": names} if names else {})

    def link(self, row, data, index):
        super().link(row, data, index)
        _replace_rows(row.names, self.names, data.get("names", []), index)


class Documents(RecordKind):
    name, key = "document", "code"
    shape = Shape(
        Document,
        (
            "code",
            "symbol",
            "kind",
            "title_en",
            "title_fa",
            "title_ar",
            "date",
            "url",
            "identification",
            "licence",
            "note_en",
            "note_fa",
            "note_ar",
        ),
        {"issuer": "actor"},
    )


class Quotations(RecordKind):
    """Words, though they only repeat the passage, stand in the record: history must be readable."""

    name, key = "quotation", "ref"
    shape = Shape(Quotation, ("translation_en", "translated_by"))

    def rows(self, keys=None):
        unread = ("lines", "calls", "search_text", "search_squashed")
        rows = Quotation.objects.select_related("passage")
        rows = rows.defer(*(f"passage__{name}" for name in unread))
        if keys is None:
            return rows
        spans = [span for key in keys if (span := Span.parse(key))]
        passages, starts = {span.passage for span in spans}, {span.start for span in spans}
        return rows.filter(passage__ref__in=passages, start__in=starts)

    def key_of(self, row):
        return str(row)

    def prepare(self, incoming, index):
        _find_passages((data.get("ref") for data in incoming), index)

    def dump(self, row):
        words = row.passage.text[row.start : row.end]
        return {"ref": str(row), "words": words} | self.shape.dump(row)

    def read(self, data, where, index, problems):
        rest = {key: value for key, value in data.items() if key not in ("ref", "words")}
        result = self.shape.read(rest, where, index, problems)
        if span := read_span(data.get("ref"), where, index, problems):
            words = index.text(span.passage)[span.start : span.end]
            if data.get("words", words) != words:
                sentence = _("the passage prints «%(words)s» at that place.")
                problems.append(Problem(f"{where}, words", sentence % {"words": words}))
            result = {"ref": str(span), "words": words} | result
        if ("translation_en" in result) != ("translated_by" in result):
            sentence = _("a translation and translated_by go together.")
            problems.append(Problem(where, sentence))
        return result

    def assign(self, row, data, index):
        span = Span.parse(data["ref"])
        row.passage_id, row.start, row.end = index.pk("passage", span.passage), span.start, span.end
        super().assign(row, data, index)


class References(RecordKind):
    name, key = "reference", "ref"
    shape = Shape(Reference, ("kind",), {"document": "document"})

    def rows(self, keys=None):
        return Reference.objects.select_related("passage", "document")

    def key_of(self, row):
        return f"{row.passage.ref}/{row.start}-{row.end}>{row.document.code}"

    def prepare(self, incoming, index):
        _find_passages((data.get("ref") for data in incoming), index)

    def dump(self, row):
        return {"ref": str(Span(row.passage.ref, row.start, row.end))} | self.shape.dump(row)

    def read(self, data, where, index, problems):
        rest = {key: value for key, value in data.items() if key != "ref"}
        span = read_span(data.get("ref"), where, index, problems)
        return {"ref": str(span)} | self.shape.read(rest, where, index, problems)

    def assign(self, row, data, index):
        span = Span.parse(data["ref"])
        row.passage_id, row.start, row.end = index.pk("passage", span.passage), span.start, span.end
        super().assign(row, data, index)


class Errata(RecordKind):
    name, key = "erratum", "code"
    shape = Shape(
        Erratum,
        (
            "code",
            "kind",
            "printed",
            "reading",
            "reading_en",
            "why_en",
            "why_fa",
            "why_ar",
            "basis",
            "certainty",
        ),
        {"edition": "edition"},
    )

    def rows(self, keys=None):
        places = ErratumPlace.objects.select_related("passage").order_by("id")
        return super().rows(keys).prefetch_related(Prefetch("places", places))

    def dump(self, row):
        places = [str(Span(p.passage.ref, p.start, p.end)) for p in row.places.all()]
        return self.shape.dump(row) | {"places": places}

    def prepare(self, incoming, index):
        _find_passages((place for data in incoming for place in _listed(data, "places")), index)

    def read(self, data, where, index, problems):
        rest = {key: value for key, value in data.items() if key != "places"}
        result = self.shape.read(rest, where, index, problems)
        places = [read_span(p, f"{where}, places", index, problems) for p in data.get("places", [])]
        if not places:
            problems.append(Problem(where, _("needs at least one place.")))
        return result | {"places": [str(place) for place in places]}

    def link(self, row, data, index):
        row.places.all().delete()
        spans = [Span.parse(place) for place in data["places"]]
        ErratumPlace.objects.bulk_create(
            ErratumPlace(
                erratum=row,
                passage_id=index.pk("passage", span.passage),
                start=span.start,
                end=span.end,
            )
            for span in spans
        )


class Cases(RecordKind):
    name, key = "case", "slug"
    shape = Shape(
        Case,
        (
            "slug",
            "title_en",
            "title_fa",
            "title_ar",
            "summary_en",
            "summary_fa",
            "summary_ar",
            "start",
            "end",
            "coverage",
            "review",
            "coding",
            "coded_by",
            "reviewed_by",
            "internal_notes",
        ),
        lists={"regions": "region"},
    )
    countries = Shape(CaseCountry, ("role",), {"country": "country"})
    relations = Shape(CaseRelation, ("kind",), {"to": "case"})
    parts = ("countries", "relations", "statements")

    def touched(self) -> list[Prefetch]:
        """All that `dump` touches beyond the row itself."""
        return [*self._touched_but_statements(), Prefetch("statements", statements.rows())]

    def _touched_but_statements(self) -> list[Prefetch]:
        return [
            Prefetch("regions", Region.objects.order_by("code")),
            Prefetch("case_countries", CaseCountry.objects.order_by("order", "id")),
            Prefetch("relations", CaseRelation.objects.select_related("to").order_by("id")),
        ]

    def _rows(self) -> models.QuerySet:
        return Case.objects.originals().defer(*SEARCHED, *ORDERED)

    def rows(self, keys=None):
        rows = self._rows().prefetch_related(*self.touched())
        return rows if keys is None else rows.filter(slug__in=list(keys))

    def stored(self, keys=None, *, lock=False):
        """Statements are read as plain values: they are most of a case, and seldom written."""
        rows = self._rows()
        rows = rows if keys is None else rows.filter(slug__in=list(keys))
        rows = list(rows.select_for_update(of=("self",)) if lock else rows)
        for first in range(0, len(rows), BATCH):
            some = rows[first : first + BATCH]
            prefetch_related_objects(some, *self._touched_but_statements())
            told = statements.dump_of_cases(row.pk for row in some)
            for row in some:
                yield row, self._dump(row, told.get(row.pk, []))

    def dump(self, row):
        return self._dump(row, [statements.dump(statement) for statement in row.statements.all()])

    def _dump(self, row: Case, told: list[Data]) -> Data:
        result = self.shape.dump(row)
        parts = {
            "regions": [region.code for region in row.regions.all()],
            "countries": [self.countries.dump(country) for country in row.case_countries.all()],
            "relations": [self.relations.dump(relation) for relation in row.relations.all()],
            "statements": told,
        }
        return result | {name: part for name, part in parts.items() if part}

    def prepare(self, incoming, index):
        incoming = list(incoming)
        told = [each for data in incoming for each in _listed(data, "statements")]
        index.find("quotation", (ref for each in told for ref in _listed(each, "quotations")))
        relations = [each for data in incoming for each in _listed(data, "relations")]
        index.find("case", (each.get("to") for each in relations if isinstance(each, dict)))

    def read(self, data, where, index, problems):
        return self.reread(data, {}, where, index, problems)

    def reread(self, data, stored, where, index, problems):
        self.prepare([data], index)
        rest = {key: value for key, value in data.items() if key not in self.parts}
        result = self.shape.read(rest, where, index, problems)
        if "regions" in result:
            result["regions"] = sorted(result["regions"])
        is_published = result.get("review") == Review.PUBLISHED
        parts = {
            "countries": read_rows(
                self.countries, data.get("countries"), f"{where}, countries", index, problems
            ),
            "relations": read_rows(
                self.relations, data.get("relations"), f"{where}, relations", index, problems
            ),
            "statements": statements.read_of_case(
                *(data.get("statements"), where, index, problems),
                of_draft=not is_published,
                stored=stored.get("statements", ()),
            ),
        }
        result |= {name: part for name, part in parts.items() if part}
        if is_published:
            problems += [Problem(f"{where}, {path}", what) for path, what in lacks_of_whole(result)]
        return result

    def assign(self, row, data, index):
        super().assign(row, data, index)
        if row.review == Review.PUBLISHED and row.published_on is None:
            row.published_on = timezone.now()

    def link(self, row, data, index):
        self._link_but_statements(row, data, index)
        statements.write(row, data.get("statements", []), index)

    def _link_but_statements(self, row, data, index) -> None:
        if [region.code for region in row.regions.all()] != data.get("regions", []):
            row.regions.set(data.get("regions", []))
        _replace_rows(row.case_countries, self.countries, data.get("countries", []), index)
        _replace_rows(row.relations, self.relations, data.get("relations", []), index)

    def relink(self, changed, index):
        """Of statements only those are read as rows that belong to a case with others now."""
        told = []
        for row, stored, data in changed:
            self._link_but_statements(row, data, index)
            if stored.get("statements", []) != data.get("statements", []):
                told.append((row, data))
        for first in range(0, len(told), BATCH):
            some = told[first : first + BATCH]
            rows = [row for row, _data in some]
            prefetch_related_objects(rows, Prefetch("statements", statements.rows()))
            for row, data in some:
                statements.write(row, data.get("statements", []), index)


class WorkingCopies(Cases):
    """What editors do to a published case, before a reviewer publishes it; by the case's slug."""

    name = "working_copy"

    def _rows(self):
        return Case.objects.filter(working_copy_of__isnull=False).defer(*SEARCHED, *ORDERED)

    def assign(self, row, data, index):
        if row.working_copy_of_id is None:
            row.working_copy_of = Case.objects.originals().get(slug=data["slug"])
            row.base_version = row.working_copy_of.version
        super().assign(row, data, index)


class Findings(RecordKind):
    name, key = "finding", "key"
    shape = Shape(Statement)

    def rows(self, keys=None):
        rows = statements.rows().filter(scheme="finding")
        return rows if keys is None else rows.filter(key__in=list(keys))

    def dump(self, row):
        return statements.dump(row) | {"order": row.order}

    def prepare(self, incoming, index):
        index.find("quotation", (ref for data in incoming for ref in _listed(data, "quotations")))

    def read(self, data, where, index, problems):
        rest = {key: value for key, value in data.items() if key != "order"}
        result = statements.read(rest, where, index, problems)
        if not result.get("term", "finding:").startswith("finding:"):
            sentence = _("is no term of the scheme %(scheme)s.") % {"scheme": "finding"}
            problems.append(Problem(f"{where}, term", sentence))
        return result | {"order": data.get("order", 0)}

    def assign(self, row, data, index):
        statements.assign(row, data, index)
        row.order = data["order"]

    def link(self, row, data, index):
        statements.link([(row, data)], index)


def _listed(data: Any, name: str) -> list:
    """A list of incoming data, which may be anything as yet."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, list) else []


def _find_passages(refs: Iterable[Any], index: Index) -> None:
    """Look up the passages of these places, and their texts."""
    spans = [span for ref in refs if isinstance(ref, str) and (span := Span.parse(ref))]
    passages = {span.passage for span in spans}
    index.find("passage", passages)
    index.find_texts(passages)


def _replace_rows(manager, shape: Shape, rows: list[Data], index: Index) -> None:
    """Make the rows below a record exactly these, keeping their order."""
    if [shape.dump(row) for row in manager.all()] == rows:
        return
    owner = {manager.field.name: manager.instance}
    manager.all().delete()
    created = []
    for place, data in enumerate(rows):
        row = shape.model(**owner)
        shape.assign(row, data, index)
        if hasattr(row, "order"):
            row.order = place
        created.append(row)
    shape.model.objects.bulk_create(created)


# In the order in which a load writes them: each stands on those before it.
KINDS: dict[str, RecordKind] = {
    kind.name: kind
    for kind in (
        Terms(),
        Regions(),
        Countries(),
        Actors(),
        Documents(),
        Errata(),
        References(),
        Quotations(),
        Cases(),
        Findings(),
    )
}
# Records that live at the desk only: neither seeds nor files know them.
EVERY_KIND: dict[str, RecordKind] = KINDS | {"working_copy": WorkingCopies()}
