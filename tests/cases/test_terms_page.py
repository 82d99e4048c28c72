"""/terms/…, /tools/…: what a term means, where it is said, and with what results."""

import datetime
import re

import pytest
from django.utils import translation
from django.utils.translation import gettext

from cases.models import StatementActor
from cases.views import kept
from tests.factories import make_actor, make_case, make_statement, make_term

pytestmark = pytest.mark.django_db


def read(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def tell(case, tool="tool:mediation", outcome=None, **changed):
    """A tool used in a case and, where one is given, the outcome that is owed to it."""
    used = make_statement(case, tool)
    if outcome:
        made = make_statement(case, outcome, **changed)
        made.credited_to.add(used)
    return used


def test_a_term_tells_what_it_means_in_the_readers_language_or_says_which(client):
    make_term("situation:electoral", definition_fa="کشمکش بر سر رأی", scope_note_en="Over a vote.")
    page = text_of(read(client, "/fa/terms/situation/electoral/"))
    assert "کشمکش بر سر رأی" in page
    with translation.override("fa"):
        marked = gettext("in %(language)s") % {"language": gettext("English")}
    raw = read(client, "/fa/terms/situation/electoral/")
    assert '<span lang="en" dir="ltr">Over a vote.</span>' in raw
    assert f"Over a vote. ({marked})" in page
    assert f"کشمکش بر سر رأی ({marked})" not in page


def test_a_term_names_broader_and_narrower_ones_and_outside_lists(client):
    group = make_term("tool:diplomatic")
    make_term("tool:mediation", broader=group, match="Charter:33; FIELD:x; UCDP:government")
    page = read(client, "/tools/mediation/")
    assert '<a href="/tools/diplomatic/">diplomatic</a>' in page
    assert "UN Charter, Article 33; UCDP: government" in text_of(page).replace(" ;", ";")
    assert "FIELD" not in page
    assert "ماده ۳۳" in text_of(read(client, "/fa/tools/mediation/")).replace("مادهٔ", "ماده")
    assert '<a href="/tools/mediation/">mediation</a>' in read(client, "/tools/diplomatic/")


def test_a_retired_term_says_what_replaced_it(client):
    new = make_term("aim:calm")
    make_term("aim:quiet", retired_on=datetime.date(2024, 5, 1), replaced_by=new)
    page = read(client, "/terms/aim/quiet/")
    assert "1 May 2024" in text_of(page)
    assert 'Use instead: <a href="/terms/aim/calm/">calm</a>' in page


def test_the_cases_stand_in_order_of_date_with_who_did_it(client):
    for slug, start in (("late", "2011"), ("undated", ""), ("early", "2008")):
        make_statement(make_case(slug, start=start), "tool:mediation", by=["unowa"], when=start)
    page = read(client, "/tools/mediation/")
    assert re.findall(r'<h3><a href="/cases/([a-z]+)/"', page) == ["early", "late", "undated"]
    assert '<a href="/actors/unowa/">UNOWA</a>' in page
    assert "UNOWA 3 of 3 cases" in text_of(page)


def test_a_broader_tool_includes_its_narrower_ones_and_counts_a_case_once(client):
    group = make_term("tool:diplomatic")
    make_term("tool:mediation", broader=group)
    make_term("tool:facilitation", broader=group)
    make_case("one", terms=["tool:mediation", "tool:facilitation"])
    make_case("two", terms=["tool:mediation"])
    make_case("three")
    assert "Cases 2 of 3 (narrower" in text_of(read(client, "/tools/diplomatic/"))
    page = text_of(read(client, "/tools/"))
    assert "diplomatic 2 of 3 cases" in page
    assert "mediation 2 of 3 cases" in page
    assert "facilitation 1 of 3 cases" in page


def test_an_outcome_is_counted_for_a_tool_only_where_it_is_owed_to_it(client):
    tell(make_case("one"), outcome="outcome:calm")
    tell(make_case("two"), outcome="outcome:calm", attribution="contributed")
    three = make_case("three")
    tell(three)
    make_statement(three, "outcome:calm", attribution="not_claimed")
    make_statement(three, "outcome:calm", attribution="credited", horizon="one_year")
    four = make_case("four")
    tell(four)
    make_statement(four, "outcome:not_stated")
    make_case("five", terms=["outcome:calm"])
    page = text_of(read(client, "/tools/mediation/"))
    assert "Brought about by it, says the source calm 1 of 4 cases Helped by it" in page
    assert "Helped by it, says the source calm 1 of 4 cases Came" in page
    assert "Came in the same cases, not credited to it calm 1 of 4 cases No outcome" in page
    assert "No outcome is stated in 1 of 4 cases" in page
    owed = text_of(read(client, "/terms/outcome/calm/"))
    assert "Tools to which it is owed mediation 2 of 4 cases" in owed


def test_an_outcome_owed_to_another_tool_is_not_this_ones(client):
    case = make_case("one")
    tell(case, "tool:mediation", "outcome:calm")
    tell(case, "tool:logistics")
    page = text_of(read(client, "/tools/logistics/"))
    assert "Came in the same cases, not credited to it calm 1 of 1 case" in page
    assert "Brought about" not in page
    page = text_of(read(client, "/tools/mediation/"))
    assert "Brought about by it, says the source calm 1 of 1 case" in page
    assert "not credited" not in page


def test_who_used_a_tool_stands_apart_from_whom_it_was_used_with(client):
    used = make_statement(make_case("one"), "tool:mediation", by=["unowa"])
    StatementActor.objects.create(statement=used, actor=make_actor("au"), part="with")
    page = text_of(read(client, "/tools/mediation/"))
    assert "Who used it UNOWA 1 of 1 case Together with whom it was used AU 1 of 1 case" in page


def test_general_rules_are_left_out(client):
    make_statement(make_case("one"), "tool:mediation", scope="pattern", by=["unowa"])
    page = text_of(read(client, "/tools/mediation/"))
    assert "Cases 0 of 1 Cases" in page
    assert "UNOWA" not in page


def test_drafts_and_working_copies_show_nowhere(client):
    make_term("tool:mediation")
    public = make_case("public")
    draft = make_case("marked-draft", review="draft")
    copy = make_case("public", review="draft", working_copy_of=public)
    for case in (draft, copy):
        tell(case, outcome="outcome:calm")
        make_statement(case, "tool:mediation", by=[make_actor("marked-actor")], when="1999")
    for address in ("/tools/mediation/", "/terms/outcome/calm/", "/tools/"):
        page = read(client, address)
        assert "marked" not in page.lower()
        assert "1999" not in page
        assert "1 of 1 case" not in text_of(page)


def test_findings_about_a_term_stand_on_its_page(client):
    finding = make_statement(None, "finding:lesson", key="l1", note_en="Mediate early.")
    finding.about.add(make_term("tool:mediation"))
    page = text_of(read(client, "/tools/mediation/"))
    assert "Findings about it lesson Mediate early." in page
    assert "Mediate early." in read(client, "/terms/finding/lesson/")


def test_conditions_tell_what_was_done_and_types_who_is_of_them(client):
    make_statement(make_case("one", terms=["situation:electoral"]), "tool:mediation", by=["unowa"])
    assert "What was done in these cases mediation 1 of 1 case" in text_of(
        read(client, "/terms/situation/electoral/")
    )
    page = text_of(read(client, "/terms/actor_type/regional_organization/"))
    assert "UNOWA 1 case" in page
    assert "One" in page


def test_a_role_says_who_held_it_and_not_for_whom(client):
    held = make_statement(make_case("one"), "role:facilitator", by=["unowa"])
    StatementActor.objects.create(statement=held, actor=make_actor("un"), part="on_behalf_of")
    page = text_of(read(client, "/terms/role/facilitator/"))
    assert "Who held it UNOWA 1 of 1 case Cases" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/terms/tool/mediation/?page=1", 301),
        ("/terms/tool/", 301),
        ("/terms/tool/nothing_such/", 301),
        ("/tools/nothing_such/", 404),
        ("/terms/nothing/such/", 404),
        ("/tools/mediation/?page=2", 404),
        ("/tools/mediation/?page=0", 400),
        ("/tools/mediation/?page=x", 400),
        ("/tools/mediation/?page=1&page=2", 400),
        ("/tools/mediation/?pag=1", 400),
        ("/tools/?q=x", 400),
        ("/tools/a%00b/", 404),
    ],
)
def test_what_cannot_be_answered_is_said(client, address, status):
    make_term("tool:mediation")
    assert client.get(address).status_code == status


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    make_term("tool:mediation")
    assert client.head("/tools/mediation/").status_code == 200
    assert client.post("/tools/mediation/").status_code == 405


