"""Coding a case in one form: terms, actors, dates and words, all in the row of the statement."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from cases import records
from cases.admin.statements import StatementForm
from cases.models import Actor, ActorName, Case, Edition, Quotation, Revision, Term
from cases.models.choices import Part, Source
from tests.cases.test_admin import form_of, said_of
from tests.factories import (
    SENTENCE,
    make_actor,
    make_case,
    make_country,
    make_document,
    make_quotation,
    make_region,
    make_statement,
    make_term,
    make_text_of_fiji,
)
from tests.keeping import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """A draft with one tool, one outcome and its words, and terms and actors to choose from."""
    with kept(django_db_blocker):
        make_fiji(make_text_of_fiji())
        yield


@pytest.fixture
def edition(made):
    return Edition.objects.get()


@pytest.fixture
def fiji(made):
    return Case.objects.get()


def make_fiji(edition):
    make_term("tool:good_offices", label_fa="مساعی جمیله", label_ar="المساعي الحميدة")
    make_term("tool:arbitration", retired_on="2020-01-01", replaced_by=make_term("tool:mediation"))
    for code, name in (("un", "United Nations"), ("ecowas", "ECOWAS")):
        make_actor(code, name=name)
    un = Actor.objects.get(code="un")
    ActorName.objects.create(actor=un, language="fa", name="سازمان ملل متحد")
    case = make_case("fiji", review="draft")
    passage = edition.passages.get(code="p34")
    words = make_quotation("در فیجی", passage)
    tool = make_statement(case, "tool:mediation", key="t1", by=["un"], quotations=[words])
    outcome = make_statement(case, "outcome:calm", key="o1", quotations=[words])
    outcome.credited_to.add(tool)
    make_statement(case, "trigger:not_stated", key="c1")
    records.note_saved("case", "fiji", source=Source.SEED)


def change(case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def added(client, case, scheme: str = "tool", **values) -> dict:
    """What is posted when one row is added to the table of a scheme and filled in."""
    posted = form_of(client, change(case))
    number = int(posted[f"{scheme}-TOTAL_FORMS"])
    row = {"term": "good_offices", "scope": "this_case", "support": "states"} | values
    posted |= {f"{scheme}-{number}-{name}": value for name, value in row.items()}
    return posted | {f"{scheme}-TOTAL_FORMS": str(number + 1)}


def save(client, case, posted):
    """Post a form that must be saved; the case's data after it."""
    response = client.post(change(case), posted)
    assert response.status_code == 302, said_of(response)
    return {
        each["key"]: each for each in records.dump("case", [case.slug])[case.slug]["statements"]
    }


def refused(client, case, posted) -> str:
    """What is said of a form that must not be saved."""
    before = records.dump("case", [case.slug])
    said = said_of(client.post(change(case), posted))
    assert records.dump("case", [case.slug]) == before
    return said


# What nobody touched


def test_seeded_cases_are_saved_untouched_without_a_revision(desk):
    call_command("seed", verbosity=0)
    assert Case.objects.count() > 30
    before, revisions = records.dump("case"), Revision.objects.count()
    # Those with the most statements; together they have every scheme and every column.
    for case in Case.objects.with_statement_count().order_by("-statement_count")[:6]:
        response = desk.post(change(case), form_of(desk, change(case)))
        assert response.status_code == 302, (case.slug, said_of(response))
    assert records.dump("case") == before
    assert Revision.objects.count() == revisions


