"""Tables as files: their columns, their cells, and what must never be in one."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from itertools import islice

import pytest
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cases import exports, index
from cases.exports import BOM, TABLES, harmless, restored, write
from cases.models import (
    Actor,
    Case,
    CaseCountry,
    CaseRelation,
    Country,
    Document,
    Edition,
    Erratum,
    ErratumPlace,
    Reference,
    Statement,
    StatementActor,
    Term,
)
from cases.views.files import table_file
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_document,
    make_passage,
    make_quotation,
    make_region,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db

COLUMNS = {
    "cases": "slug, version, title_en, title_fa, title_ar, summary_en, summary_fa, summary_ar, "
    "countries, other_countries, regions, start, end, coverage, relations, start_earliest, "
    "start_latest, end_earliest, end_latest, situations, triggers, aims, initiation, un_role, "
    "tools, actors, outcomes, success_elements, gap_min_days, gap_max_days, documents, "
    "statements, quotations, published_on, changed_on",
    "statements": "case, key, version, term, when, scope, support, by, with, on_behalf_of, "
    "in_support_of, at_request_of, towards, subject, phase, horizon, assessed_by, attribution, "
    "credited_to, effect, quantity, place, documents, note_en, note_fa, note_ar, quotations",
    "quotations": "ref, document, language, passage, start, end, words, translation_en, "
    "translated_by",
    "evidence": "case, key, scheme, code, actors, when, earliest, latest, horizon, attribution, "
    "scope, support, document, language, passage, passage_kind, number, words, translation_en",
}


def text_of(name: str, file_format="csv", cases=None) -> str:
    return b"".join(write(TABLES[name], file_format, cases)).decode()


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(name), newline="")))


@pytest.fixture
def guinea():
    """One case with something in every column."""
    au, annan = make_actor("au", name="African Union"), make_actor("kofi-annan", type="individual")
    accord = make_document("accord", kind="agreement")
    passage = make_passage('The envoy came, "mediated", and left.', code="p24")
    came = make_quotation("The envoy came", passage, translation_en="He came.")
    mediated = make_quotation('"mediated", and left', passage)
    case = make_case(
        "guinea-2009",
        countries=["GIN"],
        title_en="Guinea, the coup",
        title_fa="گینه",
        title_ar="غينيا",
        summary_en='He said "no".\nThen yes.',
        start="2008-12-23",
        end="2010",
        coverage="substantial",
        version=3,
        published_on=datetime(2020, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        changed_on=datetime(2021, 6, 7, 8, 9, 10, tzinfo=UTC),
    )
    CaseCountry.objects.create(case=case, country=make_country("LBR"), role="at_risk", order=2)
    CaseCountry.objects.create(case=case, country=make_country("KEN"), role="party", order=1)
    case.regions.add(make_region("western_africa"))
    earlier = make_case("guinea-2008", countries=[])
    CaseRelation.objects.create(case=case, to=earlier, kind="follows")

    make_statement(case, "situation:electoral", key="s1", quotations=[came])
    make_statement(case, "situation:border", key="s2", quotations=[came])
    make_statement(case, "trigger:coup", key="t0", quotations=[came])
    make_statement(case, "aim:prevent_conflict", key="a1", quotations=[came])
    make_statement(case, "initiation:not_stated", key="i1")
    make_statement(case, "un_role:lead", key="u1", quotations=[came])
    make_statement(case, "role:lead_mediator", key="r1", by=[annan, au], quotations=[mediated])
    make_statement(
        case, "event:coup", key="v1", when="2008-12-23", phase="opening", quotations=[came]
    )
    tool = make_statement(
        case,
        "tool:mediation",
        key="t1",
        when="2009-01",
        by=[annan],
        quantity="more than 40",
        place="Conakry",
        note_en="A note, with a comma",
        quotations=[mediated, came],
    )
    for part in ("with", "on_behalf_of", "in_support_of", "at_request_of", "towards", "subject"):
        StatementActor.objects.create(statement=tool, actor=au, part=part)
    outcome = make_statement(
        case, "outcome:agreement_reached", key="o1", assessed_by=accord, quotations=[mediated]
    )
    outcome.credited_to.add(tool)
    outcome.documents.add(accord)
    make_statement(case, "success_element:timeliness", key="e1", quotations=[came])
    make_statement(
        case, "tool:secondment", key="general", by=[annan], scope="pattern", quotations=[came]
    )
    make_statement(case, "role:adviser", key="rule", by=[au], scope="pattern", quotations=[came])
    index.refresh()
    return case


# Columns


@pytest.mark.parametrize("name", COLUMNS)
def test_the_columns_are_those_of_the_design(name):
    expected = COLUMNS[name].split(", ")
    assert list(TABLES[name].columns) == expected
    assert text_of(name).splitlines()[0].split(",") == expected


def test_every_table_of_the_design_exists():
    others = {"actors", "actor_names", "terms", "countries", "documents", "passages", "errata"}
    assert set(TABLES) >= {*COLUMNS, *others}


def test_every_row_has_as_many_cells_as_the_head(guinea):
    fill_every_table(guinea)
    for name, table in TABLES.items():
        rows = list(csv.reader(io.StringIO(text_of(name), newline="")))
        assert len(rows) > 1, name
        assert {len(row) for row in rows} == {len(table.columns)}, name


def fill_every_table(case):
    passage = case.statements.get(key="t1").quotations.first().passage
    edition = passage.edition
    erratum = Erratum.objects.create(
        code="e1",
        edition=edition,
        kind="name",
        printed="envoy",
        reading="convoy",
        why_en="Sense.",
        basis="same_text",
        certainty="certain",
    )
    ErratumPlace.objects.create(erratum=erratum, passage=passage, start=4, end=9)
    Reference.objects.create(
        passage=passage, start=4, end=9, document=make_document("accord"), kind="cites"
    )
    finding = make_statement(None, "finding:lesson", key="f1", quotations=[make_quotation()])
    finding.about.add(make_term("tool:mediation"))


# Cells


def test_a_case_stands_in_its_row_column_by_column(guinea):
    document = guinea.statements.get(key="t1").quotations.first().passage.edition.document.code
    row = next(row for row in rows_of("cases") if row["slug"] == "guinea-2009")
    assert row == {
        "slug": "guinea-2009",
        "version": "3",
        "title_en": "Guinea, the coup",
        "title_fa": "گینه",
        "title_ar": "غينيا",
        "summary_en": 'He said "no".\nThen yes.',
        "summary_fa": "",
        "summary_ar": "",
        "countries": "GIN",
        "other_countries": "KEN:party;LBR:at_risk",
        "regions": "western_africa",
        "start": "2008-12-23",
        "end": "2010",
        "coverage": "substantial",
        "relations": "follows:guinea-2008",
        "start_earliest": "2008-12-23",
        "start_latest": "2008-12-23",
        "end_earliest": "2010-01-01",
        "end_latest": "2010-12-31",
        "situations": "border;electoral",
        "triggers": "coup",
        "aims": "prevent_conflict",
        "initiation": "not_stated",
        "un_role": "lead",
        "tools": "mediation",
        "actors": "au:lead_mediator;kofi-annan:lead_mediator",
        "outcomes": "agreement_reached",
        "success_elements": "timeliness",
        "gap_min_days": "9",
        "gap_max_days": "39",
        "documents": ";".join(sorted([document, "accord"])),
        "statements": "11",
        "quotations": "2",
        "published_on": "2020-01-02T03:04:05Z",
        "changed_on": "2021-06-07T08:09:10Z",
    }


def test_a_tool_and_its_outcome_stand_in_their_rows(guinea):
    rows = {row["key"]: row for row in rows_of("statements") if row["case"] == "guinea-2009"}
    assert len(rows) == 13  # general rules too: the file is how statements come home
    tool = guinea.statements.get(key="t1")
    quoted = [str(evidence.quotation) for evidence in tool.evidence.all()]
    assert rows["t1"] == {
        "case": "guinea-2009",
        "key": "t1",
        "version": "3",
        "term": "tool:mediation",
        "when": "2009-01",
        "scope": "this_case",
        "support": "states",
        "by": "kofi-annan",
        "with": "au",
        "on_behalf_of": "au",
        "in_support_of": "au",
        "at_request_of": "au",
        "towards": "au",
        "subject": "au",
        "phase": "",
        "horizon": "",
        "assessed_by": "",
        "attribution": "",
        "credited_to": "",
        "effect": "",
        "quantity": "more than 40",
        "place": "Conakry",
        "documents": "",
        "note_en": "A note, with a comma",
        "note_fa": "",
        "note_ar": "",
        "quotations": ";".join(quoted),
    }
    outcome = rows["o1"]
    assert (outcome["horizon"], outcome["attribution"]) == ("at_close", "credited")
    assert (outcome["assessed_by"], outcome["credited_to"]) == ("accord", "t1")
    assert outcome["documents"] == "accord"
    assert rows["v1"]["phase"] == "opening"
    assert rows["e1"]["effect"] == "helped"
    assert rows["r1"]["by"] == "kofi-annan;au"  # in the order in which they are named
    assert (rows["i1"]["support"], rows["i1"]["quotations"]) == ("", "")


def test_a_quotation_stands_in_its_row(guinea):
    quotation = guinea.statements.get(key="r1").quotations.get()
    row = next(row for row in rows_of("quotations") if row["ref"] == str(quotation))
    assert row == {
        "ref": f"{quotation.passage.ref}/16-36",
        "document": quotation.passage.edition.document.code,
        "language": "en",
        "passage": "p24",
        "start": "16",
        "end": "36",
        "words": '"mediated", and left',
        "translation_en": "What it says.",
        "translated_by": "person",
    }


def test_each_statement_and_each_of_its_words_are_one_row_of_evidence(guinea):
    rows = [row for row in rows_of("evidence") if row["key"] == "t1"]
    assert [row["words"] for row in rows] == ['"mediated", and left', "The envoy came"]
    assert rows[1] == {
        "case": "guinea-2009",
        "key": "t1",
        "scheme": "tool",
        "code": "mediation",
        "actors": "kofi-annan:by;au:with;au:on_behalf_of;au:in_support_of;au:at_request_of;"
        "au:towards;au:subject",
        "when": "2009-01",
        "earliest": "2009-01-01",
        "latest": "2009-01-31",
        "horizon": "",
        "attribution": "",
        "scope": "this_case",
        "support": "states",
        "document": rows[0]["document"],
        "language": "en",
        "passage": "p24",
        "passage_kind": "paragraph",
        "number": "24",
        "words": "The envoy came",
        "translation_en": "He came.",
    }


def test_words_of_letters_beyond_the_first_plane_are_cut_where_python_cuts_them():
    passage = make_passage("𝔸 «سازمان» 🕊 صلح")
    make_statement(make_case("one"), quotations=[make_quotation("🕊 صلح", passage)])
    assert [row["words"] for row in rows_of("quotations")] == ["🕊 صلح"]
    assert [row["words"] for row in rows_of("evidence")] == ["🕊 صلح"]


def test_countries_are_named_in_three_languages():
    make_country("GIN")
    (row,) = rows_of("countries")
    assert (row["alpha3"], row["region"], row["longitude"]) == ("GIN", "western_africa", "-10.50")
    assert (row["name_en"], row["name_fa"], row["name_ar"]) == ("Guinea", "گینه", "غينيا")


def test_an_open_end_and_the_first_year_are_whole_dates():
    make_case("open", start="0001", end="2008/..")
    (row,) = rows_of("cases")
    assert (row["start_earliest"], row["end_latest"]) == ("0001-01-01", "9999-12-31")


def test_an_action_before_the_opening_has_no_gap():
    case = make_case("early")
    make_statement(case, "event:coup", when="2009", phase="opening")
    make_statement(case, "tool:mediation", when="2008")
    (row,) = rows_of("cases")
    assert (row["gap_min_days"], row["gap_max_days"]) == ("", "")


def test_rows_are_ordered_by_code_points_whatever_the_locale_of_the_database():
    for code in ("un-dpa", "un", "unowa", "UN-B", "Zambia"):
        make_actor(code)
        make_case(code)
    for code in ("s-1", "S-2", "S_1", "A"):
        make_statement(
            make_case(f"of-{code}"),
            quotations=[make_quotation(passage=passage_of(code))],
        )
    for name, column in [
        ("cases", "slug"),
        ("statements", "case"),
        ("evidence", "case"),
        ("actors", "code"),
        ("actor_names", "actor"),
        ("documents", "code"),
        ("passages", "document"),
        ("quotations", "document"),
    ]:
        values = [row[column] for row in rows_of(name)]
        assert values == sorted(values), name


def passage_of(code):
    edition = Edition.objects.create(
        document=make_document(code),
        code="en",
        ref=f"{code}/en",
        language="en",
        file_name="a.txt",
        content=b"",
        sha256=code,
    )
    return make_passage(edition=edition)


# Bytes

NASTY = [
    "plain",
    'a "quoted" word',
    "one, two",
    "two\nlines",
    "carriage\rreturn",
    "both\r\nends",
    " leading and trailing ",
    "\ttab",
    '"',
    ",",
    "\\.",
    "\\N",
    "NULL",
    "=1+1",
    "-5",
    "می‌رود",
    "",
]


def test_cells_of_every_kind_come_back_as_they_are():
    for number, words in enumerate(NASTY):
        make_case(f"case-{number:02}", title_en=words or "-", summary_en=words)
    rows = rows_of("cases")
    assert [row["summary_en"] for row in rows] == NASTY
    records = json.loads(text_of("cases", "json"))
    assert [record["summary_en"] for record in records] == NASTY


def test_the_bytes_of_csv_are_the_same_from_both_databases():
    """This test runs on both; the bytes are written down here."""
    make_case("a", title_en='x, "y"', title_fa="پ", title_ar="", summary_en=" \r", start="2008")
    Case.objects.update(published_on=datetime(2020, 1, 1, tzinfo=UTC))
    head, line = text_of("cases").split("\n", 1)
    assert head == COLUMNS["cases"].replace(" ", "")
    assert line == (
        'a,0,"x, ""y""",پ,," \r",,,GIN,,,2008,,named_only,,2008-01-01,2008-12-31'
        ",,,,,,,,,,,,,,,0,0,2020-01-01T00:00:00Z,\n"
    )


