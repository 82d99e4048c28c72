"""/actors/: who acts, found by any name, and what each did where."""

import re

import pytest

from cases import index
from cases.models import ActorName, StatementActor
from cases.views import kept
from tests.factories import make_actor, make_case, make_country, make_statement, make_term

pytestmark = pytest.mark.django_db


def read(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def codes(client, address="/actors/") -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*/actors/([^"/]+)/"', read(client, address))


@pytest.fixture
def unowa():
    actor = make_actor("unowa", name="United Nations Office for West Africa", type="un_mission")
    for language, name, kind in (
        ("fa", "دفتر سازمان ملل متحد برای غرب آفریقا", "official"),
        ("ar", "مكتب الأمم المتحدة لغرب أفريقيا", "official"),
        ("fa", "میانجی‌گر ۲۰۰۸", "as_printed"),
    ):
        ActorName.objects.create(actor=actor, language=language, name=name, kind=kind)
    return actor


@pytest.mark.parametrize(
    "question",
    ["west africa", "AFRICA unit", "unowa", "آفريقا دفتر", "الامم", "أمم", "میانجیگر", "2008"],
)
def test_an_actor_is_found_by_words_of_any_name_in_any_script(client, unowa, question):
    make_actor("kenya", name="Government of Kenya")
    found = codes(client, f"/actors/?q={question}")
    assert found == ["unowa"]


@pytest.mark.parametrize("question", ["ric", "unowa kenya", "!!", "زز"])
def test_other_words_find_nobody(client, unowa, question):
    page = read(client, f"/actors/?q={question}")
    assert "No actor is called so." in page


def test_types_narrow_the_list_and_stay_chosen(client, unowa):
    make_actor("kofi-annan", type="person")
    make_actor("ecowas")
    assert codes(client, "/actors/?type=person&type=un_mission") == ["kofi-annan", "unowa"]
    assert 'value="person" checked' in read(client, "/actors/?type=person")


def test_names_stand_in_the_order_of_the_alphabet(client):
    for code, name in (("p", "پاکستان"), ("t", "تونس"), ("b", "بنین"), ("a", "آنگولا")):
        actor = make_actor(code)
        ActorName.objects.create(actor=actor, language="fa", name=name)
    assert codes(client, "/fa/actors/") == ["a", "b", "p", "t"]


def test_an_actors_page_tells_what_it_is(client, unowa):
    un = make_actor("un", name="United Nations", type="united_nations")
    make_actor("srsg", name="Special Representative", parent=unowa, type="un_envoy")
    unowa.parent, unowa.country, unowa.note_en = un, make_country("GIN"), "It sat in Dakar."
    unowa.start, unowa.successor = "2002", make_actor("unowas", name="UNOWAS")
    unowa.save()
    page = read(client, "/actors/unowa/")
    for address in ("/actors/un/", "/actors/srsg/", "/actors/unowas/", "/countries/GIN/"):
        assert f'href="{address}"' in page
    assert '<span lang="ar" dir="rtl">مكتب الأمم المتحدة لغرب أفريقيا</span>' in page
    for words in ("It sat in Dakar.", "2002", "Persian, as printed"):
        assert words in text_of(page)
    assert 'href="/actors/unowa/"' in read(client, "/actors/unowas/")


def test_it_tells_what_the_actor_did_where_in_which_part(client, unowa):
    late, early = make_case("late", start="2011"), make_case("early", start="2008")
    role = make_statement(late, "role:facilitator", by=[unowa], when="2009/2010")
    StatementActor.objects.create(statement=role, actor=make_actor("un"), part="on_behalf_of")
    helped = make_statement(early, "tool:mediation", by=["ecowas"])
    StatementActor.objects.create(statement=helped, actor=unowa, part="in_support_of")
    index.refresh()
    page = read(client, "/actors/unowa/")
    assert re.findall(r'<h3><a href="/cases/([a-z]+)/"', page) == ["early", "late"]
    said = text_of(page)
    assert "Tool: mediation (in its support) done by: ECOWAS" in said
    assert "Role: facilitator , from 2009 to 2010 on behalf of: UN" in said
    assert "Roles facilitator 1 of 2 cases" in said
    # To be supported by a tool is not to use it.
    assert "Tools mediation" not in said


def test_what_belongs_to_it_is_counted_apart_from_the_whole(client, unowa):
    un = make_actor("un", name="United Nations", type="united_nations")
    unowa.parent = un
    unowa.save()
    make_statement(make_case("one"), "tool:mediation", by=[un])
    make_statement(make_case("two"), "tool:mediation", by=[make_actor("head", parent=unowa), un])
    make_statement(make_case("three"), "tool:mediation", by=[unowa])
    page = text_of(read(client, "/actors/un/"))
    assert "Cases 2 cases as a whole" in page
    assert "With all that belongs to it 3 cases" in page


def test_more_findings_than_are_shown_are_counted(client, unowa, monkeypatch):
    monkeypatch.setattr("cases.views.actors.FINDINGS_AT_MOST", 2)
    for at in range(3):
        make_statement(None, "finding:lesson", note_en=f"Lesson {at}.", by=[unowa])
    page = text_of(read(client, "/actors/unowa/"))
    assert "Only the first 2 of 3 are shown here." in page
    assert "Lesson 2." not in page


def test_types_have_numbers_and_those_with_most_cases_may_come_first(client, unowa):
    for _at in range(2):
        make_statement(make_case(), "tool:mediation", by=["kenya"])
    make_statement(make_case(), "tool:mediation", by=["au"])
    assert codes(client, "/actors/") == ["au", "kenya", "unowa"]
    assert codes(client, "/actors/?order=cases") == ["kenya", "au", "unowa"]
    page = read(client, "/actors/?type=un_mission")
    assert re.findall(
        r'value="(\w+)"(?: checked)?><span>[^<]*</span><span class="n">(\d+)<', page
    ) == [
        ("regional_organization", "2"),
        ("un_mission", "1"),
    ]


def test_findings_that_name_it_are_told(client, unowa):
    make_statement(None, "finding:lesson", key="l1", note_en="Near is fast.", by=[unowa])
    assert "Near is fast." in text_of(read(client, "/actors/unowa/"))


def test_general_rules_are_left_out(client, unowa):
    make_statement(make_case("one"), "tool:mediation", by=[unowa], scope="pattern")
    assert "No published case says anything of it." in read(client, "/actors/unowa/")
    assert "1 case" not in text_of(read(client, "/actors/"))


def test_an_actor_whom_only_a_draft_names_is_not_there(client, unowa):
    draft = make_case("marked", review="draft")
    hidden = make_actor("marked-actor", parent=unowa, type="person")
    make_statement(draft, "tool:mediation", by=[hidden, unowa])
    make_statement(None, "finding:lesson", by=[unowa])
    assert client.get("/actors/marked-actor/").status_code == 404
    for address in ("/actors/", "/actors/unowa/", "/terms/actor_type/person/", "/actors/?q=marked"):
        page = text_of(read(client, address))
        assert "MARKED" not in page
        assert "1 case" not in page


def test_an_actor_is_there_once_a_published_case_or_a_finding_names_it(client):
    draft = make_case("draft", review="draft")
    for code in ("by-case", "by-finding", "unused", "parent"):
        make_actor(code)
    child = make_actor("child", parent=make_actor("parent"))
    make_statement(draft, "tool:mediation", by=["by-case", "by-finding", "parent"])
    assert codes(client) == ["child", "unused"]
    make_statement(make_case("public"), "tool:mediation", by=["by-case", child])
    make_statement(None, "finding:lesson", by=["by-finding"])
    assert codes(client) == ["by-case", "by-finding", "child", "parent", "unused"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/actors/nobody/", 404),
        ("/actors/?page=2", 404),
        ("/actors/?page=0", 400),
        ("/actors/?page=" + "9" * 5000, 400),
        ("/actors/?type=nothing", 400),
        ("/actors/?typ=person", 400),
        ("/actors/?order=size", 400),
        ("/actors/?order=name", 200),
        ("/actors/?q=a&q=b", 400),
        ("/actors/unowa/?x=1", 400),
        ("/actors/?q=%00", 400),
        ("/actors/?type=&q=", 302),
    ],
)
def test_what_cannot_be_answered_is_said(client, unowa, address, status):
    assert client.get(address).status_code == status


@pytest.mark.parametrize("number", [2, 20])
def test_the_list_takes_four_queries(client, number, django_assert_num_queries):
    for at in range(number):
        make_statement(make_case(f"c{number}-{at}"), "tool:mediation", by=[make_actor()])
    codes(client)
    # Types; actors with type and country; their names; whether anything has changed since the cases
    # of actors were counted.
    with django_assert_num_queries(4):
        assert len(codes(client)) == number


@pytest.mark.parametrize("number", [2, 20])
def test_a_page_takes_a_fixed_number_of_queries(client, unowa, number, django_assert_num_queries):
    unowa.parent = make_actor("un")
    unowa.save()
    for at in range(number):
        case = make_case(f"c{number}-{at}")
        make_statement(case, f"tool:t{at}", by=[unowa, make_actor()])
        make_statement(case, "role:facilitator", by=[unowa, make_actor(parent=unowa)])
        make_statement(None, f"finding:f{at}", by=[unowa])
    make_term("actor_type:person")
    read(client, "/actors/unowa/")
    kept.forget()
    # Whether anything has changed since the page was kept.
    # The actor, its names; whether anything has changed since its cases were held in memory, those
    # of the list, their countries, regions and statements; findings; what it belongs to, with
    # names; what belongs to it, with names; whether their cases are still as they were; who belongs
    # to whom, and the same for all of them; the same for roles and tools; successor; predecessors;
    # what the cases say, parts, names, credited tools.
    with django_assert_num_queries(23):
        page = read(client, "/actors/unowa/")
    assert len(re.findall(r'<h3><a href="/cases/', page)) == number


def test_the_case_page_and_the_list_lead_here_and_to_the_terms(client, unowa):
    make_statement(make_case("one", terms=["outcome:calm"]), "tool:mediation", by=[unowa])
    page = read(client, "/fa/cases/one/")
    for address in ("/actors/unowa/", "/tools/mediation/", "/terms/outcome/calm/"):
        assert f'href="/fa{address}"' in page
    listed = read(client, "/cases/")
    for address in ("/tools/mediation/", "/terms/outcome/calm/", "/countries/GIN/"):
        assert f'href="{address}"' in listed
