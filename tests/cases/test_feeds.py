"""What machines read: the head of pages, the map of the site, the feed, robots.txt."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from xml.etree import ElementTree

import pytest

from cases import index
from cases.models import Case
from cases.views import feeds
from tests.factories import make_case, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def html(client, address: str) -> str:
    return client.get(address).content.decode()


def data_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])


def links(page: str, rel: str) -> list[str]:
    return [unescape(each) for each in re.findall(rf'<link rel="{rel}"[^>]* href="([^"]+)"', page)]


def paths(client) -> set[str]:
    """The paths that the map of the site names."""
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return {each.findtext(f"{MAP}loc").removeprefix(SITE) for each in found}


def drafts() -> None:
    """Cases that no reader may see, full of a word that must not show."""
    original = make_case("one", title_en="One", summary_en="Shown.")
    make_case("secret-draft", review="draft", summary_en="secret")
    make_case("secret-gone", review="withdrawn", summary_en="secret")
    make_case("one", review="draft", title_en="secret", working_copy_of=original)
    make_statement(make_case("secret-two", review="in_review"), "tool:secret", by=["secret"])


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
@pytest.mark.parametrize("address", ["/", "/cases/", "/cases/one/", "/codebook/", "/findings/"])
def test_every_page_names_its_address_and_its_languages(client, prefix, address):
    make_case("one")
    page = html(client, f"{prefix}{address}")
    assert links(page, "canonical") == [f"{SITE}{prefix}{address}"]
    assert re.findall(r'hreflang="(\S+)" href="(\S+)">\n', page.split("</head>")[0]) == [
        ("en", f"{SITE}{address}"),
        ("fa", f"{SITE}/fa{address}"),
        ("ar", f"{SITE}/ar{address}"),
        ("x-default", f"{SITE}{address}"),
    ]
    assert page.count('<meta name="description" content="') == 1
    assert links(page, "alternate")[-1] == f"{SITE}/feed.xml"


def test_filters_are_one_page_to_an_engine_but_compared_cases_are_another(client):
    make_case("one")
    make_case("two")
    assert links(html(client, "/cases/?country=GIN"), "canonical") == [f"{SITE}/cases/"]
    compared = "/compare/?case=one&case=two"
    page = html(client, compared)
    assert links(page, "canonical") == [SITE + compared]
    assert f"{SITE}/fa{compared}" in links(page, "alternate")


@pytest.mark.parametrize("address", ["/nowhere/", "/cases/nope/", "/cases/?tol=x"])
def test_an_error_is_no_page_to_be_found(client, address):
    page = html(client, address)
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert "ld+json" not in page
    # And yet a way on.
    assert '<form class="front-search" action="/cases/"' in page


def test_a_refused_question_leads_to_the_page_without_it(client):
    assert '<a href="/findings/">The same page without any question</a>' in html(
        client, "/findings/?tol=x"
    )


def test_a_case_describes_itself_by_its_summary(client):
    make_case("one", summary_en='It "began" & ended. ' + "word " * 100)
    page = html(client, "/cases/one/")
    said = re.search(r'<meta name="description" content="([^"]*)">', page)[1]
    assert said.startswith("It &quot;began&quot; &amp; ended. word")
    assert len(unescape(said)) <= 200


def test_every_page_tells_of_the_data_set_and_its_files(client):
    data = data_of(html(client, "/"))
    assert (data["@context"], data["@type"]) == ("https://schema.org", "Dataset")
    assert data["url"] == f"{SITE}/"
    files = {each["contentUrl"] for each in data["distribution"]}
    assert f"{SITE}/cases.csv" in files
    for address in files:
        response = client.get(address.removeprefix(SITE))
        assert (response.status_code, bool(response.getvalue())) == (200, True)
    assert data_of(html(client, "/fa/codebook/"))["url"] == f"{SITE}/fa/"


def test_a_case_tells_its_version_time_and_place(client):
    make_case(
        *("one",),
        version=4,
        start="2008-12",
        end="2010",
        summary_en="What </script><script>alert(1)</script> & more",
        published_on=datetime(2026, 1, 2, tzinfo=UTC),
        changed_on=datetime(2026, 3, 4, tzinfo=UTC),
    )
    page = html(client, "/cases/one/")
    assert "<script>alert" not in page
    data = data_of(page)
    assert data["description"] == "What </script><script>alert(1)</script> & more"
    assert data["version"] == "4"
    assert (data["datePublished"], data["dateModified"]) == ("2026-01-02", "2026-03-04")
    assert data["temporalCoverage"] == "2008-12-01/2010-12-31"
    assert data["spatialCoverage"] == [{"@type": "Place", "name": "Guinea"}]
    assert data["isPartOf"]["url"] == f"{SITE}/"


def test_what_goes_on_has_an_open_end(client):
    make_case("one", start="2008/..")
    make_case("two")
    assert data_of(html(client, "/cases/one/"))["temporalCoverage"] == "2008-01-01/.."
    assert "temporalCoverage" not in data_of(html(client, "/cases/two/"))


def test_the_map_of_the_site_names_public_pages_in_three_languages(client):
    drafts()
    words = make_quotation(passage=make_passage())
    make_statement(make_case("two"), "tool:mediation", by=["au"], quotations=[words])
    response = client.get("/sitemap.xml")
    assert response["Content-Type"].startswith("application/xml")
    assert "secret" not in response.content.decode()
    found = ElementTree.fromstring(response.content)
    addresses = [each.findtext(f"{MAP}loc") for each in found]
    assert len(addresses) == len(set(addresses))
    for address in ("/", "/cases/one/", "/cases/two/", "/tools/mediation/", "/actors/au/"):
        for prefix in ("", "/fa", "/ar"):
            assert f"{SITE}{prefix}{address}" in addresses
    for each in found:
        others = [link.get("hreflang") for link in each.findall(f"{XHTML}link")]
        assert others == ["en", "fa", "ar", "x-default"]
    for address in addresses:
        assert client.get(address.removeprefix(SITE)).status_code == 200, address


def test_a_map_reads_only_what_stands_in_it(client, monkeypatch, django_assert_num_queries):
    for slug in ("one", "two", "three"):
        make_statement(make_case(slug), f"tool:{slug}", by=[slug])
    make_passage()
    # What is held in memory (three, and once more whether it still is as it was), the ids of four
    # kinds of pages, and five kinds of rows.
    with django_assert_num_queries(13):
        client.get("/sitemap.xml")
    # Whether anything has changed, and the rows.
    with django_assert_num_queries(6):
        client.get("/sitemap.xml")
    monkeypatch.setattr(feeds, "PAGES_OF_A_MAP", 3)
    monkeypatch.setattr(feeds, "PAGES", feeds.PAGES[:12])
    of_cases = 12 // 3 + 1
    # The list of maps and one of pages that always are there read nothing, that of cases these.
    for address, number in (("", 1), ("-1", 1), (f"-{of_cases}", 2)):
        with django_assert_num_queries(number):
            found = html(client, f"/sitemap{address}.xml")
    assert all(f"/cases/{slug}/" in found for slug in ("one", "two", "three"))


@pytest.mark.parametrize("most", [1, 3, 10])
def test_many_pages_stand_in_several_maps(client, monkeypatch, most):
    drafts()
    words = make_quotation(passage=make_passage())
    make_statement(make_case("two"), "tool:mediation", by=["au"], quotations=[words])
    whole = client.get("/sitemap.xml").content
    monkeypatch.setattr(feeds, "PAGES_OF_A_MAP", most)
    listed = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [each.findtext(f"{MAP}loc") for each in listed]
    assert addresses[0] == f"{SITE}/sitemap-1.xml"
    maps = [
        ElementTree.fromstring(client.get(each.removeprefix(SITE)).content) for each in addresses
    ]
    assert all(len(each) == most * 3 for each in maps[:-1])
    assert 0 < len(maps[-1]) <= most * 3
    told = [each.findtext(f"{MAP}loc") for every in maps for each in every]
    assert told == [each.findtext(f"{MAP}loc") for each in ElementTree.fromstring(whole)]
    for part in (0, len(addresses) + 1):
        assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_a_map_knows_at_once_what_is_published_and_what_is_withdrawn(client):
    make_case("one")
    assert "/cases/one/" in html(client, "/sitemap.xml")
    make_statement(make_case("two"), "tool:mediation", by=["au"])
    assert {"/cases/two/", "/actors/au/", "/tools/mediation/"} <= paths(client)
    Case.objects.filter(slug="two").update(review="withdrawn")
    index.refresh(["two"])
    assert paths(client).isdisjoint({"/cases/two/", "/actors/au/", "/tools/mediation/"})


def test_a_map_says_when_pages_changed(client):
    make_case("old", published_on=datetime(2026, 1, 2, tzinfo=UTC))
    make_case(
        *("new",),
        published_on=datetime(2026, 1, 2, tzinfo=UTC),
        changed_on=datetime(2026, 3, 4, tzinfo=UTC),
    )
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)
    days = {each.findtext(f"{MAP}loc"): each.findtext(f"{MAP}lastmod") for each in found}
    assert days[f"{SITE}/cases/old/"] == days[f"{SITE}/fa/cases/old/"] == "2026-01-02"
    assert days[f"{SITE}/cases/new/"] == "2026-03-04"
    assert days[f"{SITE}/"] is None


def test_the_feed_has_the_published_cases_newest_first(client):
    drafts()
    make_case(
        "new",
        title_en="New & <b>bold</b>",
        summary_en="A < B",
        published_on=datetime(2030, 1, 2, tzinfo=UTC),
        changed_on=datetime(2030, 1, 3, tzinfo=UTC),
    )
    client.get("/fa/")  # it stays in English whoever asks
    response = client.get("/feed.xml")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "secret" not in response.content.decode()
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == ["New & <b>bold</b>", "One"]
    assert entries[0].findtext(f"{ATOM}id") == f"{SITE}/cases/new/"
    assert entries[0].findtext(f"{ATOM}published") == "2030-01-02T00:00:00+00:00"
    assert entries[0].findtext(f"{ATOM}updated") == "2030-01-03T00:00:00+00:00"
    assert entries[0].findtext(f"{ATOM}summary") == "A &lt; B"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{SITE}/feed.xml"


def test_an_empty_feed_is_a_feed(client):
    assert ElementTree.fromstring(client.get("/feed.xml").content).tag == f"{ATOM}feed"


def test_robots_keep_to_pages(client):
    said = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /fa/admin/" in said
    assert "Disallow: /*?" in said
    assert said[-1] == f"Sitemap: {SITE}/sitemap.xml"


@pytest.mark.parametrize("address", ["/sitemap.xml", "/feed.xml", "/robots.txt"])
def test_they_are_read_and_nothing_else(client, address):
    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405
