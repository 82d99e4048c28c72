"""The filters that pages and files share, and everything they refuse."""

import string
from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cases import index
from cases.filters import InvalidQuery, select_cases
from cases.models import StatementActor
from tests.factories import (
    make_actor,
    make_case,
    make_document,
    make_passage,
    make_quotation,
    make_region,
    make_statement,
    make_term,
)

pytestmark = pytest.mark.django_db


def found(query: str, **options) -> list[str]:
    """Slugs of the cases that a query string selects, in its order."""
    return [case.slug for case in select_cases(QueryDict(query), **options).cases]


def refusal(query: str, **options) -> dict[str, str]:
    """What is said of each parameter of a query string that is refused."""
    with pytest.raises(InvalidQuery) as caught:
        select_cases(QueryDict(query), **options)
    return {name: " ".join(said) for name, said in caught.value.errors.items()}


# Terms


@pytest.mark.parametrize(
    ("name", "wanted", "other"),
    [
        ("situation", "electoral", "border"),
        ("trigger", "coup", "vote_violence"),
        ("aim", "prevent_conflict", "prevent_escalation"),
        ("initiation", "own_initiative", "request_party"),
        ("un_role", "lead", "support"),
        ("tool", "mediation", "good_offices"),
        ("outcome", "agreement_reached", "conflict_averted"),
        ("success_element", "timeliness", "sustainability"),
    ],
)
def test_it_finds_cases_of_which_the_term_is_said(name, wanted, other):
    make_case("with", terms=[f"{name}:{wanted}"])
    make_case("without", terms=[f"{name}:{other}"])
    assert found(f"{name}={wanted}") == ["with"]


def test_a_term_of_another_scheme_with_the_same_code_does_not_count():
    make_term("un_role:partner")
    make_case("held", terms=["role:partner"])
    assert found("un_role=partner") == []


def test_repeated_values_of_one_filter_mean_any_of_them():
    make_case("a", terms=["tool:mediation"])
    make_case("b", terms=["tool:good_offices"])
    make_case("c", terms=["tool:secondment"])
    assert found("tool=mediation&tool=good_offices") == ["a", "b"]


def test_different_filters_mean_all_of_them():
    make_case("both", terms=["tool:mediation", "situation:electoral"])
    make_case("tool-only", terms=["tool:mediation"])
    make_case("situation-only", terms=["situation:electoral"])
    assert found("tool=mediation&situation=electoral") == ["both"]


def test_a_case_is_found_once_however_often_it_says_the_term():
    make_case("often", terms=["tool:mediation", "tool:mediation", "tool:good_offices"])
    assert found("tool=mediation&tool=good_offices") == ["often"]


def test_a_broader_term_includes_its_narrower_ones_but_not_the_reverse():
    top = make_term("tool:diplomacy")
    middle = make_term("tool:good_offices", broader=top)
    make_term("tool:shuttle_diplomacy", broader=middle)
    make_case("deep", terms=["tool:shuttle_diplomacy"])
    make_case("top", terms=["tool:diplomacy"])
    assert found("tool=diplomacy") == ["deep", "top"]
    assert found("tool=good_offices") == ["deep"]
    assert found("tool=shuttle_diplomacy") == ["deep"]


def test_general_rules_are_left_out_of_every_filter_on_statements():
    case = make_case("example-only")
    quotation = make_quotation()
    for term in ("tool:mediation", "role:partner"):
        make_statement(case, term, by=["au"], quotations=[quotation], scope="pattern")
    document = quotation.passage.edition.document.code
    for query in (
        "tool=mediation",
        "actor=au",
        "role=partner",
        "actor_type=regional_organization",
        f"document={document}",
    ):
        assert found(query) == [], query


def test_what_is_said_of_several_cases_together_counts():
    case = make_case("grouped")
    make_statement(case, "tool:mediation", by=["au"], scope="group")
    assert found("tool=mediation") == found("actor=au") == ["grouped"]


# Places