@pytest.mark.parametrize("pieces", [0, 1])
@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_a_file_that_nobody_reads_to_its_end_leaves_the_database_to_others(rf, pieces, file_format):
    for number in range(3):
        make_case(f"case-{number}")
    response = table_file(rf.get("/"), "cases", file_format)
    assert len(list(islice(response, pieces))) == pieces
    request_finished.disconnect(close_old_connections)  # which would end the test's transaction
    response.close()
    request_finished.connect(close_old_connections)
    assert Case.objects.count() == 3


def test_copy_and_our_own_lines_give_the_same_bytes(guinea):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has COPY")
    fill_every_table(guinea)
    for number, words in enumerate(NASTY):
        case = make_case(f"case-{number}", title_en=words or "-", summary_en=words)
        make_statement(case, note_en=words, place=words)
    for name, table in TABLES.items():
        written = b"".join(exports._csv(table, table.parts()))
        if table.finish is None:
            assert b"".join(exports._copy(table, table.parts())) == written, name
        assert text_of(name, "csv") == written.decode(), name


@pytest.mark.parametrize("query", ["", "q=case", "order=title"])
@pytest.mark.parametrize("file_format", ["csv", "excel", "json"])
def test_a_file_in_parts_is_the_same_as_in_one(monkeypatch, file_format, query):
    for at in range(12):
        make_case(f"case-{at}", start=f"20{at:02}" if at % 3 else "", terms=["tool:mediation"])
    table = exports.TABLES["cases"]
    selected = table.select(QueryDict(query))
    whole = list(exports.rows_of(table, selected))
    assert len(whole) == 12
    assert [part.count() for part in table.parts(selected)] == [12]  # they are few
    monkeypatch.setattr(exports, "FEW", 5)
    monkeypatch.setattr(exports, "CHUNK", 2)
    monkeypatch.setattr(exports, "LARGEST_PART", 5)
    sizes = [part.count() for part in table.parts(selected)]
    assert sizes == ([2, 5, 5] if connection.vendor == "postgresql" else [12])
    assert [row for part in table.parts(selected) for row in part] == whole
    in_parts = b"".join(exports.write(table, file_format, selected))
    monkeypatch.undo()
    assert in_parts == b"".join(exports.write(table, file_format, selected))


