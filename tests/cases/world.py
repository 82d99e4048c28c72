"""A database with something in every table that comes home, and files made of it."""

import csv
import io

from openpyxl import Workbook, load_workbook

from cases import imports, records
from cases.exports import BOM, TABLES, harmless, write, write_workbook
from cases.imports import Comparison
from cases.index import refresh
from cases.models.choices import Part, Source
from cases.models.vocabulary import HEADER_SCHEMES, WORDLESS_TERMS
from cases.records import Index
from tests.factories import (
    make_actor,
    make_country,
    make_document,
    make_edition,
    make_misprint,
    make_passage,
    make_quotation,
    make_reference,
    make_region,
    make_term,
)

TEXT = "The envoy mediated in Conakry in 2009; the envoy left."
NAMES = tuple(imports.FILES)
FLAVOURS = ("csv", "excel", "xlsx")


def save(kind: str, *incoming: dict, source=Source.SEED, who=None) -> None:
    """Save records given as canonical data."""
    spec, index = records.KINDS[kind], Index()
    keys = {"term": lambda data: f"{data['scheme']}:{data['code']}"}
    keys["reference"] = lambda data: f"{data['ref']}>{data['document']}"
    key_of = keys.get(kind, lambda data: data[spec.key])
    found = {key_of(data): data for data in incoming}
    index.expect(kind, found)
    plan = records.plan(kind, found, index, {})
    assert plan.problems == []
    records.apply([plan], index, source=source, who=who)
    if kind == "case":
        refresh(found)


def change(kind: str, key: str, **changed) -> dict:
    """Save a record with other values, as somebody else does at the desk; gives its data."""
    data = records.dump(kind, [key])[key] | changed
    save(kind, {name: value for name, value in data.items() if value is not None})
    return data


def statement(key: str, term: str, **more) -> dict:
    plain = {"key": key, "term": term, "scope": "this_case", "support": "editor_inference"}
    return plain | more


def a_case(refs: list[str], **changed) -> dict:
    """A draft that fills every column of cases and statements."""
    every_part = {part: ["un", "au"] for part in Part.values}
    held = {"horizon": "at_close", "attribution": "credited", "assessed_by": "S-2011-1"}
    return {
        "slug": "guinea-2009",
        **{f"title_{language}": f"Guinea {language}" for language in ("en", "fa", "ar")},
        **{f"summary_{language}": "خلاصهٔ پرونده" for language in ("en", "fa", "ar")},
        "start": "2009-09-28",
        "end": "2010-12",
        "coverage": "substantial",
        "regions": ["africa", "western_africa"],
        "countries": [
            {"country": "LBR", "role": "at_risk"},
            {"country": "GIN", "role": "scene"},
            {"country": "KEN", "role": "party"},
            {"country": "KEN", "role": "scene"},
        ],
        "relations": [{"to": "kenya-2008", "kind": "follows"}],
        "statements": [
            statement("o1", "outcome:agreement_reached", **held, credited_to=["t1"], when="2010"),
            statement(
                "t1",
                "tool:mediation",
                **every_part,
                support="states",
                when="2009-10",
                quantity="007",
                place="Conakry",
                documents=["S-2011-1", "S-2011-2"],
                note_en="A note.",
                note_fa="یادداشت",
                quotations=[refs[1], refs[0]],
            ),
            statement("v1", "event:coup", phase="opening", when="2009-09-28"),
            statement("r1", "role:lead_mediator", by=["un"]),
            statement("e1", "success_element:leverage", effect="absent"),
            statement("p1", "tool:good_offices", by=["au"], scope="pattern"),
            *(
                {"key": scheme, "term": f"{scheme}:not_stated", "scope": "this_case"}
                for scheme in HEADER_SCHEMES
            ),
        ],
    } | changed


