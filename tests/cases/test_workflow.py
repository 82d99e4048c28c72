"""States: which steps may be gone, by whom, what publication asks for, what is written down."""

import html
import re
from urllib.parse import quote

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from cases import records, workflow
from cases.models import Case, CaseFacet, Revision, Statement
from cases.models.choices import Coding, Review, Source
from cases.models.vocabulary import HEADER_SCHEMES
from cases.workflow import STEPS, Refused
from tests.cases.test_admin import delete, delete_chosen, form_of, form_of_page
from tests.factories import make_case, make_statement
from tests.people import make_person

pytestmark = pytest.mark.django_db

SUMMARIES = {f"summary_{language}": "What happened." for language in ("en", "fa", "ar")}


def make_complete(slug="guinea-2009", review="draft", who=None, **changed):
    """A case that lacks nothing, saved by `who`."""
    terms = [f"{scheme}:not_stated" for scheme in HEADER_SCHEMES]
    case = make_case(slug, review=review, terms=terms, **SUMMARIES | changed)
    records.note_saved("case", slug, source=Source.ADMIN, who=who)
    case.refresh_from_db()
    return case


@pytest.fixture
def editor():
    return make_person("editor")


@pytest.fixture
def reviewer():
    return make_person("reviewer")


def go(case, name, who, **options):
    return workflow.move(case, STEPS[name], who, **options)


def states_of(slug):
    rows = Revision.objects.filter(kind="case", key=slug).order_by("version")
    return [(each.data["review"], each.who, each.why) for each in rows]


# Steps


def test_a_case_goes_from_draft_to_readers_and_back_and_every_step_is_written(editor, reviewer):
    case = make_complete(who=editor)
    go(case, "submit", editor)
    go(case, "return", reviewer, why="The date of the coup?")
    go(case, "submit", editor, why="Mended.")
    go(case, "publish", reviewer)
    go(case, "withdraw", reviewer, why="The source was withdrawn.")
    case = go(case, "reopen", reviewer, why="There is another source.")
    assert states_of(case.slug) == [
        ("draft", editor, ""),
        ("in_review", editor, ""),
        ("draft", reviewer, "The date of the coup?"),
        ("in_review", editor, "Mended."),
        ("published", reviewer, ""),
        ("withdrawn", reviewer, "The source was withdrawn."),
        ("draft", reviewer, "There is another source."),
    ]
    assert case.version == 7
    told = [(each.before, each.after, each.who, each.why) for each in workflow.moves(case)]
    assert told[0] == ("withdrawn", "draft", reviewer, "There is another source.")
    assert told[-1] == ("", "draft", editor, "")
    assert len(told) == 7


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("review", Review.values)
def test_a_step_is_gone_only_from_its_own_state(reviewer, review, name):
    case = make_complete(review=review)
    if STEPS[name].before == review:
        assert go(case, name, reviewer, why="So.").review == STEPS[name].after
        return
    with pytest.raises(Refused, match="Its state is"):
        go(case, name, reviewer, why="So.")
    assert Case.objects.get().review == review
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize(
    ("group", "allowed"),
    [
        (None, set()),
        ("editor", {"submit", "return"}),
        ("reviewer", set(STEPS)),
        ("administrator", set(STEPS)),
        ("superuser", set(STEPS)),
    ],
)
def test_each_group_goes_its_own_steps(group, allowed, name):
    who, case = make_person(group), make_complete(review=STEPS[name].before)
    assert (STEPS[name] in workflow.steps_for(case, who)) == (name in allowed)
    if name in allowed:
        go(case, name, who, why="So.")
    else:
        with pytest.raises(Refused, match="You may not do this"):
            go(case, name, who, why="So.")
    assert Revision.objects.count() == 1 + (name in allowed)


@pytest.mark.parametrize("name", [name for name in STEPS if STEPS[name].asks_why])
@pytest.mark.parametrize("why", ["", "  ", "x" * 301])
def test_a_reason_is_asked_for_and_no_longer_than_a_revision_keeps(reviewer, name, why):
    case = make_complete(review=STEPS[name].before)
    with pytest.raises(Refused):
        go(case, name, reviewer, why=why)
    assert Case.objects.get().review == STEPS[name].before


def test_who_decides_on_what_was_changed_meanwhile_is_asked_to_look_again(editor, reviewer):
    case = make_complete(review="in_review", who=editor)
    seen = workflow.state_of(case)
    Case.objects.update(title_en="Changed while somebody read it")
    records.note_saved("case", case.slug, source=Source.ADMIN, who=editor)
    with pytest.raises(Refused, match="look again"):
        go(case, "publish", reviewer, seen=seen)
    assert Case.objects.get().review == "in_review"
    assert go(case, "publish", reviewer, seen=workflow.state_of(case)).review == "published"


