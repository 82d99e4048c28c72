"""An exported file comes home with no changes, and an edited one with exactly the edits."""

import shutil
import subprocess

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cases import imports, records
from cases.exports import CHARACTER_CODE, FORMULA, LONGEST_CELL, TABLES, write
from cases.imports.cells import is_same
from cases.imports.tables import FILES
from cases.models import Case
from cases.models.choices import Source
from tests.cases.world import (
    FLAVOURS,
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

pytestmark = pytest.mark.django_db

# What spreadsheets, CSV, XML or formulas make something else of.
NASTY = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\ttab", "'=1+1", "''=1+1", "'quoted'", "-5", "+5"),
    *(" leading", "trailing ", "  ", "two\nlines", "both\r\nends", "return\rhere", "\n"),
    *("007", "1e5", "2010", "12.50", "1,000", "TRUE", "false", "2010-12", "2009-09-28", "3/4"),
    *('a "quoted" word', '"', ",", ";", "a;b", "\\N", "NULL", "_x000D_", "_x0041_x", "می‌رود"),
    *("a\x0bb\x1fc", "\uffff", "\u200f«کوناکری»", "🕊", "x" * (LONGEST_CELL + 10)),
]
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
)
LINES = TEXTS.filter(lambda text: len(text) <= 100)


@pytest.fixture
def world():
    """Made once for all the examples of a property."""
    return make_world()


def unchanged(name, content) -> bool:
    comparison = compare(name, content)
    assert (changes_of(comparison), faults_of(comparison)) == ({}, [])
    rows = comparison.counts[2]
    assert comparison.summary == (
        f"{name}: 0 new, 0 changed, {rows} unchanged, 0 conflicts, 0 errors"
    )
    return rows > 0


# The files hold what the comparison expects of them


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_a_key_or_editable_or_derived(name):
    table = FILES[name]
    kinds = [set(table.columns) | set(table.key), set(table.derived), {"version"}]
    assert set().union(*kinds) >= set(table.known)
    assert not kinds[0] & kinds[1]


# Untouched files


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_an_untouched_file_changes_nothing_in_any_language_and_flavour(language, flavour):
    make_world()
    with translation.override(language):
        for name in NAMES:
            assert unchanged(name, content_of(name, flavour)), name


def test_an_untouched_workbook_changes_nothing():
    make_world()
    assert unchanged("workbook", content_of("workbook"))


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_files_of_readers_come_home_too(flavour):
    """They have no drafts: a relation to one is not in them, and is not lost."""
    make_world()
    save("case", {"slug": "seen", "title_en": "Seen", "coverage": "named_only"})
    relations = [{"to": "kenya-2008", "kind": "follows"}, {"to": "seen", "kind": "parallel"}]
    change("case", "guinea-2009", relations=relations)
    Case.objects.exclude(slug="kenya-2008").update(
        review="published", published_on="2020-01-01T00:00:00Z"
    )
    for name in NAMES:
        assert unchanged(name, b"".join(write(TABLES[name], flavour))), name


def test_a_relation_that_readers_came_to_see_later_is_not_lost():
    make_world()
    Case.objects.filter(slug="guinea-2009").update(
        review="published", published_on="2020-01-01T00:00:00Z"
    )
    content = b"".join(write(TABLES["cases"], "csv"))
    Case.objects.filter(slug="kenya-2008").update(
        review="published", published_on="2090-01-01T00:00:00Z"
    )
    assert unchanged("cases", content)


# Drafts


def make_gaps() -> Case:
    """A draft as the case form leaves it: a tool that names nobody, on no words."""
    make_world()
    case = Case.objects.get(slug="guinea-2009")
    tool = case.statements.get(key="t1")
    tool.parts.all().delete()
    tool.evidence.all().delete()
    records.note_saved("case", case.slug, source=Source.ADMIN)
    return case


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_an_untouched_file_changes_nothing_of_a_draft_without_words_or_actors(flavour):
    make_gaps()
    for name in ("cases", "statements"):
        assert unchanged(name, content_of(name, flavour)), name
    assert unchanged("workbook", content_of("workbook"))


