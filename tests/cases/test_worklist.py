"""What waits for an editor, on the front page of the desk."""

import pytest
from django.contrib.auth import get_user_model

from cases import worklist
from cases.models import ActorName
from tests.factories import (
    add_passage,
    make_actor,
    make_case,
    make_edition,
    make_misprint,
    make_quotation,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db


def waiting() -> dict[str, worklist.Task]:
    return {task.name: task for task in worklist.tasks()}


def test_where_nothing_waits_nothing_is_listed(client):
    make_case("done", terms=["tool:mediation", "situation:not_stated"])
    assert set(waiting()) == set()


def test_unfinished_cases_wait():
    make_case("one", review="draft")
    make_case("two", review="in_review")
    make_case("three", review="withdrawn")
    found = waiting()
    assert [item.note for item in found["draft"].items] == ["one"]
    assert [item.note for item in found["in_review"].items] == ["two"]
    assert set(found) == {"draft", "in_review"}


def test_claims_without_words_wait_but_not_inferences_and_silences():
    case = make_case("one")
    make_statement(case, "tool:mediation", quotations=[], key="t1")
    make_statement(case, "tool:visits", quotations=[], support="editor_inference")
    make_statement(case, "trigger:not_stated")
    found = waiting()["without_words"]
    assert (found.count, found.items[0].note) == (1, "one/t1")


def test_a_text_waits_until_all_of_it_is_coded():
    edition = make_edition()
    coded = add_passage(edition, "p1", "The envoy mediated.")
    add_passage(edition, "p2", "The parties met.")
    make_statement(make_case("one"), "tool:mediation", quotations=[make_quotation(passage=coded)])
    assert waiting()["uncoded"].items[0].note == "1 passage to code"


@pytest.mark.parametrize(("language", "arrow"), [("en", "→"), ("fa", "←")])
def test_only_doubtful_errata_wait(language, arrow):
    passage = add_passage(make_edition(language=language), "p1", "Libya and Nairoby")
    make_misprint(passage, "Libya", certainty="possible")
    make_misprint(passage, "Nairoby")
    task = waiting()["errata"]
    assert (task.count, task.items[0].name) == (1, f"Libya {arrow} Conakry")


def test_actors_with_one_name_look_double_whatever_its_letters():
    one, other = make_actor("one", name="Arab League"), make_actor("two", name="Arab-League")
    third = make_actor("three", name="The League")
    # The sources write «the commission» of many.
    for actor in (one, third):
        ActorName.objects.create(actor=actor, language="en", name="it", kind="as_printed")
    assert worklist.double_actors() == [(one, other)]
    assert "?old=two&new=one" in waiting()["double_actor"].items[0].address


def test_terms_of_one_vocabulary_with_one_label_look_double():
    one = make_term("tool:shuttle", label_fa="دیپلماسی رفت و برگشتی")
    other = make_term("tool:shuttling", label_fa="دیپلماسی رفت‌وبرگشتی")
    make_term("event:shuttle", label_fa="دیپلماسی رفت‌وبرگشتی")
    make_term("tool:old", label_fa="دیپلماسی رفت‌وبرگشتی", retired_on="2020-01-01")
    assert worklist.double_terms() == [(one, other)]


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_the_front_page_of_the_desk_leads_to_each(client, prefix):
    client.force_login(get_user_model().objects.create_superuser("editor", password=None))
    for number in range(worklist.SHOWN + 1):
        make_case(f"case-{number}", review="draft")
    make_actor("one", name="Arab League")
    make_actor("two", name="Arab League")
    make_statement(make_case("public"), "tool:mediation", quotations=[])
    page = client.get(f"{prefix}/admin/")
    assert page.status_code == 200
    for task in worklist.tasks():
        for address in [item.address for item in task.items] + [task.all_address]:
            if address:
                assert client.get(address).status_code == 200, address
    assert "review__exact=draft" in page.content.decode()


def test_the_work_list_takes_a_fixed_number_of_queries(django_assert_num_queries):
    for number in range(12):
        case = make_case(f"case-{number}", review="draft")
        make_statement(case, "tool:mediation", quotations=[], indexed=False)
    # Cases in review; drafts and their number; claims and their number; texts; errata; actors
    # with their names; terms.
    with django_assert_num_queries(11):
        worklist.tasks()
