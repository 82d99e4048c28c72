"""Making one of two actors or terms: nothing is lost, and the old code goes on working."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from cases import merging, records
from cases.models import Actor, ActorName, Case, CaseRelation, OldCode, Revision, Statement
from tests.factories import make_actor, make_case, make_document, make_statement, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Two records of one actor, the old one named in a case, a finding and by other records."""
    old, new = make_actor("ecowas-2", name="ECOWAS Commission"), make_actor("ecowas", name="ECOWAS")
    ActorName.objects.create(actor=old, language="fa", name="اکوواس", kind="official")
    make_statement(make_case("one"), "tool:mediation", by=[old, new])
    make_statement(make_case("two"), "role:lead_mediator", by=[old])
    make_statement(None, "finding:lesson", by=[old], key="f1")
    make_actor("office", parent=old)
    make_document("D-1", issuer=old)
    return old, new


def actors_of(slug: str) -> list[str]:
    return [
        part.actor.code
        for statement in Statement.objects.filter(case__slug=slug)
        for part in statement.parts.all()
    ]


def test_a_preview_names_what_would_change_and_changes_nothing(pair):
    found = merging.preview("actor", *pair)
    assert found.changed == {
        "case": ["one", "two"],
        "finding": ["f1"],
        "actor": ["office"],
        "document": ["D-1"],
    }
    assert actors_of("two") == ["ecowas-2"]
    assert not Revision.objects.exists()


def test_all_that_named_the_old_actor_names_the_new_one(pair):
    mark = merging.merge("actor", *pair)
    assert (actors_of("one"), actors_of("two")) == (["ecowas"], ["ecowas"])
    new = Actor.objects.get(code="ecowas")
    assert Actor.objects.get(code="office").parent == new
    assert new.documents.get().code == "D-1"
    names = {(name.language, name.name, name.kind) for name in new.names.all()}
    # A second official name of a language is a short one.
    assert ("en", "ECOWAS Commission", "short") in names
    assert ("fa", "اکوواس", "official") in names
    marked = Revision.objects.filter(change_set=mark)
    assert sorted(marked.values_list("kind", "key")) == [
        ("actor", "ecowas"),
        ("actor", "ecowas-2"),
        ("actor", "office"),
        ("case", "one"),
        ("case", "two"),
        ("document", "D-1"),
        ("finding", "f1"),
    ]
    assert Revision.objects.get(key="ecowas-2").data is None


def test_the_old_code_of_an_actor_goes_on_working(client, pair):
    merging.merge("actor", *pair)
    assert client.get("/actors/ecowas-2/").url == "/actors/ecowas/"
    page = client.get("/cases/?actor=ecowas-2").content.decode()
    assert "/cases/one/" in page
    data = records.dump("case", ["two"])["two"]
    for statement in data["statements"]:
        statement["by"] = ["ecowas-2"]
    assert records.plan("case", {"two": data}, records.Index(), {}).unchanged == {"two"}


def test_codes_follow_through_several_merges(client, pair):
    merging.merge("actor", *pair)
    merging.merge("actor", pair[1], make_actor("ecowas-new"))
    assert OldCode.objects.targets("actor") == {"ecowas-2": "ecowas-new", "ecowas": "ecowas-new"}
    assert client.get("/actors/ecowas-2/").url == "/actors/ecowas-new/"


def test_an_actor_that_belonged_to_the_old_one_does_not_belong_to_itself():
    union = make_actor("union")
    old = make_actor("old", parent=union)
    new = make_actor("new", parent=old, successor=old)
    merging.merge("actor", old, new)
    new.refresh_from_db()
    assert (new.parent, new.successor) == (union, None)


def test_a_term_that_goes_is_retired_and_its_statements_say_the_other(client):
    old, new = make_term("tool:peace_talks"), make_term("tool:talks")
    narrower = make_term("tool:proximity_talks", broader=old)
    make_statement(make_case("one"), "tool:peace_talks")
    finding = make_statement(None, "finding:lesson", key="f1")
    finding.about.set([old, new])
    merging.merge("term", old, new)
    old.refresh_from_db()
    narrower.refresh_from_db()
    assert (old.replaced_by, narrower.broader) == (new, new)
    assert old.retired_on
    assert list(finding.about.all()) == [new]
    assert Statement.objects.get(case__slug="one").term == new
    # Who asks for the old one finds what is coded with the new one.
    assert "/cases/one/" in client.get("/cases/?tool=peace_talks").content.decode()
    data = records.dump("case", ["one"])["one"]
    data["statements"][0]["term"] = "tool:peace_talks"
    assert records.plan("case", {"one": data}, records.Index(), {}).unchanged == {"one"}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("tool:talks", "tool:talks", "itself"),
        ("tool:talks", "outcome:talks", "two vocabularies"),
        ("tool:talks", "tool:retired", "retired"),
    ],
)
def test_what_cannot_be_one_is_refused(old, new, why):
    make_term("tool:retired", retired_on="2020-01-01")
    with pytest.raises(merging.MergeRefused, match=why):
        merging.merge("term", make_term(old), make_term(new))
    assert not OldCode.objects.exists()


