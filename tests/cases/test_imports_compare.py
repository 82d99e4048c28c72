"""What a file would do: changes, conflicts and errors, cell by cell, before any is saved."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook

from cases import imports, records
from cases.exports import LONGEST_CELL
from cases.imports import DATABASE, FILE, Unreadable
from cases.imports.cells import is_same
from cases.models import Case, Revision, Term
from cases.models.choices import Source
from tests.cases.world import (
    NAMES,
    change,
    changes_of,
    compare,
    content_of,
    edited,
    faults_of,
    file_of,
    make_world,
    rows_of,
    save,
    statement,
)
from tests.factories import make_actor, make_term
from tests.keeping import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        yield make_world()


@pytest.fixture(autouse=True)
def refs(world):
    """The references of the world's quotations."""
    return [*world]


def what_is_wrong(name, rows) -> list[tuple[int, str, str]]:
    return faults_of(compare(name, file_of(rows)))


def sentence(faults, row, column) -> str:
    """The one thing that is wrong with a cell."""
    (found,) = [what for number, name, what in faults if (number, name) == (row, column)]
    return found


def row_of(name, key) -> dict[str, str]:
    (row,) = [row for row in rows_of(name) if row[imports.FILES[name].key[-1]] == key]
    return row


def number_of(name, key) -> int:
    keys = [row[imports.FILES[name].key[-1]] for row in rows_of(name)]
    return keys.index(key) + 2


# Changes


@pytest.mark.parametrize("name", NAMES)
def test_rows_as_the_export_writes_them_ask_for_no_record(name, monkeypatch):
    content = content_of(name)

    def refuse(*arguments, **more):
        raise AssertionError("a record was read")

    for kind in records.KINDS.values():
        monkeypatch.setattr(type(kind), "stored", refuse)
    comparison = compare(name, content)
    assert comparison.counts[2] > 0
    assert not comparison.changes_something


def test_one_edited_row_brings_the_others_of_its_record_into_the_comparison():
    rows = rows_of("statements")
    case = rows[0]["case"]
    rows[1]["note_en"] = rows[1]["note_en"] + " More."
    assert rows[1]["case"] == case
    comparison = compare("statements", file_of(rows))
    assert comparison.counts == (0, 1, len(rows) - 1, 0, 0)
    (plan,) = [plan for plan in comparison.plans if plan.changed]
    assert list(plan.changed) == [case]


def test_only_the_changed_cells_are_shown_old_and_new():
    content = edited("cases", {"guinea-2009": {"title_fa": "گینه", "end": "2011"}})
    comparison = compare("cases", content)
    assert changes_of(comparison) == {
        ("guinea-2009", "title_fa"): ("Guinea fa", "گینه"),
        ("guinea-2009", "end"): ("2010-12", "2011"),
    }
    assert comparison.summary == "cases: 0 new, 1 changed, 1 unchanged, 0 conflicts, 0 errors"
    assert not comparison.is_refused


