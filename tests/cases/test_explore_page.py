"""/explore/: pictures of the cases that were asked for, each with its table and its links."""

import html
import re

import pytest
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext

from cases import explore, index
from cases.filters import select_cases
from cases.models import Case, CaseCountry
from tests.factories import make_case, make_country, make_region, make_statement, make_term

pytestmark = pytest.mark.django_db


def read(client, address="/explore/") -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def section(page: str, name: str) -> str:
    return re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL).group()


def links(text: str) -> dict[str, str]:
    """What is written on a link, by its address; marks without words are left out."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', text, re.DOTALL)
    return {
        html.unescape(address): re.sub(r"<[^>]+>", "", words).strip() for address, words in found
    }


def listed(address: str) -> int:
    """The number of cases that the list and the files have at the address."""
    path, _mark, asked = address.partition("?")
    assert path == "/cases/"
    return select_cases(QueryDict(asked)).cases.count()


def make_group(scheme, group, *codes):
    broader = make_term(f"{scheme}:{group}")
    for code in codes:
        make_term(f"{scheme}:{code}", broader=broader)


@pytest.fixture
def cases():
    """Cases in all kinds of places and times, with tools and outcomes of two ranks."""
    make_group("tool", "diplomatic", "mediation", "good_offices")
    make_group("tool", "presence", "monitoring")
    make_group("outcome", "political_order", "peaceful_vote", "result_accepted")
    make_group("outcome", "process_result", "talks_opened")
    make_case(
        "guinea-2009",
        start="2009",
        end="2010-12",
        terms=["tool:mediation", "tool:good_offices", "outcome:peaceful_vote"],
    )
    make_case(
        "kenya-2008",
        countries=["KEN"],
        start="2008-01-05",
        terms=["tool:mediation", "outcome:talks_opened", "outcome:result_accepted"],
    )
    make_case("kenya-2013", countries=["KEN"], terms=["tool:monitoring", "outcome:not_stated"])
    both = make_case("mano-river", countries=["GIN"], start="2008/..", terms=["tool:good_offices"])
    CaseCountry.objects.create(case=both, country=make_country("LBR"), role="party")
    CaseCountry.objects.create(case=both, country=make_country("KGZ"), role="at_risk")
    index.refresh(["mano-river"])
    region = make_case("sahel", countries=[])
    region.regions.add(make_region("western_africa", "011", make_region()))
    index.refresh(["sahel"])
    make_case("nowhere", countries=[])


QUERIES = (
    *("", "?country=KEN", "?country=GIN", "?country=GIN&country=KEN", "?region=western_africa"),
    *("?tool=mediation", "?tool=diplomatic", "?tool=diplomatic&tool=monitoring"),
    *("?outcome=political_order", "?outcome=peaceful_vote&tool=mediation", "?q=kenya"),
    *("?from=2008&to=2009", "?from=2008&to=2008&dates=certainly", "?order=title"),
)


@pytest.mark.parametrize("query", QUERIES)
def test_every_number_is_the_number_of_cases_behind_its_link(client, cases, query):
    page = read(client, f"/explore/{query}")
    numbered = {
        address: int(number)
        for address, words in links(section(page, "tools")).items()
        if (number := words).isdigit()
    }
    rows = re.findall(
        r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td class="num">(\d+)</td>',
        section(page, "map"),
    )
    numbered |= {html.unescape(address): int(number) for address, number in rows}
    assert numbered
    for address, number in numbered.items():
        assert listed(address) == number, address


def test_a_circle_for_each_country_of_the_scene_or_of_a_side(client, cases):
    where = section(read(client), "map")
    labels = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"><circle', where)
    assert dict(labels) == {
        "/cases/?country=GIN": "Guinea: 2 cases",
        "/cases/?country=KEN": "Kenya: 2 cases",
        "/cases/?country=LBR": "Liberia: 1 case",
    }
    # The same numbers as a table, most cases first.
    assert re.findall(r'<td class="num">(\d+)</td>', where) == ["2", "2", "1"]
    assert "do not mean that anybody endorses" in where


def test_the_area_of_a_circle_is_its_number_of_cases(client, cases):
    make_case("kenya-2017", countries=["KEN"])
    make_case("kenya-2022", countries=["KEN"])
    where = client.get("/explore/").context["seen"].map
    radius = {place.country.pk: place.circle.radius for place in where.places}
    assert radius["KEN"] == pytest.approx(2 * radius["LBR"])


def test_cases_without_a_country_stand_beside_the_map(client, cases):
    where = section(read(client), "map")
    assert "2 cases that are not on the map" in where
    beside = where.partition("<aside")[2]
    assert list(links(beside)) == ["/cases/nowhere/", "/cases/sahel/"]
    assert "Western Africa" in beside
    assert "no place stated" in beside


def test_of_chosen_countries_only_these_are_shown(client, cases):
    where = section(read(client, "/explore/?country=LBR"), "map")
    assert re.findall(r'aria-label="([^"]+)"><circle', where) == ["Liberia: 1 case"]
    assert "Only the countries that you chose are shown" in where
    where = section(read(client, "/explore/?country=KEN"), "map")
    assert "Only the countries that you chose are shown" not in where


def test_links_keep_the_other_filters(client, cases):
    page = read(client, "/explore/?region=africa&from=2008")
    addresses = [each for each in links(page) if each.startswith("/cases/?")]
    assert "/cases/?region=africa&from=2008" in addresses
    assert "/cases/?region=africa&from=2008&country=GIN" in addresses
    assert "/cases/?region=africa&from=2008&tool=mediation&outcome=political_order" in addresses
    assert all("region=africa&from=2008" in each for each in addresses)


def test_what_is_asked_for_is_said_and_can_be_taken_away(client, cases):
    page = read(client, "/explore/?country=KEN&tool=mediation&from=2008")
    chips = links(re.search(r'<ul class="chips".*?</ul>', page, re.DOTALL).group())
    assert [address for address in chips if "?" in address] == [
        "/explore/?tool=mediation&from=2008",
        "/explore/?country=KEN&from=2008",
        "/explore/?country=KEN&tool=mediation",
    ]
    assert chips["/explore/?tool=mediation&from=2008"].startswith("Country: Kenya")


def test_dated_cases_are_bars_in_order_and_the_rest_is_listed_as_undated(client, cases):
    when = section(read(client), "timeline")
    tracks = re.findall(r'<a class="track" href="/cases/([^/]+)/"[^>]*>(.*?)</a>', when)
    kinds = {slug: re.findall(r'class="(\w+) at-', bars) for slug, bars in tracks}
    assert kinds == {
        "mano-river": ["within", "sure", "going"],
        "kenya-2008": ["sure", "silent"],
        "guinea-2009": ["within", "sure", "within"],
    }
    assert [slug for slug, _bars in tracks] == ["mano-river", "kenya-2008", "guinea-2009"]
    assert "3 cases without a stated date" in when
    undated = links(when.partition("without a stated date")[2])
    assert list(undated) == ["/cases/kenya-2013/", "/cases/nowhere/", "/cases/sahel/"]


def test_the_timeline_is_a_table_too(client, cases):
    table = re.search(r"<tbody>.*?</tbody>", section(read(client), "timeline"), re.DOTALL).group()
    rows = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]
    plain = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in rows]
    assert plain == [
        ["Mano River", "since 2008", "goes on"],
        ["Kenya 2008", "5 January 2008", "not stated"],
        ["Guinea 2009", "2009", "December 2010"],
    ]


def test_a_case_of_which_only_the_end_is_stated_is_dated(client):
    make_case("late", end="2010")
    when = section(read(client), "timeline")
    assert "until 2010, no start stated" in when
    assert "without a stated date" not in when


def test_tools_and_outcomes_lie_within_broader_ones(client, cases):
    what = section(read(client), "tools")
    columns = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', what)
    assert [re.sub(r"<[^>]+>", "", column) for column in columns] == [
        *("Tool", "not stated", "political order", "process result", "All cases with the tool")
    ]
    rows = re.findall(
        r'<tr class="depth-(\d)"><th scope="row"><a href="[^"]+">([^<]+)</a></th>', what
    )
    assert 'href="/tools/mediation/"' in what
    assert ("0", "diplomatic") in rows
    assert rows.index(("1", "mediation")) > rows.index(("0", "diplomatic"))
    assert rows.index(("1", "monitoring")) == rows.index(("0", "presence")) + 1
    # Silence about the outcome has its column, but no shade.
    cell = re.search(r"<td([^>]*)><a href=\"/cases/\?tool=monitoring&amp;outcome=not_stated", what)
    assert cell.group(1) == ' class="at-0 at_00"'


def test_the_outcomes_within_one_are_shown_once_it_is_chosen(client, cases):
    address = "/explore/?outcome=political_order#tools"
    assert links(section(read(client), "tools"))[address] == "political order"
    what = section(read(client, "/explore/?outcome=political_order"), "tools")
    columns = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', what)
    names = [re.sub(r"<[^>]+>", "", column) for column in columns][1:-1]
    assert names[0] == "political order"
    assert sorted(names[1:]) == ["peaceful vote", "result accepted"]


def test_it_says_that_it_counts_cases_and_not_effects(client, cases):
    assert "do not say that the one brought about the other" in section(read(client), "tools")


def test_general_rules_are_left_out_of_all_numbers(client):
    case = make_case("one", terms=["tool:mediation", "outcome:talks_opened"])
    make_statement(case, "tool:sanctions", scope="pattern")
    make_statement(case, "outcome:relapsed", scope="pattern")
    what = section(read(client), "tools")
    assert "sanctions" not in what
    assert "relapsed" not in what


def make_gap(slug, opening, action):
    case = make_case(slug)
    make_statement(case, "event:violence", phase="opening", when=opening)
    make_statement(case, "tool:mediation", when=action)


def test_gaps_run_from_least_to_most_days_and_the_rest_is_counted(client):
    make_gap("exact", "2008-01-01", "2008-01-11")
    make_gap("rough", "2008-01", "2008-02")
    make_gap("open", "2008-01-01", "2008-01-03/..")
    make_case("silent")
    gaps = section(read(client), "gaps")
    told = re.findall(r'<a href="/cases/(\w+)/">[^<]+</a> <span[^>]*>([^<]+?)\s*</span>', gaps)
    assert told == [("rough", "1 to 59 days"), ("open", "at least 2 days")] + [("exact", "10 days")]
    kinds = dict(re.findall(r'<a class="track" href="/cases/(\w+)/"[^>]*><span class="(\w+)', gaps))
    assert kinds == {"exact": "sure", "rough": "within", "open": "within"}
    assert 'class="going at-100 at_00"' in gaps
    assert "Of 1 case the gap is not stated" in gaps


def test_pictures_do_not_grow_without_end(client, monkeypatch):
    monkeypatch.setattr(explore, "MOST", 2)
    for at in range(3):
        make_case(f"dated-{at}", start="2009", countries=[])
        make_case(f"undated-{at}")
    page = read(client)
    for name, numbers in (("map", "2 of 3"), ("timeline", "2 of 3")):
        assert f"Only the first {numbers} are shown here." in section(page, name)
    assert section(page, "timeline").count('class="track"') == 2
    assert "3 cases without a stated date" in page


def test_drafts_and_working_copies_are_in_no_picture(client, cases):
    before = read(client)
    make_case("secret", review="draft", start="2001", countries=["KGZ"], terms=["tool:arbitration"])
    original = make_case("open", start="2009")
    copy = make_case(
        "open",
        review="draft",
        working_copy_of=original,
        title_en="Secret copy",
        start="1999",
        countries=["KGZ"],
    )
    copy.internal_notes = "secret notes"
    copy.save()
    page = read(client).lower()
    assert "secret" not in page
    assert "kyrgyzstan" not in page
    assert "arbitration" not in page
    assert "1999" not in page
    assert "6 cases" in before
    assert "7 cases" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("tol=mediation", "There is no such filter."),
        ("page=2", "There is no such filter."),
        ("tool=mediatio", "is not known here"),
        ("from=soon", "is not a date"),
        ("country=KEN%00", "the invisible character NUL"),
    ],
)
def test_what_cannot_be_understood_is_refused(client, cases, query, said):
    response = client.get(f"/explore/?{query}")
    assert response.status_code == 400
    assert said in html.unescape(response.content.decode())


def test_where_nothing_is_found_it_says_so(client, cases):
    page = read(client, "/explore/?q=zzzz")
    assert "No case matches all of these filters." in page
    assert "<section" not in page
    assert "0 cases" in page


def test_without_any_case_the_page_stands(client):
    assert "0 cases" in read(client)


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    assert client.head("/explore/").status_code == 200
    assert client.post("/explore/").status_code == 405


@pytest.mark.parametrize(
    ("prefix", "language", "direction"),
    [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")],
)
def test_it_is_in_three_languages_but_the_map_is_never_mirrored(
    client, cases, prefix, language, direction
):
    page = read(client, f"{prefix}/explore/?from=2008")
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert f'href="{prefix}/cases/?from=2008&amp;country=GIN"' in page
    in_english = read(client, "/explore/?from=2008")
    circle = re.compile(r'<circle class="\w+" cx="[\d.]+" cy="[\d.]+" r="[\d.]+">')
    assert sorted(circle.findall(page)) == sorted(circle.findall(in_english))
    assert re.search(r'<div class="scroll"[^>]* dir="ltr"><svg', page)
    # Sizes are read by machines: no Persian digits, no decimal commas.
    sizes = re.compile(r"\b(?:at|by|in)[-_]\d+")
    assert sizes.findall(page) == sizes.findall(in_english) != []
    with translation.override(language):
        assert f"<h1>{gettext('Explore')}</h1>" in page


def test_without_a_filter_it_takes_one_query_until_something_changes(
    client, django_assert_num_queries
):
    make_case("one", start="2008")
    index.refresh()
    before = read(client, "/explore/")
    # Whether anything has changed.
    with django_assert_num_queries(1):
        assert read(client, "/explore/") == before
    Case.objects.filter(slug="one").update(review="withdrawn")
    index.refresh()
    after = read(client, "/explore/")
    assert "/cases/one/" in before
    assert "/cases/one/" not in after


@pytest.mark.parametrize("times", [1, 5])
def test_it_takes_thirteen_queries_whatever_the_data(client, times, django_assert_num_queries):
    for at in range(times):
        make_group("tool", f"group-{at}", f"tool_{at}")
        country = "GIN" if at % 2 else "KEN"
        terms = [f"tool:tool_{at}", "outcome:talks_opened", f"aim:aim_{at}"]
        case = make_case(f"there-{at}", start="2008", countries=[country], terms=terms)
        make_statement(case, "role:lead_mediator", by=[f"actor-of-{at}"])
        make_gap(f"gap-{at}", "2008-01", "2008-02")
        case = make_case(f"region-{at}", countries=[])
        case.regions.add(make_region("western_africa", "011", make_region()))
    make_case("there", start="2008", terms=["tool:mediation"])
    index.refresh()
    read(client, "/explore/?region=western_africa")
    # The chosen region is known; the regions within it; whether what is held in memory has changed;
    # the vocabulary; the label of the region; how many have a date and a gap; the countries; cases
    # beside the map and their regions; dated cases; undated cases; labels of tools and outcomes;
    # gaps.
    with django_assert_num_queries(13):
        read(client, "/explore/?region=western_africa")
