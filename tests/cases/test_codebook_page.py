"""/codebook/: what every code means and how often published cases use it."""

import csv
import io
import json
import re

import pytest

from cases import codebook, definitions
from cases.exports import TABLES
from cases.models.vocabulary import ALL_SCHEMES
from tests.factories import make_actor, make_case, make_statement, make_term

pytestmark = pytest.mark.django_db


def read(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def entry(part, group, code) -> codebook.Entry:
    return next(each for each in codebook.entries(part, group) if each.code == code)


def test_every_field_column_and_list_has_a_label_and_a_meaning():
    bare = [
        (each.part, each.group, each.code)
        for each in codebook.everything(counted=False)
        if not each.label_en
        or not (each.definition_en or each.group in ("language", "document_kind"))
    ]
    assert bare == []


def test_every_vocabulary_file_and_column_is_there():
    assert [group.group for group in codebook.groups("terms")] == list(ALL_SCHEMES)
    assert [group.group for group in codebook.groups("columns")] == list(TABLES)
    for name, table in TABLES.items():
        assert [each.code for each in codebook.entries("columns", name)] == list(table.columns)


def test_every_list_of_choices_but_the_desks_own_is_there():
    assert set(codebook._lists()) - set(definitions.LISTS) == {"review", "source"}


def test_what_stays_at_the_desk_has_no_entry():
    codes = {each.code for each in codebook.entries("fields", "case")}
    assert {"slug", "title_en", "coverage", "countries"} <= codes
    assert not codes & {"internal_notes", "review", "working_copy_of", "search_text"}


def test_terms_are_counted_over_published_cases_and_findings():
    group = make_term("tool:diplomatic")
    term = make_term("tool:mediation", broader=group)
    make_case("one", terms=["tool:mediation", "tool:mediation"])
    make_case("two", terms=["tool:mediation"])
    make_statement(make_case("three"), "tool:mediation", scope="pattern")
    make_case("draft", review="draft", terms=["tool:mediation"])
    make_statement(None, "finding:lesson").about.add(term)
    found = entry("terms", "tool", "mediation")
    assert (found.uses, found.cases, found.findings) == (3, 2, 1)
    assert (found.broader, found.definition_en) == ("diplomatic", "What mediation is.")
    above = entry("terms", "tool", "diplomatic")
    assert (above.uses, above.cases) == (0, 0)
    assert (above.uses_with_narrower, above.cases_with_narrower) == (3, 2)
    assert entry("terms", "finding", "lesson").uses == 1


def test_choices_and_fields_are_counted_over_what_readers_see():
    case = make_case("one", coverage="substantial", title_fa="")
    make_case("draft", review="draft", coverage="substantial")
    make_statement(case, "tool:mediation", when="2009", by=[make_actor("x", naming="described")])
    make_statement(make_case("hidden", review="draft"), by=[make_actor("y", naming="described")])
    assert entry("choices", "coverage", "substantial").uses == 1
    assert entry("choices", "coverage", "named_only").cases == 0
    assert entry("choices", "naming", "described").uses == 1
    assert entry("choices", "part", "by").cases == 1
    assert (entry("fields", "case", "slug").uses, entry("fields", "case", "title_fa").uses) == (
        1,
        0,
    )
    filled = entry("fields", "statement", "when")
    assert (filled.uses, filled.cases, filled.values) == (1, 1, "edtf")
    assert entry("fields", "statement", "actors").uses == 1
    assert entry("fields", "statement", "scope").values == "scope"


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_pages_show_every_group_and_its_codes(client, prefix):
    make_case("one", terms=["tool:mediation"])
    overview = read(client, f"{prefix}/codebook/")
    for part in codebook.PARTS:
        for group in codebook.groups(part):
            address = f"{prefix}/codebook/{part}/{group.group}/"
            assert f'href="{address}"' in overview
            page = read(client, address)
            for each in codebook.entries(part, group.group):
                assert f'id="{each.code}"' in page


@pytest.mark.parametrize("question", ["mediat", "ميانجیگری", "mediation meaning", "شرح"])
def test_it_is_searched_by_words_in_any_language(client, question):
    make_term("tool:mediation", label_fa="میانجیگری", definition_fa="شرح", scope_note_en="Meaning.")
    page = read(client, f"/codebook/?q={question}")
    assert 'href="/codebook/terms/tool/#mediation"' in page


def test_what_is_called_so_comes_before_what_only_means_it(client):
    make_term("aim:calm", label_en="calm", definition_en="Talks, then mediation.")
    make_term("tool:support", label_en="support for mediation", code="support")
    make_term("tool:panel", label_en="mediation panel")
    make_term("tool:mediation", label_en="mediation")
    found = read(client, "/codebook/?q=mediation").partition('id="found"')[2]
    terms = re.findall(r'href="/codebook/terms/\w+/#(\w+)"', found)
    assert terms == ["mediation", "panel", "support", "calm"]


def test_codes_are_told_by_their_names(client):
    group = make_term("tool:diplomatic", label_fa="دیپلماتیک")
    make_term("tool:mediation", broader=group, match="Charter:33 enquiry; FIELD:x")
    page = read(client, "/fa/codebook/terms/tool/")
    assert '<a href="#diplomatic">دیپلماتیک</a> <code dir="ltr">diplomatic</code>' in page
    assert "Charter" not in page
    assert "FIELD" not in page
    fields = read(client, "/codebook/fields/statement/")
    for address in ("/codebook/choices/scope/", "/codebook/#terms", "/codebook/fields/case/"):
        assert f'Holds: <a href="{address}">' in fields
    assert "Holds: a date in EDTF" in fields


def test_a_search_without_result_says_so(client):
    assert "Nothing in the codebook has all of these words." in read(client, "/codebook/?q=zzzz")


def test_the_files_hold_the_same_in_every_language(client):
    make_case("one", terms=["tool:mediation"])
    plain = client.get("/codebook.csv").content
    assert client.get("/codebook.csv", headers={"accept-language": "fa"}).content == plain
    rows = list(csv.DictReader(io.StringIO(plain.decode())))
    assert list(rows[0]) == list(codebook.COLUMNS)
    row = next(row for row in rows if row["code"] == "mediation")
    shown = [row[name] for name in ("part", "group", "uses", "cases")]
    assert shown == ["terms", "tool", "1", "1"]
    records = json.loads(client.get("/codebook.json").content)
    assert [{name: str(value) for name, value in record.items()} for record in records] == rows
    excel = client.get("/codebook.csv?for=excel").content
    assert excel.startswith("\ufeff".encode())


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/codebook/terms/nothing/", 404),
        ("/codebook/choices/review/", 404),
        ("/codebook/nothing/tool/", 404),
        ("/codebook/?x=1", 400),
        ("/codebook/?q=a&q=b", 400),
        ("/codebook/terms/tool/?q=a", 400),
        ("/codebook.json?for=excel", 400),
        ("/codebook.csv?for=word", 400),
        ("/codebook.csv?q=x", 400),
        ("/codebook.xlsx", 404),
        ("/codebook/?q=%00", 400),
    ],
)
def test_what_cannot_be_answered_is_said(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    if ".csv" in address:
        assert response["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("number", [2, 20])
def test_pages_take_a_fixed_number_of_queries(client, number, django_assert_num_queries):
    group = make_term("tool:diplomatic")
    for at in range(number):
        make_term(f"tool:t{at}", broader=group)
        make_case(terms=[f"tool:t{at}"])
    read(client, "/codebook/terms/tool/")
    # Whether anything has changed since terms were counted; the terms with broader ones and
    # successors.
    with django_assert_num_queries(2):
        read(client, "/codebook/terms/tool/")
    # All fields of a record are counted at once.
    with django_assert_num_queries(1):
        read(client, "/codebook/fields/statement/")
