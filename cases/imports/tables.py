"""What the rows of each file are: which record they belong to, which columns may be edited.

A table's rows are parts of canonical data (see `cases.records`): a row of `cases` is the record
itself, a row of `statements` one of the statements of its case. Columns that are not editable are
made from other files; each says from which.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import cached_property
from itertools import count
from typing import ClassVar

from django.db.models import Model, QuerySet
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cases import edtf
from cases.exports import TABLES, restored, rows_of
from cases.expressions import SEPARATOR, Unindexed
from cases.gap import acts, gap, opens
from cases.imports.cells import (
    Coded,
    CodeOf,
    CodesOf,
    Column,
    Keys,
    Padded,
    Places,
    Value,
    parted,
)
from cases.models import (
    Actor,
    ActorName,
    Case,
    Country,
    Document,
    Edition,
    Erratum,
    Passage,
    Quotation,
    Reference,
    Statement,
    Term,
)
from cases.models.choices import CaseRelationKind, CountryRole, NameKind, Part, Review, Scope
from cases.records import KINDS
from cases.records.shapes import Data, Span

Cells = dict[str, str]
LANGUAGES = ("en", "fa", "ar")


class Shared:
    """What rows of one import need to know of all the records."""

    def __init__(self):
        self._last: dict[str, int] = {}
        self._texts: dict[str, str | None] = {}
        self._published: dict[str, datetime | None] = {}

    def next_order(self, rows: QuerySet, name: str) -> int:
        """A place behind the last one of these rows."""
        if name not in self._last:
            self._last[name] = max(rows.values_list("order", flat=True), default=-1)
        self._last[name] += 1
        return self._last[name]

    @cached_property
    def languages(self) -> dict[str, str]:
        """Languages of editions by their reference."""
        return dict(Edition.objects.values_list("ref", "language"))

    def text(self, passage: str) -> str | None:
        """The text of a passage by its reference, if there is such a passage."""
        if passage not in self._texts:
            texts = Passage.objects.filter(ref=passage).values_list("text", flat=True)
            self._texts[passage] = texts.first()
        return self._texts[passage]

    def published_on(self, slug: str) -> datetime | None:
        """Since when readers see a case; None of one that they do not see."""
        if slug not in self._published:
            seen = Case.objects.published().filter(slug=slug)
            self._published[slug] = seen.values_list("published_on", flat=True).first()
        return self._published[slug]


@dataclass(frozen=True)
class FileTable:
    """A file that comes home; this base serves those whose rows are whole records.

    `key` are the columns that name a row. `derived` says of columns that cannot be edited where
    their values come from.
    """

    name: str
    kind: str
    model: type[Model]
    key: tuple[str, ...]
    columns: dict[str, Column]
    derived: dict[str, str] = field(default_factory=dict)
    has_parts: ClassVar[bool] = False  # rows are parts of a record, not records
    one_version: ClassVar[bool] = False  # rows of a record must have been exported together
    # Columns that only the stored row knows: nothing is said of them where it has moved on.
    unrecorded: ClassVar[tuple[str, ...]] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that the file may have, in their order."""
        table = TABLES[self.name]
        return (*table.columns, *table.desk_columns)

    def key_of(self, cells: Cells) -> str:
        """The key of the record that a row belongs to."""
        return cells[self.key[0]].strip()

    def written(self, keys: set[str]) -> Iterator[tuple[str, ...]]:
        """What the export writes now of the rows of these records: the columns of `known`."""
        table = TABLES[self.name].for_desk()
        for row in rows_of(table, KINDS[self.kind].rows(keys)):
            yield tuple("" if cell is None else str(cell) for cell in row)

    def noted(self, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Of records whose rows are noted: the version, and the digest of what else the row has."""
        return {}

    def start(self, cells: Cells, shared: Shared) -> Data:
        """Canonical data of a record that a row brings."""
        return {self.key[0]: self.key_of(cells)}

    def complete(self, cells: Cells, data: Data, since: datetime | None, shared: Shared) -> Cells:
        """The cells of a row with what readers' files leave out of them."""
        return cells

    def derive(self, data: Data, shared: Shared) -> Cells:
        """The cells of derived columns that follow from the record alone."""
        return {}

    def unrecorded_cells(self, row: Model) -> Cells:
        """The cells of the columns that only the stored row knows."""
        return {}

    def parts(self, data: Data) -> list[Data]:
        """The rows of a record in their order."""
        return [data]

    def replace(self, data: Data, parts: list[Data]) -> Data:
        """The record with other rows."""
        return parts[0]

    def start_part(self, cells: Cells) -> Data:
        """Canonical data of a new row of a record that exists."""
        return {}

    def identify(
        self, lines: list[Cells], base: list[Data], now: list[Data]
    ) -> tuple[list[str], list[str], list[str]]:
        """Names for the rows of the file, of the base and of now; the same row has one name."""
        return [""] * len(lines), [""] * len(base), [""] * len(now)


def _values(model, names: str) -> list[Column]:
    return [Value(name, model) for name in names.split()]


def _by_name(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


def _in_languages(*names: str) -> str:
    return " ".join(f"{name}_{language}" for name in names for language in LANGUAGES)


class CasesTable(FileTable):
    unrecorded = ("published_on", "changed_on")

    def noted(self, keys):
        # SQLite, as long as it knows nothing of its tables, would go through all originals.
        is_original = IsNull(Unindexed("working_copy_of"), True)
        rows = Case.objects.filter(is_original, slug__in=keys).order_by()
        return {
            slug: (str(version), digest)
            for slug, version, digest in rows.values_list("slug", "version", "row_digest")
        }

    def start(self, cells, shared):
        return super().start(cells, shared) | {"review": Review.DRAFT.value}

    def complete(self, cells, data, since, shared):
        """With relations to cases that readers did not see when the file may have been made."""
        if "relations" not in cells:
            return cells
        said = parted(cells["relations"])
        for relation in data.get("relations", []):
            cell = f"{relation['kind']}:{relation['to']}"
            if cell in said:
                continue
            seen = shared.published_on(relation["to"])
            if seen is None or (since and seen > since):
                said.append(cell)
        return cells | {"relations": SEPARATOR.join(sorted(said))}

    def derive(self, data, shared):
        told = [s for s in data.get("statements", []) if s.get("scope") != Scope.PATTERN]
        codes = {column: _codes(told, scheme) for column, scheme in SCHEME_COLUMNS.items()}
        roles = {
            f"{actor}:{statement['term'].partition(':')[2]}"
            for statement in told
            if statement["term"].startswith("role:")
            for actor in statement.get(Part.BY, [])
        }
        quoted = {ref for statement in told for ref in statement.get("quotations", [])}
        documents = {ref.partition("/")[0] for ref in quoted}
        documents |= {code for statement in told for code in statement.get("documents", [])}
        gap = _gap(told)
        return {
            **_bounds(data, "start", "start_earliest", "start_latest"),
            **_bounds(data, "end", "end_earliest", "end_latest"),
            **codes,
            "actors": SEPARATOR.join(sorted(roles)),
            "gap_min_days": gap[0],
            "gap_max_days": gap[1],
            "documents": SEPARATOR.join(sorted(documents)),
            "statements": str(len(told)),
            "quotations": str(len(quoted)),
        }

    def unrecorded_cells(self, row):
        return {"published_on": _moment(row.published_on), "changed_on": _moment(row.changed_on)}


SCHEME_COLUMNS = {
    "situations": "situation",
    "triggers": "trigger",
    "aims": "aim",
    "initiation": "initiation",
    "un_role": "un_role",
    "tools": "tool",
    "outcomes": "outcome",
    "success_elements": "success_element",
}


def _codes(statements: list[Data], scheme: str) -> str:
    codes = {s["term"].partition(":")[2] for s in statements if s["term"].startswith(f"{scheme}:")}
    return SEPARATOR.join(sorted(codes))


def _bounds(data: Data, name: str, *columns: str) -> Cells:
    days = edtf.bounds(data.get(name, ""))
    return {
        column: day.isoformat() if day else "" for column, day in zip(columns, days, strict=True)
    }


def _gap(told: list[Data]) -> tuple[str, str]:
    """The gap as the file has it, from canonical data without general rules."""
    openings, actions = [], []
    for statement in told:
        if when := statement.get("when"):
            scheme, scope = statement["term"].partition(":")[0], statement.get("scope", "")
            if opens(scheme, statement.get("phase", ""), scope):
                openings.append(edtf.bounds(when))
            elif acts(scheme, scope):
                actions.append(edtf.bounds(when))
    found = gap(openings, actions)
    return tuple("" if days is None else str(days) for days in found)


def _moment(value: datetime | None) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else ""


class StatementsTable(FileTable):
    has_parts = True

    def parts(self, data):
        return data.get("statements", [])

    def replace(self, data, parts):
        return data | {"statements": parts}

    def start_part(self, cells):
        return {"key": cells["key"].strip()}

    def identify(self, lines, base, now):
        keys = [[statement["key"] for statement in statements] for statements in (base, now)]
        known = {*keys[0], *keys[1]}

        def name(cell: str) -> str:
            wanted = restored(cell)
            return next((key for key in (cell, wanted) if key in known), wanted.strip())

        return [name(cells["key"]) for cells in lines], *keys


class FindingsTable(FileTable):
    def start(self, cells, shared):
        order = shared.next_order(Statement.objects.findings(), "finding")
        return super().start(cells, shared) | {"order": order}


class QuotationsTable(FileTable):
    def derive(self, data, shared):
        span = Span.parse(data["ref"])
        if span is None:
            return {}
        edition, _slash, passage = span.passage.rpartition("/")
        return {
            "document": edition.partition("/")[0],
            "language": shared.languages.get(edition, ""),
            "passage": passage,
            "start": str(span.start),
            "end": str(span.end),
            "words": data.get("words", ""),
        }


class ReferencesTable(FileTable):
    def key_of(self, cells):
        passage, start, end, document = (cells[name].strip() for name in self.key)
        return f"{passage}/{start}-{end}>{document}"

    def start(self, cells, shared):
        ref, _mark, document = self.key_of(cells).partition(">")
        return {"ref": ref, "document": document}

    def derive(self, data, shared):
        span = Span.parse(data["ref"])
        text = span and shared.text(span.passage)
        return {"words": text[span.start : span.end]} if text else {}


class ActorsTable(FileTable):
    def start(self, cells, shared):
        """A new actor takes its official names from here; later they are edited in actor_names."""
        names = [
            {"language": language, "name": name, "kind": NameKind.OFFICIAL.value}
            for language in LANGUAGES
            if (name := cells.get(f"name_{language}", "").strip())
        ]
        return super().start(cells, shared) | {"names": names}

    def derive(self, data, shared):
        cells = {}
        for language in LANGUAGES:
            named = [
                (name["kind"], place, name["name"])
                for place, name in enumerate(data.get("names", []))
                if name["language"] == language
                and name["kind"] in (NameKind.OFFICIAL, NameKind.SHORT)
            ]
            cells[f"name_{language}"] = min(named)[2] if named else ""
        return cells


class ActorNamesTable(FileTable):
    """Names have no key of their own: a row that none of the names equals is an edit of the name
    that is like it (of the same language), or else a new name."""

    has_parts = one_version = True

    def parts(self, data):
        return data.get("names", [])

    def replace(self, data, parts):
        return data | {"names": parts}

    def identify(self, lines, base, now):
        said = [{name: restored(cells[name]) for name in self.columns} for cells in lines]
        known = {str(place): name for place, name in enumerate(base)}
        there = _pair(now, known)
        known |= {name: row for name, row in zip(there, now, strict=True) if name not in known}
        return _pair(said, known), [str(place) for place in range(len(base))], there


# How alike two names must be, from 0 to 1, for one to be an edit of the other.
ENOUGH = 0.6


def _pair(rows: list[Data], known: dict[str, Data]) -> list[str]:
    """For each row the name of the known one that it is or was, or a new name."""
    left, found = dict(known), {}

    def like(row: Data, columns: tuple[str, ...]) -> list[str]:
        return [
            name
            for name, each in left.items()
            if all(each.get(column, "") == row.get(column, "") for column in columns)
        ]

    def take(place: int, name: str) -> None:
        found[place] = name
        del left[name]

    for columns in (("language", "name", "kind"), ("language", "name"), ("name", "kind")):
        for place, row in enumerate(rows):
            if place not in found and (names := like(row, columns)):
                take(place, names[0])
    for columns in (("language", "kind"), ("language",)):
        for place, row in enumerate(rows):
            if place in found or not (names := like(row, columns)):
                continue
            alone = len(names) == 1 and not any(
                other not in found and other != place and like(rows[other], columns) == names
                for other in range(len(rows))
            )
            said = row.get("name", "")
            likeness = {n: SequenceMatcher(None, left[n]["name"], said).ratio() for n in names}
            best = max(names, key=likeness.get)
            if alone or likeness[best] >= ENOUGH:
                take(place, best)
    taken = {*known, *found.values()}
    fresh = (name for number in count() if (name := f"+{number}") not in taken)
    return [found[place] if place in found else next(fresh) for place in range(len(rows))]


class TermsTable(FileTable):
    def key_of(self, cells):
        return f"{cells['scheme'].strip()}:{cells['code'].strip()}"

    def start(self, cells, shared):
        scheme, code = cells["scheme"].strip(), cells["code"].strip()
        order = shared.next_order(Term.objects.filter(scheme=scheme), scheme)
        return {"scheme": scheme, "code": code, "order": order}


class CountriesTable(FileTable):
    def derive(self, data, shared):
        country, cells = Country(alpha2=data.get("alpha2", "")), {}
        for language in LANGUAGES:
            with override(language):
                cells[f"name_{language}"] = str(country)
        return cells


class DocumentsTable(FileTable):
    def derive(self, data, shared):
        return _bounds(data, "date", "earliest", "latest")


def _scheme_of(data: Data) -> str:
    return f"{data['scheme']}:"


STATEMENT_PARTS = [CodesOf(part, "actor", in_order=True) for part in Part.values]
SAID = [
    CodeOf("term", "term", required=True),
    *_values(Statement, "when scope support"),
    *STATEMENT_PARTS,
    *_values(Statement, "quantity place"),
    CodesOf("documents", "document"),
    *_values(Statement, _in_languages("note")),
    CodesOf("quotations", "quotation", in_order=True),
]

FROM_STATEMENTS = _("It is made from the file statements: edit it there.")
FROM_DATES = _("It is worked out from the date: edit start or end.")
FROM_PASSAGE = _("It follows from ref and the passage, which never change.")
BY_SAVING = _("It is written when the record is saved.")

FILES: dict[str, FileTable] = {
    table.name: table
    for table in (
        TermsTable(
            *("terms", "term", Term, ("scheme", "code")),
            _by_name(
                *_values(Term, _in_languages("label", "definition", "scope_note")),
                CodeOf("broader", "term", prefix=_scheme_of),
                *_values(Term, "match retired_on"),
                CodeOf("replaced_by", "term", prefix=_scheme_of),
            ),
        ),
        CountriesTable(
            *("countries", "country", Country, ("alpha3",)),
            _by_name(
                Value("alpha2", Country),
                Padded("m49", Country),
                CodeOf("region", "region"),
                *_values(Country, "longitude latitude"),
            ),
            dict.fromkeys(
                (f"name_{language}" for language in LANGUAGES),
                _("Names of countries come from CLDR and are not edited here."),
            ),
        ),
        ActorsTable(
            *("actors", "actor", Actor, ("code",)),
            _by_name(
                CodeOf("type", "term", required=True, prefix=lambda data: "actor_type:"),
                Value("naming", Actor),
                CodeOf("parent", "actor"),
                CodeOf("country", "country"),
                *_values(Actor, "start end"),
                CodeOf("successor", "actor"),
                *_values(Actor, _in_languages("note")),
            ),
            dict.fromkeys(
                (f"name_{language}" for language in LANGUAGES),
                _("It is made from the file actor_names: edit it there."),
            ),
        ),
        ActorNamesTable(
            *("actor_names", "actor", ActorName, ("actor", "language", "name", "kind")),
            _by_name(*_values(ActorName, "language name kind")),
        ),
        DocumentsTable(
            *("documents", "document", Document, ("code",)),
            _by_name(
                *_values(Document, "symbol kind"),
                *_values(Document, _in_languages("title")),
                Value("date", Document),
                CodeOf("issuer", "actor"),
                *_values(Document, "url identification licence"),
                *_values(Document, _in_languages("note")),
            ),
            dict.fromkeys(("earliest", "latest"), _("It is worked out from the date: edit date.")),
        ),
        FileTable(
            *("errata", "erratum", Erratum, ("code",)),
            _by_name(
                CodeOf("edition", "edition", required=True),
                *_values(Erratum, "kind printed reading reading_en"),
                *_values(Erratum, _in_languages("why")),
                *_values(Erratum, "basis certainty"),
                Places("places"),
            ),
        ),
        ReferencesTable(
            *("references", "reference", Reference, ("passage", "start", "end", "document")),
            _by_name(Value("kind", Reference)),
            {"words": FROM_PASSAGE},
        ),
        QuotationsTable(
            *("quotations", "quotation", Quotation, ("ref",)),
            _by_name(*_values(Quotation, "translation_en translated_by")),
            dict.fromkeys(
                ("document", "language", "passage", "start", "end", "words"), FROM_PASSAGE
            ),
        ),
        CasesTable(
            *("cases", "case", Case, ("slug",)),
            _by_name(
                *_values(Case, _in_languages("title", "summary")),
                Coded(
                    *("countries", "countries", "country", "country", "role"),
                    roles=(CountryRole.SCENE.value,),
                    only=CountryRole.SCENE.value,
                ),
                Coded(
                    *("other_countries", "countries", "country", "country", "role"),
                    roles=tuple(role for role in CountryRole.values if role != CountryRole.SCENE),
                ),
                CodesOf("regions", "region"),
                *_values(Case, "start end coverage"),
                Coded(
                    *("relations", "relations", "case", "to", "kind"),
                    roles=tuple(CaseRelationKind.values),
                    code_first=False,
                    in_order=False,
                ),
            ),
            {
                **dict.fromkeys(
                    ("start_earliest", "start_latest", "end_earliest", "end_latest"), FROM_DATES
                ),
                **dict.fromkeys(
                    (*SCHEME_COLUMNS, "actors", "gap_min_days", "gap_max_days"), FROM_STATEMENTS
                ),
                **dict.fromkeys(("documents", "statements", "quotations"), FROM_STATEMENTS),
                **dict.fromkeys(("published_on", "changed_on"), BY_SAVING),
            },
        ),
        StatementsTable(
            *("statements", "case", Statement, ("case", "key")),
            _by_name(
                *SAID,
                *_values(Statement, "phase horizon"),
                CodeOf("assessed_by", "document"),
                Value("attribution", Statement),
                Keys("credited_to"),
                Value("effect", Statement),
            ),
        ),
        FindingsTable(
            *("findings", "finding", Statement, ("key",)),
            _by_name(*SAID, CodesOf("about", "term")),
        ),
    )
}
