"""What the filters offer: every count is what the filter then really leaves."""

from math import fsum

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from cases import index, tally
from cases.facets import FACETS, count_facets
from cases.filters import select_cases
from cases.models import CaseFacet
from cases.models.index import ALL
from cases.tally import Tally, Values
from tests.factories import make_case, make_document, make_statement, make_term
from tests.keeping import kept

pytestmark = pytest.mark.django_db


def facets(query=""):
    return {facet.name: facet for facet in count_facets(Tally(select_cases(QueryDict(query))))}


def counts(name, query=""):
    return {option.value: option.count for option in facets(query)[name].options}


@pytest.fixture(scope="module")
def cases(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        make_cases()
        yield


def make_cases():
    make_term("tool:diplomatic")
    make_term("tool:mediation", broader=make_term("tool:diplomatic"))
    make_term("tool:good_offices", broader=make_term("tool:diplomatic"))
    make_term("role:mediator")
    guinea = make_case("guinea", countries=["GIN"], start="2009", coverage="substantial")
    make_statement(guinea, "tool:mediation", by=["ecowas"])
    make_statement(guinea, "role:mediator", by=["ecowas"])
    make_statement(guinea, "role:partner", by=["au"])
    make_statement(guinea, "situation:transition").documents.add(make_document("S-1"))
    kenya = make_case("kenya", countries=["KEN"], start="2008", coverage="substantial")
    make_statement(kenya, "tool:mediation", by=["au"])
    make_statement(kenya, "tool:good_offices", by=["ecowas"], scope="pattern")
    make_statement(kenya, "role:mediator", by=["au"])
    make_statement(kenya, "situation:electoral")
    kyrgyzstan = make_case("kyrgyzstan", countries=["KGZ"], start="2010")
    make_statement(kyrgyzstan, "tool:good_offices", by=["osce"])
    make_statement(kyrgyzstan, "situation:transition")
    draft = make_case("draft", countries=["LBR"], review="draft")
    make_statement(draft, "tool:arbitration", by=["secret"])
    index.refresh()


QUERIES = [
    "",
    "tool=mediation",
    "tool=diplomatic&country=GIN",
    "tool=mediation&tool=good_offices&situation=transition",
    "actor=au",
    "actor=au&role=mediator",
    "role=mediator&actor_type=regional_organization&region=africa",
    "coverage=substantial&from=2009",
    "q=guinea",
    "region=africa&document=S-1",
    "country=KGZ&tool=mediation",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_count_is_what_choosing_the_value_alone_would_leave(cases, query):
    for name in FACETS:
        rest = QueryDict(query, mutable=True)
        rest.pop(name, None)
        for value, count in counts(name, query).items():
            asked = rest.copy()
            asked[name] = value
            assert select_cases(asked).cases.count() == count, f"{query}: {name}={value}"


def test_a_broader_value_counts_a_case_once(cases):
    assert counts("tool") == {"diplomatic": 3, "mediation": 2, "good_offices": 1}
    assert counts("region")["africa"] == 2


def test_a_general_rule_counts_nowhere(cases):
    assert counts("tool", "country=KEN") == {"diplomatic": 1, "mediation": 1, "good_offices": 0}


def test_a_value_that_leaves_nothing_is_kept(cases):
    assert counts("country", "tool=good_offices") == {"GIN": 0, "KEN": 0, "KGZ": 1}


def test_where_nothing_is_found_the_filters_of_actors_are_offered_still(cases):
    offered = facets("tool=mediation&country=KGZ")
    for name in ("actor", "actor_type", "role"):
        assert {option.value for option in offered[name].options} == set(counts(name)) != set()
        assert {option.count for option in offered[name].options} == {0}
    assert "supporter" not in counts("role", "country=KGZ&tool=mediation")


def test_a_draft_offers_nothing_and_counts_nowhere(cases):
    assert not CaseFacet.objects.filter(case__slug="draft").exists()
    assert "arbitration" not in counts("tool")
    assert "secret" not in counts("actor")
    assert "LBR" not in counts("country")


def test_a_case_that_is_withdrawn_loses_its_values(cases):
    from cases.models import Case

    Case.objects.filter(slug="kenya").update(review="withdrawn")
    index.refresh(["kenya"])
    assert counts("country") == {"GIN": 1, "KGZ": 1}


def test_chosen_values_are_marked_and_narrower_ones_stand_deeper(cases):
    options = {option.value: option for option in facets("tool=mediation")["tool"].options}
    assert options["mediation"].chosen
    assert not options["diplomatic"].chosen
    assert (options["diplomatic"].depth, options["mediation"].depth) == (0, 1)


def test_an_actor_that_only_drafts_name_is_in_no_file(cases, client):
    for name in ("actors", "actor_names"):
        content = b"".join(client.get(f"/{name}.csv").streaming_content).decode()
        assert "ecowas" in content
        assert "secret" not in content


@pytest.fixture
def dated():
    """Cases of many times, alike but for them."""
    spans = [
        *(("", ""), ("2008", ""), ("2008-05", "2009"), ("2009-03-01", "2009-03-01")),
        *(("2007/2011", ""), ("2010", "2012-06"), ("", "2009"), ("1999", "2000")),
    ]
    for number, (start, end) in enumerate(spans):
        make_case(f"time-{9 - number}", start=start, end=end, terms=["tool:mediation"])


PERIODS = ["from=2008", "to=2009", "from=2009&to=2009", "from=2008-06&to=2010", "to=1998"]
TIMES = [
    *("", *PERIODS, *(f"{period}&dates=certainly" for period in PERIODS)),
    *("order=-start", "order=title", "order=place", "order=-changed", "order=relevance"),
    *("q=time", "q=time&order=start", "q=time&from=2009", "tool=mediation&from=2008&order=-start"),
]


@pytest.mark.parametrize("query", [*TIMES, *QUERIES])
def test_what_is_held_in_memory_is_what_the_database_finds(cases, dated, query):
    selection = select_cases(QueryDict(query))
    found = list(selection.cases.values_list("slug", flat=True))
    counted = Tally(selection)
    assert [case.slug for case in counted.page(0, 100)] == found
    assert counted.total == len(found)
    assert [case.slug for case in counted.page(1, 3)] == found[1:3]


def held(query=""):
    return Tally(select_cases(QueryDict(query))).total


def test_every_change_is_counted_at_once(cases):
    from cases.models import Case, IndexChange

    assert held("country=KEN") == 1
    make_case("another", countries=["KEN"], start="2001")
    assert held("country=KEN") == 2
    assert [case.slug for case in Tally(select_cases(QueryDict(""))).page(0, 1)] == ["another"]
    Case.objects.filter(slug="another").update(start="2020", start_earliest="2020-01-01")
    index.refresh(["another"])
    assert [case.slug for case in Tally(select_cases(QueryDict(""))).page(3, 4)] == ["another"]
    Case.objects.get(slug="another").delete()
    assert held("country=KEN") == 1
    assert IndexChange.objects.exists()


def test_what_a_transaction_takes_back_is_not_counted(cases):
    with transaction.atomic():
        make_case("another", countries=["KEN"])
        assert held("country=KEN") == 2
        transaction.set_rollback(True)
    assert held("country=KEN") == 1
    with transaction.atomic():
        for _note in range(2):
            index.note_change(ALL)
        make_case("another", countries=["KEN"])
        assert held("country=KEN") == 2
        transaction.set_rollback(True)
    assert held("country=KEN") == 1


def test_notes_of_changes_do_not_pile_up(cases, monkeypatch):
    from cases.models import IndexChange

    assert held() == 3
    monkeypatch.setattr(index, "MOST_CHANGES", 5)
    for _again in range(7):
        index.refresh(["guinea"])
    assert IndexChange.objects.count() <= 6
    assert IndexChange.objects.filter(case_number=ALL).exists()
    make_case("another", countries=["KEN"])
    assert held("country=KEN") == 2


def test_a_value_that_many_cases_have_and_one_that_few_have_count_alike(cases, monkeypatch):
    many = {name: counts(name) for name in FACETS}
    monkeypatch.setattr(tally, "RARE", 1)
    index.note_change(ALL)  # everything is read anew
    assert {name: counts(name) for name in FACETS} == many
    monkeypatch.setattr(tally, "RARE", 10**6)
    index.note_change(ALL)
    assert {name: counts(name) for name in FACETS} == many


CODES = [("situation", "a"), ("situation", "b"), ("trigger", "a"), ("region", "rare")]


@given(
    st.lists(st.sets(st.sampled_from(CODES)), min_size=1, max_size=40),
    st.lists(st.integers(0, 30_000_000), min_size=4, max_size=4),
    st.integers(1, 45),
)
def test_the_heaviest_cases_are_those_of_the_greatest_sums(cases_have, millionths, most):
    weights = {code: number / 1e6 for code, number in zip(CODES, millionths, strict=True)}
    places = {1000 + at: at for at in range(len(cases_have))}
    held = {
        code: sum(1 << at for at, having in enumerate(cases_have) if code in having)
        for code in CODES[:3]
    }
    held[CODES[3]] = frozenset(at for at, having in enumerate(cases_have) if CODES[3] in having)
    found = Values(places=places, cases=held).heaviest(weights, most)
    sums = {
        1000 + at: fsum(weights[code] for code in having)
        for at, having in enumerate(cases_have)
        if having
    }
    assert found.items() <= sums.items()
    assert sorted(found.values()) == sorted(sums.values())[-most:]
