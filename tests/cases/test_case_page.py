"""/cases/<slug>/: one case with everything said of it and the words it stands on."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from cases.models import CaseRelation, Edition, Erratum, ErratumPlace
from cases.views import kept
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

LANGUAGES = [("", "en", "ltr"), ("/fa", "fa", "rtl"), ("/ar", "ar", "rtl")]
PRINT = "دبیرکل در لیبیا اعمال نفوذ شخصی کرد"


def html(client, address="/cases/one/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def text_of(markup: str) -> str:
    """What a reader sees: without tags and with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def value_of(page: str, key: str) -> str:
    """The row or the entry of one statement."""
    tag = re.search(rf'<(\w+)[^>]* id="{key}"|<(\w+) id="{key}"', page)
    name = tag[1] or tag[2]
    return page[tag.start() :].split(f"</{name}>", 1)[0]


def section(page: str, name: str) -> str:
    return re.search(rf'<section[^>]*? ?id="{name}".*?</section>', page, re.DOTALL)[0]


def persian_passage(text=PRINT):
    document = make_document("S-2011-552")
    edition = Edition.objects.create(
        document=document,
        code="fa",
        ref="S-2011-552/fa",
        language="fa",
        file_name="fa.txt",
        content=b"",
        sha256="f" * 64,
    )
    return make_passage(text, code="p24", edition=edition)


def make_erratum(passage, words, code="liberia", **changed):
    values = {
        "kind": "name",
        "printed": words,
        "reading": "لیبریا",
        "reading_en": "Liberia",
        "why_en": "Libya is no neighbour.",
        "why_fa": "لیبی همسایه نیست.",
        "basis": "same_text",
        "certainty": "certain",
    } | changed
    erratum = Erratum.objects.create(code=code, edition=passage.edition, **values)
    start = passage.text.index(words)
    ErratumPlace.objects.create(
        erratum=erratum, passage=passage, start=start, end=start + len(words)
    )
    return erratum


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_the_page_is_in_its_language_and_direction(client, prefix, language, direction):
    make_case(
        "one",
        title_en="English title",
        title_fa="عنوان فارسی",
        title_ar="عنوان عربي",
        summary_en="In English",
        summary_fa="به فارسی",
        summary_ar="بالعربية",
    )
    page = html(client, f"{prefix}/cases/one/")
    assert f'<html lang="{language}" dir="{direction}">' in page
    titles = {"en": "English title", "fa": "عنوان فارسی", "ar": "عنوان عربي"}
    assert f"<h1>{titles[language]}</h1>" in page
    assert {"en": "In English", "fa": "به فارسی", "ar": "بالعربية"}[language] in page
    with translation.override(language):
        assert gettext("From warning to action") in page


@pytest.mark.parametrize(("prefix", "language", "direction"), LANGUAGES)
def test_terms_actors_and_dates_are_in_the_readers_language(client, prefix, language, direction):
    make_term("tool:mediation", label_fa="میانجیگری", label_ar="الوساطة")
    actor = make_actor("au", name="African Union")
    actor.names.create(language="fa", name="اتحادیهٔ آفریقا")
    actor.names.create(language="ar", name="الاتحاد الأفريقي")
    make_statement(make_case("one"), key="t1", by=[actor], when="2008-01")
    said = text_of(value_of(html(client, f"{prefix}/cases/one/"), "t1"))
    expected = {
        "en": ("mediation", "African Union", "January 2008"),
        "fa": ("میانجیگری", "اتحادیهٔ آفریقا", "ژانویهٔ ۲۰۰۸"),
        "ar": ("الوساطة", "الاتحاد الأفريقي", "كانون الثاني/يناير 2008"),
    }
    for words in expected[language]:
        assert words in said


