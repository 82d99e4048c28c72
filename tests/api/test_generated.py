"""Requests that schemathesis generates from the description: each is answered as that says.

On the real application, with every check that schemathesis has. What it cannot know it takes from
here: codes that exist, dates in EDTF, cursors that a list gave.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from django.test import override_settings
from hypothesis import Phase, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from config.wsgi import application
from tests.api.world import KNOWN, MARK, RELEASE, make_world
from tests.keeping import kept
from tests.releases.freezing import freeze

pytestmark = pytest.mark.django_db

for name, values in KNOWN.items():
    schemathesis.openapi.format(name, st.sampled_from(values))


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = override_settings(RELEASES_DIR=tmp_path_factory.mktemp("releases"))
    with kept(django_db_blocker), folder:
        make_world()
        freeze(RELEASE)
        yield


# The description is made of the program alone, so it can be asked for before there is a database.
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


# They take the same filters as the list of cases, whose every value is tried one by one.
FILTERED_ALIKE = ["/api/v1/statements", "/api/v1/evidence"]


@schema.exclude(path=FILTERED_ALIKE).parametrize()
@settings(max_examples=3, derandomize=True, database=None)
def test_each_request_is_answered_as_the_description_says(case):
    ask(case)


@schema.include(path=FILTERED_ALIKE).parametrize()
@settings(max_examples=20, derandomize=True, database=None, phases=[Phase.generate])
def test_so_is_each_request_for_what_belongs_to_cases(case):
    ask(case)


@pytest.mark.parametrize("path", ["/api/v1/releases", "/api/v1/releases/{name}"])
def test_a_release_is_there_and_is_told_as_the_description_says(path):
    parts = {"name": RELEASE} if "{name}" in path else {}
    case = schema[path]["GET"].Case(path_parameters=parts)
    response = case.call_and_validate(headers={"Accept-Encoding": "identity"})
    assert response.status_code == 200
    assert RELEASE in response.text


def ask(case) -> None:
    make_sensible(case)
    # The client of schemathesis does not read what is compressed.
    response = case.call_and_validate(headers={"Accept-Encoding": "identity"})
    assert MARK not in response.text


def make_sensible(case) -> None:
    """What a valid request needs besides valid values: a real cursor, a time that does not end
    before it begins.
    """
    if case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    if case.query.get("from", "") > case.query.get("to", "~"):
        del case.query["from"]
    if case.query.pop("cursor", None) is not None:
        first = case.call(headers={"Accept-Encoding": "identity"}).json()
        if following := first.get("next"):
            case.query["cursor"] = parse_qs(urlsplit(following).query)["cursor"][0]
