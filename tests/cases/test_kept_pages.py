"""A page of one record is rendered once, and again as soon as anything has changed."""

from datetime import UTC, datetime

import brotli
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import tally, workflow
from cases.index import refresh
from cases.models import Actor, Case, Document, Term
from cases.models.choices import Source
from cases.records import EVERY_KIND, note_saved
from cases.views import kept
from tests.factories import make_case, make_edition, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db

PAGES = [
    "/cases/one/",
    "/actors/un/",
    "/tools/mediation/",
    "/terms/trigger/coup/",
    "/countries/GIN/",
    "/regions/africa/",
    "/findings/f1/",
    "/documents/S-2011-552/",
    "/documents/S-2011-552/fa/",
]


@pytest.fixture(autouse=True)
def records(db):
    """A record of each kind that has a page."""
    case = make_case("one", title_en="One crisis", terms=["trigger:coup"])
    passage = make_passage("The envoy mediated.", edition=make_edition())
    make_statement(case, by=["un"], quotations=[make_quotation("mediated", passage)])
    quotation = make_quotation("envoy", passage)
    make_statement(None, "finding:lesson", key="f1", quotations=[quotation])


def text(client, address="/cases/one/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_asked_again_a_page_is_the_same_for_one_query(client, address, django_assert_num_queries):
    first = text(client, address)
    with django_assert_num_queries(1):  # whether anything has changed
        assert text(client, address) == first


def saved(kind, model, key, **changed):
    """Save a record as the form of its table does."""
    rows = [row for row in model.objects.all() if EVERY_KIND[kind].key_of(row) == key]
    model.objects.filter(pk=rows[0].pk).update(**changed)
    assert note_saved(kind, key, source=Source.ADMIN)
    if kind == "case":
        refresh([key])


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    ("kind", "model", "key", "changed"),
    [
        ("case", Case, "one", {"title_en": "Another crisis"}),
        ("actor", Actor, "un", {"note_en": "Another note"}),
        ("term", Term, "tool:mediation", {"label_en": "another label"}),
        ("term", Term, "finding:lesson", {"label_en": "another label"}),
        ("document", Document, "S-2011-552", {"title_en": "Another title"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_changed_shows_at_once(client, address, kind, model, key, changed):
    text(client, address)
    saved(kind, model, key, **changed)
    shown = text(client, address)
    tally.forget()
    assert shown == text(client, address)


def test_what_shows_is_what_was_changed(client):
    assert "One crisis" in text(client)
    saved("case", Case, "one", title_en="Another crisis")
    assert "Another crisis" in text(client)
    assert "Another note" not in text(client, "/actors/un/")
    saved("actor", Actor, "un", note_en="Another note")
    assert "Another note" in text(client, "/actors/un/")


def test_a_case_that_is_withdrawn_is_gone_at_once(client, superuser):
    assert "One crisis" in text(client)
    case = Case.objects.get(slug="one")
    workflow.move(case, workflow.STEPS["withdraw"], superuser, why="Wrong.")
    assert client.get("/cases/one/").status_code == 410


def test_what_a_transaction_takes_back_shows_to_nobody(client):
    before = text(client)
    with transaction.atomic():
        saved("case", Case, "one", title_en="Another crisis")
        assert "Another crisis" in text(client)
        transaction.set_rollback(True)
    assert text(client) == before


def test_each_language_has_its_own(client):
    pages = [text(client, f"{start}/cases/one/") for start in ("", "/fa", "/ar")]
    assert [text(client, f"{start}/cases/one/") for start in ("", "/fa", "/ar")] == pages
    assert len(set(pages)) == 3


def test_tomorrow_it_is_live_data_of_tomorrow(client, monkeypatch):
    days = {f"Live data, {day} November 2026." for day in (23, 24)}
    for day in (23, 24):
        monkeypatch.setattr(timezone, "now", lambda day=day: datetime(2026, 11, day, 9, tzinfo=UTC))
        page = text(client)
        assert [each for each in days if each in page] == [f"Live data, {day} November 2026."]


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_it_is_sent_as_its_reader_takes_it(client, accepted):
    page = text(client)
    response = client.get("/cases/one/", headers={"accept-encoding": accepted})
    assert response.get("Content-Encoding", "identity") == accepted
    assert "Accept-Encoding" in response["Vary"] or accepted == "identity"
    assert response["Content-Length"] == str(len(response.content))
    if accepted == "br":
        assert brotli.decompress(response.content).decode() == page


def test_headers_are_those_of_a_page_that_was_just_rendered(client):
    first, again = client.get("/cases/one/"), client.get("/cases/one/")
    numbered = "X-Request-ID"
    assert {*first.items()} - {(numbered, first[numbered])} == {*again.items()} - {
        (numbered, again[numbered])
    }


def test_somebody_at_the_desk_reads_what_everybody_reads(client, desk):
    page = text(client)
    assert text(desk) == page


def test_only_whole_pages_are_kept(client):
    for address, status in (("/cases/none/", 404), ("/actors/un/?page=1", 200)):
        for _again in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == status
        assert len(queries) > 1  # all that a kept page asks is whether anything has changed


def test_pages_take_no_more_than_so_much_memory(monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 100)
    values, others, pages = object(), object(), kept.Pages()
    for name in "abc":
        pages.keep(values, name, bytes(40))
    assert [pages.find(values, name) is None for name in "abc"] == [True, False, False]
    assert pages.find(values, "b")
    pages.keep(values, "d", bytes(40))  # c was asked for longest ago
    assert [pages.find(values, name) is None for name in "bcd"] == [False, True, False]
    pages.keep(values, "e", bytes(101))
    assert [pages.find(values, name) for name in "bcde"] == [None] * 4
    pages.keep(values, "f", bytes(40))
    assert pages.find(others, "f") is None
    pages.keep(others, "g", bytes(40))
    assert pages.find(values, "f") is None