def test_a_draft_without_words_or_actors_is_edited_in_a_file_and_what_it_lacks_is_told():
    make_gaps()
    comparison = compare("statements", edited("statements", {"t1": {"when": "2009-11"}}))
    assert changes_of(comparison) == {("guinea-2009 / t1", "when"): ("2009-10", "2009-11")}
    assert faults_of(comparison) == []
    (report,) = comparison.reports
    number = [row["key"] for row in rows_of("statements")].index("t1") + 2
    assert [(each.number, each.what) for each in report.lacks] == [
        (number, "no words: quote the source, or mark it editor_inference."),
        (number, "tool without an actor."),
    ]
    imports.save(comparison)
    assert Case.objects.get(slug="guinea-2009").statements.get(key="t1").when == "2009-11"


@pytest.mark.parametrize(
    ("key", "cells", "missing"),
    [
        ("t1", {"quotations": ""}, "no words: quote the source, or mark it editor_inference."),
        ("r1", {"by": ""}, "role without an actor."),
    ],
)
def test_a_file_is_refused_that_would_leave_a_published_case_incomplete(key, cells, missing):
    make_world()
    Case.objects.filter(slug="guinea-2009").update(
        review="published", published_on="2020-01-01T00:00:00Z"
    )
    comparison = compare("statements", edited("statements", {key: cells}))
    number = [row["key"] for row in rows_of("statements")].index(key) + 2
    assert faults_of(comparison) == [(number, "", missing)]
    assert comparison.reports[0].lacks == []


# Any state of the database


def nasty_state(texts) -> None:
    """Give every free text of the world another value."""
    say = iter(texts)
    for kind in ("term", "actor", "document", "erratum", "quotation", "finding", "case"):
        free = [
            column.name
            for table in FILES.values()
            if table.kind == kind and not table.has_parts
            for column in table.columns.values()
            if getattr(column, "is_free_text", False)
        ]
        for data in records.dump(kind).values():
            for name in free:
                text = next(say, "")
                if text or name not in ("title_en", "label_en", "label_fa", "label_ar"):
                    data = data | {name: text}
            if kind == "case":
                for each in data.get("statements", []):
                    each |= {"note_en": next(say, ""), "quantity": next(say, "")[:100]}
            if kind == "quotation" and not data["translation_en"]:
                del data["translated_by"]
            if kind == "erratum" and not data["why_en"]:
                data["why_en"] = "-"
            if kind == "term" and not data["definition_en"]:
                data["definition_en"] = "-"
            if kind == "actor":
                data["names"][0]["name"] = next(say, "") or "-"
            save(kind, data)


@given(texts=st.lists(LINES, min_size=40, max_size=60), flavour=st.sampled_from(FLAVOURS))
@example(texts=NASTY * 4, flavour="csv").via("all at once")
@example(texts=NASTY * 4, flavour="excel").via("all at once")
@example(texts=NASTY * 4, flavour="xlsx").via("all at once")
@settings(max_examples=25)
def test_any_texts_come_home_as_they_were(world, texts, flavour):
    with transaction.atomic():
        nasty_state([text[:100] for text in texts])
        for name in NAMES:
            assert unchanged(name, content_of(name, flavour)), name
        transaction.set_rollback(True)


DATES = st.sampled_from(
    ["", "2008", "2008-09", "2008-09-28", "2008-23", "2008/2010", "2008/..", "../2008"]
    + ["[2008..2010]", "2008~", "2008-09?", "0001", "9998"]
)
TERMS = st.sampled_from(
    ["tool:mediation", "tool:good_offices", "event:coup", "role:lead_mediator"]
    + ["success_element:leverage", "situation:electoral"]
)


@st.composite
def statements(draw, key):
    term = draw(TERMS)
    said = statement(key, term, when=draw(DATES), scope=draw(st.sampled_from(["group", "pattern"])))
    parts = draw(st.lists(st.sampled_from(["by", "with", "towards"]), unique=True))
    for part in parts or ["by"]:
        said[part] = draw(st.permutations(["au", "un", "ecowas"]))[: draw(st.integers(1, 3))]
    if term.startswith("event"):
        said["phase"] = draw(st.sampled_from(["opening", "closing", ""]))
    if term.startswith("success"):
        said["effect"] = "helped"
    return said


