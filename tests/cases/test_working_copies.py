"""Working copies: editors change published cases beside them, unseen until a reviewer agrees."""

import re

import pytest

from cases import records, workflow
from cases.exports import TABLES
from cases.models import Actor, Case, CaseRelation, Quotation, Revision, Statement
from cases.models.choices import Source
from cases.workflow import Refused
from tests.cases.test_admin import form_of, named
from tests.cases.test_exports import MARK, every_address
from tests.cases.test_workflow import (
    change_address,
    go,
    hidden,
    make_complete,
    move_address,
    press,
)
from tests.factories import make_actor, make_case, make_quotation, make_statement, make_term
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_person("editor")


@pytest.fixture
def reviewer():
    return make_person("reviewer")


@pytest.fixture
def case():
    """A published case with a tool, an outcome owed to it, a relation and a region's country."""
    case = make_complete("guinea-2009", review="published", title_en="Guinea")
    CaseRelation.objects.create(case=case, to=make_case("guinea-2008"), kind="follows")
    tool = make_statement(case, "tool:mediation", key="t1", by=["au"], place="Conakry")
    outcome = make_statement(case, "aim:calm", key="o1", quotations=[make_quotation()])
    outcome.documents.add(outcome.quotations.get().passage.edition.document)
    records.note_saved("case", case.slug, source=Source.SEED)
    case.refresh_from_db()
    assert tool.parts.exists()
    return case


def said(case):
    return records.dump(workflow.kind_of(case), [case.slug])[case.slug]


def edit(client, case, who, **changed):
    """Open the form of a case (or of its working copy), change fields, save."""
    client.force_login(who)
    response = client.get(change_address(case))
    address = response["Location"] if response.status_code == 302 else change_address(case)
    return client.post(address, form_of(client, address) | changed)


def save_directly(case, who, **changed):
    """As a reviewer who saves the published case itself."""
    Case.objects.filter(pk=case.pk).update(**changed)
    assert records.note_saved("case", case.slug, source=Source.ADMIN, who=who)


def ready_copy(client, case, editor, **changed):
    """A working copy in review that says `changed`."""
    edit(client, case, editor, **changed)
    return go(workflow.working_copy(case), "submit", editor)


# How a copy comes to be


def test_what_an_editor_saves_on_a_published_case_goes_to_a_copy_and_readers_see_nothing(
    client, case, editor
):
    before, page = said(case), client.get("/cases/guinea-2009/").content
    response = edit(client, case, editor, title_en="Guinea renamed")
    copy = workflow.working_copy(case)
    assert response["Location"] == change_address(copy)

    assert said(case) == before
    case.refresh_from_db()
    assert (case.version, case.title_en) == (2, "Guinea")
    assert said(copy) == before | {"title_en": "Guinea renamed", "review": "draft"}
    assert (copy.review, copy.base_version, copy.published_on) == ("draft", 2, None)
    client.logout()
    assert client.get("/cases/guinea-2009/").content == page

    (revision,) = Revision.objects.filter(kind="working_copy")
    assert (revision.key, revision.version, revision.who) == ("guinea-2009", 1, editor)
    assert Revision.objects.filter(kind="case", key="guinea-2009").count() == 2


def test_saving_without_a_change_makes_no_copy(client, case, editor):
    edit(client, case, editor)
    assert workflow.working_copy(case) is None
    assert Revision.objects.filter(key="guinea-2009").count() == 2


def test_rows_added_and_removed_in_the_form_are_so_in_the_copy_only(client, case, editor):
    make_term("tool:good_offices")
    client.force_login(editor)
    posted = form_of(client, change_address(case))
    tool = named(posted, "-key", "t1")
    prefix = tool.rpartition("-")[0]
    posted |= {
        f"{tool}-DELETE": "on",
        f"{prefix}-TOTAL_FORMS": "2",
        f"{prefix}-1-key": "t2",
        f"{prefix}-1-term": "tool:good_offices",
        f"{prefix}-1-scope": "this_case",
        f"{prefix}-1-support": "states",
    }
    assert client.post(change_address(case), posted).status_code == 302
    copy = workflow.working_copy(case)
    assert case.statements.filter(key="t1").exists()
    assert not case.statements.filter(key="t2").exists()
    assert set(copy.statements.filter(scheme="tool").values_list("key", flat=True)) == {"t2"}


