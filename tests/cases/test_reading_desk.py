"""Coding from the text: words of a passage become quotations, behind statements of a case."""

import html
import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import records, workflow
from cases.models import Case, Quotation, Revision, Statement
from cases.models.choices import Source
from cases.models.vocabulary import HEADER_SCHEMES
from tests.cases.test_admin import said_of
from tests.factories import (
    SENTENCE,
    add_passage,
    make_actor,
    make_case,
    make_edition,
    make_quotation,
    make_statement,
    make_term,
    make_text_of_fiji,
)
from tests.people import make_person

pytestmark = pytest.mark.django_db

TRANSLATION = {"translation_en": "its team in Fiji", "translated_by": "machine"}


@pytest.fixture
def edition():
    return make_text_of_fiji()


@pytest.fixture
def fiji(edition):
    """A draft with a tool on words of the text, and an answer that needs none."""
    case = make_case("fiji", review="draft")
    passage = edition.passages.get(code="p34")
    quotation = make_quotation("تلاش ها برای ادامه", passage)
    make_statement(case, "tool:mediation", key="t1", by=["un"], quotations=[quotation])
    make_statement(case, "trigger:not_stated", key="c1")
    make_quotation("برای ادامه مکالمه", passage)
    records.note_saved("case", "fiji", source=Source.SEED)
    return case


def address(edition, case="fiji") -> str:
    return reverse("admin:cases_edition_read", args=[edition.pk]) + (
        f"?case={case}" if case else ""
    )


def place_of(words: str) -> str:
    start = SENTENCE.index(words)
    return f"S-2011-552/fa/p34/{start}-{start + len(words)}"


def data_of(case) -> dict:
    statements = records.dump("case", [case.slug])[case.slug]["statements"]
    return {each["key"]: each for each in statements}


def quoted(client, edition, case="fiji", **posted) -> None:
    """Post the form; it must be saved and lead back to the passage."""
    response = client.post(address(edition, case), posted)
    assert response.status_code == 302, said_of(response)
    assert response["Location"] == f"{address(edition, case)}#p34"


# The page


def test_the_text_stands_there_to_the_letter_with_what_is_quoted_marked(desk, fiji, edition):
    page = desk.get(address(edition)).content.decode()
    prints = re.findall(r'class="print" data-ref="([^"]+)"[^>]*>(.*?)</(?:p|h2)>', page, re.DOTALL)
    texts = {ref: html.unescape(re.sub(r"<[^>]+>", "", inner)) for ref, inner in prints}
    assert texts == {each.ref: each.text for each in edition.passages.all()}
    assert page.count('lang="fa" dir="rtl"') > 3
    # The two stretches overlap, so that which is coded here nests the other's first piece.
    assert 'class="q coded here"' in page
    assert 'class="q "' in page
    assert f"{reverse('admin:cases_case_change', args=[fiji.pk])}#t1" in page


def test_it_opens_without_a_case_and_says_so_where_none_is_known(desk, fiji, edition):
    assert "Choose a case" in desk.get(address(edition, "")).content.decode()
    assert "Near it are fiji (Fiji)" in html.unescape(
        desk.get(address(edition, "fijj")).content.decode()
    )
    assert desk.get(reverse("admin:cases_edition_read", args=[999])).status_code == 404


def test_the_list_of_editions_leads_to_it(desk, edition):
    page = desk.get(reverse("admin:cases_edition_changelist")).content.decode()
    assert address(edition, "") in page


def test_a_long_text_takes_few_queries(desk, fiji, edition):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address(edition)).status_code == 200
        return len(captured)

    few = queries()
    for number in range(40, 60):
        passage = add_passage(edition, f"p{number}", f"{SENTENCE} {number}")
        make_statement(fiji, "aim:calm", quotations=[make_quotation(passage=passage)])
    assert queries() == few


# Quoting


