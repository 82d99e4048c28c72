"""/cases/<slug>/: one case with everything said of it and the words it stands on."""

import re
from html import unescape

import pytest
from django.utils import translation
from django.utils.translation import gettext

from cases.models import CaseRelation, Edition, Erratum, ErratumPlace
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


def statement_of(page: str, key: str) -> str:
    """The part of the page about one statement."""
    return re.search(rf'<li class="statement" id="{key}">.*?</li>', page, re.DOTALL)[0]


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
    said = text_of(statement_of(html(client, f"{prefix}/cases/one/"), "t1"))
    expected = {
        "en": ("mediation", "African Union", "January 2008"),
        "fa": ("میانجیگری", "اتحادیهٔ آفریقا", "ژانویهٔ ۲۰۰۸"),
        "ar": ("الوساطة", "الاتحاد الأفريقي", "يناير 2008"),
    }
    for words in expected[language]:
        assert words in said


def test_an_actor_without_a_name_in_the_language_is_marked_as_being_in_another(client):
    make_statement(make_case("one"), key="t1", by=[make_actor("au", name="African Union")])
    assert '<bdi lang="en">African Union</bdi>' in html(client, "/fa/cases/one/")


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_the_words_of_the_source_stand_beside_each_statement_in_their_own_direction(client, prefix):
    passage = persian_passage()
    quotation = make_quotation(
        "اعمال نفوذ شخصی", passage, translation_en="good offices", translated_by="machine"
    )
    case = make_case("one")
    make_statement(case, "tool:good_offices", key="t1", quotations=[quotation])
    make_statement(
        case,
        "tool:mediation",
        key="t2",
        quotations=[make_quotation(passage=make_passage("He mediated."))],
    )
    page = html(client, f"{prefix}/cases/one/")
    persian, english = statement_of(page, "t1"), statement_of(page, "t2")
    assert '<blockquote lang="fa" dir="rtl">اعمال نفوذ شخصی</blockquote>' in persian
    assert '<p class="tr" lang="en" dir="ltr">good offices' in persian
    assert f'dir="ltr">{quotation}</code>' in persian
    assert '<blockquote lang="en" dir="ltr">He mediated.</blockquote>' in english
    assert "He mediated." not in persian


def test_a_machines_translation_is_said_to_be_one(client):
    case = make_case("one")
    machine = make_quotation(translated_by="machine")
    make_statement(case, key="t1", quotations=[machine])
    make_statement(case, key="t2", quotations=[make_quotation(translated_by="person")])
    page = html(client)
    assert "(machine translation)" in text_of(statement_of(page, "t1"))
    assert "machine" not in text_of(statement_of(page, "t2"))


def test_an_erratum_shows_what_is_printed_and_how_it_must_be_read(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا")
    make_erratum(passage, "شخصی", code="elsewhere", printed="نه اینجا", reading="هیچ جا")
    case = make_case("one")
    make_statement(case, key="t1", quotations=[make_quotation("دبیرکل در لیبیا", passage)])
    said = text_of(statement_of(html(client), "t1"))
    assert "دبیرکل در لیبیا" in said  # the print stays as it is
    assert "Erratum (wrong name, certain): printed" in said
    assert "« لیبیا »" in said
    assert "« لیبریا »" in said
    assert "( Liberia )" in said
    assert "Libya is no neighbour." in said
    assert "نه اینجا" not in said  # the words do not touch its place


def test_an_erratum_gives_its_reason_in_the_readers_language(client):
    passage = persian_passage()
    make_erratum(passage, "لیبیا")
    make_statement(make_case("one"), key="t1", quotations=[make_quotation(passage=passage)])
    said = statement_of(html(client, "/fa/cases/one/"), "t1")
    assert "لیبی همسایه نیست." in said
    arabic = statement_of(html(client, "/ar/cases/one/"), "t1")
    assert '<span lang="en" dir="ltr">Libya is no neighbour.</span>' in arabic


def test_an_erratum_of_two_places_in_the_words_is_shown_once(client):
    passage = persian_passage("لیبیا و لیبیا")
    erratum = make_erratum(passage, "لیبیا")
    ErratumPlace.objects.create(erratum=erratum, passage=passage, start=8, end=13)
    make_statement(make_case("one"), key="t1", quotations=[make_quotation(passage=passage)])
    assert statement_of(html(client), "t1").count('class="erratum') == 1


def test_what_is_not_stated_is_said_plainly(client):
    make_term("trigger:not_stated", label_en="Not stated", definition_en="The source is silent.")
    case = make_case("one")
    make_statement(case, "trigger:not_stated", key="t0")
    page = html(client)
    said = statement_of(page, "t0")
    assert text_of(said) == "Not stated The source is silent."
    assert "<blockquote" not in said
    facts = text_of(re.search(r'<dl class="facts">.*?</dl>', page, re.DOTALL)[0])
    assert facts.count("not stated") == 3  # start, end, from warning to action


def test_the_gap_between_warning_and_action_is_an_interval_of_days(client):
    case = make_case("one", start="2008-12-23", end="2010")
    make_statement(case, "event:coup", when="2008-12-23", phase="opening")
    make_statement(case, "tool:mediation", when="2009-01")
    assert "9 to 39 days" in html(client)


def test_an_outcome_says_when_it_held_who_says_so_and_to_what_it_is_owed(client):
    case = make_case("one")
    tool = make_statement(case, "tool:mediation", key="t1")
    report = make_document("R-1", title_en="The report", symbol="R/1")
    outcome = make_statement(case, "outcome:agreement_reached", key="o1", assessed_by=report)
    outcome.credited_to.add(tool)
    said = statement_of(html(client), "o1")
    assert "at its close" in said
    assert "R/1: The report" in said
    assert 'brought about by the effort: <a href="#t1">mediation</a>' in said


def test_general_rules_are_shown_and_marked_as_such(client):
    make_statement(make_case("one"), key="t1", scope="pattern", support="implies")
    said = text_of(statement_of(html(client), "t1"))
    assert "Scope general rule" in said
    assert "Support implied" in said


def test_a_note_is_shown_in_whatever_language_there_is_one(client):
    make_statement(make_case("one"), key="t1", note_fa="یادداشت")
    assert '<span lang="fa" dir="rtl">یادداشت</span>' in statement_of(html(client), "t1")


def test_statements_are_told_in_the_order_of_the_schemes_and_then_their_own(client):
    case = make_case("one")
    make_statement(case, "outcome:agreement_reached", key="o1", order=1)
    make_statement(case, "tool:mediation", key="t2", order=3)
    make_statement(case, "tool:good_offices", key="t1", order=2)
    make_statement(case, "situation:electoral", key="s1", order=9)
    keys = re.findall(r'<li class="statement" id="([^"]+)">', html(client))
    assert keys == ["s1", "t1", "t2", "o1"]


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
def test_it_shows_any_number_of_statements_in_twenty_queries(
    client, number, django_assert_num_queries
):
    case = make_case("one", countries=["GIN", "KEN"])
    fill(case, number)
    # Is it withdrawn; the case; its countries, regions, and relations both ways: 6. Statements;
    # parts with their actors, the actors' names; documents; what findings are about; credited
    # tools and their terms; words; the errata in their passages, and those errata: 10. The cases beside it, by their
    # titles, terms, regions and what is said of which: 4.
    with django_assert_num_queries(20):
        html(client)