def test_a_form_with_an_error_makes_no_copy_and_says_what_is_wrong(client, case, editor):
    response = edit(client, case, editor, start="soon")
    assert response.status_code == 200
    assert "soon" in response.content.decode()
    assert workflow.working_copy(case) is None


def test_a_statement_of_a_published_case_is_changed_in_the_copy(client, case, editor):
    tool = case.statements.get(key="t1")
    address = f"/admin/cases/statement/{tool.pk}/change/"
    client.force_login(editor)
    actor = make_actor("un")
    posted = form_of(client, address)
    posted |= {"note_en": "Seen", "parts-1-actor": actor.pk, "parts-1-part": "with"}
    response = client.post(address, posted)
    copy = workflow.working_copy(case)
    same = copy.statements.get(key="t1")
    assert response["Location"] == f"/admin/cases/statement/{same.pk}/change/"
    assert (same.note_en, [part.actor.code for part in same.parts.all()]) == ("Seen", ["au", "un"])
    tool.refresh_from_db()
    assert (tool.note_en, tool.parts.count()) == ("", 1)
    # From now on the statement's form is that of the copy, and so is what is saved there.
    assert client.get(address)["Location"] == f"/admin/cases/statement/{same.pk}/change/"
    posted = form_of(client, f"/admin/cases/statement/{same.pk}/change/") | {"note_en": "Again"}
    assert client.post(f"/admin/cases/statement/{same.pk}/change/", posted).status_code == 302
    same.refresh_from_db()
    assert same.note_en == "Again"
    assert Revision.objects.filter(kind="working_copy").count() == 2


def test_records_that_a_change_brought_along_stay_saved(case, editor):
    passage = case.statements.get(key="t1").quotations.get().passage

    def change():
        quotation = make_quotation("mediated", passage)
        records.note_saved("quotation", str(quotation), source=Source.ADMIN, who=editor)
        actor = make_actor("new-actor")
        records.note_saved("actor", "new-actor", source=Source.ADMIN, who=editor)
        make_statement(case, key="t9", quotations=[quotation], by=[actor])
        return "done"

    result, copy = workflow.change_in_copy(case, editor, change)
    assert result == "done"
    assert not case.statements.filter(key="t9").exists()
    new = copy.statements.get(key="t9")
    assert str(new.quotations.get()).endswith("10-18")
    assert new.parts.get().actor == Actor.objects.get(code="new-actor")
    for key in (str(new.quotations.get()), "new-actor"):
        assert Revision.objects.filter(key=key, who=editor).count() == 1


def test_the_copy_is_one_and_every_editor_goes_on_in_it(client, case, editor):
    edit(client, case, editor, title_en="Once")
    other = make_person("editor", "other")
    client.force_login(other)
    copy = workflow.working_copy(case)
    assert client.get(change_address(case))["Location"] == change_address(copy)
    edit(client, case, other, title_fa="دوباره")
    copy.refresh_from_db()
    assert (copy.title_en, copy.title_fa, copy.version) == ("Once", "دوباره", 2)
    assert Case.objects.filter(slug="guinea-2009").count() == 2


def test_a_form_that_was_open_when_another_made_the_copy_saves_nothing_and_says_so(
    client, case, editor
):
    client.force_login(editor)
    posted = form_of(client, change_address(case)) | {"title_en": "Mine"}
    workflow.writable(case, make_person("editor", "other"))
    response = client.post(change_address(case), posted)
    assert response.status_code == 200
    assert "Somebody made a working copy of this case" in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    assert not Case.objects.filter(title_en="Mine").exists()


