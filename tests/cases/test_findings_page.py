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


def test_findings_stand_under_their_kinds_in_the_order_of_the_text(client):
    make_term("finding:norm", order=1)
    make_term("finding:lesson", order=2)
    first = make_passage("One. Two.", code="p1")
    second = make_passage("Three.", code="p2", edition=first.edition)
    make_finding("lesson", "l3", order=1, quotations=[make_quotation(passage=second)])
    make_finding("lesson", "l2", order=2, quotations=[make_quotation("Two.", first)])
    make_finding("lesson", "l1", order=3, quotations=[make_quotation("One.", first)])
    make_finding("norm", "n1", order=4, quotations=[make_quotation("ree.", second)])
    make_finding("norm", "n0", order=5, quotations=[])
    assert keys(client) == ["n1", "n0", "l1", "l2", "l3"]
    assert keys(client, "/findings/?order=text") == ["l1", "l2", "l3", "n1", "n0"]


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
    assert set(keys(client, "/findings/?kind=norm&kind=figure")) == {"figure", "norm"}
    assert client.get("/findings/?kind=").url == "/findings/"
    page = client.get("/findings/?kind=norm").content.decode()
    assert 'value="norm" checked' in page
    assert 'value="lesson">' in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=lessn", "“lessn” is not known here. Did you mean lesson?"),
        ("kind=lesson&kind=x", "“x” is not known here."),
        ("tool=lesson", "“lesson” is not known here."),
        ("success_element=x", "“x” is not known here."),
        ("document=S-1", "“S-1” is not known here."),
        ("kind=a%00", "the invisible character NUL"),
        ("knd=lesson", "<bdi><code>knd</code></bdi>: There is no such filter. Did you mean kind?"),
        ("order=time", "<b>Order:</b> Select a valid choice."),
        ("order=text&order=kind", "<b>Order:</b> Only one value is possible."),
        ("page=0", "Write a number from 1"),
        ("page=x", "Write a number from 1"),
    ],
)
def test_an_unknown_value_or_filter_is_refused(client, query, said):
    make_finding("lesson")
    make_finding("norm")
    response = client.get(f"/findings/?{query}")
    assert response.status_code == 400
    assert said in response.content.decode()
    if not query.startswith("page"):
        assert client.get(f"/findings.csv?{query}").status_code == 400


def test_a_page_beyond_the_last_is_not_found(client):
    assert client.get("/findings/?page=2").status_code == 404


def make_three():
    """Two lessons and a norm, about tools of one family and an element of success."""
    good_offices = make_term("tool:good_offices", broader=make_term("tool:diplomatic"))
    early = make_term("success_element:early_action")
    document = make_document("S-RES-1")
    quoted = make_passage("Early action pays.")
    one = make_finding("lesson", "l1", quotations=[make_quotation(passage=quoted)])
    one.about.add(good_offices, early)
    two = make_finding("lesson", "l2")
    two.about.add(early)
    three = make_finding("norm", "n1")
    three.about.add(good_offices)
    three.documents.add(document)
    return quoted.edition.document.code


def test_each_filter_narrows_and_together_they_narrow_further(client):
    quoted = make_three()
    for query, found in {
        "tool=good_offices": {"l1", "n1"},
        "tool=diplomatic": {"l1", "n1"},
        "success_element=early_action": {"l1", "l2"},
        "success_element=early_action&tool=good_offices": {"l1"},
        "document=S-RES-1": {"n1"},
        f"document=S-RES-1&document={quoted}": {"l1", "n1"},
        "kind=lesson&document=S-RES-1": set(),
    }.items():
        assert set(keys(client, f"/findings/?{query}")) == found, query
        rows = b"".join(client.get(f"/findings.csv?{query}").streaming_content).decode()
        assert {line.partition(",")[0] for line in rows.splitlines()[1:]} == found, query


def counts(page: str) -> dict[str, int]:
    found = re.findall(r'value="([^"]+)"[^>]*><span>[^<]*</span><span class="n">(\d+)<', page)
    return {value: int(count) for value, count in found}


