"""The front page, and the pages on method and data."""

import re

import pytest
from django.db import transaction

from cases import records
from cases.exports import TABLES
from cases.models import Document
from cases.models.choices import Source
from cases.neighbours import SCHEMES
from cases.views.home import figures
from tests.factories import make_case, make_document, make_quotation, make_statement

pytestmark = pytest.mark.django_db

LANGUAGES = [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")]
PAGES = ["/", "/method/", "/about-the-data/"]


def fill():
    words = make_quotation()
    case = make_case("one", coverage="substantial")
    make_statement(case, "tool:mediation", quotations=[words, make_quotation()])
    make_statement(case, "situation:not_stated")
    make_statement(case, "tool:good_offices", scope="pattern", quotations=[words])
    make_statement(make_case("hidden", review="draft"), "tool:arbitration")
    make_statement(None, "finding:lesson", quotations=[words])


def test_the_figures_count_what_readers_may_see_and_count_it_once():
    fill()
    found = figures()
    assert (found["cases"], found["substantial"]) == (1, 1)
    # The general rule is left out, the draft too; the silence of a source is no claim.
    assert (found["statements"], found["claims"], found["with_words"]) == (2, 1, 1)
    assert (found["findings"], found["quotations"]) == (1, 2)


def test_the_figures_are_counted_anew_when_anything_was_saved():
    fill()
    before = figures()
    make_document("S-NEW")
    # Nothing of the kind happens outside of tests: whatever is saved has a revision.
    assert figures() == before
    records.note_saved("document", "S-NEW", source=Source.ADMIN)
    assert figures() == before | {"documents": before["documents"] + 1}
    Document.objects.get(code="S-NEW").delete()
    records.note_deleted("document", "S-NEW", source=Source.ADMIN)
    assert figures() == before
    with transaction.atomic():
        make_case("another")
        assert figures()["cases"] == before["cases"] + 1
        transaction.set_rollback(True)
    assert figures() == before


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_each_page_is_in_its_language(client, page, prefix, language, direction):
    response = client.get(prefix + page)
    assert response.status_code == 200
    assert f'<html lang="{language}" dir="{direction}">' in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_any_data_is_a_page(client, page):
    assert client.get(page).status_code == 200


def test_the_front_page_costs_four_queries(client, django_assert_num_queries):
    fill()
    client.get("/")
    # Whether anything has changed since it was counted. For the question of a situation: whether
    # its counts have changed, terms, regions.
    with django_assert_num_queries(4):
        client.get("/")


def test_the_question_of_a_situation_offers_what_published_cases_have(client):
    make_case("one", terms=["situation:electoral", "trigger:not_stated"])
    make_case("hidden", review="draft", terms=["situation:interstate"])
    page = client.get("/").content.decode()
    form = re.search(r'<form action="/similar/".*?</form>', page, re.S)[0]
    assert re.findall(r'<select id="\S+" name="(\w+)"', form) == list(SCHEMES)
    # Silence cannot be compared, and drafts are counted nowhere.
    offered = re.findall(r'value="(\w*)">', form)
    assert offered == ["", "electoral", "", "", "africa", "western_africa", "", ""]
    asked = client.get("/similar/?situation=electoral&trigger=&region=", follow=True)
    assert asked.status_code == 200


def test_every_file_that_is_offered_is_there(client):
    fill()
    page = client.get("/about-the-data/").content.decode()
    addresses = re.findall(r'href="(/\w+\.(?:csv|xlsx|json)[^"]*)"', page)
    assert len(addresses) == 4 * len(TABLES)
    for address in addresses:
        response = client.get(address)
        assert (response.status_code, bool(response.getvalue())) == (200, True), address