@pytest.mark.parametrize("number", [2, 20])
def test_a_tool_takes_a_fixed_number_of_queries(client, number, django_assert_num_queries):
    for at in range(number):
        case = make_case(f"case-{number}-{at}")
        make_statement(case, "tool:mediation", by=[make_actor(), make_actor()])
        tell(case, outcome=f"outcome:result_{at}")
        finding = make_statement(None, "finding:lesson", note_en="x")
        finding.about.add(make_term("tool:mediation"))
    read(client, "/tools/mediation/")
    kept.forget()
    # Whether anything has changed since the page was kept.
    # The term; terms under it; whether anything has changed since cases were held in memory; those
    # of the list, their countries, regions and statements; findings; terms just under it; what the
    # cases say, parts, the actors' names, credited tools; how many cases are published, and who
    # used it and what came of it: whether that is still as it was.
    with django_assert_num_queries(16):
        page = read(client, "/tools/mediation/")
    assert len(re.findall(r'<h3><a href="/cases/', page)) == number


@pytest.mark.parametrize("number", [2, 20])
def test_the_list_of_tools_takes_three_queries(client, number, django_assert_num_queries):
    group = make_term("tool:diplomatic")
    for at in range(number):
        make_term(f"tool:t{at}", broader=group)
        make_case(terms=[f"tool:t{at}"])
    read(client, "/tools/")
    # Whether anything has changed since terms were counted; the terms; published cases (whether
    # their number is still what it was).
    with django_assert_num_queries(3):
        read(client, "/tools/")


@pytest.mark.parametrize("scheme", ["finding-", "Tool", "1", "zzz"])
def test_a_vocabulary_that_there_is_not_is_not_found(client, scheme):
    assert client.get(f"/terms/{scheme}/").status_code == 404
    assert client.get("/terms/tool/")["Location"] == "/codebook/terms/tool/"
