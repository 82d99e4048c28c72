"""/cases/: the list, its filters, its pages and its links to files."""

import json
import re

import pytest
from django.db import connection
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext, ngettext

from cases import index
from cases.templatetags.reading import digits
from cases.views import case_list
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_document,
    make_passage,
    make_region,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db

LANGUAGES = [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")]


def html(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def listed(page: str) -> list[str]:
    """Slugs of the cases on a page, in order."""
    return re.findall(r'<h3><a href="(?:/fa|/ar)?/cases/([^/"]+)/">', page)


def fill(number: int) -> None:
    """So many cases, each with places, actors, terms and words of its own."""
    for at in range(number):
        case = make_case(
            f"filled-{number}-{at}",
            countries=["GIN", "LBR"],
            start="2008",
            terms=["situation:electoral", "outcome:agreement_reached"],
        )
        case.regions.add(make_region("eastern_africa", "014", make_region()))
        make_statement(case, f"tool:tool_{number}_{at}", by=[make_actor(), make_actor()])


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_the_page_is_in_its_language_and_direction(client, prefix, language, direction):
    make_case("one", title_en="English title", title_fa="عنوان فارسی", title_ar="عنوان عربي")
    page = html(client, f"{prefix}/cases/")
    assert f'<html lang="{language}" dir="{direction}">' in page
    titles = {"en": "English title", "fa": "عنوان فارسی", "ar": "عنوان عربي"}
    assert [title for title in titles.values() if title in page] == [titles[language]]
    with translation.override(language):
        assert gettext("Filters") in page
        count = ngettext("%(count)s case", "%(count)s cases", 1) % {"count": digits(1)}
        assert count in page


def test_a_title_that_is_missing_in_a_language_stands_in_another_and_says_which(client):
    make_case("one", title_en="English title", title_fa="")
    assert '<span lang="en" dir="ltr">English title</span>' in html(client, "/fa/cases/")


def test_a_country_is_named_in_the_readers_language(client):
    make_case("one", countries=["KEN"])
    for prefix, name in (("", "Kenya"), ("/fa", "کنیا"), ("/ar", "كينيا")):
        assert f'class="nb" href="{prefix}/countries/KEN/">{name}</a>' in html(
            client, f"{prefix}/cases/"
        )


def test_a_country_at_risk_is_no_place_of_the_case(client):
    case = make_case("one", countries=["GIN", "LBR"])
    case.case_countries.filter(country="LBR").update(role="at_risk")
    assert '<span class="nb">Liberia</span>' not in html(client, "/cases/")


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2008-23", "", "autumn 2008"),
        ("2008-01", "2008-03", "to March 2008"),
        ("", "", "no date stated"),
    ],
)
def test_dates_are_in_words(client, start, end, said):
    make_case("one", start=start, end=end)
    assert said in html(client, "/cases/")


def test_dates_are_in_words_of_the_readers_language(client):
    make_case("one", start="2008-23")
    assert "پاییز ۲۰۰۸" in html(client, "/fa/cases/")
    assert "خريف 2008" in html(client, "/ar/cases/")


def test_tools_and_outcomes_are_shown_but_no_general_rules(client):
    case = make_case("one", terms=["tool:mediation", "outcome:agreement_reached"])
    make_statement(case, "tool:secondment", scope="pattern")
    page = html(client, "/cases/")
    assert '<a class="tag" href="/tools/mediation/">mediation</a>' in page
    assert 'href="/terms/outcome/agreement_reached/">agreement reached</a>' in page
    assert "secondment" not in page


def test_what_editors_type_is_escaped(client):
    make_case("one", title_en="<script>alert(1)</script>")
    page = html(client, "/cases/?q=%3Cscript%3E")
    assert "<script>" not in page
    assert escape("<script>alert(1)</script>") in page


def test_no_case_is_said_in_words(client):
    assert "No case matches all of these filters" in html(client, "/cases/")


def test_the_filters_offer_what_published_cases_have_and_keep_what_was_chosen(client):
    document = make_document("S-2011-552")
    case = make_case("one", terms=["situation:electoral"], start="2008")
    make_statement(case, "role:lead_mediator", by=["au"])
    make_statement(case, "event:agreement").documents.add(document)
    make_term("tool:never_said")
    make_country("KGZ")
    page = html(
        client,
        "/cases/?country=GIN&situation=electoral&role=lead_mediator&document=S-2011-552"
        "&q=one&from=2007&to=2009&dates=certainly&order=title",
    )
    for name, value in [
        ("country", "GIN"),
        ("situation", "electoral"),
        ("role", "lead_mediator"),
        ("document", "S-2011-552"),
    ]:
        assert f'name="{name}" value="{value}" checked' in page
    assert 'name="actor" value="au">' in page
    assert 'value="one"' in page
    assert 'name="from" dir="ltr" value="2007"' in page
    assert '<option value="certainly" selected>' in page
    assert '<option value="title" selected>' in page
    assert "never_said" not in page
    assert "KGZ" not in page


