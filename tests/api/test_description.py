"""The description of the API and the pages that lead to it say what there is, and nothing else."""

import json
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from api.asking import ActorQuery, TermQuery
from api.description import ALWAYS
from api.resources import LISTS
from cases.filters import CaseFilterSet
from cases.findings import FindingFilterSet
from tests.api.world import KNOWN, make_world
from tests.factories import make_case
from tests.keeping import kept

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
PAGING = {"cursor", "limit"}
CASES, FINDINGS = set(CaseFilterSet.base_filters), set(FindingFilterSet.base_filters)
# What may be asked of each list; of anything else nothing.
ASKED = {
    "cases": CASES | PAGING,
    "statements": CASES - {"order"} | PAGING,
    "evidence": CASES - {"order"} | PAGING,
    "findings": FINDINGS | PAGING,
    "actors": set(ActorQuery.base_fields) | PAGING,
    "terms": set(TermQuery.base_fields) | PAGING,
    "documents": PAGING,
    "countries": PAGING,
    "documents/{code}/editions/{edition}/passages": PAGING,
}
FURTHER = {"/api/v1/cases/{slug}": {301, 404, 410}, "/api/v1/actors/{code}": {301, 404}}


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        make_world()
        yield


@pytest.fixture
def described():
    return Client().get("/api/v1/openapi.json").json()


def test_it_names_every_address_and_no_other(described):
    assert described["openapi"].startswith("3.1.")
    routes = {
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        for resolver in get_resolver().url_patterns
        if str(resolver.pattern) == "api/v1/"
        for route in (f"api/v1/{each.pattern}" for each in resolver.url_patterns)
    }
    assert set(described["paths"]) == routes
    assert all(list(path) == ["get"] for path in described["paths"].values())


@pytest.mark.parametrize("path", ASKED)
def test_it_names_every_filter_of_a_list_and_no_other(described, path):
    operation = described["paths"][f"/api/v1/{path}"]["get"]
    named = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
    assert named == ASKED[path]
    assert all(each["schema"]["type"] for each in operation["parameters"])


def test_nothing_can_be_asked_of_the_other_addresses(described):
    for path, operations in described["paths"].items():
        if path.removeprefix("/api/v1/") not in ASKED:
            assert all(each["in"] == "path" for each in operations["get"]["parameters"]), path


@pytest.mark.parametrize("name", ["cases", "statements", "evidence", "findings", "actors", "terms"])
def test_each_filter_takes_a_value_of_its_type_and_other_names_are_refused(described, name):
    for each in described["paths"][f"/api/v1/{name}"]["get"]["parameters"]:
        if each["name"] != "cursor":
            asked = f"/api/v1/{name}?{each['name']}={_example(each['schema'])}"
            assert Client().get(asked).status_code == 200, asked
    others = (CASES | FINDINGS | {"page", "format", "type", "scheme"}) - ASKED[name]
    for other in others:
        assert Client().get(f"/api/v1/{name}?{other}=x").status_code == 400, other


def _example(schema: dict) -> str:
    schema = schema.get("items", schema)
    known = schema.get("enum") or KNOWN.get(schema.get("format"))
    return known[0] if known else "5"


def test_it_names_every_error_of_every_address(described):
    for path, operations in described["paths"].items():
        answers = {int(status) for status in operations["get"]["responses"]}
        assert answers >= {200, *ALWAYS} | FURTHER.get(path, set()), path
        assert (404 in answers) == ("{" in path), path
    for name, response in described["components"]["responses"].items():
        has_body = int(name.removeprefix("Status")) >= 400
        assert ("application/problem+json" in response.get("content", {})) == has_body


def test_every_column_says_what_it_means(described):
    for name, schema in described["components"]["schemas"].items():
        if name in ("Case", "Statement", "Evidence", "Finding", "Document", "Passage", "Term"):
            assert all(each.get("description") for each in schema["properties"].values()), name


def test_the_index_names_the_lists():
    items = Client().get("/api/v1/").json()["items"]
    assert [each["name"] for each in items] == list(LISTS)
    for each in items:
        assert Client().get(each["address"].removeprefix(SITE)).status_code == 200


# Pages


@pytest.mark.parametrize(
    ("prefix", "language", "direction"),
    [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")],
)
def test_a_page_explains_it_in_each_language(prefix, language, direction):
    response = Client().get(f"{prefix}/api/")
    page = response.content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert 'href="/api/v1/openapi.json"' in page
    for name in LISTS:
        assert f'href="/api/v1/{name}"' in page
    for name in CASES | FINDINGS:
        assert f'<code dir="ltr">{name}</code>' in page
    for address in set(re.findall(r'href="(/api/v1/[^"]*)"', page)):
        assert Client().get(address).status_code == 200, address
    assert f'href="{prefix}/api/"' in Client().get(f"{prefix}/about-the-data/").content.decode()


def test_the_page_takes_no_questions_and_nothing_else():
    assert Client().get("/api/?x=1").status_code == 400
    assert Client().post("/api/").status_code == 405


@pytest.mark.parametrize("prefix", ["", "/fa"])
def test_a_case_page_names_its_json_and_what_it_is_based_on(prefix):
    page = Client().get(f"{prefix}/cases/guinea-2009/").content.decode()
    address = f"{SITE}/api/v1/cases/guinea-2009"
    assert f'<link rel="alternate" type="application/json" href="{address}">' in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert data["distribution"]["contentUrl"] == address
    based = {each["identifier"]: each["url"] for each in data["isBasedOn"]}
    assert based["S/2009/1"] == f"{SITE}{prefix}/documents/S-2009-1/"


def test_a_case_without_words_is_based_on_nothing():
    make_case("bare")
    page = Client().get("/cases/bare/").content.decode()
    assert '"isBasedOn":[]' in page
    assert 'type="application/json"' not in Client().get("/cases/").content.decode()