def test_the_row_that_somebody_may_write_is_the_case_or_its_copy(case, editor, reviewer):
    draft = make_case("draft", review="draft")
    withdrawn = make_case("withdrawn", review="withdrawn")
    assert workflow.writable(draft, editor) == draft
    assert workflow.writable(case, reviewer) == case
    copy = workflow.writable(case, editor)
    assert copy.working_copy_of == case
    assert workflow.writable(case, editor) == copy
    assert workflow.writable(copy, editor) == copy
    for who, row in [
        (editor, withdrawn),
        (make_person(None), draft),
        (make_person(None, "b"), case),
    ]:
        with pytest.raises(Refused):
            workflow.writable(row, who)


def test_a_copy_of_a_case_without_a_revision_writes_its_base_down(editor):
    case = make_case("bare")
    copy = workflow.writable(case, editor)
    base = Revision.objects.get(kind="case", key="bare", version=copy.base_version)
    assert base.data["title_en"] == "Bare"
    assert base.who is None


# What the desk shows of it


def test_the_list_shows_which_case_has_a_copy_and_in_what_state(client, case, editor):
    copy = ready_copy(client, case, editor, title_en="Other")
    client.force_login(editor)
    page = client.get("/admin/cases/case/").content.decode()
    assert f'<a href="{change_address(copy)}">in review</a>' in page
    for value, slugs in [
        ("in_review", {"guinea-2009"}),
        ("draft", set()),
        ("none", {"guinea-2008"}),
    ]:
        found = client.get(f"/admin/cases/case/?working_copy={value}").context["cl"].queryset
        assert {each.slug for each in found} == slugs, value


def test_a_copy_is_in_no_list_and_is_offered_nowhere(client, case, editor):
    copy = workflow.writable(case, editor)
    client.force_login(make_person("superuser"))
    listed = client.get("/admin/cases/case/").context["cl"].queryset
    assert copy not in listed
    statements = client.get("/admin/cases/statement/").context["cl"].queryset
    assert not statements.filter(case=copy).exists()
    question = {"app_label": "cases", "model_name": "caserelation", "field_name": "to"}
    found = client.get("/admin/autocomplete/", question | {"term": "guinea-2009"}).json()["results"]
    assert [each["id"] for each in found] == [str(case.pk)]


def test_a_reviewer_is_told_of_the_copy_and_sees_the_difference(client, case, editor, reviewer):
    copy = ready_copy(client, case, editor, title_en="Guinea renamed")
    Statement.objects.filter(case=copy, key="t1").update(place="Kankan")
    copy.statements.get(key="o1").delete()
    records.note_saved("working_copy", case.slug, source=Source.ADMIN, who=editor)
    client.force_login(reviewer)
    difference = f"/admin/cases/case/{copy.pk}/difference/"
    assert difference in client.get(change_address(case)).content.decode()
    for address in (difference, move_address(copy, "publish")):
        page = client.get(address)
        shown = {each.path: each for each in page.context["changes"]}
        assert shown["title_en"].label == "title in English"
        assert "Guinea renamed" in shown["title_en"].new
        assert "tool:mediation" in shown["statements.t1.place"].label
        assert "Conakry" in shown["statements.t1.place"].old
        assert shown["statements.o1"].kind == "removed"
        assert "Kankan" in page.content.decode()


def test_of_a_long_text_the_words_are_marked_that_the_copy_changes(client, case, editor, reviewer):
    long = "The envoy went to Conakry and spoke with the junta in autumn."
    Case.objects.filter(pk=case.pk).update(summary_en=long)
    records.note_saved("case", case.slug, source=Source.ADMIN)
    copy = ready_copy(client, case, editor, summary_en=long.replace("Conakry", "Kankan"))
    client.force_login(reviewer)
    for page in ("difference", "discard"):
        said = client.get(f"/admin/cases/case/{copy.pk}/{page}/").content.decode()
        assert "to <del>Conakry</del> and" in said
        assert "to <ins>Kankan</ins> and" in said