def test_readers_and_counts_know_a_case_from_its_publication_to_its_withdrawal(client, reviewer):
    case = make_complete(review="in_review")
    address = reverse("case", args=[case.slug])
    assert client.get(address).status_code == 404
    published = go(case, "publish", reviewer)
    assert published.published_on is not None
    assert client.get(address).status_code == 200
    assert CaseFacet.objects.filter(case=case, facet="country", value="GIN").exists()
    go(case, "withdraw", reviewer, why="Mistaken.")
    assert client.get(address).status_code == 410
    assert not CaseFacet.objects.exists()


# What publication asks for


def test_all_that_is_missing_is_said_at_once_with_where_it_is_mended(client, reviewer):
    case = make_case(
        "guinea-2009",
        review="in_review",
        title_fa="",
        coverage="substantial",
        start="2999",
        terms=["situation:electoral", "situation:not_stated", "trigger:coup", "un_role:lead"],
        **SUMMARIES,
    )
    make_statement(case, "tool:mediation", key="t1", quotations=[], by=["au"])
    make_statement(case, "role:lead_mediator", key="r1")
    make_statement(case, "event:coup", key="e1", when="2010", phase="opening")
    make_statement(case, "event:vote", key="e2", when="2009", phase="closing")
    with pytest.raises(Refused) as refused:
        go(case, "publish", reviewer)
    assert Case.objects.get().review == "in_review"

    form = f"/admin/cases/case/{case.pk}/change/"
    keys = dict(Statement.objects.values_list("key", "pk"))
    of = {key: f"/admin/cases/statement/{pk}/change/" for key, pk in keys.items()}
    told = {(each.address, each.what) for each in refused.value.missing}
    assert told == {
        (f"{form}#id_title_fa", "There is no title in Persian."),
        (
            f"{form}#scheme-initiation",
            "Nothing is coded for «Who asked for it»: say at least initiation:not_stated.",
        ),
        (f"{form}#scheme-situation", "an absence code never stands beside another code."),
        (f"{form}#id_start", "This date lies in the future."),
        (of["t1"], "no words: quote the source, or mark it editor_inference."),
        (of["r1"], "role without an actor."),
        (of["e2"], "This event closes the case before another opens it."),
    }
    # Every link leads to a form that has the place it names.
    client.force_login(reviewer)
    for address, _what in told:
        page, _hash, place = address.partition("#")
        content = client.get(page).content.decode()
        assert f'id="{place}"' in content if place else 'id="statement_form"' in content, address


def test_an_inference_of_the_editor_needs_no_words(reviewer):
    case = make_complete(review="in_review")
    make_statement(case, "aim:calm", quotations=[], support="editor_inference", by=["au"])
    assert go(case, "publish", reviewer).review == "published"


def test_coverage_that_the_statements_belie_is_missing(reviewer):
    case = make_complete(review="in_review", coverage="substantial")
    ((what, address),) = workflow.missing(case)
    assert "substantial means" in what
    assert address.endswith("#id_coverage")


@pytest.mark.parametrize(
    ("dates", "amiss"),
    [
        ({}, False),
        ({"when": "2009"}, False),
        ({"when": "2009/.."}, False),
        ({"when": "[2008..2011]"}, False),
        ({"when": "2999-01-01"}, True),
    ],
)
def test_a_date_in_the_future_can_hardly_be_meant(dates, amiss):
    case = make_complete()
    make_statement(case, "tool:mediation", by=["au"], **dates)
    assert [each.what for each in workflow.missing(case)] == (
        ["This date lies in the future."] if amiss else []
    )


# Single coders


def test_who_publishes_what_he_alone_wrote_is_told_to_readers_as_a_single_coder(client, reviewer):
    case = make_complete(who=reviewer, coding="reviewed")
    go(case, "submit", reviewer)
    assert go(case, "publish", reviewer).coding == Coding.SINGLE
    assert "single coder" in client.get(f"/cases/{case.slug}/").content.decode()


def test_the_check_of_somebody_else_is_told_to_readers(client, editor, reviewer):
    case = make_complete(who=editor)
    go(case, "submit", editor)
    assert go(case, "publish", reviewer).coding == Coding.REVIEWED
    assert "checked by a reviewer" in client.get(f"/cases/{case.slug}/").content.decode()


