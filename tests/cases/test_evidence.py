"""Finding typed words in the passages of a source."""

import pytest

from cases.evidence import Place, locate, quote
from cases.models import Quotation
from tests.factories import add_passage, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def passages():
    edition = make_edition()
    return [
        add_passage(edition, "p1", "میانجی‌گری در کوناکری آغاز شد."),
        add_passage(edition, "p2", "گفت‌وگوها در سال ۲۰۰۹ در كوناكري آغاز شد."),
    ]


def test_words_are_found_in_the_print_whatever_their_letters(passages):
    found = locate("ميانجي گري در كوناكري", passages)
    assert [place.words for place in found.places] == ["میانجی‌گری در کوناکری"]
    assert str(found.places[0]) == "S-2011-552/fa/p1/0-21"


def test_words_that_stand_in_several_places_have_them_all(passages):
    found = locate("کوناکری آغاز شد", passages)
    assert [place.passage.code for place in found.places] == ["p1", "p2"]
    assert found.places[1].words == "كوناكري آغاز شد"


def test_words_that_stand_nowhere_get_the_nearest(passages):
    found = locate("میانجیگری در کوناکری پایان یافت", passages)
    assert found.places == []
    assert found.nearest.passage == passages[0]
    assert 0.5 <= found.likeness < 1


@pytest.mark.parametrize("words", ["", " ", "«»", "The envoy left Nairobi for good"])
def test_words_like_nothing_get_nothing(passages, words):
    found = locate(words, passages)
    assert (found.places, found.nearest) == ([], None)


def test_the_same_place_is_quoted_once_and_keeps_its_translation(passages):
    place = locate("کوناکری", passages).places[0]
    first = quote(place)
    assert quote(place, "Conakry", "person") == first
    assert quote(Place(passages[0], place.start, place.end), "elsewhere", "machine") == first
    stored = Quotation.objects.get()
    assert (stored.translation_en, stored.translated_by) == ("Conakry", "person")
