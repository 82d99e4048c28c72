"""/countries/ and /regions/: the cases there, and whose the actors are."""

import re

import pytest

from cases import index, reference
from cases.models import CaseCountry
from cases.views import kept
from tests.factories import make_actor, make_case, make_country, make_region, make_statement

pytestmark = pytest.mark.django_db


def read(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def place(case, alpha3, role):
    CaseCountry.objects.create(case=case, country=make_country(alpha3), role=role, order=9)


def test_the_list_counts_cases_by_role_and_actors(client):
    place(make_case("one"), "LBR", "at_risk")
    make_case("two", countries=["LBR"])
    make_statement(
        make_case("three"), "tool:mediation", by=[make_actor("x", country=make_country("KEN"))]
    )
    page = text_of(read(client, "/countries/"))
    assert "Guinea Western Africa 2 – – – Kenya Eastern Africa – – – 1" in page
    assert "Liberia Western Africa 1 – 1 –" in page


def test_a_country_tells_its_cases_by_role(client):
    place(make_case("one", start="2009"), "LBR", "at_risk")
    make_case("two", countries=["LBR"], start="2010")
    page = read(client, "/countries/LBR/")
    scene, _, at_risk = page.partition('id="at_risk"')
    assert re.findall(r'<h3><a href="/cases/([a-z]+)/', scene) == ["two"]
    assert re.findall(r'<h3><a href="/cases/([a-z]+)/', at_risk) == ["one"]
    assert '<a href="/cases/?country=LBR">1 case</a>' in page
    assert '<a href="/countries/LBR/#at_risk">1</a>' in read(client, "/countries/")
    assert '<a href="/regions/western_africa/">Western Africa</a>' in page
    assert '<a href="/regions/africa/">Africa</a>' in page


def test_many_cases_of_a_country_stand_on_pages(client, monkeypatch):
    monkeypatch.setattr(reference, "PER_PAGE", 2)
    for at in range(3):
        make_case(f"here-{at}", countries=["LBR"], start=f"200{at}")
    both = make_case("both", countries=["LBR"], start="2003")
    make_country("KEN")
    for alpha3 in ("LBR", "KEN"):
        place(both, alpha3, "party")
    make_case("draft", countries=["LBR"], review="draft")
    index.refresh()

    def groups(address):
        page = read(client, address)
        parts = re.split(r'<section id="([a-z_]+)"><h2>', page)[1:]
        return {
            name: (
                re.search(r"\((\d+)\)", part)[1],
                re.findall(r'<h3><a href="/cases/([^/]+)', part),
            )
            for name, part in zip(parts[::2], parts[1::2], strict=True)
        }

    assert groups("/countries/LBR/") == {"scene": ("4", ["here-0", "here-1"])}
    assert groups("/countries/LBR/?page=2") == {"scene": ("4", ["here-2", "both"])}
    assert groups("/countries/LBR/?page=3") == {"party": ("1", ["both"])}
    assert 'rel="next" href="?page=2"' in read(client, "/countries/LBR/")
    listed = read(client, "/countries/")
    assert '<a href="/countries/LBR/#scene">4</a>' in listed
    assert '<a href="/countries/LBR/?page=3#party">1</a>' in listed
    assert '<a href="/countries/KEN/#party">1</a>' in listed


def test_a_country_names_its_actors(client):
    actor = make_actor("junta", name="The junta", country=make_country())
    make_statement(make_case("one"), "role:party", by=[actor])
    assert "The junta regional organization 1 case" in text_of(read(client, "/countries/GIN/"))


def test_a_region_has_the_cases_of_all_within(client):
    make_case("guinea")
    make_case("kirgizia", countries=["KGZ"])
    make_case("region", countries=[]).regions.add(make_region("western_africa", "011"))
    index.refresh()
    page = read(client, "/regions/africa/")
    assert set(re.findall(r'<h3><a href="/cases/([a-z]+)/', page)) == {"guinea", "region"}
    assert '<a href="/regions/western_africa/">' in page
    for address in ("/cases/?region=africa", "/explore/?region=africa"):
        assert f'href="{address}"' in page
    assert '<a href="/countries/GIN/">' in page


def test_drafts_show_nowhere(client):
    draft = make_case("marked-draft", review="draft", countries=["GIN"])
    actor = make_actor("marked-actor", country=make_country("KEN"))
    make_statement(draft, "role:party", by=[actor])
    for address in ("/countries/", "/countries/GIN/", "/countries/KEN/", "/regions/africa/"):
        page = read(client, address)
        assert "marked" not in page.lower()
    assert "Guinea" not in text_of(read(client, "/countries/"))
    assert "Kenya" not in text_of(read(client, "/countries/"))
    assert "No published case names this country." in read(client, "/countries/GIN/")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/countries/gin/", 301),
        ("/countries/XXX/", 404),
        ("/regions/nowhere/", 404),
        ("/countries/?q=x", 400),
        ("/countries/GIN/?q=x", 400),
        ("/countries/GIN/?page=2", 404),
        ("/countries/GIN/?page=x", 400),
        ("/regions/africa/?page=2", 404),
        ("/regions/africa/?page=x", 400),
    ],
)
def test_what_cannot_be_answered_is_said(client, address, status):
    make_country()
    assert client.get(address).status_code == status


@pytest.mark.parametrize("number", [2, 20])
def test_pages_take_a_fixed_number_of_queries(client, number, django_assert_num_queries):
    for at in range(number):
        actor = make_actor(country=make_country())
        make_statement(make_case(f"c{number}-{at}"), "tool:mediation", by=[actor])
    read(client, "/countries/")
    # Whether anything has changed since cases were counted by country and role; actors by country;
    # the countries with their regions.
    with django_assert_num_queries(3):
        read(client, "/countries/")
    read(client, "/countries/GIN/")
    kept.forget()
    # Whether anything has changed since the page was kept.
    # The country; whether anything has changed since its cases were found; those of the page, their
    # countries, regions and statements; actors, names, whether their cases must be counted anew.
    with django_assert_num_queries(10):
        read(client, "/countries/GIN/")