def test_marked_words_become_a_quotation_behind_several_statements(desk, superuser, fiji, edition):
    make_statement(fiji, "aim:calm", key="c2", support="editor_inference", quotations=[])
    chosen = ["t1", "c2"]
    words = "گروه خود در فیجی"
    quoted(desk, edition, words=words, place=place_of(words), attach=chosen, **TRANSLATION)
    saved = data_of(fiji)
    assert saved["c2"]["quotations"] == [place_of(words)]
    assert saved["t1"]["quotations"] == [place_of("تلاش ها برای ادامه"), place_of(words)]
    of_words = Revision.objects.get(kind="quotation", key=place_of(words))
    assert of_words.data["translated_by"] == "machine"
    (of_case,) = Revision.objects.filter(kind="case", key="fiji", version=2)
    assert (of_case.who, of_case.change_set) == (superuser, of_words.change_set)
    fiji.refresh_from_db()
    assert " its team in fiji " in fiji.search_text


def test_pasted_words_are_found_in_this_text(desk, fiji, edition):
    other = make_edition("S-2011-553")
    add_passage(other, "p1", SENTENCE)
    quoted(desk, edition, words="گروه‌خود در فيجي")
    assert str(Quotation.objects.latest("pk")) == place_of("گروه خود در فیجی")
    assert not Revision.objects.filter(kind="case", version=2).exists()


def test_a_mark_counts_only_while_the_words_are_those(desk, fiji, edition):
    quoted(desk, edition, words="گروه خود", place=place_of("سازمان ملل"))
    assert str(Quotation.objects.latest("pk")) == place_of("گروه خود")


def test_marked_words_that_stand_twice_are_those_that_were_marked(desk, fiji, edition):
    second = SENTENCE.index("از", SENTENCE.index("از") + 1)
    place = f"S-2011-552/fa/p34/{second}-{second + 2}"
    quoted(desk, edition, words="از", place=place)
    assert str(Quotation.objects.latest("pk")) == place


def test_words_become_a_new_statement(desk, fiji, edition):
    make_term("tool:good_offices", label_fa="مساعی جمیله")
    make_actor("ecowas")
    words = "گروه خود در فیجی"
    new = {"new-term": "مساعی جمیله", "new-who": "by: un; with: ecowas", "new-when": "۲۰۰۸-۲۳"}
    new |= {"new-scope": "this_case", "new-support": "implies"}
    quoted(desk, edition, words=words, **TRANSLATION, **new)
    saved = data_of(fiji)["t2"]
    assert saved == {
        "key": "t2",
        "term": "tool:good_offices",
        "by": ["un"],
        "with": ["ecowas"],
        "when": "2008-23",
        "scope": "this_case",
        "support": "implies",
        "quotations": [place_of(words)],
    }
    assert Statement.objects.get(key="t2", case=fiji).order > fiji.statements.get(key="t1").order