def make_world() -> list[str]:
    """Records of every kind, each with a revision; gives the references of three quotations."""
    for term in (
        *("situation:electoral", "tool:mediation", "tool:good_offices", "event:coup"),
        *("role:lead_mediator", "outcome:agreement_reached", "success_element:leverage"),
        *("finding:lesson", "actor_type:regional_organization", *WORDLESS_TERMS),
    ):
        make_term(term)
    make_term("tool:shuttle", broader=make_term("tool:mediation"), match="Charter:33")
    for alpha3 in ("GIN", "LBR", "KEN", "KGZ"):
        make_country(alpha3)
    make_region("western_africa", "011")
    actors = [make_actor("au"), make_actor("ecowas", country=make_country("GIN"))]
    make_actor("un", parent=actors[0], start="1945", note_en="Since 1945.")
    actors[0].names.create(language="fa", name="اتحادیهٔ آفریقا", kind="official", order=1)
    actors[0].names.create(language="fa", name="اتحادیه افریقا", kind="as_printed", order=2)
    for code in ("S-2011-1", "S-2011-2"):
        make_document(code, date="2011-08-26", issuer=actors[0])
    passage = make_passage(TEXT, edition=make_edition("S-2011-552", "en"))
    words = [make_quotation(each, passage) for each in ("mediated", "Conakry", "2009")]
    refs = [str(quotation) for quotation in words]
    make_misprint(passage, "envoy")
    make_reference(passage, "Conakry", make_document("S-2011-1"))
    save("case", {"slug": "kenya-2008", "title_en": "Kenya", "coverage": "named_only"})
    save("case", a_case(refs))
    about = statement("f1", "finding:lesson", about=["tool:mediation"], quotations=refs[:1])
    save("finding", about | {"by": ["au"]})
    for kind in records.KINDS:
        for key in records.dump(kind):
            records.note_saved(kind, key, source=Source.SEED)
    return refs


# Files


def content_of(name: str, flavour: str = "csv") -> bytes:
    """A file as the desk exports it."""
    if name == "workbook":
        return b"".join(write_workbook(for_desk=True))
    return b"".join(write(TABLES[name].for_desk(), flavour))


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a file as the desk exports it."""
    text = content_of(name).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def file_of(rows: list[dict[str, str]], flavour: str = "csv") -> bytes:
    """A file of these rows, as an editor's spreadsheet would save it."""
    head = list(rows[0])
    if flavour == "xlsx":
        book = Workbook()
        book.active.append(head)
        for row in rows:
            book.active.append([None] * len(head))
            for place, name in enumerate(head, start=1):
                cell = book.active.cell(book.active.max_row, place)
                cell.value, cell.data_type = row[name], "s"
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, head)
    writer.writeheader()
    for row in rows:
        escaped = {name: harmless(cell) for name, cell in row.items()}
        writer.writerow(escaped if flavour == "excel" else row)
    return ((BOM if flavour == "excel" else "") + text.getvalue()).encode()


def edited(name: str, edits: dict[str, dict[str, str]], key: str | None = None) -> bytes:
    """An exported file in which cells of some rows, found by their key, were edited."""
    key = key or imports.FILES[name].key[-1]
    rows = rows_of(name)
    assert set(edits) <= {row[key] for row in rows}
    for row in rows:
        row.update(edits.get(row[key], {}))
    return file_of(rows)


def sheets_of(book: bytes) -> dict[str, list[list]]:
    loaded = load_workbook(io.BytesIO(book))
    return {sheet.title: [list(row) for row in sheet.values] for sheet in loaded}


def compare(name: str, content: bytes, **options) -> Comparison:
    return imports.compare(name, imports.read(content, limit=None), **options)


def changes_of(comparison: Comparison) -> dict[tuple[str, str], tuple[str, str]]:
    """Old and new of every changed cell, by key and column."""
    return {
        (row.key, each.column): (each.old, each.new)
        for report in comparison.reports
        for row in report.changed
        for each in row.changes
    }


def faults_of(comparison: Comparison) -> list[tuple[int, str, str]]:
    return [(f.number, f.column, f.what) for report in comparison.reports for f in report.faults]