def test_what_is_withdrawn_while_a_file_is_written_stands_in_no_later_part(monkeypatch):
    for at in range(4):
        make_case(f"case-{at}", start=f"200{at}", terms=["tool:mediation"])
    monkeypatch.setattr(exports, "FEW", 1)
    monkeypatch.setattr(exports, "CHUNK", 2)
    for table, still_there in ((TABLES["cases"], False), (TABLES["cases"].for_desk(), True)):
        Case.objects.update(review="published")
        parts = table.parts(table.select(QueryDict("tool=mediation&order=title")))
        slugs = [row[0] for row in next(parts)]
        Case.objects.filter(slug="case-2").update(review="draft")
        slugs += [row[0] for part in parts for row in part]
        is_one_query = connection.vendor == "sqlite"
        assert ("case-2" in slugs) is (still_there or is_one_query)
        assert len(slugs) == 3 + ("case-2" in slugs)


def test_a_file_is_written_while_queries_are_logged_too(guinea):
    with CaptureQueriesContext(connection):
        assert "guinea-2009" in text_of("cases")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
@example("\r")
@example("\n")
@example(",")
@example('"')
@example('"a", "b"\r\n')
@example(" ")
def test_any_text_comes_home_in_csv(words):
    Case.objects.all().delete()
    make_case("one", summary_en=words)
    assert [row["summary_en"] for row in rows_of("cases")] == [words]