@pytest.mark.parametrize(
    ("name", "key", "cells", "stored"),
    [
        ("cases", "guinea-2009", {"countries": "GIN"}, None),
        ("cases", "guinea-2009", {"countries": "LBR;GIN;KEN"}, None),
        ("cases", "guinea-2009", {"other_countries": "KGZ:at_risk;GIN:party"}, None),
        ("cases", "guinea-2009", {"relations": "parallel:kenya-2008"}, None),
        ("cases", "guinea-2009", {"regions": "western_africa"}, None),
        ("statements", "t1", {"by": "ecowas;un", "quotations": "S-2011-552/en/p24/10-18"}, None),
        ("statements", "o1", {"credited_to": "p1", "documents": "S-2011-2"}, None),
        ("statements", "t1", {"term": "tool:good_offices", "when": "2008-23"}, None),
        ("findings", "f1", {"about": "tool:mediation;tool:shuttle"}, None),
        ("actors", "un", {"parent": "ecowas", "type": "regional_organization"}, None),
        ("terms", "shuttle", {"broader": "good_offices", "retired_on": "2020-01-01"}, None),
        ("countries", "GIN", {"m49": "999", "latitude": "1.5"}, {"latitude": "1.50"}),
        ("documents", "S-2011-1", {"issuer": "un", "date": "2012"}, None),
        ("quotations", "2009", {"translation_en": "In 2009"}, None),
        ("references", "S-2011-1", {"kind": "quotes"}, None),
    ],
)
def test_every_kind_of_column_is_changed_and_stored_as_it_stands_in_the_file(
    name, key, cells, stored, refs
):
    key = refs[2] if name == "quotations" else key
    publish("kenya-2008")
    content = edited(name, {key: cells})
    comparison = compare(name, content)
    assert faults_of(comparison) == []
    stored = cells | (stored or {})
    assert {column: new for (_key, column), (_old, new) in changes_of(comparison).items()} == {
        column: new for column, new in stored.items() if row_of(name, key)[column] != new
    }
    imports.save(comparison)
    assert {column: row_of(name, key)[column] for column in stored} == stored


def test_codes_are_read_whatever_the_spaces_and_the_order_where_it_says_nothing():
    cells = {"regions": " western_africa ; africa;", "countries": "GIN; KEN"}
    assert changes_of(compare("cases", edited("cases", {"guinea-2009": cells}))) == {}


def test_an_emptied_cell_empties_the_field():
    content = edited("cases", {"guinea-2009": {"summary_fa": "", "countries": ""}})
    comparison = compare("cases", content)
    assert changes_of(comparison)["guinea-2009", "countries"] == ("GIN;KEN", "")
    imports.save(comparison)
    data = records.dump("case", ["guinea-2009"])["guinea-2009"]
    assert "summary_fa" not in data
    assert [row["country"] for row in data["countries"]] == ["LBR", "KEN"]


def test_missing_columns_leave_their_fields_alone():
    row = row_of("statements", "t1")
    content = file_of([{name: row[name] for name in ("case", "key", "version")} | {"place": "X"}])
    comparison = compare("statements", content)
    assert changes_of(comparison) == {("guinea-2009 / t1", "place"): ("Conakry", "X")}
    imports.save(comparison)
    assert row_of("statements", "t1") == row | {
        "place": "X",
        "version": row_of("cases", "guinea-2009")["version"],
    }


def test_a_row_that_is_left_out_stays_as_it_is():
    rows = [row for row in rows_of("statements") if row["key"] == "t1"]
    comparison = compare("statements", file_of([rows[0] | {"place": "X"}]))
    before = len(records.dump("case")["guinea-2009"]["statements"])
    imports.save(comparison)
    assert len(records.dump("case")["guinea-2009"]["statements"]) == before


# New rows


def test_a_new_case_comes_in_as_a_draft():
    new = {"slug": "mali-2012", "title_en": "Mali", "coverage": "named_only", "countries": "GIN"}
    comparison = compare("cases", file_of([new]))
    assert comparison.summary == "cases: 1 new, 0 changed, 0 unchanged, 0 conflicts, 0 errors"
    imports.save(comparison)
    assert records.dump("case")["mali-2012"]["review"] == "draft"