@pytest.fixture
def twins():
    """Two cases of one thing, the second told of in other words."""
    first = make_case("stays", terms=["situation:electoral", "trigger:not_stated"])
    second = make_case("goes", countries=["KEN"], terms=["situation:not_stated", "trigger:coup"])
    for case in (first, second):
        for language in ("en", "fa", "ar"):
            setattr(case, f"summary_{language}", f"What {case.slug} was.")
        case.save()
        for term in ("initiation:not_stated", "un_role:not_stated"):
            make_statement(case, term)
    make_statement(first, "role:lead_mediator", key="x1", by=["au"])
    make_statement(second, "role:lead_mediator", key="x1", by=["un"])
    tool = make_statement(second, "tool:mediation", key="t1", by=["un"])
    make_statement(second, "outcome:agreement_reached", key="o1").credited_to.add(tool)
    # A case named only may neither have a tool nor an outcome, so this one is substantial.
    Case.objects.filter(slug="goes").update(coverage="substantial")
    other = make_case("other")
    CaseRelation.objects.create(case=other, to=second, kind="follows")
    CaseRelation.objects.create(case=first, to=second, kind="parallel")
    return first, second


def test_a_case_takes_over_what_the_other_says(client, twins):
    merging.merge("case", *reversed(twins))
    found = records.dump("case", ["stays"])["stays"]
    terms = {statement["key"]: statement["term"] for statement in found["statements"]}
    # The key of another statement is not taken; silence gives way to what the other says.
    assert terms["x1"] == terms["x1-2"] == "role:lead_mediator"
    assert "situation:not_stated" not in terms.values()
    assert {"situation:electoral", "trigger:coup"} <= set(terms.values())
    outcome = next(each for each in found["statements"] if each["term"].startswith("outcome"))
    assert outcome["credited_to"] == ["t1"]
    assert [row["country"] for row in found["countries"]] == ["GIN", "KEN"]
    assert found["coverage"] == "substantial"
    assert "relations" not in found
    other = records.dump("case", ["other"])["other"]
    assert other["relations"] == [{"kind": "follows", "to": "stays"}]
    assert client.get("/cases/goes/").url == "/cases/stays/"
    assert client.get("/fa/cases/goes/").url == "/fa/cases/stays/"
    assert "/cases/stays/" in client.get("/cases/?country=KEN").content.decode()


def test_an_address_never_leads_to_a_draft(client, twins):
    merging.merge("case", *reversed(twins))
    Case.objects.filter(slug="stays").update(review="draft")
    assert client.get("/cases/goes/").status_code == 404


@pytest.fixture
def reviewer(client):
    user = get_user_model().objects.create_superuser("reviewer", password=None)
    client.force_login(user)
    return user


def test_the_page_shows_what_would_change_before_it_is_done(client, reviewer, pair):
    address = reverse("admin:cases_actor_merge")
    assert client.get(address).status_code == 200
    page = client.get(f"{address}?old=ecowas-2&new=ecowas").content.decode()
    assert "5 records would name “ECOWAS” instead of “ECOWAS Commission”" in page
    assert Actor.objects.filter(code="ecowas-2").exists()
    response = client.post(address, {"old": "ecowas-2", "new": "ecowas", "why": "same body"})
    assert response.url == reverse("admin:cases_actor_change", args=[pair[1].pk])
    assert not Actor.objects.filter(code="ecowas-2").exists()
    assert {(r.who, r.why) for r in Revision.objects.all()} == {(reviewer, "same body")}


@pytest.mark.parametrize("query", ["?old=x&new=y", "?old=ecowas", "?old=ecowas&new=ecowas"])
def test_a_wrong_choice_is_explained(client, reviewer, pair, query):
    page = client.get(reverse("admin:cases_actor_merge") + query)
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()


def test_two_are_chosen_in_the_list(client, reviewer, pair):
    address = reverse("admin:cases_actor_changelist")
    chosen = {"action": "merge_two", "_selected_action": [actor.pk for actor in pair]}
    assert client.post(address, chosen).url.endswith("/merge/?old=ecowas-2&new=ecowas")
    chosen["_selected_action"] = chosen["_selected_action"][:1]
    assert "Select exactly two." in client.post(address, chosen, follow=True).content.decode()


def test_only_who_may_merge_does(client, pair):
    user = get_user_model().objects.create_user("editor", is_staff=True)
    client.force_login(user)
    address = reverse("admin:cases_actor_merge")
    assert client.post(address, {"old": "ecowas-2", "new": "ecowas"}).status_code == 403
    assert Actor.objects.count() == 3


def test_a_merge_that_fails_leaves_everything_as_it_was(pair, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no more room")

    monkeypatch.setattr(merging.records, "note_deleted", fail)
    with pytest.raises(RuntimeError):
        merging.merge("actor", *pair)
    assert actors_of("two") == ["ecowas-2"]
    assert Actor.objects.filter(code="ecowas-2").exists()