def test_no_cases_give_a_file_with_its_head_alone(client):
    make_term("tool:mediation")
    for name in ("cases", "statements", "evidence"):
        for query in ("", "?q=%D8%9F", "?tool=mediation"):
            response = client.get(f"/{name}.csv{query}")
            lines = b"".join(response.streaming_content).decode().splitlines()
            assert lines == [",".join(TABLES[name].columns)]
        assert json.loads(text_of(name, "json")) == []


@pytest.mark.parametrize(
    ("file_format", "ending"), [("csv", "csv"), ("excel", "csv?for=excel"), ("json", "json")]
)
def test_the_site_and_the_command_give_the_same_bytes(
    file_format, ending, client, guinea, tmp_path
):
    fill_every_table(guinea)
    path = tmp_path / "file"
    for name in TABLES:
        call_command("export", name, format=file_format, output=str(path))
        given = b"".join(client.get(f"/{name}.{ending}").streaming_content)
        assert given == path.read_bytes(), name


def test_a_workbook_of_the_site_and_of_the_command_has_the_same_cells(client, guinea, tmp_path):
    path = tmp_path / "cases.xlsx"
    call_command("export", "cases", format="xlsx", output=str(path))
    content = b"".join(client.get("/cases.xlsx").streaming_content)
    assert cells_of(content) == cells_of(path.read_bytes())