def test_only_a_working_copy_has_a_page_of_differences(client, case, reviewer):
    client.force_login(reviewer)
    assert client.get(f"/admin/cases/case/{case.pk}/difference/").status_code == 404


# How it comes to readers


def test_a_reviewer_publishes_the_copy_and_the_case_says_what_it_said(
    client, case, editor, reviewer
):
    copy = ready_copy(client, case, editor, title_en="Guinea renamed")
    Statement.objects.filter(case=copy, key="t1").update(place="Kankan")
    records.note_saved("working_copy", case.slug, source=Source.ADMIN, who=editor)
    row = case.statements.get(key="t1").pk
    client.force_login(reviewer)
    response = press(client, copy, "publish", "Checked.")
    assert response["Location"] == change_address(case)

    assert workflow.working_copy(case) is None
    case.refresh_from_db()
    assert (case.title_en, case.review, case.version) == ("Guinea renamed", "published", 3)
    assert case.statements.get(pk=row).place == "Kankan"  # the row is the same, its key too
    page = client.get("/cases/guinea-2009/").content.decode()
    assert "Guinea renamed" in page
    assert "Kankan" in page
    newest = Revision.objects.filter(key="guinea-2009", kind="case").order_by("-version").first()
    assert (newest.who, newest.why, newest.version) == (reviewer, "Checked.", 3)
    gone = Revision.objects.filter(key="guinea-2009", kind="working_copy").order_by("pk").last()
    assert (gone.data, gone.change_set) == (None, newest.change_set)
    told = [(each.of_copy, each.after) for each in workflow.moves(case)]
    assert told == [(True, "published"), (True, "in_review"), (True, "draft"), (False, "published")]


def test_a_copy_is_published_only_by_those_who_may_publish_and_from_review(
    client, case, editor, reviewer
):
    copy = workflow.writable(case, editor)
    with pytest.raises(Refused, match="Its state is"):
        go(copy, "publish", reviewer)
    go(copy, "submit", editor)
    with pytest.raises(Refused, match="You may not do this"):
        go(copy, "publish", editor)
    client.force_login(editor)
    assert client.get(move_address(copy, "publish")).status_code == 403
    assert client.post(move_address(copy, "publish"), {"seen": "x"}).status_code == 403
    assert workflow.working_copy(case) == copy
    for name in ("withdraw", "reopen"):
        with pytest.raises(Refused):
            go(copy, name, reviewer, why="So.")


def test_a_copy_that_lacks_something_is_not_published_and_its_own_forms_are_named(
    client, case, editor, reviewer
):
    copy = ready_copy(client, case, editor, title_fa="")
    make_statement(copy, key="t9", quotations=[], by=["au"], indexed=False)
    new = copy.statements.get(key="t9")
    with pytest.raises(Refused) as refused:
        go(copy, "publish", reviewer)
    assert {each.address for each in refused.value.missing} == {
        f"{change_address(copy)}#id_title_fa",
        f"/admin/cases/statement/{new.pk}/change/",
    }
    case.refresh_from_db()
    assert case.title_fa


def test_changes_on_both_sides_are_joined(client, case, editor, reviewer):
    copy = ready_copy(client, case, editor, title_en="By the editor")
    save_directly(case, reviewer, title_ar="من المراجع")
    go(copy, "publish", reviewer)
    case.refresh_from_db()
    assert (case.title_en, case.title_ar) == ("By the editor", "من المراجع")