def test_an_actor_without_a_name_in_the_language_is_marked_as_being_in_another(client):
    make_statement(make_case("one"), key="t1", by=[make_actor("au", name="African Union")])
    assert '<bdi lang="en">African Union</bdi>' in html(client, "/fa/cases/one/")


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_every_value_leads_to_its_words_in_their_own_direction(client, prefix):
    passage = persian_passage()
    quotation = make_quotation(
        "اعمال نفوذ شخصی", passage, translation_en="good offices", translated_by="machine"
    )
    case = make_case("one")
    make_statement(case, "tool:good_offices", key="t1", quotations=[quotation])
    english = make_passage("He mediated.")
    make_statement(case, "tool:mediation", key="t2", quotations=[make_quotation(passage=english)])
    page = html(client, f"{prefix}/cases/one/")
    # The words are numbered in the order of the texts; two texts, so each is named.
    refs = {key: re.findall(r'href="#(w\d)"', value_of(page, key)) for key in ("t1", "t2")}
    assert sorted(refs["t1"] + refs["t2"]) == ["w1", "w2"]
    words = section(page, "words")
    number = refs["t1"][0]
    marked = f'دبیرکل در لیبیا <mark id="{number}" data-of="{number}" data-n="'
    assert f'<blockquote lang="fa" dir="rtl">{marked}' in words
    assert "اعمال نفوذ شخصی</mark> کرد</blockquote>" in words
    assert '<p class="tr" lang="en" dir="ltr">good offices' in words
    assert '<blockquote lang="en" dir="ltr"><mark id="' in words
    assert "He mediated.</mark></blockquote>" in words
    address = f"{prefix}/documents/S-2011-552/fa/#p24"
    assert f'href="{address}"' in words
    assert 'href="#t1"' in words  # and back again


def test_a_passage_stands_once_however_much_was_coded_from_it(client):
    passage = make_passage("The envoy went there and mediated.")
    went, mediated = (
        make_quotation("envoy went there", passage),
        make_quotation("mediated", passage),
    )
    case = make_case("one")
    for key in ("t1", "t2", "t3"):
        make_statement(case, key=key, quotations=[mediated, went])
    page = html(client)
    assert page.count("<blockquote") == 1
    marks = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", page)[1]
    assert marks == (
        'The <mark id="w1" data-of="w1" data-n="1">envoy went there</mark> and '
        '<mark id="w2" data-of="w2" data-n="2">mediated</mark>.'
    )
    said = text_of(value_of(page, "t2"))
    assert said.endswith("paragraph 24 [1] paragraph 24 [2]")
    assert "Coded from it: mediation ( 1 , 2 , 3 )" in text_of(section(page, "words"))


def test_stretches_that_cross_are_both_marked_and_the_text_stays_the_text(client):
    passage = make_passage("one two three four")
    case = make_case("one")
    first, second = (
        make_quotation("one two three", passage),
        make_quotation("two three four", passage),
    )
    make_statement(case, quotations=[first, second])
    inside = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", html(client))[1]
    assert re.sub(r"<[^>]+>", "", inside) == "one two three four"
    assert re.findall(r' id="(w\d)"', inside) == ["w1", "w2"]
    assert re.findall(r' data-n="(\d)"', inside) == ["1", "2"]


def test_of_a_long_passage_a_window_is_shown(client):
    passage = make_passage("before " * 500 + "The envoy mediated." + " after" * 500)
    make_statement(make_case("one"), quotations=[make_quotation("The envoy mediated.", passage)])
    shown = text_of(re.search(r"<blockquote.*?</blockquote>", html(client), re.DOTALL)[0])
    assert shown.startswith("[…] before before")
    assert shown.endswith("after after […]")
    assert 600 < len(shown) < 700


def test_other_published_cases_on_the_same_words_are_named(client):
    words = make_quotation("The envoy mediated", make_passage())
    for slug, review in (("one", "published"), ("two", "published"), ("three", "draft")):
        make_statement(make_case(slug, review=review), scope="group", quotations=[words])
    said = text_of(section(html(client), "words"))
    assert "The same words also carry values of Two" in said
    assert "Three" not in said