def test_a_new_statement_stands_behind_the_others_of_its_case():
    new = {"case": "guinea-2009", "key": "t9", "term": "tool:mediation", "by": "un"}
    comparison = compare("statements", file_of([new | {"support": "editor_inference"}]))
    imports.save(comparison)
    assert records.dump("case")["guinea-2009"]["statements"][-1]["key"] == "t9"


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("terms", {"scheme": "tool", "code": "t9", "label_en": "New", "label_fa": "N"}),
        ("actors", {"code": "x", "type": "regional_organization", "name_en": "New"}),
        ("actor_names", {"actor": "au", "language": "ar", "name": "الاتحاد", "kind": "official"}),
        ("documents", {"code": "A-1", "kind": "report", "title_en": "New"}),
        ("countries", {"alpha3": "MLI", "alpha2": "ML", "m49": "66", "longitude": "-4"}),
        ("quotations", {"ref": "S-2011-552/en/p24/0-9", "words": "The envoy"}),
        ("findings", {"key": "f9", "term": "finding:lesson", "support": "editor_inference"}),
        ("errata", {"code": "e9", "edition": "S-2011-552/en", "kind": "name", "why_en": "x"}),
        (
            "references",
            {"passage": "S-2011-552/en/p24", "start": "0", "end": "3", "document": "S-2011-1"},
        ),
    ],
)
def test_every_table_takes_new_rows(name, new):
    more = {
        "terms": {"label_ar": "N", "definition_en": "What."},
        "countries": {"latitude": "17"},
        "errata": {"places": "S-2011-552/en/p24/0-3", "basis": "same_text", "certainty": "certain"},
        "references": {"kind": "cites"},
    }
    comparison = compare(name, file_of([new | more.get(name, {})]))
    assert comparison.summary == f"{name}: 1 new, 0 changed, 0 unchanged, 0 conflicts, 0 errors"
    imports.save(comparison)
    assert compare(name, content_of(name)).counts[0:2] == (0, 0)


def test_a_new_term_stands_behind_the_others_of_its_scheme():
    Term.objects.filter(id="tool:shuttle").update(order=7)
    new = {"scheme": "tool", "label_en": "N", "label_fa": "N", "label_ar": "N"}
    rows = [new | {"code": code, "definition_en": "What."} for code in ("b", "a")]
    imports.save(compare("terms", file_of(rows)))
    assert dict(Term.objects.filter(order__gt=7).values_list("code", "order")) == {"b": 8, "a": 9}


def test_a_name_is_edited_and_another_added_without_touching_the_rest():
    rows = [row for row in rows_of("actor_names") if row["actor"] == "au"]
    rows[1]["name"] = "اتحادیهٔ افریقا"
    rows.append(rows[0] | {"language": "ar", "name": "الاتحاد الأفريقي"})
    comparison = compare("actor_names", file_of(rows))
    assert comparison.counts == (1, 1, 2, 0, 0)
    imports.save(comparison)
    names = [name["name"] for name in records.dump("actor")["au"]["names"]]
    assert names == ["AU", "اتحادیهٔ افریقا", "اتحادیه افریقا", "الاتحاد الأفريقي"]


def test_records_of_one_file_may_name_one_another():
    plain = {"type": "regional_organization", "name_en": "New"}
    rows = [plain | {"code": "a", "parent": "b"}, plain | {"code": "b", "parent": ""}]
    comparison = compare("actors", file_of(rows))
    assert faults_of(comparison) == []
    imports.save(comparison)
    assert row_of("actors", "a")["parent"] == "b"


# Errors


def test_all_errors_are_told_at_once_by_row_and_column():
    rows = rows_of("cases")[:1] * 3
    rows = [dict(row) for row in rows]
    rows[0] |= {"coverage": "much", "start": "yesterday", "countries": "XXX;GIN;GIN"}
    rows[1] |= {"slug": "not a slug", "version": "", "title_en": ""}
    rows[2] |= {"other_countries": "LBR", "relations": "after:kenya-2008;follows:nowhere"}
    rows[2] |= {"slug": "kenya-2008", "regions": "atlantis"}
    faults = what_is_wrong("cases", rows)
    assert "“much” is not one of substantial, named_only" in sentence(faults, 2, "coverage")
    assert "“yesterday” is not a date. Allowed are" in sentence(faults, 2, "start")
    assert "must not be empty" in sentence(faults, 3, "title_en")
    assert any((row, column) == (3, "slug") for row, column, _what in faults)
    said = [what for row, column, what in faults if (row, column) == (2, "countries")]
    assert said[0] == "“GIN” stands there twice."
    assert "“XXX” is not a known country" in said[1]
    assert "write ABC:role, with one of party, at_risk" in sentence(faults, 4, "other_countries")
    said = [what for row, column, what in faults if (row, column) == (4, "relations")]
    assert "with one of part_of" in said[0]
    assert "“nowhere” is not a known case" in said[1]
    assert "“atlantis” is not a known region" in sentence(faults, 4, "regions")
    assert [row for row, _column, _what in faults] == sorted(row for row, _c, _w in faults)


