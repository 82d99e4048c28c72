"""/similar/: the cases nearest to a situation, why they are near, and what was done in them."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import neighbours
from cases.models import Case
from cases.neighbours import Neighbourhood, similar_cases, terms_of
from tests.factories import make_actor, make_case, make_country, make_statement, make_term

pytestmark = pytest.mark.django_db

SECRET = "zzsecretzz"


def html(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def listed(page: str) -> list[str]:
    """The slugs of the closest cases, in order."""
    closest = re.search(r'<ol class="precedents">.*', page, re.DOTALL)
    return re.findall(r'<h3><a href="[^"]*/cases/([^/]+)/">', closest[0]) if closest else []


def entry(page: str, slug: str) -> str:
    """What a reader sees of one of the closest cases."""
    entries = re.split(r"<h3>", page.partition('<ol class="precedents">')[2])
    return text_of(next(each for each in entries if f"/cases/{slug}/" in each))


def together(page: str) -> str:
    found = re.search(r'<section class="together".*?</section>', page, re.DOTALL)
    return text_of(found[0]) if found else ""


def test_it_asks_for_a_situation_where_none_is_given(client):
    make_case("guinea-2009", terms=["situation:electoral", "trigger:not_stated"])
    page = html(client, "/similar/")
    assert 'name="situation" value="electoral"' in page
    assert 'name="region" value="western_africa"' in page
    assert 'name="region" value="africa"' in page
    assert '<option value="guinea-2009">' in page
    assert "not_stated" not in page
    assert listed(page) == []


def test_the_nearest_comes_first_and_says_why(client):
    make_case("far", countries=["KGZ"], terms=["situation:electoral"])
    make_case("near", countries=["LBR"], terms=["situation:electoral", "trigger:coup"])
    make_case("apart", countries=["KGZ"], terms=["situation:interstate"])
    page = html(client, "/similar/?situation=electoral&trigger=coup&region=western_africa")
    assert listed(page) == ["near", "far"]
    assert "Shared coup Western Africa electoral" in entry(page, "near")
    assert "Not shared Western Africa, coup" in entry(page, "far")


def test_a_broader_term_in_common_is_said_to_be_one(client):
    make_country("GIN")
    make_case("kenya", countries=["KEN"])
    page = html(client, "/similar/?region=western_africa")
    assert "Africa (broader term only)" in entry(page, "kenya")


def test_who_asks_for_a_broader_term_gets_the_narrower_ones(client):
    make_case("kenya", countries=["KEN"])
    assert "(broader term only)" not in entry(html(client, "/similar/?region=africa"), "kenya")


def test_silence_is_nothing_in_common(client):
    make_case("one", countries=[], terms=["situation:not_stated", "trigger:unknown"])
    make_case("two", countries=[], terms=["situation:not_stated", "trigger:unknown"])
    page = html(client, "/similar/?case=one")
    assert listed(page) == []
    assert "nothing of the situation of this case that could be compared" in page


def test_a_general_rule_makes_no_case_alike(client):
    case = make_case("one", countries=[])
    make_statement(case, "situation:electoral", scope="pattern")
    assert listed(html(client, "/similar/?situation=electoral")) == []


def test_a_neighbour_at_risk_is_not_where_a_case_is(client):
    case = make_case("one", countries=[])
    case.case_countries.create(country=make_country("LBR"), role="at_risk")
    assert listed(html(client, "/similar/?region=western_africa")) == []


def test_of_equally_near_cases_the_better_told_come_first(client):
    make_case("a-named", terms=["situation:electoral"])
    make_case("b-told", terms=["situation:electoral", "trigger:coup"], coverage="substantial")
    assert listed(html(client, "/similar/?situation=electoral")) == ["b-told", "a-named"]


def test_it_starts_from_a_case_and_leaves_it_out(client):
    make_case("one", terms=["situation:electoral"])
    make_case("two", terms=["situation:electoral"])
    page = html(client, "/similar/?case=one")
    assert listed(page) == ["two"]
    assert re.search(r'name="situation" value="electoral" checked', page)


def test_chosen_terms_stand_in_for_those_of_the_case_they_came_from(client):
    make_case("one", terms=["situation:electoral"])
    make_case("two", countries=["KGZ"], terms=["situation:electoral"])
    make_case("three", countries=["KGZ"], terms=["situation:electoral", "trigger:coup"])
    page = html(client, "/similar/?case=one&trigger=coup")
    assert listed(page) == ["three"]


def test_steps_stand_in_the_order_of_their_dates_and_undated_ones_apart(client):
    case = make_case("one", terms=["situation:electoral"])
    make_statement(case, "tool:mediation", when="2009-05", by=["ecowas"])
    make_statement(case, "tool:fact_finding", when="2008")
    make_statement(case, "tool:sanctions")
    make_statement(case, "tool:arbitration", scope="pattern", when="2001")
    seen = entry(html(client, "/similar/?situation=electoral"), "one")
    assert re.search(
        r"2008 fact finding .*May 2009 mediation done by ECOWAS"
        r".*1 without a stated date sanctions",
        seen,
    )
    assert "arbitration" not in seen


def test_an_outcome_says_what_it_is_owed_to(client):
    case = make_case("one", terms=["situation:electoral"])
    tool = make_statement(case, "tool:mediation")
    make_statement(case, "outcome:agreement_reached").credited_to.add(tool)
    seen = entry(html(client, "/similar/?situation=electoral"), "one")
    assert "agreement reached (at its close) brought about by the effort: mediation" in seen


def test_the_closest_are_summed_up_in_small_numbers(client):
    for slug, tools in (("a", ["mediation", "mediation"]), ("b", ["mediation"]), ("c", ["visits"])):
        case = make_case(slug, terms=["situation:electoral"])
        for tool in tools:
            make_statement(case, f"tool:{tool}", by=["un"])
    make_statement(Case.objects.get(slug="a"), "outcome:agreement_reached")
    seen = together(html(client, "/similar/?situation=electoral"))
    # Twice in one case is one case.
    assert "mediation in 2 of 3" in seen
    assert "UN in 3 of 3" in seen
    assert "agreement reached in 1 of 3" in seen
    assert "no outcome is stated in 2 of 3" in seen
    assert "stated in none of the 3" in seen
    assert "not in what caused what" in seen
    assert "%" not in seen


def test_one_case_is_not_summed_up(client):
    make_case("one", terms=["situation:electoral"])
    assert together(html(client, "/similar/?situation=electoral")) == ""


def test_the_gap_from_warning_to_action_is_shown_as_far_as_stated(client):
    for slug in ("one", "two"):
        case = make_case(slug, terms=["situation:electoral"])
    make_statement(case, "event:coup", when="2009-01-01", phase="opening")
    make_statement(case, "tool:mediation", when="2009-01-11")
    page = html(client, "/similar/?situation=electoral")
    assert "From warning to action 10 days" in entry(page, "two")
    assert "From warning to action not stated" in entry(page, "one")
    assert "stated in 1 of 2 10 days (Two)" in together(page)


def test_more_than_the_closest_stand_further_away(client):
    for number in range(8):
        make_case(f"case-{number}-x", terms=["situation:electoral"])
    page = html(client, "/similar/?situation=electoral")
    assert len(re.findall(r'<input type="checkbox" name="case"', page)) == 5
    further = page.partition("Just as close, or further away")[2]
    assert re.findall(r"/cases/([^/]+)/", further) == ["case-5-x", "case-6-x", "case-7-x"]
    assert "3 of these are as close as the last one above" in page


def test_nothing_that_is_not_published_shows(client):
    make_case("public", terms=["situation:electoral"])
    draft = make_case(
        "draft",
        title_en=SECRET,
        title_fa=SECRET,
        title_ar=SECRET,
        review="draft",
        terms=["situation:electoral", "situation:interstate"],
    )
    make_statement(draft, "tool:sanctions", by=[make_actor(name=SECRET)])
    make_case("copy", review="draft", working_copy_of=Case.objects.get(slug="public"))
    for address in ("/similar/", "/similar/?situation=electoral", "/similar/?case=public"):
        page = html(client, address)
        assert SECRET not in page
        assert "sanctions" not in page
        assert "interstate" not in page
    assert "“draft” is not known here." in text_of(html(client, "/similar/?case=draft", 400))
    assert "1 of 1" in html(client, "/similar/?situation=electoral")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("situation=elektoral", "“elektoral” is not known here. Did you mean electoral?"),
        ("situation=not_stated", "“not_stated” says that there is nothing to compare."),
        ("region=nowhere", "“nowhere” is not known here."),
        ("case=nothing", "“nothing” is not known here."),
        ("case=one&case=one", "Only one value is possible."),
        ("situatoin=electoral", "There is no such filter. Did you mean situation?"),
        ("tool=mediation", "There is no such filter."),
        ("trigger=%00", "the invisible character NUL"),
    ],
)
def test_what_is_not_known_is_refused_with_a_sentence(client, query, sentence):
    make_term("situation:not_stated")
    make_case("one", terms=["situation:electoral", "trigger:coup"])
    assert sentence in text_of(html(client, f"/similar/?{query}", 400))


def test_empty_values_ask_for_nothing(client):
    make_case("one", terms=["situation:electoral"])
    assert client.get("/similar/?situation=&case=").url == "/similar/"
    assert client.get("/fa/similar/?situation=&region=africa").url == "/fa/similar/?region=africa"


PARAMETERS = st.sampled_from(
    ["situation", "trigger", "region", "initiation", "un_role", "case", "x"]
)
VALUES = st.one_of(
    st.sampled_from(["electoral", "africa", "one", "not_stated", ""]), st.text(max_size=8)
)


@settings(max_examples=60)
@given(st.lists(st.tuples(PARAMETERS, VALUES), max_size=4))
def test_no_address_breaks_it(client, pairs):
    if not Case.objects.exists():
        make_case("one", terms=["situation:electoral"])
    query = urlencode(pairs, errors="surrogatepass")
    assert client.get(f"/similar/?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("prefix", ["/fa", "/ar"])
def test_it_speaks_the_readers_language(client, prefix):
    make_term("situation:electoral", label_fa="تنش انتخاباتی", label_ar="توتر انتخابي")
    make_case("one", terms=["situation:electoral"], title_fa="یک", title_ar="")
    page = html(client, f"{prefix}/similar/?situation=electoral")
    label = {"/fa": "تنش انتخاباتی", "/ar": "توتر انتخابي"}[prefix]
    assert label in page
    if prefix == "/ar":
        assert '<span lang="en" dir="ltr">One</span>' in page


@pytest.mark.parametrize("number", [2, 20])
def test_any_number_of_cases_takes_twelve_queries(client, number, django_assert_num_queries):
    for place in range(number):
        case = make_case(f"case-{place}-x", terms=["situation:electoral", "trigger:coup"])
        tool = make_statement(case, "tool:mediation", when="2009", by=["un", "ecowas"])
        make_statement(case, "outcome:agreement_reached").credited_to.add(tool)
    html(client, "/similar/")
    # Whether anything has changed since values were read; the cases to start from; what is said of
    # those that could be nearest, their titles; then of the closest: the cases with their gaps,
    # countries, regions, statements, their actors, the names of those, what outcomes are owed to
    # and its terms in one.
    with django_assert_num_queries(12):
        assert listed(html(client, "/similar/?situation=electoral"))


@pytest.mark.parametrize("number", [2, 20])
def test_asking_takes_two_queries(client, number, django_assert_num_queries):
    for place in range(number):
        make_case(f"case-{place}-x", terms=["situation:electoral"])
    html(client, "/similar/")
    with django_assert_num_queries(2):
        html(client, "/similar/")


@pytest.mark.parametrize("number", [2, 20])
def test_the_cases_beside_a_case_take_one_query_until_something_changes(
    number, django_assert_num_queries
):
    for place in range(number):
        make_case(f"case-{place}-x", terms=["situation:electoral"])
    case = Case.objects.get(slug="case-0-x")
    similar_cases(case.pk)
    # Whether anything has changed.
    with django_assert_num_queries(1):
        found = similar_cases(case.pk)
    assert len(found) == min(number - 1, 3)
    assert [str(each.label) for each in found[0].shared] == ["electoral", "Western Africa"]
    near = make_case("near", terms=["situation:electoral"])
    make_statement(near, "tool:mediation")
    assert "near" in [each.case.slug for each in similar_cases(case.pk)]
    near.delete()
    assert "near" not in [each.case.slug for each in similar_cases(case.pk)]


SAID = (
    *("situation:electoral", "situation:coup", "trigger:massacre", "trigger:vote"),
    *("initiation:host_request", "un_role:lead"),
)


def test_looking_at_few_at_a_time_finds_the_same(monkeypatch):
    countries = ("GIN", "KEN", "KGZ")
    for number in range(30):
        said = [term for place, term in enumerate(SAID) if number >> (place % 5) & 1]
        make_case(f"case-{number}", countries=[countries[number % 3]], terms=said)
    cases = list(Case.objects.order_by("slug")[:8])

    def found(enough):
        for case in cases:
            asked = terms_of(case.pk)
            near = Neighbourhood().nearest(asked, enough=enough, leave_out=case.pk)
            yield [(each.case.slug, each.match) for each in near]

    whole = list(found(5))
    monkeypatch.setattr(neighbours, "FIRST_LOOK", 2)
    monkeypatch.setattr(neighbours, "AT_A_TIME", 3)
    assert list(found(5)) == whole
    everybody = list(found(1_000))
    for some, near in zip(whole, everybody, strict=True):
        assert some == near[: len(some)]
        assert len(some) >= min(5, len(near))


def test_a_case_without_anything_alike_has_none_beside_it():
    assert similar_cases(make_case("one", terms=["situation:electoral"]).pk) == []