@pytest.mark.parametrize(("role", "expected"), [("scene", 1), ("party", 1), ("at_risk", 0)])
def test_a_country_is_the_scene_or_a_party_but_not_one_at_risk(role, expected):
    case = make_case("placed", countries=["KEN"])
    case.case_countries.update(role=role)
    for query in ("country=KEN", "region=eastern_africa", "region=africa"):
        assert len(found(query)) == expected, query


def test_it_finds_cases_in_any_of_the_countries():
    make_case("guinea", countries=["GIN"])
    make_case("kenya", countries=["KEN"])
    make_case("kyrgyzstan", countries=["KGZ"])
    assert found("country=GIN&country=KGZ") == ["guinea", "kyrgyzstan"]


def test_a_region_includes_its_subregions_and_crises_of_a_whole_region():
    make_case("guinea", countries=["GIN"])
    make_case("kenya", countries=["KEN"])
    make_case("kyrgyzstan", countries=["KGZ"])
    whole = make_case("lra", countries=[])
    whole.regions.add(make_region("eastern_africa"))
    assert found("region=africa") == ["guinea", "kenya", "lra"]
    assert found("region=eastern_africa") == ["kenya", "lra"]
    assert found("region=western_africa&region=asia") == ["guinea", "kyrgyzstan"]


# Actors


def test_an_actor_is_found_in_whatever_part_it_plays():
    for part in ("by", "towards", "on_behalf_of"):
        statement = make_statement(make_case(part), "tool:mediation")
        StatementActor.objects.create(statement=statement, actor=make_actor("au"), part=part)
    make_case("other", terms=["tool:mediation"])
    assert sorted(found("actor=au")) == ["by", "on_behalf_of", "towards"]


def test_an_actor_and_a_role_meet_in_one_statement():
    together = make_case("together")
    make_statement(together, "role:lead_mediator", by=["kofi-annan"])
    apart = make_case("apart")
    make_statement(apart, "role:lead_mediator", by=["au"])
    make_statement(apart, "role:adviser", by=["kofi-annan"])
    assert found("actor=kofi-annan&role=lead_mediator") == ["together"]


def test_a_role_is_held_by_its_actor_and_not_by_those_on_whose_behalf():
    case = make_case("held")
    statement = make_statement(case, "role:lead_mediator", by=["kofi-annan"])
    StatementActor.objects.create(statement=statement, actor=make_actor("au"), part="on_behalf_of")
    assert found("actor=au&role=lead_mediator") == []
    assert found("actor=kofi-annan&role=lead_mediator") == ["held"]


def test_an_actor_type_and_a_role_meet_in_one_actor():
    make_actor("au", type="regional_organization")
    make_actor("kofi-annan", type="individual")
    joint = make_case("joint")
    make_statement(joint, "role:lead_mediator", by=["kofi-annan"])
    make_statement(joint, "role:partner", by=["au"])
    assert found("actor_type=individual&role=lead_mediator") == ["joint"]
    assert found("actor_type=regional_organization&role=lead_mediator") == []
    assert found("actor=au&actor_type=individual") == []


def test_a_broader_actor_type_and_a_broader_role_include_the_narrower_ones():
    make_term("actor_type:un_office", broader=make_term("actor_type:un"))
    make_term("role:co_mediator", broader=make_term("role:mediator"))
    case = make_case("narrow")
    make_statement(case, "role:co_mediator", by=[make_actor("unowa", type="un_office")])
    assert found("actor_type=un&role=mediator") == ["narrow"]


# Documents and coverage


def test_a_document_is_one_that_is_quoted_or_named():
    quoted = make_case("quoted")
    passage = make_passage()
    make_statement(quoted, quotations=[make_quotation(passage=passage)])
    named = make_case("named")
    make_statement(named, "event:agreement").documents.add(make_document("accord"))
    assert found(f"document={passage.edition.document.code}") == ["quoted"]
    assert found("document=accord") == ["named"]


def test_coverage_takes_one_or_several_values():
    make_case("full", coverage="substantial")
    make_case("name", coverage="named_only")
    assert found("coverage=substantial") == ["full"]
    assert found("coverage=substantial&coverage=named_only") == ["full", "name"]