def test_a_reviewer_who_mends_what_another_wrote_is_no_single_coder(editor, reviewer):
    case = make_complete(who=editor)
    Case.objects.update(title_en="Mended")
    records.note_saved("case", case.slug, source=Source.ADMIN, who=reviewer)
    go(case, "submit", reviewer)
    assert go(case, "publish", reviewer).coding == Coding.REVIEWED


def test_a_case_that_two_coded_apart_stays_so_when_it_is_published(editor, reviewer):
    case = make_complete(who=editor, coding="double", review="in_review")
    assert go(case, "publish", reviewer).coding == Coding.DOUBLE


def test_what_was_written_before_a_withdrawal_counts_no_longer(editor, reviewer):
    case = make_complete(who=editor, review="in_review")
    go(case, "publish", reviewer)
    go(case, "withdraw", reviewer, why="Wrong.")
    go(case, "reopen", reviewer, why="Mend it.")
    Case.objects.update(summary_en="All anew.")
    records.note_saved("case", case.slug, source=Source.ADMIN, who=reviewer)
    go(case, "submit", reviewer)
    assert go(case, "publish", reviewer).coding == Coding.SINGLE


def test_a_case_published_again_untouched_keeps_what_was_said_of_its_coding(editor, reviewer):
    case = make_complete(who=editor, review="in_review")
    go(case, "publish", reviewer)
    go(case, "withdraw", reviewer, why="Wrong.")
    go(case, "reopen", reviewer, why="It was right.")
    go(case, "submit", reviewer)
    assert go(case, "publish", reviewer).coding == Coding.REVIEWED


# At the desk


def change_address(case):
    return f"/admin/cases/case/{case.pk}/change/"


def move_address(case, name):
    return f"/admin/cases/case/{case.pk}/move/{name}/"


def hidden(response):
    """The hidden fields of a page's form."""
    found = re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()
    )
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def press(client, case, name, why=""):
    page = client.get(move_address(case, name))
    return client.post(move_address(case, name), hidden(page) | {"why": why})


def test_the_form_has_a_button_for_each_step_that_may_be_gone(client, editor, reviewer):
    case = make_complete(review="in_review")
    for who, names in [(editor, {"return"}), (reviewer, {"return", "publish"})]:
        client.force_login(who)
        page = client.get(change_address(case)).content.decode()
        assert set(re.findall(rf"/case/{case.pk}/move/(\w+)/", page)) == names


def test_states_cannot_be_typed(client, reviewer):
    case = make_complete()
    client.force_login(reviewer)
    form = client.get(change_address(case)).context["adminform"].form
    assert {"review", "coding", "published_on"}.isdisjoint(form.fields)


def test_a_case_is_coded_sent_and_published_with_buttons(client, editor, reviewer):
    case = make_complete(who=editor)
    client.force_login(editor)
    assert press(client, case, "submit").status_code == 302
    client.force_login(reviewer)
    assert press(client, case, "publish", "Checked against the text.").status_code == 302
    case.refresh_from_db()
    assert (case.review, case.coding) == ("published", "reviewed")
    assert states_of(case.slug)[-1] == ("published", reviewer, "Checked against the text.")


def test_what_is_missing_stands_on_the_page_before_and_after_the_button(client, reviewer):
    case = make_complete(review="in_review", title_fa="")
    client.force_login(reviewer)
    link = f'<a href="{change_address(case)}#id_title_fa">There is no title in Persian.</a>'
    assert link in client.get(move_address(case, "publish")).content.decode()
    response = press(client, case, "publish")
    assert response.status_code == 200
    assert link in response.content.decode()
    case.refresh_from_db()
    assert case.review == "in_review"


def test_a_step_without_its_reason_is_asked_for_it_and_not_gone(client, reviewer):
    case = make_complete(review="published")
    client.force_login(reviewer)
    response = press(client, case, "withdraw")
    assert "This field is required." in response.content.decode()
    case.refresh_from_db()
    assert case.review == "published"


def test_after_a_refusal_the_page_shows_what_is_there_now_and_asks_anew(client, reviewer):
    case = make_complete(review="in_review")
    client.force_login(reviewer)
    page = client.get(move_address(case, "publish"))
    Case.objects.update(title_en="Changed")
    records.note_saved("case", case.slug, source=Source.ADMIN)
    again = client.post(move_address(case, "publish"), hidden(page) | {"why": "Good."})
    assert "look again" in again.content.decode()
    assert ">Good.</textarea>" in again.content.decode().replace("\n", "")
    assert client.post(move_address(case, "publish"), hidden(again)).status_code == 302
    case.refresh_from_db()
    assert case.review == "published"