@pytest.mark.parametrize(
    ("side", "stands"), [("case", "By the reviewer"), ("copy", "By the editor")]
)
def test_what_both_changed_is_shown_and_chosen(client, case, editor, reviewer, side, stands):
    copy = ready_copy(client, case, editor, title_en="By the editor", title_fa="ویراستار")
    save_directly(case, reviewer, title_en="By the reviewer")
    client.force_login(reviewer)
    page = client.get(move_address(copy, "publish"))
    (clash,) = page.context["clashes"]
    said = [re.sub("<[^>]*>", "", each) for each in (clash.base, clash.theirs, clash.ours)]
    assert said == ["Guinea", "By the reviewer", "By the editor"]

    response = press(client, copy, "publish")
    assert response.status_code == 200
    assert "choose what is to stand" in response.content.decode()
    case.refresh_from_db()
    assert case.title_en == "By the reviewer"

    posted = hidden(page) | {"why": "", clash.name: side}
    assert client.post(move_address(copy, "publish"), posted).status_code == 302
    case.refresh_from_db()
    assert (case.title_en, case.title_fa) == (stands, "ویراستار")


def test_a_choice_made_before_the_case_moved_on_is_asked_for_again(client, case, editor, reviewer):
    copy = ready_copy(client, case, editor, title_en="By the editor")
    seen = workflow.state_of(copy)
    save_directly(case, reviewer, title_en="By the reviewer")
    with pytest.raises(Refused, match="look again"):
        go(copy, "publish", reviewer, seen=seen, choices={"title_en": "copy"})


def test_the_copy_of_a_case_that_was_withdrawn_waits(client, case, editor, reviewer):
    copy = ready_copy(client, case, editor, title_en="Other")
    go(case, "withdraw", reviewer, why="Wrong.")
    with pytest.raises(Refused, match="The case itself is «withdrawn»"):
        go(copy, "publish", reviewer)
    assert workflow.working_copy(case) == copy


def test_a_copy_brings_neither_its_state_nor_its_coding(client, case, editor, reviewer):
    Case.objects.filter(pk=case.pk).update(coding="double")
    records.note_saved("case", case.slug, source=Source.ADMIN)
    copy = ready_copy(client, case, editor, title_en="Other")
    assert go(copy, "publish", reviewer).coding == "double"


# How it goes without


def test_a_copy_is_discarded_with_a_reason_and_what_it_said_is_kept(client, case, editor):
    edit(client, case, editor, title_en="Never mind")
    copy = workflow.working_copy(case)
    address = f"/admin/cases/case/{copy.pk}/discard/"
    page = client.get(address)
    assert client.post(address, hidden(page) | {"why": ""}).status_code == 200
    assert workflow.working_copy(case) == copy
    response = client.post(address, hidden(page) | {"why": "A misunderstanding."})
    assert response["Location"] == change_address(case)
    assert workflow.working_copy(case) is None
    kept, gone = Revision.objects.filter(kind="working_copy").order_by("pk")
    assert kept.data["title_en"] == "Never mind"
    assert (gone.data, gone.who, gone.why) == (None, editor, "A misunderstanding.")
    assert workflow.moves(case)[0].told == "discarded"
    # A new one can be made, and its versions go on.
    edit(client, case, editor, title_en="Again")
    assert workflow.working_copy(case).version == 3


def test_only_a_copy_can_be_discarded(client, case, reviewer):
    client.force_login(reviewer)
    assert client.get(f"/admin/cases/case/{case.pk}/discard/").status_code == 404


def test_a_case_with_a_working_copy_is_not_deleted(client, case, editor):
    workflow.writable(case, editor)
    client.force_login(make_person("superuser"))
    address = f"/admin/cases/case/{case.pk}/delete/"
    assert "Cannot delete" in client.get(address).content.decode()
    client.post(address, {"post": "yes", "read_version": case.version})
    assert Case.objects.filter(slug="guinea-2009").count() == 2