def test_only_published_cases_are_ever_found():
    for review in ("draft", "in_review", "withdrawn"):
        make_case(review, review=review, terms=["tool:mediation"])
    original = make_case("original", terms=["tool:mediation"])
    copy = make_case("copied", review="draft", working_copy_of=original, terms=["tool:mediation"])
    assert copy.working_copy_of == original
    assert found("tool=mediation") == found("") == ["original"]


# Dates


@pytest.mark.parametrize(
    ("start", "end", "period", "possibly", "certainly"),
    [
        ("2008", "", "from=2008&to=2008", True, True),
        ("2008", "", "from=2008-06&to=2008-07", True, False),
        ("2008", "", "from=2009", False, False),
        ("2008", "", "to=2007", False, False),
        ("2008-03", "", "from=2008-03&to=2008-03", True, True),
        ("2008-03-31", "", "from=2008-04-01", False, False),
        ("2008-03-31", "", "from=2008-03-31&to=2008-03-31", True, True),
        ("2008-01", "2010", "from=2009&to=2009", True, False),
        ("2008-01", "2010", "from=2008&to=2010", True, True),
        ("2008-01", "2010", "to=2009", True, False),
        ("2008-24", "", "to=2008", True, False),
        ("2008-12", "", "from=2008-24&to=2008-24", True, True),
        ("2009-03", "", "from=2008-24&to=2008-24", False, False),
        ("2008", "2008/..", "from=2020", True, False),
        ("[2008..2011]", "", "from=2011", True, False),
        ("2008~", "", "from=2008&to=2008", True, True),
        ("2009", "", "from=۲۰۰۹&to=٢٠٠٩-١٢", True, True),
        ("", "", "from=1900", False, False),
        ("", "", "to=2100", False, False),
        ("", "2008", "from=2008&to=2008", False, False),
    ],
)
def test_a_period_is_met_possibly_or_certainly(start, end, period, possibly, certainly):
    make_case("dated", start=start, end=end)
    assert bool(found(period)) is possibly
    assert bool(found(f"{period}&dates=possibly")) is possibly
    assert bool(found(f"{period}&dates=certainly")) is certainly


def test_how_certain_a_date_must_be_matters_only_where_a_period_is_asked_for():
    make_case("undated")
    assert found("dates=certainly") == ["undated"]


# Order


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["old", "b-new", "c-new", "a-undated", "z-undated"]),
        ("start", ["old", "b-new", "c-new", "a-undated", "z-undated"]),
        ("-start", ["b-new", "c-new", "old", "a-undated", "z-undated"]),
        ("place", ["old", "b-new", "c-new", "a-undated", "z-undated"]),
    ],
)
def test_undated_cases_come_last_and_the_slug_settles_ties(order, expected):
    for slug in ("z-undated", "a-undated"):
        make_case(slug)
    for slug in ("c-new", "b-new"):
        make_case(slug, start="2010")
    make_case("old", start="2001-05")
    assert found(f"order={order}") == expected


def test_the_order_by_title_is_that_of_the_language_and_of_the_slug_between_equals():
    make_case("one", title_en="B", title_fa="آ")
    make_case("two", title_en="A", title_fa="ب")
    make_case("three", title_en="A", title_fa="پ")
    assert found("order=title") == ["three", "two", "one"]
    assert found("order=title", language="fa") == ["one", "two", "three"]


def test_letters_stand_in_the_order_of_their_alphabet_and_not_of_their_code_points():
    for slug, title in (("one", "یمن"), ("two", "پرو"), ("three", "تونس"), ("four", "ولز")):
        make_case(slug, title_fa=title, title_ar=title)
    make_case("five", title_fa="هلند", title_ar="هلند")
    assert found("order=title", language="fa") == ["two", "three", "four", "five", "one"]
    # In Arabic the ه stands before the و.
    assert found("order=title", language="ar") == ["two", "three", "five", "four", "one"]