def test_a_new_outcome_names_its_document_by_itself(desk, fiji, edition):
    make_term("outcome:calm")
    new = {"new-term": "outcome:calm", "new-scope": "this_case", "new-support": "states"}
    new |= {"new-horizon": "during", "new-attribution": "credited", "new-credited_to": "t1"}
    quoted(desk, edition, words="گروه خود در فیجی", **new)
    saved = data_of(fiji)["o1"]
    assert (saved["assessed_by"], saved["credited_to"]) == ("S-2011-552", ["t1"])


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({}, "This field is required."),
        ({"words": "در کنیا کار می کنند"}, "The nearest, in paragraph 33"),
        ({"words": "فیجی"}, "These words stand in 2 places"),
        ({"words": "S-2011-553/fa/p1/0-5"}, "This place is in another text"),
        ({"words": "گروه خود", "translation_en": "x"}, "Say who translated"),
        ({"words": "گروه خود", "attach": "t9"}, "Select a valid choice"),
        ({"words": "گروه خود", "new-who": "un"}, "This field is required."),
        ({"words": "گروه خود", "new-term": "tool:x"}, "is not known here"),
        ({"words": "گروه خود", "new-term": "calm"}, "is the name of several"),
        ({"words": "گروه خود", "new-term": "outcome:calm"}, "horizon is missing"),
        ({"words": "گروه خود", "new-term": "aim:calm", "new-key": "t1"}, "has this key"),
        ({"words": "گروه خود", "new-term": "aim:calm", "new-when": "2008-13"}, "2008-13"),
        (
            {"words": "گروه خود", "new-term": "aim:calm", "new-credited_to": "t9"},
            "t9 is no tool of this case.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, fiji, edition, posted, said):
    make_term("outcome:calm")
    make_term("aim:calm")
    add_passage(make_edition("S-2011-553"), "p1", SENTENCE)
    before, quotations = data_of(fiji), Quotation.objects.count()
    new = {"new-scope": "this_case", "new-support": "states"}
    response = desk.post(address(edition), new | posted)
    assert said in said_of(response)
    page = html.unescape(response.content.decode())
    assert all(value in page for value in posted.values())
    assert (data_of(fiji), Quotation.objects.count()) == (before, quotations)
    assert Revision.objects.count() == 1


# Who may


def staff(client, *codenames):
    coder = get_user_model().objects.create_user("coder", is_staff=True)
    coder.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(coder)


def test_strangers_and_those_without_rights_do_not_read(client, edition):
    assert client.get(address(edition, "")).status_code == 302
    staff(client)
    assert client.get(address(edition, "")).status_code == 403


def test_who_may_only_read_has_no_form(client, fiji, edition):
    staff(client, "view_edition", "view_case")
    page = client.get(address(edition)).content.decode()
    assert SENTENCE[:10] in page
    assert 'name="words"' not in page
    assert client.post(address(edition), {"words": "گروه خود"}).status_code == 403
    assert Quotation.objects.count() == 2


def test_who_may_not_change_the_case_quotes_but_does_not_attach(client, fiji, edition):
    staff(client, "view_edition", "view_case", "add_quotation")
    posted = {"words": "گروه خود", "attach": ["t1"]}
    assert client.post(address(edition), posted).status_code == 403
    assert Quotation.objects.count() == 2
    quoted(client, edition, words="گروه خود")
    assert Quotation.objects.count() == 3


def test_who_may_not_see_the_case_does_not_choose_it(client, fiji, edition):
    staff(client, "view_edition", "add_quotation")
    assert client.get(address(edition)).status_code == 403


def complete(case) -> None:
    """Give a case all that readers may expect of one, and publish it."""
    answered = set(case.statements.values_list("term__scheme", flat=True))
    for scheme in HEADER_SCHEMES:
        make_term(f"{scheme}:not_stated")
        if scheme not in answered:
            make_statement(case, f"{scheme}:not_stated", key=scheme)
    texts = {f"summary_{language}": "What happened." for language in ("en", "fa", "ar")}
    Case.objects.update(review="published", published_on=timezone.now(), **texts)


def test_a_statement_that_would_leave_a_published_case_incomplete_is_refused(desk, edition, fiji):
    complete(fiji)
    posted = TRANSLATION | {"words": "سازمان ملل متحد", "new-place": "Suva"}
    posted |= {"new-term": "tool:mediation", "new-scope": "this_case", "new-support": "states"}
    before = Quotation.objects.count()
    response = desk.post(address(edition), posted)
    assert "t2: tool without an actor." in said_of(response)
    assert 'value="Suva"' in response.content.decode()
    assert Quotation.objects.count() == before
    assert desk.post(address(edition), posted | {"new-who": "by: un"}).status_code == 302
    assert data_of(fiji)["t2"]["by"] == ["un"]


# Cases that readers see


@pytest.fixture
def published(fiji):
    """The same case, seen by readers."""
    Case.objects.filter(pk=fiji.pk).update(review="published", published_on="2020-01-01T00:00:00Z")
    records.note_saved("case", "fiji", source=Source.SEED)
    fiji.refresh_from_db()
    return fiji


def words_of(case, key="t1") -> list[str]:
    return [str(each.quotation) for each in case.statements.get(key=key).evidence.all()]


def told(client, edition) -> str:
    return html.unescape(client.get(address(edition)).content.decode())


def test_an_editor_quotes_into_a_working_copy_of_what_readers_see(client, published, edition):
    client.force_login(make_person("editor"))
    assert "What you change here goes into a working copy" in told(client, edition)
    before = data_of(published)
    words = "گروه خود در فیجی"
    quoted(client, edition, words=words, attach=["t1"], **TRANSLATION)
    assert data_of(published) == before
    copy = workflow.working_copy(published)
    assert words_of(copy) == [place_of("تلاش ها برای ادامه"), place_of(words)]
    page = told(client, edition)
    assert "Your change is in a working copy." in page
    assert "This case has a working copy: this is it." in page
    assert f'{reverse("admin:cases_case_change", args=[copy.pk])}"' in page
    newest = Revision.objects.filter(kind="working_copy", key="fiji").order_by("version").last()
    quotation = Revision.objects.get(kind="quotation", key=place_of(words))
    assert newest.change_set == quotation.change_set
    assert place_of(words) not in client.get("/statements.csv").getvalue().decode()


def test_the_next_words_go_into_the_same_copy(client, published, edition):
    make_term("tool:good_offices")
    client.force_login(make_person("editor"))
    quoted(client, edition, words="گروه خود", attach=["t1"])
    copy = workflow.working_copy(published)
    new = {"new-term": "tool:good_offices", "new-who": "un", "new-scope": "this_case"}
    quoted(client, edition, words="ادامه مکالمه", attach=["t1"], **new, **{"new-support": "states"})
    assert workflow.working_copy(published) == copy
    assert words_of(copy)[1:] == [place_of("گروه خود"), place_of("ادامه مکالمه")]
    assert words_of(copy, "t2") == [place_of("ادامه مکالمه")]
    assert not published.statements.filter(key="t2").exists()


def test_a_new_statement_alone_makes_the_copy_too(client, published, edition):
    make_term("outcome:calm")
    client.force_login(make_person("editor"))
    new = {"new-term": "outcome:calm", "new-scope": "this_case", "new-support": "states"}
    new |= {"new-horizon": "during", "new-attribution": "credited", "new-credited_to": "t1"}
    quoted(client, edition, words="گروه خود", **new)
    copy = workflow.working_copy(published)
    assert list(copy.statements.get(key="o1").credited_to.all()) == [copy.statements.get(key="t1")]
    assert not published.statements.filter(key="o1").exists()


@pytest.mark.parametrize("posted", [{"words": "گروه خود"}, {"words": "کنیا", "attach": ["t1"]}])
def test_no_copy_is_made_where_nothing_of_the_case_is_written(client, published, edition, posted):
    client.force_login(make_person("editor"))
    client.post(address(edition), posted)
    assert workflow.working_copy(published) is None


def test_a_reviewer_quotes_into_the_case_itself(client, published, edition):
    complete(published)
    client.force_login(make_person("reviewer"))
    assert "working copy" not in told(client, edition)
    quoted(client, edition, words="گروه خود", attach=["t1"])
    assert words_of(published)[1:] == [place_of("گروه خود")]
    assert workflow.working_copy(published) is None


def test_nobody_quotes_into_a_case_that_was_withdrawn_but_a_reviewer(client, published, edition):
    Case.objects.filter(pk=published.pk).update(review="withdrawn")
    client.force_login(make_person("editor"))
    assert "You may not change this case." in told(client, edition)
    posted = {"words": "گروه خود", "attach": ["t1"]}
    assert client.post(address(edition), posted).status_code == 403
    client.force_login(make_person("reviewer"))
    quoted(client, edition, **posted)