@st.composite
def cases(draw):
    key = st.text("abc-;_ ", min_size=1, max_size=5).filter(str.strip)
    keys = draw(st.lists(key, unique=True, max_size=6))
    roles = ["scene", "party", "at_risk"]
    there = st.tuples(st.sampled_from(["GIN", "KEN", "LBR"]), st.sampled_from(roles))
    return {
        "slug": "guinea-2009",
        "title_en": draw(LINES.filter(bool)),
        "coverage": "named_only",
        "end": draw(DATES),
        "countries": [
            {"country": country, "role": role}
            for country, role in draw(st.lists(there, unique=True, max_size=5))
        ],
        "statements": [draw(statements(key)) for key in keys],
    }


@given(case=cases(), flavour=st.sampled_from(FLAVOURS))
@settings(max_examples=40)
def test_any_case_comes_home_as_it_was(world, case, flavour):
    with transaction.atomic():
        save("case", case)
        for name in ("cases", "statements", "quotations"):
            compared = compare(name, content_of(name, flavour))
            assert compared.counts[:2] == (0, 0)
            assert compared.counts[3:] == (0, 0)
        assert unchanged("workbook", content_of("workbook"))
        transaction.set_rollback(True)


# Any edits


FREE = {
    "cases": ["title_en", "title_fa", "summary_ar"],
    "statements": ["note_en", "note_fa", "place"],
    "documents": ["title_en", "licence"],
    "terms": ["label_fa", "scope_note_en"],
    "errata": ["reading", "why_en"],
    "findings": ["note_ar", "quantity"],
}
# No control characters: an editor cannot type them, and XLSX cannot hold them.
TYPED = st.sampled_from(
    [text for text in NASTY if text.isprintable() and len(text) < 100]
) | st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=30)
EDITS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2), TYPED), min_size=1, max_size=6)


@given(name=st.sampled_from(sorted(FREE)), edits=EDITS, flavour=st.sampled_from(FLAVOURS))
@settings(max_examples=60)
def test_a_preview_shows_exactly_the_cells_that_were_edited(world, name, edits, flavour):
    with transaction.atomic():
        rows, expected = rows_of(name), {}
        for place, column, text in edits:
            row, column = rows[place % len(rows)], FREE[name][column % len(FREE[name])]
            key = " / ".join(row[part] for part in FILES[name].key)
            old = expected.get((key, column), (row[column],))[0]
            # What a spreadsheet may make of a text unasked, or what guards a formula, is no edit.
            assume(not is_same(text, old) and text.strip())
            assume(not text.startswith("'") and not CHARACTER_CODE.search(text))
            row[column], expected[key, column] = text, (old, text)
        comparison = compare(name, file_of(rows, flavour))
        assert faults_of(comparison) == []
        assert changes_of(comparison) == expected
        transaction.set_rollback(True)


# Through LibreOffice

SOFFICE = shutil.which("soffice")
TO_CSV = "csv:Text - txt - csv (StarCalc):44,34,76"
TRIPS = [("csv", "csv"), ("excel", "csv"), ("excel", "xlsx"), ("xlsx", "xlsx"), ("xlsx", "csv")]
# A plain CSV is no file for spreadsheets: they run its formulas.
SAFE = [text for text in NASTY if not FORMULA.match(text)]


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice (soffice) on this machine")
@pytest.mark.parametrize(("flavour", "saved_as"), TRIPS)
def test_an_untouched_file_survives_libreoffice(tmp_path, flavour, saved_as):
    make_world()
    texts = SAFE if flavour == "csv" else NASTY
    nasty_state([text[:100] for text in texts] * 4)
    sent, back = tmp_path / "sent", tmp_path / "back"
    sent.mkdir()
    for name in NAMES:
        path = sent / f"{name}.{'xlsx' if flavour == 'xlsx' else 'csv'}"
        path.write_bytes(content_of(name, flavour))
    if flavour == "xlsx" == saved_as:
        (sent / "workbook.xlsx").write_bytes(content_of("workbook"))
    through_libreoffice(tmp_path, sorted(sent.iterdir()), back, saved_as)
    assert len(list(back.iterdir())) == len(list(sent.iterdir()))
    for path in sorted(back.iterdir()):
        assert unchanged(path.stem, path.read_bytes()), path.stem


def through_libreoffice(profile, files, folder, saved_as) -> None:
    """Open the files in LibreOffice and save them again."""
    command = [SOFFICE, f"-env:UserInstallation=file://{profile}/profile", "--headless"]
    command += ["--convert-to", TO_CSV if saved_as == "csv" else "xlsx"]
    if files[0].suffix == ".csv":
        command += ["--infilter=CSV:44,34,76"]
    command += ["--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
