"""Two editors on one record: nothing is overwritten, nothing is lost, both are told."""

import threading
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.signals import post_save
from django.test import Client

from cases import records
from cases.admin.meanwhile import CHOICE
from cases.models import Actor, Case, CaseCountry, Revision, Statement, Term
from cases.models.choices import Source
from cases.records import Index
from tests.cases.test_admin import address, delete_chosen, form_of, named, said_of
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_passage,
    make_quotation,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db


def make_editor(name):
    return get_user_model().objects.create_superuser(name, password=None)


@pytest.fixture
def amina():
    """The one whose form is open."""
    client = Client()
    client.force_login(make_editor("amina"))
    return client


@pytest.fixture
def bo():
    """The one who saves first."""
    client = Client()
    client.force_login(make_editor("bo"))
    return client


@pytest.fixture
def case():
    case = make_case("guinea-2009", review="draft", countries=["GIN"])
    passage = make_passage("The envoy mediated in Conakry in 2009; the envoy left.")
    words = make_quotation("mediated", passage)
    make_statement(case, "situation:electoral", key="s1", quotations=[words])
    make_statement(case, "tool:mediation", key="t1", by=["un", "au"], quotations=[words])
    make_statement(case, "tool:good_offices", key="t2", by=["un"], quotations=[words])
    for scheme in ("trigger", "initiation", "un_role"):
        make_statement(case, f"{scheme}:not_stated", key=scheme)
    records.note_saved("case", case.slug, source=Source.SEED)
    return case


def url_of(row) -> str:
    return address(type(row), "change", row.pk)


def case_data() -> dict:
    return records.dump("case", ["guinea-2009"])["guinea-2009"]


def statement_data(key) -> dict | None:
    return next((row for row in case_data()["statements"] if row["key"] == key), None)


def save(client, row, **changes):
    """Open the form of a row and save it at once with these changes."""
    url = url_of(row)
    return client.post(url, form_of(client, url) | changes)


def import_case(**changes):
    """Save the case anew as an import does."""
    index = Index()
    data = case_data() | changes
    made = records.plan("case", {"guinea-2009": data}, index, {})
    assert made.problems == []
    records.apply([made], index, source=Source.IMPORT)


def posted_again(response, **choices) -> dict:
    """What the browser posts from the form that came back, with choices between both sides."""
    posted = form_in(response)
    posted["seen_version"] = response.context["meanwhile"].now
    return posted | {f"{CHOICE}{path}": side for path, side in choices.items()}