def test_a_machines_translation_is_said_to_be_one(client):
    make_statement(make_case("one"), quotations=[make_quotation(translated_by="machine")])
    make_statement(make_case("two"), quotations=[make_quotation(translated_by="person")])
    assert "(machine translation)" in text_of(section(html(client), "words"))
    assert "machine" not in text_of(section(html(client, "/cases/two/"), "words"))


def test_an_erratum_shows_what_is_printed_and_how_it_must_be_read(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا")
    make_erratum(passage, "شخصی", code="elsewhere", printed="نه اینجا", reading="هیچ جا")
    case = make_case("one")
    make_statement(case, key="t1", quotations=[make_quotation("دبیرکل در لیبیا", passage)])
    page = section(html(client), "words")
    assert '<span class="misprint">لیبیا</span></mark>' in page
    said = text_of(page)
    assert "Erratum (wrong name, certain): printed" in said
    assert "“ لیبیا ”" in said
    assert "“ لیبریا ”" in said
    assert "in English “ Liberia ”" in said
    assert "Libya is no neighbour. Coded as corrected." in said
    assert "نه اینجا" not in said  # the words do not touch its place


def test_an_erratum_of_several_places_gives_the_words_of_this_one_first(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا", printed="در لیبی", reading="در لیبریا", reading_en="")
    make_statement(make_case("one"), key="t1", quotations=[make_quotation(passage=passage)])
    said = text_of(section(html(client), "words"))
    assert "printed “ لیبیا ”, to be read as “ در لیبی ” elsewhere: “ در لیبریا ”" in said


def test_of_a_possible_erratum_the_print_is_coded(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا", certainty="possible")
    make_statement(make_case("one"), quotations=[make_quotation(passage=passage)])
    assert "Coded as printed." in section(html(client), "words")


def test_an_erratum_gives_its_reason_in_the_readers_language(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا")
    make_statement(make_case("one"), key="t1", quotations=[make_quotation(passage=passage)])
    assert "لیبی همسایه نیست." in section(html(client, "/fa/cases/one/"), "words")
    arabic = section(html(client, "/ar/cases/one/"), "words")
    assert '<span lang="en" dir="ltr">Libya is no neighbour.</span>' in arabic


def test_an_erratum_of_two_places_in_the_words_is_shown_once(client):
    passage = persian_passage("لیبیا و لیبیا")
    erratum = make_erratum(passage, "لیبیا")
    ErratumPlace.objects.create(erratum=erratum, passage=passage, start=8, end=13)
    make_statement(make_case("one"), key="t1", quotations=[make_quotation(passage=passage)])
    assert html(client).count('class="erratum') == 1


def test_what_is_not_stated_is_said_plainly_in_one_place(client):
    make_term("trigger:not_stated", label_en="Not stated", definition_en="The source is silent.")
    case = make_case("one")
    make_statement(case, "trigger:not_stated", key="t0")
    make_statement(case, "tool:mediation", by=["au"])
    make_statement(case, "tool:mediation", by=["au"], when="2009")
    make_statement(case, "role:not_stated", key="p1", by=["au"], support="states")
    page = html(client)
    said = text_of(section(page, "not-stated"))
    for words in (
        "Start not stated End not stated",
        "From warning to action No event is coded as opening the case.",
        "Trigger Not stated",
        "Outcome not stated",
        "Role not stated for 1 actor",
        "Date of the tools not stated for 1 of 2",
    ):
        assert words in said
    assert 'id="trigger"' not in page
    assert 'id="t0"' in section(page, "not-stated")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    facts = text_of(re.search(r'<dl class="facts">.*?</dl>', page, re.DOTALL)[0])
    assert facts.count("not stated") == 3  # start, end, from warning to action


def test_the_gap_between_warning_and_action_is_an_interval_with_its_two_events(client):
    case = make_case("one", start="2008-12-23", end="2010")
    make_statement(case, "event:coup", key="v1", when="2008-12-23", phase="opening")
    make_statement(case, "tool:mediation", key="t2", when="2010", order=1)
    make_statement(case, "tool:good_offices", key="t1", when="2009-01", by=["au"], order=2)
    gap = section(html(client), "gap")
    assert "9 to 39 days" in gap
    assert re.findall(r'href="#(\w+)"', gap) == ["v1", "t1"]
    assert "good offices ( AU ) January 2009" in text_of(gap)


@pytest.mark.parametrize(
    ("opening", "action", "why"),
    [
        (None, "2009", "No event is coded as opening the case."),
        ("", "2009", "The sources give no date for the event that opens the case."),
        ("2009", None, "No action of a third party is coded."),
        ("2009", "", "The sources date none of the actions."),
        ("2009", "2008", "The first dated action was over before the event that opens the case."),
    ],
)
def test_where_there_is_no_gap_the_page_says_why(client, opening, action, why):
    case = make_case("one")
    if opening is not None:
        make_statement(case, "event:coup", when=opening, phase="opening")
    if action is not None:
        make_statement(case, "tool:mediation", when=action)
    page = html(client)
    assert f"<p>{why}</p>" in section(page, "gap")
    assert why in section(page, "not-stated")


def test_an_outcome_says_when_it_held_who_says_so_and_to_what_it_is_owed(client):
    case = make_case("one")
    tool = make_statement(case, "tool:mediation", key="t1")
    report = make_document("R-1", title_en="The report", symbol="R/1")
    outcome = make_statement(case, "outcome:agreement_reached", key="o1", assessed_by=report)
    outcome.credited_to.add(tool)
    said = value_of(html(client), "o1")
    assert "at its close" in said
    assert 'title="R/1: The report">R/1</a>' in said
    assert 'brought about by the effort: <a href="#t1">mediation</a>' in said


def test_the_roles_of_an_actor_stand_together(client):
    case = make_case("one")
    make_statement(case, "role:lead_mediator", key="p1", by=["ecowas"])
    make_statement(case, "role:partner", key="p2", by=["au"], when="2009")
    make_statement(case, "role:host", key="p3", by=["ecowas"])
    roles = section(html(client), "role")
    assert re.findall(r'<tr id="(\w+)">', roles) == ["p1", "p3", "p2"]
    assert '<th scope="rowgroup" rowspan="2">' in roles
    assert "regional organization" in text_of(value_of(roles, "p1"))


def test_the_timeline_has_all_that_is_dated_with_how_exactly(client):
    case, words = make_case("one"), [make_quotation()]
    for term, key, when in (
        ("tool:mediation", "t1", "2009"),
        ("event:coup", "v1", "2009"),
        ("event:incident", "v2", "2008-12-23"),
        ("event:election", "v3", "2010-12"),
        ("event:process", "v4", "2008-23"),
        ("event:deployment", "v5", ""),
    ):
        make_statement(case, term, key=key, when=when, quotations=words)
    assert text_of(section(html(client), "event")).replace(" paragraph 24 [1]", "") == (
        "Timeline autumn 2008 known to the season process 23 December 2008 incident "
        # At one date events come first.
        "2009 known to the year coup Tool: mediation December 2010 known to the month election "
        "Events without a stated date deployment"
    )


def test_a_role_that_is_not_stated_is_nothing_that_happened_and_names_the_actor(client):
    make_term("role:not_stated", label_en="not stated")
    case, words = make_case("one"), [make_quotation()]
    values = {"by": ["au"], "support": "states", "quotations": words}
    make_statement(case, "role:not_stated", key="p1", when="2009", **values)
    make_statement(case, "tool:mediation", key="t1", when="2010", quotations=words)
    page = html(client)
    told = text_of(section(page, "event"))
    assert "2009" not in told
    assert "Tool: mediation" in told
    from_it = text_of(section(page, "words")).partition("Coded from it: ")[2]
    assert "AU (role not stated)" in from_it


def test_what_is_on_the_page_is_listed_beside_it_and_folded_above_it(client):
    make_statement(make_case("one"), key="t1")
    page = html(client)
    lists = re.findall(r'<nav class="(?:folded-)?toc".*?</nav>', page, re.DOTALL)
    assert len(lists) == 2
    for each in lists:
        found = re.findall(r'href="#(\w+)"', each)
        assert "tool" in found
        assert "outcome" not in found
    assert "<details><summary>On this page</summary>" in lists[0]


def test_a_quantity_and_a_place_are_marked_as_english(client):
    make_statement(make_case("one"), key="t1", quantity="more than 40", place="Conakry")
    said = value_of(html(client, "/fa/cases/one/"), "t1")
    assert '(مقدار: <bdi lang="en" class="nb">more than 40</bdi>)' in said
    assert '<bdi lang="en" class="nb">Conakry</bdi>' in said
    assert '(<bdi lang="en" class="nb">more than 40</bdi>)' in value_of(html(client), "t1")


def test_what_is_said_of_several_cases_is_marked_and_explained(client):
    case = make_case("one")
    make_statement(case, key="t1", scope="group")
    page = html(client)
    assert '<span class="tag group">said of several cases together</span>' in value_of(page, "t1")
    assert "in one sentence" in section(page, "summary")
    make_statement(make_case("two"))
    assert "in one sentence" not in html(client, "/cases/two/")


def test_general_rules_stand_apart_and_are_marked_as_such(client):
    case = make_case("one")
    make_statement(case, key="t1", scope="pattern", support="implies", when="2009")
    make_statement(case, key="t2")
    page = html(client)
    assert 'id="t1"' in section(page, "pattern")
    assert 'id="t2"' in section(page, "tool")
    said = text_of(value_of(page, "t1"))
    assert "general rule" in said
    assert "implied" in said
    # They are no part of what happened.
    assert 'id="event"' not in page


def test_a_note_is_shown_in_whatever_language_there_is_one(client):
    make_statement(make_case("one"), key="t1", note_fa="یادداشت")
    assert '<span lang="fa" dir="rtl">یادداشت</span>' in value_of(html(client), "t1")


def test_values_are_told_in_the_order_of_the_schemes_and_then_their_own(client):
    case = make_case("one")
    make_statement(case, "outcome:agreement_reached", key="o1", order=1)
    make_statement(case, "tool:mediation", key="t2", order=3)
    make_statement(case, "tool:good_offices", key="t1", order=2)
    make_statement(case, "situation:electoral", key="s1", order=9)
    make_statement(case, "success_element:leverage", key="e1")
    page = html(client)
    assert re.findall(r'<(?:tr|dd) id="([^"]+)">', page) == ["s1", "t1", "t2", "o1", "e1"]


def test_how_it_was_coded_and_which_version_it_is_are_shown(client):
    changed = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    make_case("one", coding="double", version=3, changed_on=changed)
    page = html(client)
    record = text_of(section(page, "record"))
    assert "one , version 3 Last change: 4 March 2026 coded twice, independently" in record
    cited = text_of(section(page, "cite"))
    assert "Preventive diplomacy cases (2026). One. Version 3, 4 March 2026." in cited
    assert "http://localhost:8000/cases/one/" in cited
    make_case("two")
    assert "single coder" in html(client, "/cases/two/")


def test_a_persian_citation_has_persian_words_and_digits(client):
    make_case("one", version=3, title_fa="یک", changed_on=datetime(2026, 3, 4, tzinfo=UTC))
    cited = section(html(client, "/fa/cases/one/"), "cite")
    assert "۴ مارس ۲۰۲۶" in cited
    assert 'dir="ltr">http://localhost:8000/fa/cases/one/</bdi>' in cited


def test_related_cases_are_linked_from_both_sides(client):
    one, two = make_case("one"), make_case("two", title_en="The second")
    CaseRelation.objects.create(case=one, to=two, kind="follows")
    assert 'follows: <a href="/cases/two/">The second</a>' in html(client)
    assert '<a href="/cases/one/">One</a> (follows this case)' in html(client, "/cases/two/")


def test_what_editors_type_is_escaped(client):
    case = make_case("one", summary_en="<b>bold</b>")
    make_statement(
        case,
        key="t1",
        place="<i>",
        quantity="<u>",
        note_en="<img>",
        by=[make_actor(name="<em>")],
        quotations=[make_quotation(passage=make_passage("<blink>"))],
    )
    page = html(client)
    for tag in ("<b>bold", "<i>", "<u>", "<img>", "<em>", "<blink>"):
        assert tag not in page


def test_a_withdrawn_case_is_gone_and_says_so(client):
    make_case("one", review="withdrawn", summary_en="what it said")
    for prefix, language in (("", "en"), ("/fa", "fa")):
        response = client.get(f"{prefix}/cases/one/")
        assert response.status_code == 410
        page = response.content.decode()
        with translation.override(language):
            assert gettext("This case was published once and then withdrawn.") in page
        assert "what it said" not in page


@pytest.mark.parametrize("review", ["draft", "in_review"])
def test_a_withdrawn_case_that_became_a_draft_again_is_still_withdrawn_to_readers(client, review):
    since = {"published_on": timezone.now()}
    make_case("one", review=review, summary_en="what the draft says", **since)
    make_case("two", review=review)
    response = client.get("/cases/one/")
    assert response.status_code == 410
    assert "This case was published once and then withdrawn." in response.content.decode()
    assert "what the draft says" not in response.content.decode()
    assert client.get("/cases/one/cite.bib").status_code == 410
    assert client.get("/cases/two/").status_code == 404


def test_the_working_copy_of_a_case_does_not_show_in_its_page(client):
    case = make_case("one", summary_en="as published")
    make_case("one", summary_en="being edited", review="draft", working_copy_of=case)
    page = html(client)
    assert "as published" in page
    assert "being edited" not in page


def test_it_answers_head_and_refuses_to_be_posted_to(client):
    make_case("one")
    head = client.head("/cases/one/")
    assert (head.status_code, head.content) == (200, b"")
    assert client.post("/cases/one/").status_code == 405


def fill(case, number: int) -> None:
    """So many statements of each kind, with words, errata, documents and credit of their own."""
    for at in range(number):
        passage = make_passage("The envoy mediated.")
        make_erratum(passage, "envoy", code=f"e-{number}-{at}")
        tool = make_statement(
            case,
            f"tool:tool_{number}_{at}",
            by=[make_actor(), make_actor()],
            quotations=[
                make_quotation("The envoy", passage),
                make_quotation("mediated.", passage),
            ],
        )
        outcome = make_statement(
            case, "outcome:agreement_reached", assessed_by=make_document(f"d-{number}-{at}")
        )
        outcome.credited_to.add(tool)
        outcome.documents.add(make_document())
        CaseRelation.objects.create(case=case, to=make_case(), kind="follows")
        CaseRelation.objects.create(case=make_case(), to=case, kind="part_of")


@pytest.mark.parametrize("number", [2, 20])
def test_it_shows_any_number_of_statements_in_nineteen_queries(
    client, number, django_assert_num_queries
):
    case = make_case("one", countries=["GIN", "KEN"])
    fill(case, number)
    # Whether anything has changed since the page was kept: 1.
    # The case; its countries, regions, and relations both ways: 5. Statements; parts with their
    # actors, the actors' names; documents; what findings are about; credited tools and their
    # terms; words, their editions; the errata in their passages, and those errata: 11. Other cases
    # on the same words: 1. The cases beside it: whether anything has changed since they were last
    # looked for, what is said of this one; whether anything has since values were read, what is
    # said of those that could be nearest, titles: 5, and 1 until something changes.
    html(client, "/similar/")
    with django_assert_num_queries(23):
        html(client)
    kept.forget()
    with django_assert_num_queries(19):
        html(client)