def test_counts_leave_the_filters_own_selection_out(client):
    make_three()
    shown = counts(client.get("/findings/?kind=lesson").content.decode())
    assert shown["lesson"] == 2
    assert shown["norm"] == 1
    assert shown["good_offices"] == shown["diplomatic"] == 1
    assert shown["early_action"] == 2
    assert shown["S-RES-1"] == 0
    page = client.get("/findings/?kind=lesson&tool=good_offices").content.decode()
    assert counts(page)["norm"] == 1
    assert counts(page)["early_action"] == 1
    assert '<a href="/findings/?tool=good_offices"><span>Kind: lesson</span>' in page


def test_long_lists_come_in_pages_that_keep_the_filters(client):
    for number in range(26):
        make_finding("lesson", f"l{number}")
    page = client.get("/findings/?kind=lesson").content.decode()
    assert 'href="?kind=lesson&amp;page=2"' in page
    assert len(keys(client, "/findings/?kind=lesson&page=2")) == 1
    assert "26 findings" in page


def test_a_finding_has_an_address_of_its_own(client):
    make_finding("lesson", "l/1", note_en="Be early.")
    make_statement(make_case("one"), key="t1")
    assert keys(client, "/findings/l/1/") == ["l/1"]
    for nothing in ("t1", "x"):
        assert client.get(f"/findings/{nothing}/").status_code == 404
    assert client.get("/findings/l/1/?x=1").status_code == 400


def test_what_a_finding_says_is_its_heading_and_leads_to_its_page(client):
    make_finding("lesson", "l1", note_en="Be early <and> stay.")
    link = '<h3><a href="/findings/l1/">Be early &lt;and&gt; stay.</a></h3>'
    kind = re.compile(r'<a class="tag" href="[^"]+">lesson</a>')
    by_kind = client.get("/findings/").content.decode()
    assert link in by_kind
    assert not kind.search(by_kind)
    by_text = client.get("/findings/?order=text").content.decode()
    assert link in by_text
    assert kind.search(by_text)
    page = client.get("/findings/l1/").content.decode()
    assert "<h1>Be early &lt;and&gt; stay.</h1>" in page
    assert "<title>Be early &lt;and&gt; stay. ·" in page
    assert kind.search(page)
    assert "<h3>" not in page


def test_all_that_a_finding_is_about_stands_under_one_name(client):
    finding = make_finding("lesson", "l1")
    finding.about.add(make_term("tool:mediation"), make_term("tool:good_offices"))
    page = client.get("/findings/l1/").content.decode()
    assert page.count("<dt>About</dt>") == 1


def test_the_files_hold_the_findings(client):
    make_finding("lesson", "l1")
    page = client.get("/fa/findings/").content.decode()
    for address in re.findall(r'href="(/findings\.[^"]+)"', page):
        response = client.get(address)
        assert (response.status_code, bool(response.getvalue())) == (200, True)
    lines = b"".join(client.get("/findings.csv").streaming_content).decode().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["key", "l1"]


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    assert client.head("/findings/").status_code == 200
    assert client.post("/findings/").status_code == 405


@pytest.mark.parametrize("number", [2, 20])
def test_it_shows_any_number_of_findings_in_seventeen_queries(
    client, number, django_assert_num_queries
):
    for at in range(number):
        finding = make_finding(f"kind_{number}_{at}", by=[make_actor(), make_actor()])
        finding.about.add(make_term(f"tool:tool_{number}_{at}"))
        finding.documents.add(make_document())
    # What findings there are to count: broader terms, kinds, what they are about, documents named
    # and quoted: 5. How many are left; a page of them; parts with their actors, the actors' names;
    # documents; what they are about; credited tools, of which there are none; words, their
    # editions; the errata in their passages: 10. Labels of the filters: terms, documents: 2.
    with django_assert_num_queries(17):
        assert len(keys(client)) == number