def test_an_unknown_code_is_never_created_and_a_near_one_is_named():
    count = Term.objects.count()
    content = edited("statements", {"t1": {"term": "tool:mediatoin", "by": "unn;au"}})
    comparison = compare("statements", content)
    row = number_of("statements", "t1")
    said = sentence(faults_of(comparison), row, "term")
    assert said.startswith("“tool:mediatoin” is not a known term; did you mean tool:mediation")
    assert "did you mean" in sentence(faults_of(comparison), row, "by")
    with pytest.raises(ValueError, match="errors"):
        imports.save(comparison)
    assert Term.objects.count() == count


@pytest.mark.parametrize(
    ("key", "cells", "column", "said"),
    [
        ("t1", {"phase": "opening"}, "phase", "phase is only for event"),
        ("o1", {"horizon": ""}, "horizon", "horizon is missing"),
        ("o1", {"credited_to": "t1;nothing"}, "credited_to", "no tool statement of this case"),
        ("t1", {"note_en": "x", "quantity": "q" * 101}, "quantity", "at most 100 characters"),
        ("t1", {"quotations": "S-2011-552/en/p24/1-2"}, "quotations", "not a known quotation"),
        ("t1", {"quotations": "S-2011-552/en/p2\u200c4/1-2"}, "quotations", "a known quotation"),
        ("t1", {"quotations": f"S-2011-552/en/p24/{10**20}-2"}, "quotations", "a known quotation"),
    ],
)
def test_rules_between_columns_are_told_in_the_row_that_breaks_them(key, cells, column, said):
    faults = faults_of(compare("statements", edited("statements", {key: cells})))
    assert said in sentence(faults, number_of("statements", key), column)
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("name", "key", "column", "place"),
    [
        ("cases", "guinea-2009", "tools", "file statements"),
        ("cases", "guinea-2009", "actors", "file statements"),
        ("cases", "guinea-2009", "gap_min_days", "file statements"),
        ("cases", "guinea-2009", "start_earliest", "edit start or end"),
        ("cases", "guinea-2009", "changed_on", "when the record is saved"),
        ("actors", "au", "name_en", "file actor_names"),
        ("countries", "GIN", "name_fa", "CLDR"),
        ("documents", "S-2011-1", "latest", "edit date"),
        ("quotations", "2009", "words", "never change"),
        ("references", "S-2011-1", "words", "never change"),
    ],
)
def test_an_edit_in_a_derived_column_is_refused_with_its_place(name, key, column, place, refs):
    key = refs[2] if name == "quotations" else key
    for cell in ("otherwise", ""):
        faults = faults_of(compare(name, edited(name, {key: {column: cell}})))
        if row_of(name, key)[column] != cell:
            assert place in sentence(faults, number_of(name, key), column)


def test_derived_columns_of_an_older_export_are_no_edits():
    content = content_of("cases")
    data = records.dump("case")["guinea-2009"]
    more = statement("t8", "tool:shuttle", by=["ecowas"], when="2008")
    change("case", "guinea-2009", statements=[*data["statements"], more], start="2007")
    comparison = compare("cases", content)
    assert comparison.counts == (0, 0, 2, 0, 0)
    spoiled = content.decode().replace("good_offices", "shuttle").encode()
    assert "tools" not in content.decode().splitlines()[1]
    if spoiled != content:
        assert [column for _row, column, _what in faults_of(compare("cases", spoiled))] == ["tools"]