@pytest.mark.parametrize("count", [60, 100])
def test_a_case_of_many_statements_opens_and_is_saved_with_few_queries(desk, fiji, count):
    quotations = [
        make_quotation(words, fiji.statements.first().quotations.get().passage)
        for words in ("سازمان ملل", "گروه خود", "تلاش ها")
    ]
    terms = ["tool:mediation", "situation:electoral", "outcome:calm", "role:supporter"]
    for number in range(count):
        make_statement(
            fiji,
            terms[number % 4],
            key=f"x{number}",
            by=["un", "ecowas"],
            quotations=quotations[: number % 4],
            indexed=False,
        )
    with CaptureQueriesContext(connection) as opened:
        page = desk.get(change(fiji))
    assert len(opened) <= 30
    assert len(page.content) < count * 7_500 + 40_000
    posted = form_of(desk, change(fiji))
    posted["tool-0-place"] = "Suva"
    with CaptureQueriesContext(connection) as saved:
        assert desk.post(change(fiji), posted).status_code == 302
    # Five of them are the turn of who saves: the lock, and the version before and after.
    assert len(saved) <= 95
    assert fiji.statements.get(key="t1").place == "Suva"


# Terms


@pytest.mark.parametrize(
    "typed",
    [
        "good_offices",
        "tool:good_offices",
        "Good offices",
        "مساعی جميله",
        "المساعي الحميدة",
        " good  offices ",
    ],
)
def test_a_term_is_named_by_its_code_or_its_label_in_any_language(desk, fiji, typed):
    assert save(desk, fiji, added(desk, fiji, term=typed))["t2"]["term"] == "tool:good_offices"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("good_office", "“good_office” is not known here. Near it are good_offices (good offices)"),
        ("arbitration", "“arbitration” is retired: use mediation."),
        ("", "This field is required."),
    ],
)
def test_a_term_that_is_not_to_be_used_is_refused(desk, fiji, typed, said):
    assert said in refused(desk, fiji, added(desk, fiji, term=typed, place="Suva"))


def test_a_retired_term_stays_where_it_stands(desk, fiji):
    Term.objects.filter(pk="tool:mediation").update(retired_on="2020-01-01")
    posted = form_of(desk, change(fiji)) | {"tool-0-place": "Suva"}
    assert save(desk, fiji, posted)["t1"]["place"] == "Suva"


# Actors


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("un", {"by": ["un"]}),
        ("by: un; with: ecowas", {"by": ["un"], "with": ["ecowas"]}),
        ("United Nations; on behalf of: Ecowas", {"by": ["un"], "on_behalf_of": ["ecowas"]}),
        ("سازمان ملل متحد، ECOWAS", {"by": ["un", "ecowas"]}),
        ("towards: un؛ subject: un", {"towards": ["un"], "subject": ["un"]}),
        ("Peace, Law and Order", {"by": ["order"]}),
        ("Peace, Law and Order, un", {"by": ["order", "un"]}),
    ],
)
def test_actors_are_named_with_their_parts(desk, fiji, typed, expected):
    make_actor("order", name="Peace, Law and Order")
    statement = save(desk, fiji, added(desk, fiji, who=typed))["t2"]
    parts = ("by", "with", "on_behalf_of", "towards", "subject")
    assert {part: statement[part] for part in parts if part in statement} == expected


def test_a_part_may_be_named_in_the_language_of_the_editor(desk, fiji):
    with translation.override("fa"):
        typed = f"{Part.TOWARDS.label}: un"
    assert save(desk, fiji, added(desk, fiji, who=typed))["t2"]["towards"] == ["un"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Unted Nations", "“Unted Nations” is not known here. Near it are un (United Nations)."),
        ("Zorro", "“Zorro” is not known here."),
        ("Twin", "“Twin” is the name of several: write one of twin-a (Twin), twin-b (Twin)."),
        ("for: un", "“for” is no part of an actor: write one of by, with,"),
        ("un, un", "un stands there twice as by."),
    ],
)
def test_actors_that_are_not_clear_are_refused_with_those_that_are_near(desk, fiji, typed, said):
    make_actor("twin-a", name="Twin")
    make_actor("twin-b", name="Twin")
    posted = added(desk, fiji, who=typed)
    assert said in refused(desk, fiji, posted)
    assert desk.post(change(fiji), posted).context["errors"]