def test_the_order_by_place_is_by_the_names_of_places_in_the_language():
    make_case("a", countries=["KEN"])
    make_case("b", countries=["GIN"])
    make_case("c", countries=["KEN"], start="2008")
    make_case("d", countries=[])
    region = make_case("e", countries=[])
    region.regions.add(make_region())
    index.refresh()
    # Africa, Guinea, Kenya; کنیا, گینه with آفریقا before them. Without a place comes last.
    assert found("order=place") == ["e", "b", "c", "a", "d"]
    assert found("order=place", language="fa") == ["e", "c", "a", "b", "d"]


def test_the_last_changed_come_first_and_the_never_changed_last():
    make_case("never")
    for day in (1, 3, 2):
        make_case(f"day-{day}", changed_on=datetime(2020, 1, day, tzinfo=UTC))
    assert found("order=-changed") == ["day-3", "day-2", "day-1", "never"]


# Words


@pytest.fixture
def persian():
    """A case whose words are printed with Persian letters, half-spaces and digits."""
    case = make_case("ketab", title_fa="می‌رود؛ کتاب‌های علی در سال ۲۰۰۸")
    index.refresh(["ketab"])
    make_case("other", title_fa="سخن دیگر")
    return case


@pytest.mark.parametrize(
    "question",
    [
        "کتاب",
        "كتاب",  # Arabic kaf
        "علي",  # Arabic ya
        "می‌رود",
        "می رود",
        "میرود",
        "ميرود",
        "کتابهای",
        "2008",
        "۲۰۰۸",
        "٢٠٠٨",
        "سال ۲۰۰۸ علی",
        '"کتاب های علی"',
        '"سال 2008"',
        "علی KETAB",
    ],
)
def test_words_are_found_however_they_are_typed(persian, question):
    assert found(f"q={question}") == ["ketab"]


@pytest.mark.parametrize(
    ("printed", "question"),
    [
        ("گفت‌وگوی ملی", "گفتگو"),
        ("گفتگوی ملی", "گفت و گو"),
        ("گفتگوی ملی", "گفت‌وگو"),
        ("میانجیگری", "میانجی گری"),
        ("سازوکار", "ساز و کار"),
        ("هیات تحقیق", "هیئت"),
        ("هیئت تحقیق", "هیأت"),
        ("مسوولیت", "مسئولیت"),
        ("organized crime", "organised crime"),
        ("peacebuilding", "peace building"),
        ("peace-building", "peacebuilding"),
        ("ملی گفت‌وگو", "«ملی گفت‌وگو»"),
    ],
)
def test_a_word_is_found_however_it_is_spelt(printed, question):
    make_case("spelt", title_fa=printed)
    assert found(f"q={question}") == ["spelt"]


def test_arabic_particles_are_no_part_of_a_word():
    make_case("both", title_ar="غامبيا وغانا: لدعم السلام")
    assert found("q=غانا وغامبيا") == found("q=دعم") == ["both"]
    assert found("q=امبيا") == []


@pytest.mark.parametrize(
    "question",
    ["قلم", "کتاب قلم", '"علی کتاب"', '"ketab علی"', "تاب", "2009", '"کتا"', "؟!", '""'],
)
def test_words_that_are_not_there_find_nothing(persian, question):
    assert found(f"q={question}") == []


def test_no_words_at_all_leave_every_case(persian):
    assert found("q=") == found("q=+++") == ["ketab", "other"]


def test_words_are_sought_in_titles_places_terms_actors_notes_and_quotations():
    case = make_case("everything", countries=["KGZ"], summary_en="A summary of harmony")
    passage = make_passage("Envoys walked along the Chu river.")
    statement = make_statement(
        case,
        "tool:shuttle_diplomacy",
        by=[make_actor("au", name="African Union")],
        quotations=[make_quotation("along the Chu", passage, translation_en="beside a stream")],
        note_en="Noted by hand.",
        place="Bishkek",
    )
    statement.term.label_fa = "رفت‌وآمد"
    statement.term.save()
    index.refresh(["everything"])
    for words in (
        "everything",
        "harmony",
        "Kyrgyzstan",
        "قرقیزستان",
        "shuttle",
        "رفت‌وآمد",
        "African Union",
        "Chu",
        "stream",
        "hand",
        "Bishkek",
    ):
        assert found(f"q={words}") == ["everything"], words
    assert found("q=walked") == []  # in the passage, but not in the words that are quoted