def test_unknown_columns_are_named_and_not_dropped():
    rows = [row | {"titel_en": "x", "remarks": "y"} for row in rows_of("cases")]
    faults = what_is_wrong("cases", rows)
    assert "did you mean title_en?" in sentence(faults, 1, "titel_en")
    assert "take it out. Known are slug, version" in sentence(faults, 1, "remarks")


def test_a_column_without_a_name_and_one_that_stands_twice_are_told():
    faults = faults_of(compare("cases", b"slug,end,end,\nguinea-2009,,,lost\n"))
    assert "stands in the file 2 times" in sentence(faults, 1, "end")
    assert "has no name" in sentence(faults, 1, "D")


def test_a_file_of_another_table_is_recognized():
    faults = faults_of(compare("cases", content_of("documents")))
    assert "rows are found by it. Is this the file" in sentence(faults, 1, "slug")
    assert "documents" in sentence(faults, 1, "slug")


@pytest.mark.parametrize("name", NAMES)
def test_a_key_that_stands_twice_is_an_error(name):
    rows = rows_of(name)[:1]
    faults = what_is_wrong(name, rows * 2)
    assert [(row, what.split(":")[0]) for row, _column, what in faults] == [
        (3, "has the same key as row 2")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_without_a_key_is_an_error(name):
    row = rows_of(name)[0]
    key = imports.FILES[name].key[-1]
    assert "must not be empty" in sentence(what_is_wrong(name, [row | {key: " "}]), 2, key)


def test_a_statement_or_a_name_without_its_record_is_an_error():
    rows = [row_of("statements", "t1") | {"case": "guinea-2008"}]
    said = sentence(what_is_wrong("statements", rows), 2, "case")
    assert said.startswith("There is no case “guinea-2008”; did you mean guinea-2009")
    rows = [rows_of("actor_names")[0] | {"actor": "zzz"}]
    assert "create it first" in sentence(what_is_wrong("actor_names", rows), 2, "actor")


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "9" * 20])
def test_what_is_no_version_is_an_error(version):
    rows = [row_of("cases", "guinea-2009") | {"version": version}]
    assert "is no version" in sentence(what_is_wrong("cases", rows), 2, "version")


def test_a_version_that_history_does_not_know_is_an_error():
    rows = [row_of("cases", "guinea-2009") | {"version": "99"}]
    assert "no version 99" in sentence(what_is_wrong("cases", rows), 2, "version")


def test_formulas_and_errors_of_a_workbook_are_refused_by_row_and_column():
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["slug", "title_en", "end"])
    book.active.append(["guinea-2009", "=A1", "#REF!"])
    book.save(buffer)
    faults = faults_of(compare("cases", buffer.getvalue()))
    assert "holds a formula" in sentence(faults, 2, "title_en")
    assert "#REF!" in sentence(faults, 2, "end")


def test_a_text_that_xlsx_cuts_off_is_edited_elsewhere():
    change("case", "guinea-2009", summary_en="x" * (LONGEST_CELL + 1))
    row = row_of("cases", "guinea-2009") | {"summary_en": "short"}
    faults = faults_of(compare("cases", file_of([row], "xlsx")))
    assert "longer than a cell of XLSX" in sentence(faults, 2, "summary_en")
    assert changes_of(compare("cases", file_of([row], "csv")))


def test_a_thousand_unknown_codes_take_no_longer_than_they_must():
    for number in range(300):
        make_actor(f"actor-of-some-length-{number}")
    row = row_of("statements", "t1")
    rows = [row | {"key": f"k{n}", "by": f"unknown-{n}"} for n in range(1000)]
    assert len(what_is_wrong("statements", rows)) == 1000


# Published cases


def publish(slug) -> None:
    Case.objects.filter(slug=slug).update(review="published", published_on="2020-01-01T00:00:00Z")