def test_the_actors_of_a_statement_are_changed_and_taken_away(desk, fiji):
    posted = form_of(desk, change(fiji))
    assert posted["tool-0-who"] == "by: un"
    posted["tool-0-who"] = "by: ecowas, un"
    assert save(desk, fiji, posted)["t1"]["by"] == ["ecowas", "un"]
    posted = form_of(desk, change(fiji)) | {"tool-0-who": ""}
    assert "by" not in save(desk, fiji, posted)["t1"]


# Words


@pytest.mark.parametrize(
    "typed",
    [
        "گروه خود در فیجی",
        "گروه‌خود در فيجي",
        "S-2011-552/fa/p34/28-44",
    ],
)
def test_words_are_found_and_stored_as_printed(desk, fiji, superuser, typed):
    start = SENTENCE.index("گروه خود در فیجی")
    typed = typed.replace("28-44", f"{start}-{start + 16}")
    posted = added(
        desk,
        fiji,
        words=typed,
        edition="S-2011-552/fa",
        translation_en="its team in Fiji",
        translated_by="person",
    )
    statement = save(desk, fiji, posted)["t2"]
    ref = f"S-2011-552/fa/p34/{start}-{start + 16}"
    assert statement["quotations"] == [ref]
    (revision,) = Revision.objects.filter(kind="quotation", key=ref)
    assert revision.data["words"] == "گروه خود در فیجی"
    assert revision.data["translation_en"] == "its team in Fiji"
    of_case = Revision.objects.get(kind="case", key="fiji", version=2)
    assert (revision.who, revision.change_set) == (superuser, of_case.change_set)


def test_words_that_stand_in_several_places_must_be_chosen(desk, fiji):
    posted = added(desk, fiji, words="در فیجی")
    said = refused(desk, fiji, posted)
    assert "These words stand in 2 places: S-2011-552/fa/p33/" in said
    page = desk.post(change(fiji), posted).content.decode()
    assert ">\nدر فیجی</textarea>" in page
    place = said.partition("places: ")[2].partition(" ")[0]
    number = posted["tool-INITIAL_FORMS"]
    posted[f"tool-{number}-words"] = place
    assert save(desk, fiji, posted)["t2"]["quotations"] == [place]


def test_words_that_stand_nowhere_get_the_nearest_and_nothing_typed_is_lost(desk, fiji):
    typed = "از طریق گروه خود در کنیا از تلاش ها"
    posted = added(
        desk,
        fiji,
        words=typed,
        note_en="Mine",
        who="by: ecowas",
        when="۲۰۰۸-۲۳",
        translation_en="my own",
        translated_by="machine",
    )
    said = refused(desk, fiji, posted)
    assert f"“\u2068{typed}\u2069” is not in any text" in said
    assert "paragraph 34 (S-2011-552/fa/p34)" in said
    assert "از طریق گروه خود در فیجی از تلاش ها" in said
    page = desk.post(change(fiji), posted).content.decode()
    for there in (typed, "Mine", "by: ecowas", "۲۰۰۸-۲۳", "my own"):
        assert there in page
    assert Quotation.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words": "Nothing at all"}, "is not in any text, and nothing like it is."),
        ({"words": "فیجی از", "edition": "S/2011/553"}, "“S/2011/553” is not known here."),
        ({"words": "S-2011-552/fa/p34/10-9000"}, "so no such place"),
        ({"words": "S-2011-552/fa/p99/1-9"}, "There is no passage S-2011-552/fa/p99."),
        ({"words": "فیجی از", "translation_en": "x"}, "Say who translated"),
        ({"words": "فیجی از", "translated_by": "person"}, "Give the translation"),
        ({"translation_en": "x", "translated_by": "person"}, "Give the words"),
        (
            {
                "words": "فیجی از\n\nادامه",
                "translation_en": "a\n\nb\n\nc",
                "translated_by": "person",
            },
            "2 quotations have 3 translations",
        ),
        (
            {"term": "not_stated", "words": "فیجی از"},
            "outcome:not_stated says that the source is silent: it has no words.",
        ),
    ],
)
def test_words_and_translations_that_do_not_fit_are_refused(desk, fiji, values, said):
    make_term("outcome:not_stated")
    scheme = "outcome" if "term" in values else "tool"
    assert said in refused(desk, fiji, added(desk, fiji, scheme, **values))