def test_the_files_keep_the_filters_but_not_the_page(client):
    make_case("one", terms=["tool:mediation"])
    page = html(client, "/fa/cases/?tool=mediation&order=title&page=1")
    for address in ("cases.csv?", "cases.xlsx?", "cases.json?"):
        assert f'href="/{address}tool=mediation&amp;order=title"' in page
    assert 'href="/cases.csv?tool=mediation&amp;order=title&amp;for=excel"' in page
    plain = html(client, "/cases/")
    assert 'href="/cases.csv"' in plain
    assert 'href="/cases.csv?for=excel"' in plain


def test_every_link_to_a_file_works(client):
    make_case("one", terms=["tool:mediation"])
    page = html(client, "/cases/?tool=mediation&page=1")
    addresses = re.findall(r'href="(/cases\.[^"]+)"', page)
    assert len(addresses) == 4
    for address in addresses:
        response = client.get(address.replace("&amp;", "&"))
        assert (response.status_code, bool(response.getvalue())) == (200, True)


def test_pages_hold_twenty_cases_and_links_keep_the_filters(client):
    for number in range(45):
        make_case(f"case-{number:02}", terms=["tool:mediation"])
    first = html(client, "/cases/?tool=mediation")
    assert listed(first) == [f"case-{number:02}" for number in range(20)]
    assert 'rel="next" href="?tool=mediation&amp;page=2"' in first
    assert 'rel="prev"' not in first
    middle = html(client, "/cases/?tool=mediation&page=2")
    assert 'rel="prev" href="?tool=mediation&amp;page=1"' in middle
    last = html(client, "/cases/?tool=mediation&page=3")
    assert listed(last) == [f"case-{number:02}" for number in range(40, 45)]
    assert 'rel="next"' not in last
    assert client.get("/cases/?tool=mediation&page=4").status_code == 404


def test_the_languages_lead_to_the_same_page_with_the_same_filters(client):
    make_case("one", terms=["tool:mediation"])
    page = html(client, "/cases/?tool=mediation&order=title")
    assert 'href="/fa/cases/?tool=mediation&amp;order=title" lang="fa"' in page
    assert 'href="/cases/?tool=mediation&amp;order=title" lang="en"' in html(
        client, "/ar/cases/?tool=mediation&order=title"
    )


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    make_case("one")
    head = client.head("/cases/")
    assert (head.status_code, head.content) == (200, b"")
    assert client.post("/cases/").status_code == 405
    assert client.delete("/cases/").status_code == 405


@pytest.mark.parametrize(
    "address", ["/cases/", "/cases.csv", "/cases/nope/", "/cases/?tol=x", "/findings/"]
)
def test_every_answer_has_the_headers_of_security(client, address):
    response = client.get(address)
    headers, _content = response.headers, response.getvalue()
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_reader_is_given_no_cookie(client):
    make_case("one")
    for address in ("/cases/", "/cases/one/", "/cases.csv", "/fa/cases/"):
        response = client.get(address)
        assert response.getvalue()
        assert not response.cookies


def test_the_style_sheet_of_the_page_is_served(client):
    address = re.search(r'rel="stylesheet" href="([^"]+)"', html(client, "/cases/"))[1]
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/css")
    assert b"".join(response.streaming_content)


# The page itself: its cases, and their countries, regions and statements: 4. Counts: whether values
# have changed since they were read into memory: 1. What can be chosen is called: terms, regions,
# countries, actors, documents: 5.
LIST_QUERIES = 10


def warm(client) -> None:
    """Have the values read into memory: what has changed since is read once."""
    client.get("/cases/")


@pytest.mark.parametrize("number", [2, 20])
def test_it_lists_any_number_of_cases_in_ten_queries(client, number, django_assert_num_queries):
    fill(number)
    warm(client)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(listed(html(client, "/cases/"))) == number


@pytest.mark.parametrize("number", [2, 20])
def test_a_filter_by_a_term_costs_two_queries_more(client, number, django_assert_num_queries):
    fill(number)
    warm(client)
    # Is there such a situation, and which are narrower.
    with django_assert_num_queries(LIST_QUERIES + 2):
        assert len(listed(html(client, "/cases/?situation=electoral"))) == number


@pytest.mark.parametrize("number", [2, 20])
def test_changes_of_any_number_of_cases_cost_two_queries_once(
    client, number, django_assert_num_queries
):
    warm(client)
    fill(number)
    # Their values and their times.
    with django_assert_num_queries(LIST_QUERIES + 2):
        assert len(listed(html(client, "/cases/"))) == number
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/cases/")


@pytest.mark.parametrize("number", [1, 10])
def test_a_file_is_one_query(client, number, django_assert_num_queries):
    fill(number)
    for name in ("cases", "statements", "evidence", "quotations", "actors"):
        # On PostgreSQL the file of cases asks first which they are, and their order.
        in_parts = name == "cases" and connection.vendor == "postgresql"
        # Not CSV: PostgreSQL writes it by COPY, which Django does not count.
        with django_assert_num_queries(2 if in_parts else 1):
            content = b"".join(client.get(f"/{name}.json").streaming_content)
        assert len(json.loads(content)) >= number