def test_who_may_not_publish_cannot_change_a_published_case():
    publish("kenya-2008")
    content = edited("cases", {"kenya-2008": {"end": "2011"}})
    comparison = compare("cases", content, may_publish=False)
    assert "only who may publish" in sentence(
        faults_of(comparison), number_of("cases", "kenya-2008"), "slug"
    )
    untouched = compare("cases", content_of("cases"), may_publish=False)
    assert not untouched.is_refused


def test_a_published_case_that_a_file_would_leave_incomplete_is_refused():
    publish("guinea-2009")
    faults = faults_of(compare("cases", edited("cases", {"guinea-2009": {"summary_ar": ""}})))
    assert [what for _row, _column, what in faults] == ["There is no summary in Arabic."]


# Conflicts


@pytest.fixture
def meanwhile():
    """A file of cases in which an editor changed two cells, and what somebody else did since."""
    content = edited("cases", {"guinea-2009": {"title_en": "Mine", "end": "2011"}})
    change("case", "guinea-2009", title_en="Theirs", title_fa="دیگر")
    return content


def test_a_cell_that_both_changed_is_a_conflict_and_the_rest_is_not(meanwhile):
    comparison = compare("cases", meanwhile)
    (clash,) = comparison.reports[0].clashes
    assert (clash.column, clash.base, clash.theirs, clash.now) == (
        *("title_en", "Guinea en"),
        *("Mine", "Theirs"),
    )
    assert comparison.summary == "cases: 0 new, 1 changed, 1 unchanged, 1 conflicts, 0 errors"
    assert changes_of(comparison) == {("guinea-2009", "end"): ("2010-12", "2011")}
    assert comparison.is_refused
    with pytest.raises(ValueError, match="conflicts"):
        imports.save(comparison)


@pytest.mark.parametrize(("chosen", "title"), [(FILE, "Mine"), (DATABASE, "Theirs")])
def test_who_settles_a_conflict_decides_for_one_cell_and_no_other(meanwhile, chosen, title):
    comparison = compare("cases", meanwhile, choose=lambda clash: chosen)
    imports.save(comparison)
    data = records.dump("case")["guinea-2009"]
    assert (data["title_en"], data["title_fa"], data["end"]) == (title, "دیگر", "2011")


def test_cells_are_settled_one_by_one():
    content = edited("cases", {"guinea-2009": {"title_en": "Mine", "title_ar": "Mine"}})
    change("case", "guinea-2009", title_en="Theirs", title_ar="Theirs")
    choices = {"title_en": FILE, "title_ar": DATABASE}
    imports.save(compare("cases", content, choose=lambda clash: choices[clash.column]))
    data = records.dump("case")["guinea-2009"]
    assert (data["title_en"], data["title_ar"]) == ("Mine", "Theirs")


def test_an_untouched_old_file_overwrites_nothing():
    content = {name: content_of(name) for name in ("cases", "statements", "actors", "quotations")}
    change("case", "guinea-2009", title_en="Theirs", statements=[])
    change("actor", "un", note_en="Theirs")
    change("quotation", "S-2011-552/en/p24/10-18", translation_en="Theirs")
    for name, each in content.items():
        comparison = compare(name, each)
        assert comparison.counts[:2] == (0, 0), name
        assert not comparison.is_refused


def test_both_making_the_same_edit_is_no_conflict():
    content = edited("cases", {"guinea-2009": {"title_en": "Same"}})
    change("case", "guinea-2009", title_en="Same")
    assert compare("cases", content).counts == (0, 0, 2, 0, 0)


def without(key) -> list[dict]:
    statements = records.dump("case")["guinea-2009"]["statements"]
    return [each for each in statements if each["key"] != key]