def test_a_blank_line_parts_several_quotations_and_their_translations(desk, fiji):
    posted = added(
        desk,
        fiji,
        words="سازمان ملل متحد\r\n\r\nتلاش ها",
        translation_en="the United Nations\r\n\r\nefforts",
        translated_by="person",
    )
    statement = save(desk, fiji, posted)["t2"]
    quotations = Quotation.objects.order_by("start")
    assert len(statement["quotations"]) == 2
    assert [each.translation_en for each in quotations] == [
        "the United Nations",
        "What it says.",
        "efforts",
    ]


def test_only_words_without_a_translation_need_one(desk, fiji):
    there = fiji.statements.get(key="t1").quotations.get()
    posted = added(
        desk,
        fiji,
        words=f"{there}\n\nتلاش ها",
        translation_en="efforts",
        translated_by="machine",
    )
    save(desk, fiji, posted)
    there.refresh_from_db()
    assert there.translation_en == "What it says."
    made = Quotation.objects.latest("pk")
    assert (made.translation_en, made.translated_by) == ("efforts", "machine")


def test_a_translation_is_never_replaced_in_silence(desk, fiji):
    words = fiji.statements.get(key="t1").quotations.get()
    posted = added(desk, fiji, words=str(words), translation_en="Otherwise", translated_by="person")
    said = refused(desk, fiji, posted)
    assert f"{words} has a translation already (“What it says.”)" in said
    number = posted["tool-INITIAL_FORMS"]
    two = {f"tool-{number}-words": f"{words}\n\n{words}"}
    assert "has a translation already" in refused(desk, fiji, posted | two)
    posted[f"tool-{number}-translation_en"] = "what it says"
    assert save(desk, fiji, posted)["t2"]["quotations"] == [str(words)]


def test_two_rows_may_not_translate_the_same_words_otherwise(desk, fiji):
    first = {"words": "تلاش ها", "translation_en": "efforts", "translated_by": "person"}
    posted = added(desk, fiji, **first)
    posted |= {
        "role-TOTAL_FORMS": "1",
        "role-0-term": "supporter",
        "role-0-scope": "this_case",
        "role-0-support": "states",
        "role-0-words": "تلاش ها",
        "role-0-translation_en": "attempts",
        "role-0-translated_by": "person",
    }
    make_term("role:supporter")
    assert "has a translation already (“attempts”)" in refused(desk, fiji, posted)
    posted["role-0-translation_en"] = posted["role-0-translated_by"] = ""
    saved = save(desk, fiji, posted)
    assert saved["p1"]["quotations"] == saved["t2"]["quotations"]


def test_words_are_removed_from_a_statement_and_stay_words(desk, fiji):
    words = fiji.statements.get(key="t1").quotations.get()
    posted = form_of(desk, change(fiji)) | {"tool-0-dropped": [words.pk]}
    assert "quotations" not in save(desk, fiji, posted)["t1"]
    assert Quotation.objects.filter(pk=words.pk).exists()


def test_what_a_draft_lacks_is_said_after_saving(desk, fiji):
    response = desk.post(change(fiji), added(desk, fiji, who=""), follow=True)
    assert "t2 names no actor yet." in response.content.decode()
    response = desk.post(change(fiji), added(desk, fiji, who="un"), follow=True)
    assert "t3 has no words yet." in response.content.decode()


# Keys, dates, columns of one scheme


def test_a_key_is_the_next_that_is_free(desk, fiji):
    make_term("situation:electoral")
    posted = added(desk, fiji) | {
        "situation-TOTAL_FORMS": "2",
        **{f"situation-{n}-term": "electoral" for n in range(2)},
        **{f"situation-{n}-scope": "this_case" for n in range(2)},
        **{f"situation-{n}-support": "states" for n in range(2)},
    }
    saved = save(desk, fiji, posted)
    assert list(saved) == ["t1", "o1", "c1", "t2", "c2", "c3"]
    assert "Another statement of this case has this key." in refused(
        desk, fiji, added(desk, fiji, key="o1")
    )


