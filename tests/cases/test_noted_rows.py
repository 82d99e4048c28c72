"""Of each case it is noted how the desk's file writes it: what comes home as it went asks no more.

Whatever saves a case notes it anew; what is noted late costs time and never a change.
"""

import pytest
from django.urls import reverse

from cases import imports, index, merging, records
from cases.exports import TABLES, digest_of, rows_of
from cases.imports import tables
from cases.models import Case
from cases.models.choices import Source
from tests.cases.test_admin import form_of
from tests.cases.test_workflow import go, make_complete
from tests.cases.world import compare, content_of, file_of
from tests.cases.world import rows_of as rows_of_file
from tests.factories import make_actor, make_case, make_statement

pytestmark = pytest.mark.django_db


def noted() -> dict[str, str]:
    return dict(Case.objects.originals().values_list("slug", "row_digest"))


def as_written() -> dict[str, str]:
    """The digests of what the file has now."""
    table = TABLES["cases"].for_desk()
    slug, version = (table.columns.index(name) for name in ("slug", "version"))
    return {
        row[slug]: digest_of(cell for at, cell in enumerate(row) if at != version)
        for row in rows_of(table)
    }


@pytest.fixture
def cases(db):
    """A published case and a draft, with revisions."""
    make_case("one", title_en="One, “crisis”\nof two lines", start="2008-02~", end="2009")
    make_case("two", review="draft")
    for case in Case.objects.all():
        records.note_saved("case", case.slug, source=Source.SEED)
    make_statement(Case.objects.get(slug="one"), "tool:mediation", by=["un"])
    records.note_saved("case", "one", source=Source.SEED)
    index.refresh()
    assert noted() == as_written()


def test_saving_at_the_desk_notes_it(cases, desk):
    before, case = noted(), Case.objects.get(slug="two")
    address = reverse("admin:cases_case_change", args=[case.pk])
    desk.post(address, form_of(desk, address) | {"title_en": "Another title"})
    assert noted() == as_written() != before


def test_each_step_of_the_workflow_notes_it(superuser):
    case = make_complete()
    for step in ("submit", "publish", "withdraw"):
        Case.objects.update(row_digest="")
        case = go(case, step, superuser, why="Because.")
        assert noted() == as_written()


def test_merging_what_a_case_names_notes_it(cases):
    make_statement(Case.objects.get(slug="one"), "role:facilitator", by=["un"])
    before = noted()
    merging.merge("actor", make_actor("un"), make_actor("united-nations"))
    assert noted() == as_written()
    assert noted()["one"] != before["one"]


def test_an_import_notes_it(cases):
    before, rows = noted(), rows_of_file("cases")
    rows[1]["title_en"] = "Another title"
    imports.save(compare("cases", file_of(rows)))
    assert noted() == as_written()
    assert noted()["one"] == before["one"]
    assert noted()["two"] != before["two"]


def test_working_copies_have_no_row_and_no_note(cases):
    original = Case.objects.get(slug="one")
    copy = make_case("one", review="draft", working_copy_of=original, base_version=1)
    assert Case.objects.get(pk=copy.pk).row_digest == ""
    assert noted() == as_written()


@pytest.mark.parametrize("flavour", ["csv", "excel", "xlsx"])
def test_a_file_that_comes_home_as_it_went_asks_for_no_row(cases, flavour, monkeypatch):
    content, asked = content_of("cases", flavour), []
    monkeypatch.setattr(tables, "rows_of", lambda *rows: asked.append(rows) or ())
    comparison = compare("cases", content)
    assert comparison.counts == (0, 0, 2, 0, 0)
    assert not asked


def test_an_edited_row_is_asked_for_alone(cases, monkeypatch):
    rows, asked = rows_of_file("cases"), []
    rows[1]["title_en"] = "Another title"
    monkeypatch.setattr(
        tables, "rows_of", lambda table, some: asked.extend(some) or rows_of(table, some)
    )
    assert compare("cases", file_of(rows)).counts == (0, 1, 1, 0, 0)
    assert [case.slug for case in asked] == ["two"]


def test_a_row_of_another_version_is_compared_whatever_is_noted(cases):
    rows = rows_of_file("cases")
    Case.objects.filter(slug="two").update(title_en="Theirs")
    records.note_saved("case", "two", source=Source.ADMIN)
    rows[1]["summary_en"] = "Ours"
    comparison = compare("cases", file_of(rows))
    (row,) = comparison.reports[0].changed
    assert [change.column for change in row.changes] == ["summary_en"]


def test_what_is_not_noted_or_noted_late_is_compared(cases):
    rows = rows_of_file("cases")
    for digest in ("", "0" * 32):
        Case.objects.update(row_digest=digest)
        assert compare("cases", file_of(rows)).counts == (0, 0, 2, 0, 0)
    rows[1]["title_fa"] = "عنوان"
    assert compare("cases", file_of(rows)).counts == (0, 1, 1, 0, 0)


def test_a_file_without_some_columns_is_compared(cases):
    rows = [{"slug": row["slug"], "title_en": row["title_en"]} for row in rows_of_file("cases")]
    assert compare("cases", file_of(rows)).counts == (0, 0, 2, 0, 0)


def test_cells_do_not_run_together():
    assert digest_of(["a", "bc"]) != digest_of(["ab", "c"])
    assert digest_of(["a", None, 1]) == digest_of(["a", "", "1"])
    assert len(digest_of(["\ud800"])) == 32


def test_seeds_are_noted_also_where_a_migration_has_just_made_room(seeded):
    # The last of them: the seeds stay until the module ends.
    from django.conf import settings

    from ingest.services import load_seeds

    assert noted() == as_written()
    Case.objects.update(row_digest="")
    load_seeds(settings.SEEDS_DIR)
    assert noted() == as_written()