def test_a_published_statement_is_deleted_only_by_reviewers(client, case, editor, reviewer):
    tool = case.statements.get(key="t1")
    address = f"/admin/cases/statement/{tool.pk}/delete/"
    client.force_login(editor)
    assert client.post(address, {"post": "yes"}).status_code == 403
    posted = {"action": "delete_selected", "_selected_action": [tool.pk], "post": "yes"}
    client.post("/admin/cases/statement/", posted)
    assert case.statements.filter(key="t1").exists()
    client.force_login(reviewer)
    assert client.post(address, {"post": "yes"}).status_code == 302


def test_an_editor_adds_no_statement_to_a_published_case_behind_its_copy(client, case, editor):
    client.force_login(editor)
    address = "/admin/cases/statement/add/"
    posted = form_of(client, address) | {"case": case.pk, "key": "x", "support": "states"}
    response = client.post(address, posted | {"term": "tool:mediation"})
    assert "This case is not a draft" in response.content.decode()
    draft = make_case("draft", review="draft")
    posted |= {"case": draft.pk, "term": "tool:mediation"}
    assert client.post(address, posted).status_code == 302
    assert draft.statements.get().key == "x"


def test_a_finding_is_seen_at_once_so_reviewers_save_it(client, editor, reviewer):
    finding = make_statement(None, "finding:lesson", key="f1")
    address = f"/admin/cases/statement/{finding.pk}/change/"
    client.force_login(editor)
    assert client.post(address, {"note_en": "Mine"}).status_code == 403
    assert client.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    add = "/admin/cases/statement/add/"
    new = {"key": "f2", "term": "finding:lesson", "support": "states"}
    response = client.post(add, form_of(client, add) | new)
    assert "a reviewer has to save it" in response.content.decode()
    client.force_login(reviewer)
    assert client.post(add, form_of(client, add) | new).status_code == 302
    assert set(Statement.objects.findings().values_list("key", flat=True)) == {"f1", "f2"}


def test_the_copy_has_rows_of_its_own(case, editor):
    copy = workflow.writable(case, editor)
    assert said(copy) == said(case) | {"review": "draft"}
    own = set(copy.statements.values_list("pk", flat=True))
    assert own.isdisjoint(case.statements.values_list("pk", flat=True))
    before = Quotation.objects.count()
    copy.delete()
    assert Quotation.objects.count() == before
    assert case.statements.count() == 6


# What never leaves


def test_nothing_of_a_copy_is_at_any_address_or_in_any_file(client, case, editor):
    texts = {f"{name}_{lang}": MARK for name in ("title", "summary") for lang in ("en", "fa", "ar")}
    edit(client, case, editor, internal_notes=MARK, **texts)
    copy = workflow.working_copy(case)
    actor = make_actor("hidden-actor", name=MARK, type="individual")
    make_statement(copy, "tool:secondment", key=f"{MARK}-t1", by=[actor], place=MARK, note_en=MARK)
    make_statement(
        copy, "event:coup", quotations=[make_quotation(translation_en=MARK)], quantity=MARK
    )
    records.note_saved("working_copy", case.slug, source=Source.ADMIN, who=editor)
    client.logout()
    files = [f"/{name}.{form}" for name in TABLES for form in ("csv", "json")]
    lists = ["/cases/", "/cases/?tool=secondment", "/cases/guinea-2009/", "/findings/"]
    seen = 0
    for address in [*every_address(), *files, *lists, "/compare/?case=guinea-2009"]:
        response = client.get(address, follow=True)
        body = b"".join(response) if response.streaming else response.content
        assert MARK not in body.decode(), address
        seen += response.status_code == 200
    assert seen > 30
    for query in (f"q={MARK}", "tool=secondment", "coverage=substantial"):
        assert client.get(f"/cases/?{query}").context["page"].paginator.count == 0, query

    # The same words are everywhere once the copy is published.
    Case.objects.filter(pk=copy.pk).update(coverage="substantial", review="in_review")
    go(copy, "publish", make_person("reviewer"))
    for address in ("/cases/guinea-2009/", "/statements.csv", "/actors/hidden-actor/"):
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        assert MARK in body.decode(), address