def test_the_key_of_a_statement_that_is_there_never_changes(desk, fiji):
    posted = form_of(desk, change(fiji)) | {"tool-0-key": "t9"}
    assert "t1" in save(desk, fiji, posted)


def test_an_outcome_says_who_says_so_and_what_it_is_owed_to(desk, fiji):
    outcome = {
        "term": "calm",
        "horizon": "at_close",
        "attribution": "credited",
        "words": "تلاش ها برای ادامه",
        "credited_to": "t1, t2",
    }
    posted = added(desk, fiji, "outcome", **outcome)
    assert "t2 is no tool statement of this case: write one of t1." in refused(desk, fiji, posted)
    both = posted | {
        "tool-TOTAL_FORMS": "2",
        "tool-1-term": "good_offices",
        "tool-1-scope": "this_case",
        "tool-1-support": "states",
    }
    saved = save(desk, fiji, both)["o2"]
    assert (saved["credited_to"], saved["assessed_by"]) == (["t1", "t2"], "S-2011-552")


def test_a_tool_to_which_an_outcome_is_owed_is_not_deleted_alone(desk, fiji):
    posted = form_of(desk, change(fiji)) | {"tool-0-DELETE": "on"}
    assert "t1 is no tool statement of this case" in refused(desk, fiji, posted)
    posted["outcome-0-credited_to"] = ""
    assert "t1" not in save(desk, fiji, posted)


def test_an_absence_code_never_stands_beside_another_answer(desk, fiji):
    make_term("trigger:coup")
    posted = added(desk, fiji, "trigger", term="coup")
    assert "not_stated never stands beside another answer" in refused(desk, fiji, posted)
    saved = save(desk, fiji, posted | {"trigger-0-DELETE": "on"})
    assert saved["c2"]["term"] == "trigger:coup"


def test_silence_needs_no_support(desk, fiji):
    make_term("aim:calm")
    make_term("un_role:not_stated")
    saved = save(desk, fiji, added(desk, fiji, "un_role", term="not_stated"))
    assert "support" not in saved["c2"]


def test_documents_are_named_by_code_or_symbol(desk, fiji):
    make_document("A-1", symbol="A/1")
    make_document("B-2", symbol="B/2")
    saved = save(desk, fiji, added(desk, fiji, documents="b/2; A-1"))
    assert saved["t2"]["documents"] == ["A-1", "B-2"]
    assert "“C/3” is not known here." in refused(desk, fiji, added(desk, fiji, documents="C/3"))


def test_countries_and_regions_are_named_in_any_language(desk, fiji):
    make_country("KEN")
    make_region("oceania", "009")
    posted = form_of(desk, change(fiji))
    place = int(posted["case_countries-INITIAL_FORMS"])
    posted |= {f"case_countries-{place}-country": "کنیا", "regions": "Oceania, أفريقيا"}
    save(desk, fiji, posted)
    data = records.dump("case", ["fiji"])["fiji"]
    assert data["countries"][-1] == {"country": "KEN", "role": "scene"}
    assert sorted(data["regions"]) == ["africa", "oceania"]


def test_a_row_that_somebody_deleted_meanwhile_is_said_to_be_gone(desk, fiji):
    posted = form_of(desk, change(fiji))
    fiji.statements.get(key="o1").delete()
    assert "This statement is gone" in refused(desk, fiji, posted)


def test_without_javascript_an_address_asks_for_empty_rows(desk, fiji):
    form = desk.get(f"{change(fiji)}?rows=3").context["inline_admin_formsets"]
    totals = {each.formset.prefix: each.formset.total_form_count() for each in form}
    assert (totals["tool"], totals["role"]) == (4, 3)
    for odd in ("x", "²"):
        assert desk.get(f"{change(fiji)}?rows={odd}").status_code == 200


