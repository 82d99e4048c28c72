"""What words find in memory is what the database finds, in its order."""

import pytest
from django.http import QueryDict

from cases import index, tally
from cases.filters import select_cases
from cases.models import Case
from cases.tally import Tally
from tests.cases.test_search_recall import asked, variants
from tests.factories import make_case

pytestmark = pytest.mark.django_db

QUESTIONS = (
    *("mediation", "mediat", "the", "و", "of the united nations", "mediation mediation"),
    *('"good offices"', '"the good offices of"', '"of the" "good offices of" mediation'),
    *("good-offices-of-the", '"good offices of the" OR', "سازمان ملل متحد", '"سازمان ملل متحد"'),
    *("ساز و کار", "الأمم المتحدة", "kenya violence", "a b c d e f g h i j k l", "un", "2008"),
    *("nothing-of-this-kind", "…", "x" * 70, f"{'x' * 70} kenya", '"kenya'),
)


def compared(params: QueryDict) -> int:
    """Assert that both find the same cases in the same order, and tell how many."""
    selection = select_cases(params)
    found = list(selection.cases.values_list("slug", flat=True))
    counted = Tally(selection)
    assert counted.total == len(found)
    assert [case.slug for case in counted.page(0, 100)] == found
    assert [case.slug for case in counted.page(2, 7)] == found[2:7]
    return len(found)


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_of_every_kind(seeded, question):
    compared(asked(question))
    narrowed = asked(question)
    narrowed["tool"] = "mediation"
    compared(narrowed)


def test_what_people_type(seeded):
    found = [compared(asked(variant.query)) for variant in variants()]
    assert sum(map(bool, found)) > len(found) / 2


def test_words_in_a_row_that_many_cases_have(seeded, monkeypatch):
    monkeypatch.setattr(tally, "FEW", 1)
    assert compared(asked('"of the united nations"')) > 1


def test_a_word_that_is_longer_than_what_is_indexed():
    long = "x" * 70
    make_case("whole", summary_en=f"The {long}yz of it")
    make_case("other", summary_en=f"The {'x' * 69}w of it")
    assert compared(asked(long)) == 1
    assert compared(asked(f"{long} the")) == 1
    assert compared(asked(f'"the {long}yz of"')) == 1


def test_words_that_are_held_are_those_of_now(monkeypatch):
    make_case("one", summary_en="zzcommon zzegotiation")
    assert compared(asked("zzegotiation")) == 1
    make_case("two", summary_en="zzcommon zzegotiation")
    assert compared(asked("zzegotiation")) == 2
    Case.objects.filter(slug="one").update(summary_en="zzcommon zzarbitration")
    index.refresh(["one"])
    assert (compared(asked("zzegotiation")), compared(asked("zzarbitration"))) == (1, 1)
    Case.objects.filter(slug="two").update(review="draft")
    index.refresh(["two"])
    assert compared(asked("zzcommon")) == 1
    # Only so many are held.
    monkeypatch.setattr(tally, "MOST_WORDS", 1)
    for question in ("zzcom", "zzarb", "zzcomm"):
        assert compared(asked(question)) == 1
        assert len(tally.current().words) == 1


def test_a_common_word_that_is_asked_again_takes_no_query_of_the_index(
    seeded, django_assert_max_num_queries
):
    # Once the page is made, what a filter leaves of it is counted without asking for words again:
    # the notes of changes, vocabularies, and the cases that are shown.
    Tally(select_cases(asked("united nations"))).page(0, 20)
    with django_assert_max_num_queries(2):
        counted = Tally(select_cases(asked("united nations")))
        assert counted.total
        assert next(counted.answers.ranked(counted.bits()))