def test_no_language_changes_a_byte(client, guinea):
    fill_every_table(guinea)
    for name in TABLES:
        client.cookies.clear()
        plain = b"".join(client.get(f"/{name}.csv").streaming_content)
        spoken = client.get(f"/{name}.csv", headers={"accept-language": "fa"})
        assert b"".join(spoken.streaming_content) == plain, name
        client.cookies["django_language"] = "ar"
        assert b"".join(client.get(f"/{name}.csv").streaming_content) == plain, name
        with translation.override("fa"):
            assert text_of(name).encode() == plain, name


def test_the_order_of_a_file_by_title_is_that_of_the_english_titles(client):
    make_case("one", title_en="A", title_fa="ب")
    make_case("two", title_en="B", title_fa="آ")
    address = "/cases.csv?order=title"
    response = client.get(address, headers={"accept-language": "fa"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["slug", "one", "two"]


def test_a_file_has_one_address_for_all_languages(client):
    assert client.get("/fa/cases.csv").status_code == 404


def test_a_file_is_named_and_typed(client):
    expected = {
        "cases.csv": "text/csv; charset=utf-8",
        "cases.json": "application/json",
        "cases.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    for name, kind in expected.items():
        response = client.get(f"/{name}")
        assert response["Content-Type"] == kind
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert response.getvalue()


@pytest.mark.parametrize("name", ["cases", "statements", "evidence"])
def test_a_file_holds_the_cases_that_its_filters_select(name, client, guinea):
    make_case("other", terms=["tool:good_offices"], start="2001")
    for query in ("tool=mediation", "coverage=substantial", "from=2008&order=-start", "q=coup"):
        content = b"".join(client.get(f"/{name}.csv?{query}").streaming_content).decode()
        rows = list(csv.DictReader(io.StringIO(content, newline="")))
        assert {row.get("case") or row["slug"] for row in rows} == {"guinea-2009"}, query


@pytest.mark.parametrize(
    "address",
    [
        "/cases.csv?tol=x",
        "/cases.csv?page=2",
        "/cases.csv?for=word",
        "/cases.csv?for=excel&for=excel",
        "/cases.xlsx?for=excel",
        "/cases.json?for=excel",
        "/actors.csv?tool=mediation",
        "/quotations.csv?q=coup",
    ],
)
def test_a_file_refuses_what_it_does_not_know_in_plain_text(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" not in response.headers.get("Content-Disposition", "")
    named = address.partition("?")[2].partition("=")[0]
    assert f"{named}: " in response.content.decode()


# Excel


def test_the_excel_flavour_has_a_byte_order_mark_and_no_cell_that_runs(client):
    formulas = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"]
    for number, words in enumerate([*formulas, "-5", "plain"]):
        make_case(f"case-{number}", title_en=words, summary_en=words)
    content = b"".join(client.get("/cases.csv?for=excel").streaming_content).decode()
    assert content.startswith(f"{BOM}slug,")
    assert content.count(BOM) == 1
    rows = list(csv.DictReader(io.StringIO(content.removeprefix(BOM), newline="")))
    cells = [row["summary_en"] for row in rows]
    assert cells == [*(f"'{formula}" for formula in formulas), "-5", "plain"]
    assert [restored(cell) for cell in cells] == [*formulas, "-5", "plain"]


def test_the_plain_file_is_left_as_it_is():
    make_case("one", summary_en="=1+1")
    assert not text_of("cases").startswith(BOM)
    assert rows_of("cases")[0]["summary_en"] == "=1+1"


@given(st.text() | st.text(alphabet="'=+-@\t\r\n10. a"))
@example("'-5")
@example("-5\n")
def test_what_was_made_harmless_is_restored(cell):
    assert restored(harmless(cell)) == cell


@given(st.text(alphabet="'=+-@\t\r\n10. a"))
def test_a_harmless_cell_begins_like_no_formula_unless_it_is_a_number(cell):
    made = harmless(cell)
    if made.startswith(("=", "@", "\t", "\r", "+", "-")):
        float(made)


@pytest.mark.parametrize("cell", [None, 5, "", "a=b", " =1"])
def test_other_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


# Workbooks and JSON


def cells_of(content: bytes) -> list[list]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_cell_of_a_workbook_is_text(guinea):
    Case.objects.filter(slug="guinea-2009").update(summary_fa="=1+1", summary_ar="#N/A")
    content = b"".join(write(TABLES["cases"], "xlsx"))
    sheet = load_workbook(io.BytesIO(content)).active
    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head] == list(TABLES["cases"].columns)
    cells = {head[at].value: cell for at, cell in enumerate(rows[0])}
    assert cells["slug"].value == "guinea-2009"
    assert (cells["version"].value, cells["version"].data_type) == ("3", "s")
    assert (cells["summary_fa"].value, cells["summary_fa"].data_type) == ("=1+1", "s")
    assert (cells["summary_ar"].value, cells["summary_ar"].data_type) == ("#N/A", "s")
    assert cells["start_earliest"].value == "2008-12-23"
    assert {cell.number_format for cell in rows[0]} == {"@"}


def test_a_control_character_does_not_break_a_workbook():
    make_case("one", summary_en="a\x0bb\x1fc")
    (head, row) = cells_of(b"".join(write(TABLES["cases"], "xlsx")))
    assert row[head.index("summary_en")] == "abc"


def test_json_has_the_columns_as_keys_in_order(guinea):
    records = json.loads(text_of("cases", "json"))
    record = records[0]
    assert list(record) == list(TABLES["cases"].columns)
    assert (record["version"], record["gap_min_days"]) == (3, 9)
    assert record["title_fa"] == "گینه"
    assert record["start_earliest"] == "2008-12-23"
    assert records[1]["start_earliest"] is None


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="'ods' is not one of csv, excel, xlsx, json"):
        write(TABLES["cases"], "ods")


# What never leaves

MARK = "zzmarked"


@pytest.fixture
def marked():
    """Drafts full of marked words, and public cases with marked parts that are not public."""
    public = make_case("public", internal_notes=f"{MARK}-notes", coded_by=f"{MARK}-coder")
    make_statement(public, "tool:mediation", by=["au"])
    for review in ("draft", "in_review", "withdrawn"):
        make_marked(f"{MARK}-{review}", review=review)
    copy = make_marked("public", review="draft", working_copy_of=public)
    for to in Case.objects.exclude(pk=public.pk):
        CaseRelation.objects.create(case=public, to=to, kind="follows")
        CaseRelation.objects.create(case=to, to=public, kind="part_of")
    assert copy.slug == public.slug
    return public


def make_marked(slug, **changed):
    texts = {
        f"{name}_{language}": f"{MARK} {name}"
        for name in ("title", "summary")
        for language in ("en", "fa", "ar")
    }
    case = make_case(
        slug,
        countries=["KGZ"],
        internal_notes=MARK,
        coded_by=MARK,
        coverage="substantial",
        **texts,
        **changed,
    )
    make_statement(
        case,
        "tool:secondment",
        key=f"{MARK}-t1",
        by=[make_actor("hidden-actor", type="individual")],
        quantity=MARK,
        place=MARK,
        note_en=MARK,
        note_fa=MARK,
        note_ar=MARK,
        quotations=[make_quotation(translation_en=MARK)],
    )
    return case


PAGES = [
    "/cases/",
    "/fa/cases/",
    "/ar/cases/",
    "/cases/?order=-changed",
    "/cases/?q=summary",
    "/cases/?country=KGZ",
    "/cases/?tool=secondment",
    "/cases/?actor=hidden-actor",
    "/cases/?coverage=substantial",
    "/cases/public/",
    "/fa/cases/public/",
    "/findings/",
    f"/cases/{MARK}-withdrawn/",
]


def test_nothing_of_a_draft_is_on_any_page(client, marked):
    for address in PAGES:
        content = client.get(address).content.decode()
        # The address itself stands on the page, in the links to other languages.
        asked = address.partition("/cases/")[2].rstrip("/")
        assert MARK not in (content.replace(asked, "") if asked else content), address
        assert "Related cases" not in content, address


def every_address():
    """Every page and file of the site that stands on records, for what is in the database."""
    yield from ("/", "/documents/", "/explore/", "/explore/?country=KGZ", "/similar/", "/tools/")
    yield from ("/similar/?case=public", "/actors/", "/actors/?q=hidden", "/countries/", "/method/")
    yield from ("/codebook/", "/codebook.csv", "/codebook.json", "/feed.xml", "/sitemap.xml")
    yield from ("/cases/public/cite.bib", "/cases/public/cite.ris", "/cases/public/cite.csl.json")
    for document in Document.objects.prefetch_related("editions"):
        yield f"/documents/{document.code}/"
        yield from (f"/documents/{document.code}/{e.code}/" for e in document.editions.all())
    for term in Term.objects.all():
        yield f"/terms/{term.scheme}/{term.code}/"
    for country in Country.objects.all():
        yield f"/countries/{country.alpha3}/"
    for actor in Actor.objects.all():
        yield f"/actors/{actor.code}/"


def test_nothing_of_a_draft_is_at_any_address(client, marked):
    for address in every_address():
        response = client.get(address, follow=True)
        body = b"".join(response) if response.streaming else response.content
        assert response.status_code in (200, 404), address
        assert MARK not in body.decode(), address


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_a_draft_has_no_page(client, marked, prefix):
    for review in ("draft", "in_review"):
        assert client.get(f"{prefix}/cases/{MARK}-{review}/").status_code == 404


def test_no_count_and_no_facet_knows_of_a_draft(client, marked):
    response = client.get("/cases/")
    assert response.context["page"].paginator.count == 1
    offered = {
        facet.name: {option.value for option in facet.options}
        for facet in response.context["facets"]
    }
    assert "KGZ" not in offered["country"]
    assert "central_asia" not in offered["region"]
    assert offered["tool"] == {"mediation"}
    assert offered["actor"] == {"au"}
    assert "individual" not in offered["actor_type"]
    assert len(offered["document"]) == 1


def test_no_filter_finds_a_draft(client, marked):
    for query in (
        f"q={MARK}",
        "q=summary",
        "country=KGZ",
        "tool=secondment",
        "coverage=substantial",
    ):
        assert client.get(f"/cases/?{query}").context["page"].paginator.count == 0, query
        for name in ("cases", "statements", "evidence"):
            lines = b"".join(client.get(f"/{name}.csv?{query}").streaming_content).splitlines()
            assert len(lines) == 1, (name, query)


@pytest.mark.parametrize("address", ["/cases/", "/cases.csv", "/statements.csv"])
def test_an_actor_of_drafts_alone_is_as_unknown_as_one_that_is_nowhere(client, marked, address):
    for code in ("hidden-actor", "hidden-acto"):
        response = client.get(f"{address}?actor={code}")
        assert response.status_code == 400
        assert "hidden-actor" not in response.content.decode().replace(f"actor={code}", "").replace(
            f"“{code}”", ""
        )


def test_nothing_of_a_draft_is_in_any_file(client, marked):
    for name in TABLES:
        for address in (f"/{name}.csv", f"/{name}.csv?for=excel", f"/{name}.json"):
            assert MARK not in b"".join(client.get(address).streaming_content).decode(), address
        book = b"".join(client.get(f"/{name}.xlsx").streaming_content)
        with zipfile.ZipFile(io.BytesIO(book)) as archive:
            parts = [archive.read(part) for part in archive.namelist()]
        assert not any(MARK.encode() in part for part in parts), name


def test_words_that_a_public_case_uses_too_are_in_the_file(marked):
    shared = Statement.objects.get(case=marked).quotations.get()
    for draft in Case.objects.filter(review="draft"):
        make_statement(draft, quotations=[shared])
    assert [row["ref"] for row in rows_of("quotations")] == [str(shared)]


def test_the_marks_would_be_seen_if_the_drafts_were_public(client, marked):
    """The tests above fail when something leaks: here everything does."""
    hidden = Case.objects.filter(working_copy_of=None, review__in=["draft", "in_review"])
    hidden.update(review="published", published_on=datetime(2020, 1, 1, tzinfo=UTC))
    index.refresh()  # the list shows what the index knows
    for name in ("cases", "statements", "evidence", "quotations"):
        assert MARK in text_of(name), name
    assert MARK in client.get("/cases/").content.decode()
    assert MARK in client.get("/cases/public/").content.decode()


def steps_of(name: str) -> int:
    """How many hundred steps SQLite takes for a file."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(count, 100)
    try:
        assert text_of(name)
    finally:
        connection.connection.set_progress_handler(None, 0)
    return steps


def test_a_file_takes_time_by_its_rows_and_not_by_their_square():
    """Each case with documents of its own, related to others: no table is walked for each row."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite counts its steps")

    def add(count: int) -> None:
        for _number in range(count):
            case = make_case(countries=["GIN"], start="2008")
            earlier = Case.objects.exclude(pk=case.pk).order_by("-pk")[:3]
            for other in earlier:
                CaseRelation.objects.create(case=case, to=other, kind="parallel")
            named, words = make_document(), [make_quotation() for _number in range(3)]
            make_statement(case, "event:armed_conflict", quotations=words, phase="opening")
            statement = make_statement(case, by=["oas"], when="2009", quotations=words)
            statement.documents.add(named)

    names = ("cases", "statements", "evidence")
    add(60)
    few = {name: steps_of(name) for name in names}
    add(60)
    for name in names:
        assert steps_of(name) < 2.2 * few[name], name