def test_who_may_only_look_sees_the_statements_and_their_words(client, fiji):
    reader = get_user_model().objects.create_user("reader", is_staff=True)
    allowed = Permission.objects.filter(codename__in=["view_case", "view_statement"])
    reader.user_permissions.set(allowed)
    client.force_login(reader)
    page = client.get(change(fiji)).content.decode()
    assert "در فیجی" in page
    assert 'name="tool-0-who"' not in page
    assert client.post(change(fiji), {}).status_code == 403


# Looking up and checking while typing


def lookup(client, **query) -> list[str]:
    response = client.get(reverse("admin:cases_case_lookup"), query)
    assert response.status_code == 200
    return [each["code"] for each in response.json()["results"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"kind": "actor", "q": "unit nat"}, "un"),
        ({"kind": "actor", "q": "ملل"}, "un"),
        ({"kind": "term", "scheme": "tool", "q": "جميله"}, "good_offices"),
        ({"kind": "term", "scheme": "tool", "q": "المساعي"}, "good_offices"),
        ({"kind": "term", "q": "good"}, "tool:good_offices"),
        ({"kind": "term", "scheme": "tool", "q": "quiet"}, "shuttle"),
        ({"kind": "term", "scheme": "tool", "q": "الهادئة"}, "shuttle"),
        ({"kind": "country", "q": "گینه"}, "GIN"),
        ({"kind": "edition", "q": "S/2011/552"}, "S-2011-552/fa"),
        ({"kind": "case", "q": "fij"}, "fiji"),
    ],
)
def test_codes_are_found_by_what_somebody_types(desk, fiji, query, first):
    group = make_term(
        "tool:quiet_diplomacy", label_ar="الدبلوماسية الهادئة", retired_on="2020-01-01"
    )
    make_term("tool:shuttle", broader=group)
    assert lookup(desk, **query)[0] == first


def test_retired_terms_are_not_offered(desk, fiji):
    assert lookup(desk, kind="term", scheme="tool", q="arbitration") == []


def test_the_exact_code_comes_first(desk, fiji):
    make_actor("un-women", name="UN Women")
    assert lookup(desk, kind="actor", q="un") == ["un", "un-women"]


def test_what_nobody_has_is_not_looked_up(desk):
    for query in ({}, {"kind": "user"}, {"kind": "term", "scheme": "x"}):
        assert desk.get(reverse("admin:cases_case_lookup"), query).status_code == 404
    assert desk.post(reverse("admin:cases_case_check"), {"kind": "x"}).status_code == 404
    assert desk.get(reverse("admin:cases_case_check")).status_code == 405


def test_only_who_may_see_the_rows_looks_them_up(client):
    lookup_url, check_url = (reverse(f"admin:cases_case_{n}") for n in ("lookup", "check"))
    assert client.get(lookup_url, {"kind": "actor"}).status_code == 302
    somebody = get_user_model().objects.create_user("somebody", is_staff=True)
    client.force_login(somebody)
    assert client.get(lookup_url, {"kind": "actor"}).status_code == 403
    assert client.post(check_url, {"kind": "date", "text": "2008"}).status_code == 403
    somebody.user_permissions.add(Permission.objects.get(codename="view_case"))
    assert client.post(check_url, {"kind": "date", "text": "2008"}).status_code == 200
    for kind in ("actors", "term", "words"):
        assert client.post(check_url, {"kind": kind, "text": "x"}).status_code == 403


def checked(client, kind: str, text: str, prefix="", **more) -> tuple[bool, str]:
    url = f"{prefix}{reverse('admin:cases_case_check')}"
    answer = client.post(url, {"kind": kind, "text": text} | more).json()
    return answer["ok"], answer["text"]


