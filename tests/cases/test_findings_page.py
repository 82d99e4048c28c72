"""/findings/: what the documents say of no single case."""

import re

import pytest
from django.utils import translation
from django.utils.translation import gettext

from tests.factories import (
    make_actor,
    make_case,
    make_document,
    make_passage,
    make_quotation,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db


def make_finding(kind="lesson", key=None, **changed):
    values = {"key": key} if key else {}
    return make_statement(None, f"finding:{kind}", **values, **changed)


def keys(client, address="/findings/") -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return re.findall(r'<li class="statement" id="([^"]+)">', response.content.decode())


def test_findings_stand_under_their_kinds_in_order(client):
    make_term("finding:norm", order=1)
    make_term("finding:lesson", order=2)
    make_finding("lesson", "l2", order=5)
    make_finding("lesson", "l1", order=4)
    make_finding("norm", "n1", order=9)
    assert keys(client) == ["n1", "l1", "l2"]


def test_statements_of_cases_are_no_findings(client):
    make_case("one", terms=["tool:mediation"])
    assert keys(client) == []


@pytest.mark.parametrize(
    ("prefix", "language", "direction"),
    [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")],
)
def test_the_page_is_in_its_language_and_the_words_are_in_theirs(
    client, prefix, language, direction
):
    finding = make_finding(
        "lesson",
        "l1",
        quotations=[make_quotation(passage=make_passage("Early action pays."))],
        note_en="In English",
        note_fa="به فارسی",
        note_ar="بالعربية",
    )
    finding.about.add(make_term("tool:mediation", label_fa="میانجیگری", label_ar="الوساطة"))
    page = client.get(f"{prefix}/findings/").content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert {"en": "In English", "fa": "به فارسی", "ar": "بالعربية"}[language] in page
    assert {"en": "mediation", "fa": "میانجیگری", "ar": "الوساطة"}[language] in page
    assert '<blockquote lang="en" dir="ltr">Early action pays.</blockquote>' in page
    with translation.override(language):
        assert f"<h1>{gettext('Findings')}</h1>" in page


def test_kinds_narrow_the_list_and_stay_chosen(client):
    for kind in ("norm", "lesson", "figure"):
        make_finding(kind, kind)
    assert keys(client, "/findings/?kind=norm&kind=figure") == ["figure", "norm"]
    assert keys(client, "/findings/?kind=") == ["figure", "lesson", "norm"]
    page = client.get("/findings/?kind=norm").content.decode()
    assert 'value="norm" checked' in page
    assert 'value="lesson">' in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=lessn", "“lessn” is none of lesson, norm."),
        ("kind=lesson&kind=x", "“x” is none of lesson, norm."),
        ("kind=a%00", "“a\x00” is none of"),
        ("knd=lesson", "knd: There is no such filter."),
        ("page=2", "page: There is no such filter."),
    ],
)
def test_an_unknown_kind_or_filter_is_refused(client, query, said):
    make_finding("lesson")
    make_finding("norm")
    response = client.get(f"/findings/?{query}")
    assert response.status_code == 400
    assert said in response.content.decode()


def test_the_files_hold_the_findings(client):
    make_finding("lesson", "l1")
    page = client.get("/fa/findings/").content.decode()
    for address in re.findall(r'href="(/findings\.[^"]+)"', page):
        assert client.get(address).status_code == 200
    lines = b"".join(client.get("/findings.csv").streaming_content).decode().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["key", "l1"]


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    assert client.head("/findings/").status_code == 200
    assert client.post("/findings/").status_code == 405


@pytest.mark.parametrize("number", [2, 20])
def test_it_shows_any_number_of_findings_in_nine_queries(client, number, django_assert_num_queries):
    for at in range(number):
        finding = make_finding(f"kind_{number}_{at}", by=[make_actor(), make_actor()])
        finding.about.add(make_term(f"tool:tool_{number}_{at}"))
        finding.documents.add(make_document())
    # Kinds; findings; parts with their actors, the actors' names; documents; what they are about;
    # credited tools, of which there are none; words; the errata in their passages.
    with django_assert_num_queries(9):
        assert len(keys(client)) == number