def test_a_statement_that_was_deleted_meanwhile_is_a_conflict_only_if_it_was_edited():
    content = edited("statements", {"r1": {"note_en": "Mine"}})
    change("case", "guinea-2009", statements=without("r1"))
    (clash,) = compare("statements", content).reports[0].clashes
    assert (clash.column, clash.theirs, clash.now) == ("", "note_en", "deleted")
    kept = compare("statements", content, choose=lambda clash: DATABASE)
    assert kept.counts[:2] == (0, 0)
    back = compare("statements", content, choose=lambda clash: FILE)
    assert back.counts[0] == 1
    assert back.fingerprint == kept.fingerprint == compare("statements", content).fingerprint
    imports.save(back)
    assert row_of("statements", "r1")["note_en"] == "Mine"


def test_a_statement_that_both_added_is_a_conflict_in_the_cells_that_differ():
    new = row_of("statements", "r1") | {"key": "r2", "note_en": "Mine", "place": "Here"}
    content = file_of([new])
    mine = statement("r2", "role:lead_mediator", by=["un"], note_en="Theirs", place="Here")
    change("case", "guinea-2009", statements=[*without(""), mine])
    comparison = compare("statements", content)
    assert [clash.column for clash in comparison.reports[0].clashes] == ["note_en"]


def test_a_record_that_was_deleted_meanwhile_is_not_made_anew_by_accident():
    content = edited("cases", {"guinea-2009": {"title_en": "Mine"}})
    row = number_of("cases", "guinea-2009")
    user = get_user_model().objects.create_user("mary")
    Case.objects.filter(slug="guinea-2009").delete()
    records.note_deleted("case", "guinea-2009", source=Source.ADMIN, who=user)
    said = sentence(faults_of(compare("cases", content)), row, "version")
    assert "mary" in said
    assert "empty the column version" in said


def test_rows_without_a_version_are_compared_with_what_is_stored_and_this_is_said():
    row = row_of("cases", "guinea-2009") | {"version": "", "title_en": "Mine"}
    change("case", "guinea-2009", title_en="Theirs")
    comparison = compare("cases", file_of([row]))
    assert changes_of(comparison) == {("guinea-2009", "title_en"): ("Theirs", "Mine")}
    assert "Rows without version: 1." in comparison.reports[0].notes[0]


def test_names_of_one_actor_come_from_one_export():
    first = [row for row in rows_of("actor_names") if row["actor"] == "au"]
    change("actor", "au", note_en="x")
    rows = [first[0], first[1] | {"version": row_of("actors", "au")["version"]}]
    faults = what_is_wrong("actor_names", rows)
    assert {(row, column) for row, column, _what in faults} == {(2, "version"), (3, "version")}


def test_the_fingerprint_is_that_of_what_was_shown_whatever_is_chosen(meanwhile):
    shown = compare("cases", meanwhile).fingerprint
    assert compare("cases", meanwhile, choose=lambda clash: FILE).fingerprint == shown
    change("case", "kenya-2008", title_en="Of no account")
    assert compare("cases", meanwhile).fingerprint == shown
    change("case", "guinea-2009", title_en="Once more")
    assert compare("cases", meanwhile).fingerprint != shown


# The workbook


def workbook(**edits) -> bytes:
    """The exported workbook with cells edited, by sheet, key and column."""
    book = load_workbook(io.BytesIO(content_of("workbook")))
    for name, rows in edits.items():
        sheet = book[name]
        head = [cell.value for cell in sheet[1]]
        key = head.index(imports.FILES[name].key[-1])
        found = {row[key].value: row for row in sheet.iter_rows(min_row=2)}
        for row_key, cells in rows.items():
            if row_key not in found:
                sheet.append([cells.get(column, "") for column in head])
                continue
            for column, value in cells.items():
                found[row_key][head.index(column)].value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_brings_a_case_with_its_statements_and_their_words():
    ref = "S-2011-552/en/p24/0-9"
    content = workbook(
        quotations={ref: {"ref": ref, "translation_en": "He.", "translated_by": "person"}},
        cases={"mali": {"slug": "mali", "title_en": "Mali", "coverage": "named_only"}},
        statements={
            "x1": {
                "case": "mali",
                "key": "x1",
                "term": "tool:mediation",
                "by": "un",
                "support": "states",
                "quotations": ref,
            },
            "t1": {"place": "Labé"},
        },
    )
    comparison = compare("workbook", content)
    assert faults_of(comparison) == []
    assert comparison.counts[:2] == (3, 1)
    imports.save(comparison)
    assert records.dump("case")["mali"]["statements"][0]["quotations"] == [ref]
    assert row_of("statements", "t1")["place"] == "Labé"