@pytest.mark.parametrize(
    ("prefix", "typed", "said"),
    [
        ("", "2008-23", "autumn 2008 (from 2008-09-01 to 2008-11-30)"),
        ("", "۲۰۰۸-۲۳", "autumn 2008 (from 2008-09-01 to 2008-11-30)"),
        ("", "2009-09-28", "28 September 2009"),
        ("", "2008/..", "since 2008 (from 2008-01-01 on)"),
        ("", "../2008", "until 2008 (until 2008-12-31)"),
        ("", "", ""),
        ("/ar", "2009-09-28", "28 أيلول/سبتمبر 2009"),
    ],
)
def test_a_date_is_told_as_it_was_understood(desk, prefix, typed, said):
    assert checked(desk, "date", typed, prefix) == (True, said)


def test_days_keep_their_order_among_right_to_left_words(desk):
    ok, said = checked(desk, "date", "2008-23", "/fa")
    assert ok
    assert said.startswith("پاییز ۲۰۰۸ (")
    assert "\u20662008-09-01\u2069" in said


def test_a_date_that_is_none_is_told_with_what_is_allowed(desk):
    ok, said = checked(desk, "date", "2008-13")
    assert (ok, "21 (spring) to" in said) == (False, True)


def test_terms_actors_and_words_are_told_as_they_were_understood(desk, fiji):
    ok, said = checked(desk, "term", "مساعی جمیله", scheme="tool")
    assert (ok, said) == (True, "good offices: What good offices is.")
    ok, said = checked(desk, "actors", "un; with: ecowas")
    assert (ok, said) == (True, "done by: United Nations; together with: ECOWAS")
    ok, said = checked(desk, "words", "تلاش‌ها براي", edition="S-2011-552/fa")
    assert ok
    assert said.startswith("Found in paragraph 34 (S-2011-552/fa/p34/")
    told = checked(desk, "words", "تلاش‌ها")[1]
    assert "Translated" not in told
    there = fiji.statements.get(key="t1").quotations.get()
    assert (
        "Translated already: “\u2068What it says.\u2069”." in checked(desk, "words", str(there))[1]
    )
    assert checked(desk, "words", "no such words")[0] is False
    assert checked(desk, "actors", "nobody at all")[0] is False


# Popups


def test_the_popup_of_a_new_actor_gives_its_code_back(desk, fiji):
    page = desk.get(change(fiji)).content.decode()
    address = f"{reverse('admin:cases_actor_add')}?_to_field=code"
    assert f'href="{address}"' in page
    posted = form_of(desk, f"{address}&_popup=1") | {
        "code": "new-actor",
        "type": "actor_type:regional_organization",
        "_popup": "1",
        "_to_field": "code",
    }
    response = desk.post(f"{address}&_popup=1", posted)
    assert "&quot;value&quot;: &quot;new-actor&quot;" in response.content.decode()


def test_who_may_not_quote_codes_without_words(client, fiji):
    coder = get_user_model().objects.create_user("coder", is_staff=True)
    codes = ["view_case", "change_case", "change_statement", "add_statement"]
    coder.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(coder)
    posted = added(client, fiji, words="گروه خود")
    assert "You may not quote words" in refused(client, fiji, posted)
    assert "t2" in save(client, fiji, added(client, fiji))


def test_new_actors_and_terms_are_offered_to_those_who_may_make_them(client, fiji):
    coder = get_user_model().objects.create_user("coder", is_staff=True)
    codes = ["view_case", "change_case", "change_statement", "add_statement", "add_actor"]
    coder.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(coder)
    page = client.get(change(fiji)).content.decode()
    assert reverse("admin:cases_actor_add") in page
    assert reverse("admin:cases_term_add") not in page


def test_what_a_page_gives_its_fields_stays_with_the_page(desk, fiji):
    """They know what its editor may do, and the class has them for the pages of everybody."""
    save(desk, fiji, added(desk, fiji, who="ecowas"))
    assert StatementForm.base_fields["who"].lookups is None
    assert StatementForm.base_fields["documents"].lookups is None
    assert not StatementForm.base_fields["key"].disabled
    assert not StatementForm.base_fields["dropped"].choices