def form_in(response) -> dict:
    context, posted = response.context, {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
        assert len(inline.formset.initial_forms) == len(inline.formset.get_queryset())
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                posted[field.html_name] = "on"
            elif value is not None and value is not False:
                posted[field.html_name] = value
    return posted


def clash_paths(response) -> set[str]:
    return {clash.path for clash in response.context["meanwhile"].merge.clashes}


# Saving after somebody else


def test_a_form_opened_before_another_saved_is_refused_and_nothing_is_written(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title"}
    assert save(bo, case, title_en="Bo's title").status_code == 302
    before = Revision.objects.count()
    response = amina.post(url, posted)
    assert "somebody else saved this while you had it open" in said_of(response)
    assert case_data()["title_en"] == "Bo's title"
    assert Revision.objects.count() == before
    assert clash_paths(response) == {"title_en"}
    page = response.content.decode()
    for words in ("Guinea 2009", "Bo&#x27;s title", "Amina&#x27;s title", "<bdi>bo</bdi>"):
        assert words in page
    # What she typed is still in the form.
    assert form_in(response)["title_en"] == "Amina's title"


@pytest.mark.parametrize(("side", "title"), [("theirs", "Bo's title"), ("ours", "Amina's title")])
def test_the_choice_decides_and_the_rest_of_both_is_saved(amina, bo, case, side, title):
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title", "summary_en": "Amina's summary"}
    save(bo, case, title_en="Bo's title", title_fa="عنوان")
    response = amina.post(url, posted)
    response = amina.post(url, posted_again(response, title_en=side))
    assert response.status_code == 302
    data = case_data()
    assert (data["title_en"], data["title_fa"]) == (title, "عنوان")
    assert data["summary_en"] == "Amina's summary"
    newest = Revision.objects.filter(key="guinea-2009").order_by("-version").first()
    assert (newest.version, newest.who.username, newest.source) == (3, "amina", Source.ADMIN)
    assert newest.data == data
    assert "joined with version 2" in newest.why


def test_without_a_choice_nothing_is_overwritten(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title"}
    save(bo, case, title_en="Bo's title")
    again = amina.post(url, posted_again(amina.post(url, posted)))
    assert again.status_code == 200
    assert case_data()["title_en"] == "Bo's title"


def test_what_only_one_changed_needs_no_choice_but_is_shown_first(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url) | {"summary_en": "Amina's summary"}
    save(bo, case, title_en="Bo's title")
    response = amina.post(url, posted)
    assert clash_paths(response) == set()
    assert [each.path for each in response.context["meanwhile"].kept] == ["title_en"]
    assert amina.post(url, posted_again(response)).status_code == 302
    data = case_data()
    assert (data["title_en"], data["summary_en"]) == ("Bo's title", "Amina's summary")


def test_who_saves_a_third_time_meanwhile_is_shown_too(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title"}
    save(bo, case, title_en="Bo's title")
    response = amina.post(url, posted)
    save(bo, case, title_en="Bo's better title")
    response = amina.post(url, posted_again(response, title_en="ours"))
    assert response.status_code == 200
    assert "Bo&#x27;s better title" in response.content.decode()
    assert case_data()["title_en"] == "Bo's better title"
    assert amina.post(url, posted_again(response, title_en="ours")).status_code == 302
    assert case_data()["title_en"] == "Amina's title"


def test_a_form_that_says_no_version_overwrites_nothing(amina, bo, case):
    url = url_of(case)
    for version in (None, "", "x", "-1", "99", "9" * 40):
        posted = form_of(amina, url) | {"title_en": "Amina's title", "read_version": version}
        posted = {name: value for name, value in posted.items() if value is not None}
        assert amina.post(url, posted).status_code == 200, version
        assert case_data()["title_en"] == "Guinea 2009"


def test_a_record_that_has_no_revision_yet_is_saved(amina):
    term = make_term("tool:mediation")
    assert term.version == 0
    assert save(amina, term, label_en="Mediating").status_code == 302
    assert Revision.objects.get(kind="term").version == 1


@pytest.mark.parametrize(("side", "note", "start"), [("theirs", "Bo's", ""), ("ours", "", "1945")])
def test_where_nothing_tells_what_was_opened_one_chooses_the_whole(amina, bo, side, note, start):
    actor = make_actor("un", name="United Nations", start="1945")
    url = url_of(actor)
    posted = form_of(amina, url)
    save(bo, actor, note_en="Bo's", start="")
    response = amina.post(url, posted)
    assert clash_paths(response) == {""}
    assert amina.post(url, posted_again(response)).status_code == 200
    assert amina.post(url, posted_again(response, **{"": side})).status_code == 302
    actor.refresh_from_db()
    assert (actor.note_en, actor.start) == (note, start)


def test_a_form_with_mistakes_says_both_and_is_compared_when_they_are_mended(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title", "start": "soon"}
    save(bo, case, title_en="Bo's title")
    response = amina.post(url, posted)
    assert "soon" in said_of(response)
    assert [each.path for each in response.context["meanwhile"].kept] == ["title_en"]
    response = amina.post(url, posted_again(response) | {"start": "2009"})
    assert clash_paths(response) == {"title_en"}
    response = amina.post(url, posted_again(response, title_en="ours"))
    assert response.status_code == 302
    assert (case_data()["title_en"], case_data()["start"]) == ("Amina's title", "2009")


def test_what_makes_no_sense_together_is_refused_with_the_reason(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url)
    new = {"key": "s2", "term": "situation:not_stated", "scope": "this_case"}
    prefix = named(posted, "-key", "s1").rpartition("-")[0]
    make_term("situation:not_stated")
    posted[f"{prefix}-0-DELETE"] = "on"
    posted[f"{prefix}-TOTAL_FORMS"] = "2"
    posted |= {f"{prefix}-1-{name}": value for name, value in new.items()}
    other = dict(statement_data("s1"), key="s3")
    import_case(statements=[*case_data()["statements"], other])
    response = amina.post(url, posted)
    assert clash_paths(response) == set()
    response = amina.post(url, posted_again(response))
    assert response.status_code == 200
    assert "an absence code never stands beside another code" in response.content.decode()
    assert {"s1", "s3"} <= {row["key"] for row in case_data()["statements"]}


# Rows


def test_rows_of_both_are_kept(amina, bo, case):
    make_country("LBR")
    make_term("tool:mediation")
    url = url_of(case)
    posted = form_of(amina, url)
    posted |= {"case_countries-1-country": "LBR", "case_countries-1-role": "at_risk"}
    place = named(posted, "-key", "t2")
    save(bo, case, **{f"{place}-place": "Conakry"})
    response = amina.post(url, posted)
    assert [each.path for each in response.context["meanwhile"].kept] == ["statements.t2.place"]
    assert amina.post(url, posted_again(response)).status_code == 302
    assert [row["country"] for row in case_data()["countries"]] == ["GIN", "LBR"]
    assert statement_data("t2")["place"] == "Conakry"


def test_a_cell_of_a_row_that_both_changed_is_chosen_alone(amina, bo, case):
    url = url_of(case)
    posted = form_of(amina, url)
    place = named(posted, "-key", "t1")
    save(bo, case, **{f"{place}-when": "2009", f"{place}-quantity": "two"})
    response = amina.post(url, posted | {f"{place}-when": "2010", f"{place}-place": "Labé"})
    assert clash_paths(response) == {"statements.t1.when"}
    again = posted_again(response, **{"statements.t1.when": "ours"})
    assert amina.post(url, again).status_code == 302
    row = statement_data("t1")
    assert (row["when"], row["quantity"], row["place"]) == ("2010", "two", "Labé")
    assert row["by"] == ["un", "au"]


@pytest.mark.parametrize("side", ["theirs", "ours"])
def test_a_statement_that_one_deleted_and_the_other_changed_is_chosen_whole(amina, bo, case, side):
    before = statement_data("t1")
    url = url_of(case)
    posted = form_of(amina, url)
    place = named(posted, "-key", "t1")
    save(bo, case, **{f"{place}-DELETE": "on"})
    response = amina.post(url, posted | {f"{place}-when": "2010"})
    assert clash_paths(response) == {"statements.t1"}
    assert statement_data("t1") is None
    again = posted_again(response, **{"statements.t1": side})
    assert amina.post(url, again).status_code == 302
    # Her statement comes back whole, with what her form does not even show: actors and words.
    assert statement_data("t1") == (before | {"when": "2010"} if side == "ours" else None)


def test_a_statement_that_another_deleted_stays_deleted_where_the_form_left_it_alone(
    amina, bo, case
):
    url = url_of(case)
    posted = form_of(amina, url)
    save(bo, case, **{f"{named(posted, '-key', 't1')}-DELETE": "on"})
    response = amina.post(url, posted | {"title_en": "Amina's title"})
    assert clash_paths(response) == set()
    assert amina.post(url, posted_again(response)).status_code == 302
    assert statement_data("t1") is None
    assert case_data()["title_en"] == "Amina's title"


def test_rows_that_an_import_wrote_anew_are_found_again(amina, case):
    make_country("LBR")
    old = CaseCountry.objects.get(case=case).pk
    url = url_of(case)
    posted = form_of(amina, url) | {"title_en": "Amina's title"}
    import_case(countries=[*case_data()["countries"], {"country": "LBR", "role": "party"}])
    assert not CaseCountry.objects.filter(pk=old).exists()
    response = amina.post(url, posted)
    assert clash_paths(response) == set()
    assert amina.post(url, posted_again(response)).status_code == 302
    assert [row["country"] for row in case_data()["countries"]] == ["GIN", "LBR"]
    assert case_data()["title_en"] == "Amina's title"


def test_both_adding_the_same_row_is_no_quarrel(amina, bo, case):
    make_country("LBR")
    url = url_of(case)
    new = {"case_countries-1-country": "LBR", "case_countries-1-role": "at_risk"}
    posted = form_of(amina, url) | new | {"title_en": "Amina's title"}
    save(bo, case, **new)
    response = amina.post(url, posted)
    assert clash_paths(response) == set()
    assert amina.post(url, posted_again(response)).status_code == 302
    assert [row["country"] for row in case_data()["countries"]] == ["GIN", "LBR"]


def test_both_adding_a_statement_with_one_key_is_settled_cell_by_cell(amina, bo, case):
    make_term("tool:mediation")
    url = url_of(case)
    posted = form_of(amina, url)
    prefix = named(posted, "-key", "t1").rpartition("-")[0]
    new = {"key": "t9", "term": "tool:mediation", "scope": "this_case", "support": "states"}
    new = {f"{prefix}-2-{name}": value for name, value in new.items()}
    new[f"{prefix}-TOTAL_FORMS"] = "3"
    save(bo, case, **new, **{f"{prefix}-2-when": "2009"})
    response = amina.post(url, posted | new | {f"{prefix}-2-when": "2010"})
    assert clash_paths(response) == {"statements.t9.when"}


# The statement's own form


def test_the_form_of_a_statement_knows_the_version_of_its_case(amina, bo, case):
    statement = case.statements.get(key="t1")
    url = url_of(statement)
    posted = form_of(amina, url) | {"note_en": "Amina's note", "when": "2010"}
    save(bo, case, title_en="Bo's title", **{f"{place_of(bo, case, 't1')}-when": "2009"})
    response = amina.post(url, posted)
    assert clash_paths(response) == {"statements.t1.when"}
    assert statement_data("t1").get("note_en") is None
    again = posted_again(response, **{"statements.t1.when": "ours"})
    assert amina.post(url, again).status_code == 302
    assert case_data()["title_en"] == "Bo's title"
    row = statement_data("t1")
    assert (row["note_en"], row["when"], row["by"]) == ("Amina's note", "2010", ["un", "au"])


def test_actors_that_an_import_wrote_anew_are_found_again_in_the_form_of_a_statement(amina, case):
    statement = case.statements.get(key="t1")
    make_actor("ecowas")
    url = url_of(statement)
    posted = form_of(amina, url) | {"note_en": "Amina's note"}
    rows = [
        row | {"by": ["un", "au", "ecowas"]} if row["key"] == "t1" else row
        for row in case_data()["statements"]
    ]
    import_case(statements=rows)
    response = amina.post(url, posted)
    assert clash_paths(response) == set()
    assert amina.post(url, posted_again(response)).status_code == 302
    row = statement_data("t1")
    assert (row["by"], row["note_en"]) == (["un", "au", "ecowas"], "Amina's note")


def place_of(client, case, key) -> str:
    return named(form_of(client, url_of(case)), "-key", key)


def test_two_statements_of_one_case_saved_one_after_the_other_are_both_there(amina, bo, case):
    first, second = case.statements.get(key="t1"), case.statements.get(key="t2")
    posted = form_of(amina, url_of(first)) | {"note_en": "Amina's"}
    save(bo, second, note_en="Bo's")
    response = amina.post(url_of(first), posted)
    assert amina.post(url_of(first), posted_again(response)).status_code == 302
    assert (statement_data("t1")["note_en"], statement_data("t2")["note_en"]) == ("Amina's", "Bo's")


def test_names_of_an_actor_that_both_added_are_all_kept(amina, bo):
    actor = make_actor("un", name="United Nations")
    records.note_saved("actor", "un", source=Source.SEED)
    url = url_of(actor)
    new = {"names-1-language": "fr", "names-1-name": "Nations Unies", "names-1-kind": "short"}
    posted = form_of(amina, url) | new
    save(bo, actor, **new | {"names-1-language": "es", "names-1-name": "Naciones Unidas"})
    response = amina.post(url, posted)
    assert amina.post(url, posted_again(response)).status_code == 302
    names = Actor.objects.get(code="un").names.values_list("language", flat=True)
    assert set(names) == {"en", "fr", "es"}


# Deleting


def test_what_changed_since_the_page_that_asks_is_not_deleted(amina, bo, case):
    url = address(Case, "delete", case.pk)
    version = amina.get(url).context["read_version"]
    save(bo, case, title_en="Bo's title")
    response = amina.post(url, {"post": "yes", "read_version": version}, follow=True)
    assert "Saved by somebody else meanwhile" in response.content.decode()
    assert case_data()["title_en"] == "Bo's title"
    version = response.context["read_version"]
    assert amina.post(url, {"post": "yes", "read_version": version}).status_code == 302
    assert not Case.objects.exists()


def test_of_rows_chosen_together_none_is_deleted_if_one_changed(amina, bo, case):
    other = make_case("guinea-2008", review="draft")
    url = address(Case, "changelist")
    posted = {"action": "delete_selected", "_selected_action": [case.pk, other.pk]}
    versions = amina.post(url, posted).context["read_versions"]
    save(bo, other, title_en="Bo's title")
    response = amina.post(url, posted | {"post": "yes", "read_version": versions}, follow=True)
    assert "Saved by somebody else meanwhile: Bo&#x27;s title" in response.content.decode()
    assert Case.objects.count() == 2
    delete_chosen(amina, url, [case.pk, other.pk])
    assert not Case.objects.exists()


def test_a_statement_is_not_deleted_from_a_case_that_moved_on(amina, bo, case):
    statement = case.statements.get(key="t2")
    url = address(Statement, "delete", statement.pk)
    version = amina.get(url).context["read_version"]
    save(bo, case, title_en="Bo's title")
    amina.post(url, {"post": "yes", "read_version": version})
    assert statement_data("t2") is not None


# Two connections


@contextmanager
def held(model):
    """Whoever saves a row of this model first waits, in the middle, until it is let go."""
    saving, go_on = threading.Event(), threading.Event()

    def wait(**_signal):
        if not saving.is_set():
            saving.set()
            go_on.wait(10)

    post_save.connect(wait, sender=model)
    try:
        yield saving, go_on
    finally:
        go_on.set()
        post_save.disconnect(wait, sender=model)


def post_in_thread(client, url, posted, answers):
    def post():
        try:
            answers[client] = client.post(url, posted)
        finally:
            connection.close()

    thread = threading.Thread(target=post)
    thread.start()
    return thread


def race(first, second, url, posts, model):
    """Both post; the second while the first is in the middle of saving. Their two answers."""
    answers = {}
    with held(model) as (saving, go_on):
        threads = [post_in_thread(first, url, posts[0], answers)]
        assert saving.wait(10)
        threads.append(post_in_thread(second, url, posts[1], answers))
        threads[1].join(0.5)
        assert threads[1].is_alive(), "the second did not wait for the first"
        go_on.set()
        for thread in threads:
            thread.join(30)
    return answers[first], answers[second]


@pytest.mark.django_db(transaction=True)
def test_of_two_connections_that_save_at_once_one_wins_and_the_other_is_told(amina, bo, case):
    url = url_of(case)
    posts = [form_of(bo, url) | {"title_en": "Bo's"}, form_of(amina, url) | {"title_en": "Amina's"}]
    won, told = race(bo, amina, url, posts, Case)
    assert (won.status_code, told.status_code) == (302, 200)
    assert clash_paths(told) == {"title_en"}
    assert case_data()["title_en"] == "Bo's"
    versions = Revision.objects.filter(key="guinea-2009").values_list("version", flat=True)
    assert sorted(versions) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_of_two_connections_one_saves_a_statement_and_the_other_its_case(amina, bo, case):
    statement = case.statements.get(key="t1")
    posts = form_of(bo, url_of(statement)) | {"note_en": "Bo's"}, form_of(amina, url_of(case))
    answers = {}
    with held(Statement) as (saving, go_on):
        first = post_in_thread(bo, url_of(statement), posts[0], answers)
        assert saving.wait(10)
        posted = posts[1] | {"title_en": "Amina's"}
        second = post_in_thread(amina, url_of(case), posted, answers)
        second.join(0.5)
        go_on.set()
        first.join(30)
        second.join(30)
    assert (answers[bo].status_code, answers[amina].status_code) == (302, 200)
    assert statement_data("t1")["note_en"] == "Bo's"
    assert case_data()["title_en"] == "Guinea 2009"


@pytest.mark.django_db(transaction=True)
def test_of_two_connections_that_make_the_same_record_the_second_is_told_in_a_sentence(amina, bo):
    for client in (amina, bo):
        client.get(address(Case, "changelist"))
    url = address(Case, "add")
    plain = {"slug": "new-case", "coverage": "named_only", "review": "draft"}
    posts = [
        form_of(client, url) | plain | {"title_en": name}
        for client, name in ((bo, "Bo's"), (amina, "Amina's"))
    ]
    won, told = race(bo, amina, url, posts, Case)
    assert won.status_code == 302
    assert "There is a case with this slug already." in said_of(told)
    assert Case.objects.get().title_en == "Bo's"
    assert form_in(told)["title_en"] == "Amina's"


@pytest.mark.django_db(transaction=True)
def test_of_two_connections_one_saves_what_the_other_is_about_to_delete(amina, bo, case):
    url = address(Case, "delete", case.pk)
    version = amina.get(url).context["read_version"]
    posted = form_of(bo, url_of(case)) | {"title_en": "Bo's"}
    answers = {}
    with held(Case) as (saving, go_on):
        first = post_in_thread(bo, url_of(case), posted, answers)
        assert saving.wait(10)
        deletion = {"post": "yes", "read_version": version}
        second = post_in_thread(amina, url, deletion, answers)
        second.join(0.5)
        go_on.set()
        first.join(30)
        second.join(30)
    assert answers[bo].status_code == 302
    assert case_data()["title_en"] == "Bo's"
    assert not Revision.objects.filter(data__isnull=True).exists()


def test_a_term_saved_twice_is_compared_too(amina, bo):
    term = make_term("tool:mediation")
    records.note_saved("term", term.id, source=Source.SEED)
    posted = form_of(amina, url_of(term)) | {"label_en": "Amina's"}
    save(bo, term, label_en="Bo's", definition_fa="تعریف")
    response = amina.post(url_of(term), posted)
    assert amina.post(url_of(term), posted_again(response, label_en="ours")).status_code == 302
    term = Term.objects.get()
    assert (term.label_en, term.definition_fa) == ("Amina's", "تعریف")