def test_an_address_alone_moves_nothing(client, reviewer):
    case = make_complete(review="in_review")
    client.force_login(reviewer)
    assert client.get(move_address(case, "publish")).status_code == 200
    case.refresh_from_db()
    assert case.review == "in_review"
    assert client.get(move_address(case, "burn")).status_code == 404
    assert client.get("/admin/cases/case/999999/move/publish/").status_code == 404


@pytest.mark.parametrize("address", ["²", "٣", "9" * 30, "9" * 5000, "1_2F3", "None"])
def test_a_case_that_no_number_names_is_not_found(client, reviewer, address):
    client.force_login(reviewer)
    for page in ("change", "delete", "history"):
        answer = client.get(f"/admin/cases/case/{quote(address)}/{page}/")
        assert (answer.status_code, answer.get("Location")) == (302, "/admin/")


# What readers see stays complete

WORDLESS = "no words: quote the source, or mark it editor_inference."


def statement_address(statement, page="change"):
    return reverse(f"admin:cases_statement_{page}", args=[statement.pk])


@pytest.fixture
def seen():
    """A case that readers see, with a tool on words."""
    case = make_complete(review="published")
    make_statement(case, key="t1", by=["un"])
    make_statement(case, "event:coup", key="v1")
    Case.objects.update(coverage="substantial")
    records.note_saved("case", case.slug, source=Source.ADMIN)
    return case


def is_untouched(seen) -> bool:
    newest = Revision.objects.filter(kind="case").order_by("pk").last()
    return newest.who is None and records.dump("case")[seen.slug] == newest.data


def test_a_save_that_takes_from_a_published_case_is_refused_and_comes_back_as_typed(
    client, reviewer, seen
):
    client.force_login(reviewer)
    posted = form_of(client, change_address(seen)) | {"title_fa": "", "title_en": "Typed"}
    response = client.post(change_address(seen), posted)
    page = html.unescape(response.content.decode())
    assert response.status_code == 200
    assert "Readers see this case, and it would no longer be complete" in page
    assert "There is no title in Persian." in page
    assert response.context["adminform"].form["title_en"].value() == "Typed"
    assert is_untouched(seen)
    assert not LogEntry.objects.exists()
    again = form_of_page(response) | {"title_fa": "گینه"}
    assert client.post(change_address(seen), again).status_code == 302
    seen.refresh_from_db()
    assert (seen.title_en, seen.title_fa) == ("Typed", "گینه")


def test_rows_that_lack_something_come_back_open_with_what_they_lack(client, reviewer, seen):
    client.force_login(reviewer)
    posted = form_of(client, change_address(seen))
    evidence = seen.statements.get(key="t1").evidence.get()
    event = {"event-TOTAL_FORMS": "2", "event-1-term": "coup", "event-1-key": "v2"}
    event |= {"event-1-scope": "this_case", "event-1-support": "states", "event-1-place": "Typed"}
    situation = {"situation-0-DELETE": "on"}
    posted |= {"tool-0-dropped": [evidence.quotation_id]} | event | situation
    response = client.post(change_address(seen), posted)
    said = html.unescape(response.content.decode())
    assert f"t1: {WORDLESS}" in said
    assert f"v2: {WORDLESS}" in said
    assert "say at least situation:not_stated" in said
    tables = {
        each.formset.prefix: each.formset
        for each in response.context["inline_admin_formsets"]
        if hasattr(each.formset, "scheme")
    }
    assert tables["tool"].forms[0].non_field_errors() == [WORDLESS]
    assert tables["event"].forms[0].non_field_errors() == []
    assert tables["event"].forms[1].non_field_errors() == [WORDLESS]
    assert tables["event"].forms[1]["place"].value() == "Typed"
    assert is_untouched(seen)


def test_the_form_of_a_statement_takes_no_words_from_a_published_case(client, reviewer, seen):
    statement = seen.statements.get(key="t1")
    client.force_login(reviewer)
    posted = form_of(client, statement_address(statement))
    posted |= {"evidence-0-DELETE": "on", "note_en": "Typed"}
    response = client.post(statement_address(statement), posted)
    assert f"t1: {WORDLESS}" in response.content.decode()
    assert response.context["adminform"].form["note_en"].value() == "Typed"
    assert is_untouched(seen)


def test_a_statement_that_a_published_case_needs_is_not_deleted(client, reviewer, seen):
    statement = seen.statements.get(term="situation:not_stated")
    client.force_login(reviewer)
    response = delete(client, statement_address(statement, "delete"))
    assert response.url == statement_address(statement, "delete")
    said = client.get(response.url).content.decode()
    assert "say at least situation:not_stated" in said
    chosen = reverse("admin:cases_statement_changelist")
    response = delete_chosen(client, chosen, [statement.pk])
    assert "say at least situation:not_stated" in client.get(response.url).content.decode()
    assert is_untouched(seen)


