"""The measure of likeness: what must hold whatever the vocabulary and the situations."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.similarity import BROADER_COUNTS, SCHEME_WEIGHTS, Measure, Shared

SILENT = ("not_stated", "unknown")
BROADER = {
    "situation:constitutional_crisis": "situation:political_crisis",
    "region:western_africa": "region:africa",
    "region:eastern_africa": "region:africa",
}
TERMS = [f"{scheme}:{code}" for scheme in SCHEME_WEIGHTS for code in "abcdef"]
ABSENT = [f"{scheme}:{code}" for scheme in SCHEME_WEIGHTS for code in SILENT]

situations = st.frozensets(st.sampled_from([*TERMS, *ABSENT, "tool:mediation"]), max_size=8)


@st.composite
def measures(draw):
    """A measure over some situations, with any hierarchy in which each term has one above it."""
    broader = {}
    for scheme in SCHEME_WEIGHTS:
        codes = [term for term in TERMS if term.startswith(f"{scheme}:")]
        for place, term in enumerate(codes[1:], start=1):
            above = draw(st.one_of(st.none(), st.sampled_from(codes[:place])))
            broader[term] = above
    known = draw(st.lists(situations, max_size=6))
    return Measure.among(known, broader=broader, silent=SILENT)


def make_measure(*known) -> Measure:
    return Measure.among(known, broader=BROADER, silent=SILENT)


@given(measures(), situations, situations)
def test_likeness_is_the_same_from_both_sides(measure, one, other):
    assert measure.shared(one, other) == measure.shared(other, one)


@given(measures(), situations, situations)
def test_nothing_is_more_like_a_situation_than_itself(measure, one, other):
    # Sums are exact, so that no tolerance is needed.
    assert 0 <= measure.likeness(one, other) <= measure.likeness(one, one)


@given(measures(), situations)
def test_whoever_says_anything_is_like_itself(measure, one):
    assert (measure.likeness(one, one) > 0) == bool(measure.said(one))


@given(measures(), situations, situations, st.frozensets(st.sampled_from(ABSENT)))
def test_silence_changes_nothing(measure, one, other, silence):
    assert measure.shared(one | silence, other | silence) == measure.shared(one, other)


@given(measures(), situations, situations, st.sampled_from(TERMS))
def test_saying_one_thing_more_in_common_never_makes_less_alike(measure, one, other, term):
    # Under a term both say already, a narrower one is rarer; elsewhere it adds or replaces.
    assume(term not in one and term not in other)
    assert measure.likeness(one | {term}, other | {term}) >= measure.likeness(one, other)


@given(measures(), situations, st.lists(situations, max_size=6))
def test_matches_are_the_situations_with_a_likeness(measure, one, known):
    known = dict(enumerate(known))
    matches = {match.key: match for match in measure.matches(one, known)}
    for key, said in known.items():
        likeness = measure.likeness(one, said)
        assert (key in matches) == (likeness > 0)
        if key in matches:
            assert matches[key].likeness == likeness


@given(measures(), situations, situations)
def test_no_likeness_is_more_than_its_terms_add_at_the_most(measure, one, other):
    most = measure.most(one)
    both = measure.with_broader(measure.said(other)) & set(most)
    assert measure.likeness(one, other) <= sum(most[term] for term in both) + 1e-9


@given(measures(), situations, situations)
def test_what_is_shared_and_what_is_not_make_up_all_that_is_asked(measure, one, other):
    shared = measure.shared(one, other)
    assert set(measure.unshared(one, shared)) <= measure.said(one)
    assert len(measure.unshared(one, ())) >= len(measure.unshared(one, shared))
    assert measure.unshared(one, measure.shared(one, one)) == []


def test_both_saying_a_term_counts_it_whole():
    one = {"situation:electoral"}
    assert make_measure(one, one).shared(one, one) == (Shared("situation:electoral", 3.0, True),)


def test_only_a_broader_term_in_common_counts_half():
    west, east = {"region:western_africa"}, {"region:eastern_africa"}
    measure = make_measure(west, east)
    whole = SCHEME_WEIGHTS["region"]
    assert measure.shared(west, east) == (Shared("region:africa", whole * BROADER_COUNTS, False),)


def test_a_narrower_term_in_common_speaks_for_the_broader_one():
    one = {"situation:constitutional_crisis", "situation:political_crisis"}
    shared = make_measure(one).shared(one, one)
    assert [each.term for each in shared] == ["situation:constitutional_crisis"]


def test_each_time_half_as_many_have_a_term_it_counts_once_more():
    measure = make_measure({"trigger:a"}, {"trigger:b"}, {"trigger:b"}, {"trigger:c"})
    weight = SCHEME_WEIGHTS["trigger"]
    assert measure.weight("trigger:b") == weight * 2
    assert measure.weight("trigger:a") == weight * 3


def test_a_term_that_no_situation_has_is_as_rare_as_one_that_one_has():
    measure = make_measure({"trigger:a"}, {"trigger:b"})
    assert measure.weight("trigger:z") == measure.weight("trigger:a")


def test_who_has_a_narrower_term_has_the_broader_one():
    measure = make_measure({"region:western_africa"}, {"region:eastern_africa"}, {"region:africa"})
    assert measure.having("region:africa") == 3


def test_what_was_done_makes_no_situation_alike():
    measure = make_measure({"tool:mediation"})
    assert measure.shared({"tool:mediation"}, {"tool:mediation"}) == ()


@pytest.mark.parametrize("ring", [{"region:a": "region:a"}, {"region:a": "region:b"}])
def test_a_ring_of_broader_terms_ends(ring):
    measure = Measure(0, {}, broader=ring | {"region:b": "region:a"}, silent=())
    assert measure.likeness({"region:a"}, {"region:b"}) >= 0