def test_a_case_and_its_statements_change_together_into_one_revision():
    content = workbook(cases={"guinea-2009": {"end": "2011"}}, statements={"t1": {"place": "X"}})
    before = Revision.objects.filter(key="guinea-2009").count()
    imports.save(compare("workbook", content))
    assert Revision.objects.filter(key="guinea-2009").count() == before + 1
    assert row_of("cases", "guinea-2009")["end"] == "2011"
    assert row_of("statements", "t1")["place"] == "X"


def test_sheets_that_belong_to_no_table_are_refused_by_name():
    book = load_workbook(io.BytesIO(content_of("workbook")))
    book.create_sheet("remarks").append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(Unreadable, match="this file has remarks"):
        compare("workbook", buffer.getvalue())
    with pytest.raises(Unreadable, match="Or import it as “workbook”"):
        compare("cases", buffer.getvalue())
    with pytest.raises(Unreadable, match="this file has CSV"):
        compare("workbook", content_of("cases"))


# What spreadsheets do


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("7", "007"),
        ("12.5", "12.50"),
        ("1.00E+05", "1e5"),
        ("1000", "1,000"),
        ("28/09/2009", "2009-09-28"),
        ("9/28/09", "2009-09-28"),
        ("28.09.2009", "2009-09-28"),
        ("28-Sep-2009", "2009-09-28"),
        ("Dec-10", "2010-12"),
        ("December 2010", "2010-12"),
        ("12-Oct", "10-12"),
        ("03/04/26", "3/4"),
        ("TRUE", "true"),
        ("a\nb", "a\r\nb"),
        ("ab", "a\x0bb"),
    ],
)
def test_what_a_spreadsheet_does_unasked_is_no_edit(cell, written):
    assert is_same(cell, written)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("2010-12-01", "2010-12"),
        ("2010", "2010-12"),
        ("2009-09-27", "2009-09-28"),
        ("27/09/2009", "2009-09-28"),
        ("Dec-11", "2010-12"),
        ("Nov-10", "2010-12"),
        ("8", "007"),
        ("TRUE", "false"),
        ("a b", "a\nb"),
        ("a ", "a"),
        ("", "0"),
        ("May", "2010-05"),
        ("12-Oct", "10-11"),
    ],
)
def test_what_an_editor_does_is_an_edit(cell, written):
    assert not is_same(cell, written)


# Speed


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def queries(rows) -> int:
        content = file_of(rows)
        with CaptureQueriesContext(connection) as captured:
            comparison = compare("cases", content)
        assert not comparison.is_refused
        return len(captured)

    few = queries(rows_of("cases"))
    for number in range(100):
        save("case", {"slug": f"c{number}", "title_en": "C", "coverage": "named_only"})
    assert queries(rows_of("cases")) == few


def test_terms_that_retire_go_on_being_known():
    make_term("tool:old", retired_on="2020-01-01")
    content = edited("statements", {"t1": {"term": "tool:old"}})
    assert faults_of(compare("statements", content)) == []


def test_a_rule_between_columns_finds_its_column_in_any_language(say):
    say("fa", "%(column)s is only for %(scheme)s.", "ستون %(column)s تنها برای %(scheme)s است.")
    say("fa", "statement %(key)s", "گزارهٔ %(key)s")
    with translation.override("fa"):
        content = edited("statements", {"t1": {"phase": "opening"}})
        found = faults_of(compare("statements", content))
    assert found == [(number_of("statements", "t1"), "phase", "ستون phase تنها برای event است.")]
