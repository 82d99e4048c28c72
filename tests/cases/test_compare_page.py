"""/compare/: two to four cases side by side, with the words behind every value."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.models import Case, Edition
from tests.factories import make_actor, make_case, make_passage, make_quotation, make_statement

pytestmark = pytest.mark.django_db

SECRET = "zzsecretzz"
PAIR = "/compare/?case=one&case=two"


def html(client, address=PAIR, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def rows(page: str, scheme: str) -> list[list[str]]:
    """The cells of each row of a scheme below its heading, as a reader sees them."""
    group = re.search(rf'<tbody role="rowgroup" id="{scheme}">.*?</tbody>', page, re.DOTALL)[0]
    found = []
    for row in re.findall(r"<tr.*?</tr>", group, re.DOTALL)[1:]:
        row = re.sub(r'<a class="whose".*?</a>', "", row)
        found.append([text_of(c) for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)])
    return found


@pytest.fixture
def pair():
    return (
        make_case("one", start="2009", terms=["situation:electoral", "situation:interstate"]),
        make_case("two", countries=["KEN"], terms=["situation:electoral", "trigger:not_stated"]),
    )


def test_shared_terms_come_first_and_the_rest_after(client, pair):
    shared, rest = rows(html(client), "situation")
    assert shared[0] == "electoral in 2 of 2"
    assert all(cell.startswith("electoral") for cell in shared[1:])
    assert rest[0] == "not shared"
    assert rest[1].startswith("interstate")
    assert rest[2].endswith("nothing coded")


def test_silence_is_not_shared(client, pair):
    make_statement(pair[0], "trigger:not_stated")
    assert [row[0] for row in rows(html(client), "trigger")] == ["not shared"]


def test_a_general_rule_is_shown_but_not_as_shared(client, pair):
    for case in pair:
        make_statement(case, "tool:mediation", scope="pattern")
    ((head, one, two),) = rows(html(client), "tool")
    assert head == "not shared"
    assert "general rule" in one
    assert "general rule" in two


def test_columns_stand_in_the_order_of_the_address(client, pair):
    for first, second in (("one", "two"), ("two", "one")):
        page = html(client, f"/compare/?case={first}&case={second}")
        head = re.search(r"<thead.*?</thead>", page, re.DOTALL)[0]
        assert re.findall(r"/cases/([^/]+)/", head) == [first, second]


def test_a_value_says_when_by_whom_and_what_it_is_owed_to(client, pair):
    tool = make_statement(pair[0], "tool:mediation", when="2009-05", by=["ecowas"])
    make_statement(pair[0], "outcome:agreement_reached").credited_to.add(tool)
    page = html(client)
    ((_head, told, _nothing),) = rows(page, "tool")
    assert "May 2009 done by ECOWAS" in told
    ((_head, told, _nothing),) = rows(page, "outcome")
    assert "at its close brought about by the effort: mediation" in told
    assert f'href="/cases/one/#{tool.key}"' in page


def test_the_gap_names_the_two_events_it_comes_from(client, pair):
    make_statement(pair[1], "event:coup", when="2009-01-01", phase="opening")
    make_statement(pair[1], "tool:mediation", when="2009-01-11")
    seen = text_of(html(client))
    assert "10 days coup, 1 January 2009 – mediation, 11 January 2009" in seen


def test_the_words_are_one_click_away_in_their_own_language(client, pair):
    passage = make_passage("گروه تماس نقشی مهم ایفا کرد.")
    Edition.objects.filter(pk=passage.edition_id).update(language="fa")
    quotation = make_quotation("نقشی مهم", passage, translation_en="an important role")
    make_statement(pair[0], "tool:coordination", quotations=[quotation])
    page = html(client)
    words = re.search(r"<details>.{,200}coordination.*?</details>", page, re.DOTALL)[0]
    assert '<blockquote lang="fa" dir="rtl">نقشی مهم</blockquote>' in words
    assert '<p class="tr" lang="en" dir="ltr">an important role</p>' in words
    assert quotation.passage.ref in words


def test_a_case_can_be_added_or_taken_out(client, pair):
    make_case("three")
    page = html(client)
    assert '<option value="three">' in page
    assert '<option value="one">' not in page
    assert "take out" not in page
    page = html(client, f"{PAIR}&case=three")
    assert 'href="?case=one&amp;case=three"' in page


def test_four_cases_are_enough(client, pair):
    make_case("three")
    make_case("four")
    make_case("five")
    assert 'id="add"' not in html(client, f"{PAIR}&case=three&case=four")


def test_it_offers_the_cases_where_none_is_asked_for(client, pair):
    page = html(client, "/compare/")
    assert re.findall(r'type="checkbox" name="case" value="(\w+)"', page) == ["one", "two"]
    assert 'class="refusal"' not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("case=one", "A comparison takes 2 to 4 cases; asked for: 1."),
        ("case=one&case=one", "“one” is asked for twice."),
        ("case=one&case=tow", "“tow” is not known here. Did you mean two?"),
        ("case=one&case=%00", "the invisible character NUL"),
        ("&".join(f"case=case-{n}" for n in range(5)), "2 to 4 cases; asked for: 5."),
        ("case=one&case=two&cse=x", "There is no such filter."),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_sentence(client, pair, query, sentence):
    assert sentence in text_of(html(client, f"/compare/?{query}", 400))


def test_a_refusal_keeps_what_was_chosen(client, pair):
    assert 'name="case" value="one" checked' in html(client, "/compare/?case=one", 400)


def test_nothing_that_is_not_published_shows(client, pair):
    titles = {f"title_{language}": SECRET for language in ("en", "fa", "ar")}
    draft = make_case("draft", review="draft", **titles)
    make_statement(draft, "tool:sanctions", by=[make_actor(name=SECRET)])
    make_case("one", review="draft", working_copy_of=pair[0], **titles)
    Case.objects.filter(pk=pair[0].pk).update(internal_notes=SECRET)
    for address, status in (
        ("/compare/", 200),
        (PAIR, 200),
        ("/compare/?case=one&case=draft", 400),
    ):
        assert SECRET not in html(client, address, status)
    refused = text_of(html(client, "/compare/?case=one&case=draft", 400))
    assert "“draft” is not known here." in refused


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["case", "case", "case", "page"]),
            st.one_of(st.sampled_from(["one", "two", ""]), st.text(max_size=8)),
        ),
        max_size=5,
    )
)
def test_no_address_breaks_it(client, pairs):
    for slug in ("one", "two"):
        if not Case.objects.filter(slug=slug).exists():
            make_case(slug, terms=["situation:electoral"])
    query = urlencode(pairs, errors="surrogatepass")
    assert client.get(f"/compare/?{query}").status_code in (200, 302, 400)


@pytest.mark.parametrize("prefix", ["/fa", "/ar"])
def test_a_title_without_a_translation_is_marked(client, pair, prefix):
    Case.objects.filter(slug="one").update(title_fa="", title_ar="")
    assert '<span lang="en" dir="ltr">One</span>' in html(client, prefix + PAIR)


@pytest.mark.parametrize("number", [1, 10])
def test_any_number_of_statements_takes_fifteen_queries(client, number, django_assert_num_queries):
    for slug in ("one", "two", "three")[: 2 if number == 1 else 3]:
        case = make_case(slug)
        for place in range(number):
            tool = make_statement(case, "tool:mediation", by=[f"actor-of-{slug}-{place}"])
            make_statement(case, "outcome:agreement_reached").credited_to.add(tool)
    address = PAIR if number == 1 else f"{PAIR}&case=three"
    html(client, "/compare/")
    # The cases by their slugs, whether those offered besides are still the same; the cases with
    # gaps, countries, regions and statements; of those the actors, their names, documents, what
    # they are about, what outcomes are owed to and its terms, the words, their editions and the
    # places of errata in them (no erratum here).
    with django_assert_num_queries(15):
        html(client, address)