def test_an_editor_may_leave_a_working_copy_of_a_published_case_incomplete(client, editor, seen):
    client.force_login(editor)
    posted = form_of(client, change_address(seen)) | {"title_fa": ""}
    assert client.post(change_address(seen), posted).status_code == 302
    assert workflow.working_copy(seen).title_fa == ""


def test_a_reviewer_may_leave_a_case_incomplete_that_readers_do_not_see(client, reviewer):
    for review in ("draft", "in_review", "withdrawn"):
        case = make_complete(review, review=review)
        client.force_login(reviewer)
        posted = form_of(client, change_address(case)) | {"title_fa": ""}
        assert client.post(change_address(case), posted).status_code == 302


# Many at once


def choose(client, cases, action):
    posted = {"action": action, "_selected_action": [case.pk for case in cases]}
    return client.post("/admin/cases/case/", posted)


def confirm(client, cases, action, page, **changed):
    posted = hidden(page) | {"_selected_action": [case.pk for case in cases]} | changed
    return client.post("/admin/cases/case/", posted, follow=True)


def test_cases_chosen_in_the_list_are_published_as_one_change(client, reviewer):
    ready = [make_complete(f"ready-{n}", review="in_review") for n in (1, 2)]
    lacking = make_complete("lacking", review="in_review", title_ar="")
    draft = make_complete("draft")
    cases = [*ready, lacking, draft]
    client.force_login(reviewer)
    page = choose(client, cases, "publish_many")
    assert "There is no title in Arabic." in page.content.decode()
    assert not Case.objects.published().exists()

    said = confirm(client, cases, "publish_many", page, why="The first load.").content.decode()
    assert set(Case.objects.published()) == set(ready)
    written = Revision.objects.filter(who=reviewer)
    assert {(each.key, each.why) for each in written} == {
        ("ready-1", "The first load."),
        ("ready-2", "The first load."),
    }
    assert len({each.change_set for each in written}) == 1
    assert "Published: ready-1, ready-2" in said
    assert f"{change_address(lacking)}#id_title_ar" in said
    assert "draft</bdi>: Its state is «draft»; for this it must be «in review»." in said


@pytest.mark.parametrize(
    ("group", "offered"),
    [
        ("editor", {"submit_many"}),
        ("reviewer", {"submit_many", "publish_many", "withdraw_many"}),
    ],
)
def test_the_list_offers_each_group_its_steps(client, group, offered):
    case = make_complete(review="in_review")
    client.force_login(make_person(group))
    page = client.get("/admin/cases/case/").content.decode()
    assert set(re.findall(r'<option value="(\w+_many)"', page)) == offered
    if "publish_many" not in offered:
        posted = {"action": "publish_many", "post": "yes", "_selected_action": [case.pk]}
        client.post("/admin/cases/case/", posted | {"seen": "-", "why": ""})
        assert not Case.objects.published().exists()


def test_many_are_withdrawn_only_with_a_reason(client, reviewer):
    cases = [make_complete(slug, review="published") for slug in ("one", "two")]
    client.force_login(reviewer)
    page = choose(client, cases, "withdraw_many")
    assert (
        "This field is required."
        in confirm(client, cases, "withdraw_many", page, why="").content.decode()
    )
    assert Case.objects.published().count() == 2
    confirm(client, cases, "withdraw_many", page, why="All wrong.")
    assert set(Case.objects.values_list("review", flat=True)) == {"withdrawn"}


def test_a_case_that_changed_under_the_list_is_left_alone(client, editor):
    case = make_complete()
    client.force_login(editor)
    page = choose(client, [case], "submit_many")
    Case.objects.update(title_en="Changed")
    records.note_saved("case", case.slug, source=Source.ADMIN)
    said = confirm(client, [case], "submit_many", page, why="").content.decode()
    assert "look again" in said
    case.refresh_from_db()
    assert case.review == "draft"


# Two at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_of_two_who_publish_at_once_one_is_refused():
    import threading

    from django.db import connections

    case = make_complete(review="in_review")
    people = [make_person("superuser", name) for name in ("one", "two")]
    start, done = threading.Barrier(2), []

    def publish(pk):
        who = get_user_model().objects.get(pk=pk)
        start.wait()
        try:
            go(case, "publish", who)
            done.append("published")
        except Refused:
            done.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=[who.pk]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["published", "refused"]
    assert [state for state, _who, _why in states_of(case.slug)] == ["in_review", "published"]