# Refusals


def test_an_unknown_filter_is_refused_and_the_nearest_named():
    said = refusal("tol=mediation")
    assert list(said) == ["tol"]
    assert "no such filter" in said["tol"]
    assert "tool" in said["tol"]


def test_an_unknown_filter_is_refused_even_when_it_is_empty():
    assert list(refusal("tol=")) == ["tol"]


@pytest.mark.parametrize("name", ["page", "for"])
def test_parameters_that_are_no_filters_are_known_only_where_they_mean_something(name):
    make_case("one")
    assert list(refusal(f"{name}=1")) == [name]
    assert found(f"{name}=1", also_known=[name]) == ["one"]


@pytest.mark.parametrize(
    ("name", "known", "typed"),
    [
        ("tool", "tool:mediation", "mediaton"),
        ("situation", "situation:electoral", "electorl"),
        ("role", "role:partner", "parner"),
        ("actor_type", "actor_type:individual", "indivdual"),
        ("initiation", "initiation:own_initiative", "own_initiativ"),
    ],
)
def test_an_unknown_code_is_refused_and_near_ones_named(name, known, typed):
    make_term(known)
    said = refusal(f"{name}={typed}")
    assert list(said) == [name]
    assert typed in said[name]
    assert known.partition(":")[2] in said[name]


def test_unknown_countries_regions_actors_and_documents_are_refused():
    make_case("guinea", countries=["GIN"])
    make_actor("kofi-annan")
    make_document("S-2011-552")
    said = refusal("country=GIM&region=afrika&actor=kofi-anan&document=S-2011-522")
    assert {name: words.rsplit(" ", 1)[1] for name, words in said.items()} == {
        "country": "GIN?",
        "region": "africa?",
        "actor": "kofi-annan?",
        "document": "S-2011-552?",
    }


def test_a_code_of_another_scheme_is_refused():
    make_term("tool:mediation")
    assert list(refusal("role=mediation")) == ["role"]
    assert list(refusal("tool=tool:mediation")) == ["tool"]


def test_one_unknown_code_among_known_ones_is_refused():
    make_term("tool:mediation")
    assert list(refusal("tool=mediation&tool=nonsense")) == ["tool"]


@pytest.mark.parametrize(
    "query",
    ["q=a&q=b", "from=2008&from=2009", "to=2008&to=2008", "dates=certainly&dates=possibly"],
)
def test_what_can_be_asked_once_is_refused_twice(query):
    name = query.partition("=")[0]
    assert refusal(query) == {name: "Only one value is possible."}


def test_an_order_or_a_page_given_twice_is_refused():
    assert list(refusal("order=start&order=title")) == ["order"]
    assert list(refusal("page=1&page=2", also_known=["page"])) == ["page"]


@pytest.mark.parametrize("typed", ["2008-13", "next year", "2008-02-30", "9999", "2010/2008"])
def test_what_is_no_date_is_refused_with_the_text_that_was_read(typed):
    for name in ("from", "to"):
        said = refusal(f"{name}={typed}")
        assert list(said) == [name]
        assert typed in said[name]


def test_a_period_that_ends_before_it_starts_is_refused():
    assert refusal("from=2009&to=2008") == {"from": "The period ends before it starts."}


def test_a_period_within_one_month_is_no_error():
    make_case("dated", start="2008-05")
    assert found("from=2008-05-10&to=2008") == ["dated"]


@pytest.mark.parametrize("query", ["coverage=full", "order=slug", "dates=maybe"])
def test_a_choice_that_does_not_exist_is_refused(query):
    name, _, value = query.partition("=")
    said = refusal(query)
    assert list(said) == [name]
    assert value in said[name]