def test_the_words_are_shown_where_they_stand_in_the_sources(client):
    edition = make_passage("آغاز", code="p1").edition
    make_passage("میانجیگری در كنيا مفید بود.", code="p20", edition=edition)
    make_passage("سرفصل کنیا", code="h1", edition=edition, kind="heading")
    make_case("one", title_fa="گینه")
    page = html(client, "/fa/cases/?q=کنیا")
    assert f'href="/fa/documents/{edition.document.code}/en/#p20"' in page
    assert "<mark>كنيا</mark>" in page
    assert "سرفصل" not in page


# Few passages are asked for by their ids; of many the first texts have the first, or have not.
@pytest.mark.parametrize(("few", "first"), [(500, 10), (1, 10), (1, 2), (1, 1)])
@pytest.mark.parametrize("question", ["envoy", "envoy reached", '"reached the common envoy"'])
def test_the_first_passages_are_shown_and_all_are_counted(monkeypatch, few, first, question):
    monkeypatch.setattr(case_list, "FEW_PASSAGES", few)
    monkeypatch.setattr(case_list, "FIRST_EDITIONS", first)
    editions = [make_passage("Nobody.", code="p1").edition for _each in range(3)]
    for code in ("p2", "p3", "p10"):
        for edition in editions:
            make_passage("They reached the common envoy.", code=code, edition=edition)
        make_passage("The envoy", code=f"h{code}", edition=editions[0], kind="heading")
    count, found = case_list.passages_with(question)
    assert count == 9
    assert [each.passage.ref for each in found] == [
        f"{edition.ref}/{code}" for edition in editions for code in ("p2", "p3", "p10")
    ][:5]


def test_a_case_shows_the_words_by_which_it_was_found(client):
    case = make_case("one", title_en="Guinea", summary_en="The envoy shuttled between the sides.")
    make_statement(case, "tool:mediation", note_en="Nobody shuttled here.")
    page = html(client, "/cases/?q=shuttl")
    assert "The envoy <mark>shuttled</mark> between the sides." in page
    assert "Nobody" not in page


@pytest.mark.parametrize("number", [1, 10])
def test_a_search_costs_eleven_queries_more_than_the_list(
    client, number, django_assert_num_queries
):
    fill(number)
    warm(client)
    # The ids of what has the word however written, and, for its weight, whole in the head, where
    # all have it: 2; a word that was looked for costs nothing until cases change. The passages
    # that have it, here none, and whether anything has changed since they were counted: 2. The
    # texts of the cases on the page: cases, countries, regions, statements, parts of actors with
    # their names, documents, words: 7.
    with django_assert_num_queries(LIST_QUERIES + 11):
        client.get("/cases/?q=filled")
    with django_assert_num_queries(LIST_QUERIES + 8):
        client.get("/cases/?q=filled&page=1")


@pytest.fixture
def sources(monkeypatch):
    """Three documents and three actors, of which the filters offer one each."""
    monkeypatch.setattr("cases.facets.MOST", 1)
    for number in range(3):
        case = make_case(f"case-{number}")
        for at in range(number + 1):
            documents = [make_document(f"D-{number}-{each}") for each in range(at, number + 1)]
            statement = make_statement(case, by=[f"body-{number}"], quotations=[])
            statement.documents.set(documents[:1])
    for number in range(2):
        statement = make_statement(make_case(f"more-{number}"), by=["body-1"], quotations=[])
        statement.documents.add(make_document("D-1-0"))
    index.refresh()


def offered(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def test_of_documents_and_actors_those_of_most_cases_are_offered_and_the_chosen(client, sources):
    page = html(client, "/cases/")
    assert offered(page, "document") == ["D-1-0"]
    assert offered(page, "actor") == ["body-1"]
    page = html(client, "/cases/?document=D-2-2&actor=body-2")
    assert offered(page, "document") == ["D-1-0", "D-2-2"]
    assert offered(page, "actor") == ["body-1", "body-2"]
    assert 'value="D-2-2" checked' in page
    assert 'value="body-2" checked' in page
    assert listed(page) == ["case-2"]


def test_the_rest_of_them_is_reached_by_links(client, sources):
    page = html(client, "/fa/cases/")
    for address in ("/fa/actors/", "/fa/documents/"):
        assert re.search(rf'<a href="{address}">[^<]*</a></p></details>', page)
    assert "/cases/?actor=body-2" in html(client, "/actors/body-2/")
    assert "/cases/?document=D-2-2" in html(client, "/documents/D-2-2/")


def test_all_are_offered_where_they_are_few(client):
    make_statement(make_case("one"), by=["au", "ecowas"])
    page = html(client, "/cases/")
    assert offered(page, "actor") == ["au", "ecowas"]
    assert "of its own" not in page