@pytest.mark.parametrize("name", ["q", "from", "country", "tool", "actor", "coverage", "order"])
def test_a_nul_character_is_refused(name):
    assert list(refusal(f"{name}=a%00b")) == [name]


def test_a_nul_character_in_a_name_is_refused():
    assert list(refusal("a%00b=1")) == ["a\x00b"]


def test_more_words_than_a_database_takes_are_refused():
    assert list(refusal("q=" + "a+" * 2000)) == ["q"]
    assert found("q=" + "+".join("a" * 100)) == []


def test_every_error_is_said_at_once():
    said = refusal("tol=a&from=x&coverage=full&q=a&q=b")
    assert set(said) == {"tol", "from", "coverage", "q"}


def test_empty_values_are_ignored():
    make_case("one", countries=["GIN"], start="2008", terms=["tool:mediation"])
    names = "q country region situation trigger aim tool actor actor_type role initiation".split()
    names += "un_role outcome success_element document coverage from to dates order".split()
    assert found("&".join(f"{name}=" for name in names)) == ["one"]
    assert found("tool=&tool=mediation&coverage=&coverage=named_only") == ["one"]


def test_a_date_of_nothing_but_direction_marks_is_ignored():
    make_case("one")
    assert found("from=\u200f&to=\u200e\u200f") == ["one"]


# Pages


@pytest.mark.parametrize("page", ["0", "00", "-1", "101", "٣", "abc", "1.5", "+1", "%201", "1e1"])
def test_a_page_that_is_no_number_from_1_to_100_is_refused(client, page):
    response = client.get(f"/cases/?page={page}")
    assert response.status_code == 400
    assert "page" in response.content.decode()


def test_beyond_page_100_the_refusal_points_to_the_file(client):
    assert "the file holds all" in client.get("/cases/?page=101").content.decode()


@pytest.mark.parametrize("page", ["2", "100", "007"])
def test_a_page_beyond_the_last_is_not_found(client, page):
    make_case("one")
    assert client.get(f"/cases/?page={page}").status_code == 404


@pytest.mark.parametrize("page", ["1", "001"])
def test_the_first_page_is_there(client, page):
    make_case("one")
    assert "One" in client.get(f"/cases/?page={page}").content.decode()


def test_a_number_of_thousands_of_digits_is_refused_like_any_other(client):
    assert client.get("/cases/", {"page": "0" * 9 + "1" * 5000}).status_code == 400


# Anything at all

NAMES = st.sampled_from(
    [
        *"q country region situation trigger aim tool actor actor_type role initiation".split(),
        *"un_role outcome success_element document coverage from to dates order page for".split(),
        *["", "tol", "\x00", "q[]"],
    ]
)
VALUES = st.one_of(
    st.text(max_size=12),
    st.text(alphabet=string.digits + "-/.~?%[]٣۲ \u200f", max_size=12),
    st.sampled_from(
        "mediation GIN africa au lead_mediator named_only substantial excel start -start title "
        "certainly possibly 2008 ../2008 2008/.. [2008..2010] 1 2 100 101".split()
    ),
)


@settings(max_examples=80)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
@example([("from", "\u200f"), ("to", "\u200f")])
@example([("coverage", "named_only"), ("order", "title")])
@example([("q", '"'), ("from", "../2008"), ("to", "2008/..")])
def test_no_query_string_breaks_the_list_or_the_file(client, pairs):
    if not StatementActor.objects.exists():
        make_statement(make_case("one", start="2008"), "role:lead_mediator", by=["au"])
        make_statement(make_case("two", terms=["tool:mediation"]), "tool:mediation", by=["au"])
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    page = client.get(f"/cases/?{query.urlencode()}")
    assert page.status_code in (200, 302, 400, 404)
    file = client.get(f"/cases.csv?{query.urlencode()}")
    assert file.status_code in (200, 302, 400)
    if file.status_code == 200:
        assert b"".join(file.streaming_content).startswith(b"slug,")  # made while it is read
