"""The editors' desk: every form opens, what is saved leaves revisions, evidence stays."""

import re
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.template.response import TemplateResponse
from django.urls import reverse

from cases import records
from cases.admin.base import ReadOnlyAdmin
from cases.models import (
    Actor,
    Case,
    CaseRelation,
    Document,
    Erratum,
    ErratumPlace,
    OldCode,
    Passage,
    Quotation,
    Reference,
    Revision,
    Section,
    Statement,
    StatementActor,
    Term,
)
from cases.models.choices import Source
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_document,
    make_passage,
    make_quotation,
    make_statement,
    make_term,
)
from tests.keeping import kept

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
OURS = [model for model in MODELS if model._meta.app_label == "cases"]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with kept(django_db_blocker):
        # Without a password, whose hashing would take most of the time of these tests.
        get_user_model().objects.create_superuser("editor", password=None)
        fill_desk("draft")
        yield


@pytest.fixture
def editor(made):
    return get_user_model().objects.get()


@pytest.fixture
def admin_client(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def case(made):
    return Case.objects.get(slug="guinea-2009")


def fill_desk(review="published") -> Case:
    """A case with something in every table of the desk."""
    case, other = make_case("guinea-2009", review=review), make_case("guinea-2008")
    CaseRelation.objects.create(case=case, to=other, kind="follows")
    passage = make_passage()
    section = Section.objects.create(
        edition=passage.edition, code="s1", title="Introduction", level=1, order=1
    )
    Section.objects.create(
        edition=passage.edition, code="s2", title="More", level=2, order=2, parent=section
    )
    erratum = Erratum.objects.create(
        code="envoy", edition=passage.edition, kind="name", printed="envoy", why_en="Sense."
    )
    ErratumPlace.objects.create(erratum=erratum, passage=passage, start=4, end=9)
    Reference.objects.create(
        passage=passage, start=0, end=3, document=make_document("cited"), kind="cites"
    )
    quotation = make_quotation("The envoy", passage)
    make_statement(case, "situation:electoral", key="s1", quotations=[quotation])
    tool = make_statement(case, "tool:mediation", key="t1", by=["au"], quotations=[quotation])
    outcome = make_statement(
        case, "outcome:agreement_reached", key="o1", assessed_by=passage.edition.document
    )
    outcome.credited_to.add(tool)
    make_statement(None, "finding:lesson", key="f1", by=["au"]).about.add(tool.term)
    records.note_saved("case", case.slug, source=Source.SEED)
    Group.objects.create(name="readers")
    OldCode.objects.create(kind="actor", code="au-2", target="au")
    return case


def address(model, page: str, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def form_of(client, url: str) -> dict[str, str]:
    """What a browser would post from a form that nobody touched.

    Its page is not written, which takes most of the time; `form_of_page` reads one that is.
    """
    with patch.object(TemplateResponse, "rendered_content", ""):
        response = client.get(url)
    assert response.status_code == 200, url
    return _posted(response.context_data)


def form_of_page(response) -> dict[str, str]:
    """What a browser would post from a form as it stands on a page."""
    return _posted(response.context)


def _posted(context) -> dict[str, str]:
    posted, forms = {}, [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for each in forms:
        for bound in each:
            value = bound.value()
            if value is True:
                posted[bound.html_name] = "on"
            elif isinstance(value, (list, tuple)):
                posted[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                posted[bound.html_name] = value
    return posted


def named(posted: dict, ending: str, value: str) -> str:
    """The beginning of the names of the row whose field has this value."""
    (found,) = [n for n, v in posted.items() if n.endswith(ending) and v == value]
    return found.removesuffix(ending)


def delete(client, url: str):
    """Confirm a deletion on the page that asks whether one is sure."""
    version = client.get(url).context["read_version"]
    return client.post(url, {"post": "yes", "read_version": version})


def delete_chosen(client, url: str, chosen: list):
    """Confirm the deletion of rows chosen in a list."""
    posted = {"action": "delete_selected", "_selected_action": chosen}
    versions = client.post(url, posted).context.get("read_versions", [])
    return client.post(url, posted | {"post": "yes", "read_version": versions})


def said_of(response) -> str:
    """The sentences of a form that was refused."""
    assert response.status_code == 200
    return " ".join(re.findall(r'<ul class="errorlist[^>]*>.*?</ul>', response.content.decode()))


# Every page opens


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_its_list_opens_and_can_be_searched_sorted_and_filtered(admin_client, case, model):
    assert model._default_manager.exists()
    url = address(model, "changelist")
    model_admin = admin.site._registry[model]
    for query in ("", "?q=a", "?q=%D8%A7%20b", "?q=guinea-2009"):
        response = admin_client.get(f"{url}{query}")
        assert response.status_code == 200, query
    columns = ".".join(str(place) for place in range(1, len(model_admin.list_display) + 1))
    page = admin_client.get(f"{url}?o={columns}").content.decode()
    # One link for each filter: what it is called stands before the equals sign.
    links = {link.partition("=")[0]: link for link in re.findall(r'<a href="(\?[^"]+)"', page)}
    for link in links.values():
        response = admin_client.get(url + link.replace("&amp;", "&"))
        assert response.status_code == 200, link


def test_the_form_of_every_existing_row_opens(admin_client, case):
    for model in MODELS:
        for row in model._default_manager.all():
            assert admin_client.get(address(model, "change", row.pk)).status_code == 200, row


def test_the_form_of_a_new_row_opens_unless_the_table_is_read_only(admin_client):
    for model in MODELS:
        closed = isinstance(admin.site._registry[model], ReadOnlyAdmin)
        response = admin_client.get(address(model, "add"))
        assert response.status_code == (403 if closed else 200), model


def test_histories_and_deletions_open(admin_client, case):
    for model in OURS:
        row = model._default_manager.first()
        assert admin_client.get(address(model, "history", row.pk)).status_code == 200, model
        closed = isinstance(admin.site._registry[model], ReadOnlyAdmin)
        closed |= model is Term
        response = admin_client.get(address(model, "delete", row.pk))
        assert response.status_code == (403 if closed else 200), model


def test_an_address_that_names_no_column_to_find_by_finds_by_the_number(admin_client, case):
    get_user_model().objects.get(username="editor").groups.add(Group.objects.create(name="all"))
    for model in MODELS:
        row = model._default_manager.first()
        for page in ("change", "delete"):
            asked = address(model, page, row.pk)
            plain = admin_client.get(asked).status_code
            assert admin_client.get(f"{asked}?_to_field=").status_code == plain, asked


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_the_desk_speaks_three_languages(admin_client, case, prefix):
    language = prefix.strip("/") or "en"
    direction = "ltr" if language == "en" else "rtl"
    for page in ("", "cases/case/", f"cases/case/{case.pk}/change/", "cases/term/import/"):
        response = admin_client.get(f"{prefix}/admin/{page}")
        assert response.status_code == 200
        assert f'lang="{language}"' in response.content.decode()
        assert f'dir="{direction}"' in response.content.decode()


def test_what_is_looked_up_while_typing_is_found(admin_client, case):
    for app_model, field, term, expected in [
        ("cases.casecountry", "country", "GIN", "Guinea"),
        ("cases.statementactor", "actor", "au", "AU"),
        ("cases.statementquotation", "quotation", "envoy", "p24/0-9"),
    ]:
        app, model = app_model.split(".")
        response = admin_client.get(
            reverse("admin:autocomplete"),
            {"app_label": app, "model_name": model, "field_name": field, "term": term},
        )
        assert expected in str(response.json()["results"]), field


# Who may come in


@pytest.mark.parametrize("page", ["", "cases/case/", "cases/case/add/", "cases/term/import/"])
def test_strangers_and_those_who_are_no_staff_are_sent_to_sign_in(client, page):
    somebody = get_user_model().objects.create_user("somebody")
    for prefix in ("", "/fa"):
        url = f"{prefix}/admin/{page}"
        client.logout()
        assert client.get(url)["Location"] == f"{prefix}/admin/login/?next={url}"
        client.force_login(somebody)
        assert client.get(url)["Location"] == f"{prefix}/admin/login/?next={url}"


def test_staff_without_rights_may_not_save_or_import(client, case):
    client.force_login(get_user_model().objects.create_user("new", is_staff=True))
    for page in ("cases/case/", f"cases/case/{case.pk}/change/", "cases/term/import/"):
        assert client.get(f"/admin/{page}").status_code == 403, page


# Cases


def test_saving_a_case_with_its_rows_writes_one_revision_and_refreshes_search(
    admin_client, editor, case
):
    make_term("tool:good_offices")
    url = address(Case, "change", case.pk)
    posted = form_of(admin_client, url)
    posted["title_en"] = "Guinea renamed"
    tool = named(posted, "-key", "t1")
    posted[f"{tool}-place"] = "Conakry"
    before = Revision.objects.count()
    assert admin_client.post(url, posted).status_code == 302

    revision = Revision.objects.get(kind="case", key="guinea-2009", version=2)
    assert Revision.objects.count() == before + 1
    assert (revision.who, revision.source) == (editor, Source.ADMIN)
    assert revision.data["title_en"] == "Guinea renamed"
    places = {s["key"]: s.get("place") for s in revision.data["statements"]}
    assert places == {"s1": None, "t1": "Conakry", "o1": None}
    case.refresh_from_db()
    assert case.version == 2
    assert " renamed " in case.search_text
    assert " conakry " in case.search_text


def test_saving_a_case_that_nobody_touched_changes_nothing(admin_client, case):
    url = address(Case, "change", case.pk)
    before = records.dump("case", ["guinea-2009"])
    assert admin_client.post(url, form_of(admin_client, url)).status_code == 302
    assert records.dump("case", ["guinea-2009"]) == before
    assert Revision.objects.filter(key="guinea-2009").count() == 1


def test_a_statement_is_added_and_another_removed_in_the_form_of_the_case(admin_client, case):
    make_term("tool:good_offices")
    url = address(Case, "change", case.pk)
    posted = form_of(admin_client, url)
    tool = named(posted, "-key", "t1")
    prefix = tool.rpartition("-")[0]
    posted[f"{named(posted, '-key', 's1')}-DELETE"] = "on"
    posted |= {
        f"{prefix}-TOTAL_FORMS": "2",
        f"{prefix}-1-key": "t2",
        f"{prefix}-1-term": "tool:good_offices",
        f"{prefix}-1-scope": "this_case",
        f"{prefix}-1-support": "states",
        f"{prefix}-1-when": "۲۰۰۸-۲۳",
    }
    assert admin_client.post(url, posted).status_code == 302
    assert set(case.statements.values_list("key", flat=True)) == {"t1", "t2", "o1"}
    new = case.statements.get(key="t2")
    assert (new.scheme, new.when, str(new.earliest)) == ("tool", "2008-23", "2008-09-01")
    (revision,) = Revision.objects.filter(key="guinea-2009", source=Source.ADMIN)
    assert {s["key"] for s in revision.data["statements"]} == {"t1", "t2", "o1"}


def test_a_new_case_is_added_with_its_country(admin_client, editor):
    make_country("GIN")
    url = address(Case, "add")
    posted = form_of(admin_client, url)
    posted |= {
        "slug": "new-case",
        "title_en": "A new case",
        "coverage": "named_only",
        "review": "draft",
        "case_countries-0-country": "GIN",
        "case_countries-0-role": "scene",
    }
    assert admin_client.post(url, posted).status_code == 302
    (revision,) = Revision.objects.filter(kind="case", key="new-case")
    assert (revision.version, revision.who) == (1, editor)
    assert revision.data["countries"] == [{"country": "GIN", "role": "scene"}]
    assert " guinea " in Case.objects.get(slug="new-case").search_text


@pytest.mark.parametrize(
    ("row", "changed", "said"),
    [
        ("o1", {"horizon": ""}, "horizon is missing"),
        ("o1", {"attribution": ""}, "attribution is missing"),
        ("t1", {"support": ""}, "support is missing"),
        ("t1", {"when": "2008-13"}, "2008-13"),
        ("t1", {"term": "situation:electoral"}, "“situation:electoral” is not known here."),
        ("t1", {"term": ""}, "required"),
    ],
)
def test_a_rule_that_a_row_breaks_is_said_beside_it_and_nothing_is_saved(
    admin_client, case, row, changed, said
):
    url = address(Case, "change", case.pk)
    posted = form_of(admin_client, url)
    prefix = named(posted, "-key", row)
    posted |= {"title_en": "Renamed"} | {f"{prefix}-{name}": to for name, to in changed.items()}
    response = admin_client.post(url, posted)
    assert said in said_of(response)
    case.refresh_from_db()
    assert case.title_en == "Guinea 2009"
    assert Revision.objects.filter(key="guinea-2009").count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"start": "2010", "end": "2008"}, "The case ends before it starts."),
        ({"start": "soon"}, "soon"),
        ({"title_en": ""}, "required"),
    ],
)
def test_a_case_that_makes_no_sense_is_refused(admin_client, case, changed, said):
    url = address(Case, "change", case.pk)
    response = admin_client.post(url, form_of(admin_client, url) | changed)
    assert said in said_of(response)


def test_a_slug_that_is_taken_is_refused(admin_client, case):
    url = address(Case, "add")
    posted = form_of(admin_client, url) | {
        "slug": "guinea-2009",
        "title_en": "Again",
        "coverage": "named_only",
        "review": "draft",
    }
    assert "There is a case with this slug already." in said_of(admin_client.post(url, posted))


def test_deleting_a_case_deletes_its_rows_and_writes_the_deletion(admin_client, editor, case):
    url = address(Case, "delete", case.pk)
    assert delete(admin_client, url).status_code == 302
    assert not Case.objects.filter(slug="guinea-2009").exists()
    assert not Statement.objects.filter(key="t1").exists()
    assert Quotation.objects.filter(start=0, end=9).exists()  # words are nobody's property
    revision = Revision.objects.filter(kind="case", key="guinea-2009").order_by("-version").first()
    assert (revision.version, revision.data) == (2, None)
    assert (revision.who, revision.source) == (editor, Source.ADMIN)
    assert records.provenance("case")["guinea-2009"].deleted


def test_cases_chosen_in_the_list_are_deleted_as_one_change(admin_client, case):
    chosen = [each.pk for each in Case.objects.all()]
    assert delete_chosen(admin_client, address(Case, "changelist"), chosen).status_code == 302
    assert not Case.objects.exists()
    deletions = Revision.objects.filter(kind="case", data__isnull=True)
    assert {each.key for each in deletions} == {"guinea-2009", "guinea-2008"}
    assert len({each.change_set for each in deletions}) == 1


# Statements


def statement_form(admin_client, statement) -> tuple[str, dict]:
    url = address(Statement, "change", statement.pk)
    return url, form_of(admin_client, url)


@pytest.mark.parametrize(
    ("key", "changed", "said"),
    [
        ("t1", {"phase": "opening"}, "phase is only for event"),
        ("t1", {"horizon": "during"}, "horizon is only for outcome"),
        ("t1", {"effect": "helped"}, "effect is only for success_element"),
        ("o1", {"horizon": ""}, "horizon is missing"),
        ("o1", {"assessed_by": ""}, "assessed_by is missing"),
        ("t1", {"support": ""}, "support is missing"),
        ("t1", {"term": "actor_type:regional_organization"}, "is of a scheme that is no statement"),
        ("t1", {"term": "finding:lesson"}, "A finding belongs to no case, all else to one."),
        ("t1", {"when": "2010/2008"}, "2010/2008"),
        ("t1", {"key": "s1"}, "The case has a statement with this key already."),
    ],
)
def test_a_rule_that_a_statement_breaks_is_said_in_a_sentence(
    admin_client, case, key, changed, said
):
    url, posted = statement_form(admin_client, case.statements.get(key=key))
    response = admin_client.post(url, posted | changed)
    assert said in said_of(response)
    assert Revision.objects.filter(key="guinea-2009").count() == 1


def test_a_statement_stays_with_its_case(admin_client, case):
    statement = case.statements.get(key="t1")
    url, posted = statement_form(admin_client, statement)
    other = Case.objects.get(slug="guinea-2008")
    assert admin_client.post(url, posted | {"case": other.pk}).status_code == 302
    statement.refresh_from_db()
    assert statement.case == case


def test_a_new_finding_with_the_key_of_another_is_refused(admin_client, case):
    url = address(Statement, "add")
    posted = form_of(admin_client, url) | {
        "key": "f1",
        "term": "finding:lesson",
        "support": "states",
    }
    assert "There is a finding with this key already." in said_of(admin_client.post(url, posted))


def test_saving_a_statement_writes_a_revision_of_its_case(admin_client, editor, case):
    url, posted = statement_form(admin_client, case.statements.get(key="t1"))
    actor = make_actor("un", name="United Nations")
    posted |= {"note_en": "Seen", "parts-1-actor": actor.pk, "parts-1-part": "with"}
    assert admin_client.post(url, posted).status_code == 302
    (revision,) = Revision.objects.filter(key="guinea-2009", version=2)
    assert (revision.kind, revision.who) == ("case", editor)
    (said,) = [s for s in revision.data["statements"] if s["key"] == "t1"]
    assert (said["note_en"], said["by"], said["with"]) == ("Seen", ["au"], ["un"])
    case.refresh_from_db()
    assert " united nations " in case.search_text


def test_saving_a_finding_writes_a_revision_of_its_own(admin_client, case):
    url, posted = statement_form(admin_client, Statement.objects.get(key="f1"))
    assert admin_client.post(url, posted | {"note_en": "Seen"}).status_code == 302
    (revision,) = Revision.objects.filter(kind="finding", key="f1")
    assert revision.data["note_en"] == "Seen"


def test_deleting_a_statement_changes_its_case(admin_client, case):
    case.statements.get(key="o1").credited_to.clear()
    statement = case.statements.get(key="t1")
    url = address(Statement, "delete", statement.pk)
    assert delete(admin_client, url).status_code == 302
    assert not StatementActor.objects.filter(statement=statement.pk).exists()
    (revision,) = Revision.objects.filter(key="guinea-2009", version=2)
    assert {s["key"] for s in revision.data["statements"]} == {"s1", "o1"}


def test_statements_and_findings_chosen_together_leave_their_revisions(admin_client, case):
    rows = Statement.objects.filter(key__in=["o1", "s1", "f1"])
    chosen = list(rows.values_list("pk", flat=True))
    assert delete_chosen(admin_client, address(Statement, "changelist"), chosen).status_code == 302
    assert list(Statement.objects.values_list("key", flat=True)) == ["t1"]
    (of_case,) = Revision.objects.filter(kind="case", key="guinea-2009", version=2)
    assert [s["key"] for s in of_case.data["statements"]] == ["t1"]
    (of_finding,) = Revision.objects.filter(kind="finding", key="f1")
    assert of_finding.data is None
    assert of_finding.change_set == of_case.change_set


# Evidence


def test_words_in_use_cannot_be_deleted(admin_client, case):
    quotation = case.statements.get(key="t1").quotations.get()
    url = address(Quotation, "delete", quotation.pk)
    assert "guinea-2009/t1" in delete(admin_client, url).content.decode()
    delete_chosen(admin_client, address(Quotation, "changelist"), [quotation.pk])
    assert Quotation.objects.filter(pk=quotation.pk).exists()
    assert not Revision.objects.filter(kind="quotation").exists()


def test_words_that_nothing_stands_on_can_be_deleted(admin_client, case):
    quotation = make_quotation()
    ref = str(quotation)
    url = address(Quotation, "delete", quotation.pk)
    assert delete(admin_client, url).status_code == 302
    (revision,) = Revision.objects.filter(kind="quotation", key=ref)
    assert revision.data is None


def test_words_cannot_be_moved_only_translated(admin_client, case):
    quotation = case.statements.get(key="t1").quotations.get()
    url = address(Quotation, "change", quotation.pk)
    posted = form_of(admin_client, url)
    assert set(posted) == {"translation_en", "translated_by", "read_version"}
    posted |= {"start": 5, "end": 6, "translation_en": "Otherwise"}
    assert admin_client.post(url, posted).status_code == 302
    quotation.refresh_from_db()
    assert (quotation.start, quotation.end) == (0, 9)
    assert quotation.translation_en == "Otherwise"
    (revision,) = Revision.objects.filter(kind="quotation")
    assert revision.data["words"] == "The envoy"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("0", "999", "The passage ends before this quotation does."),
        ("5", "5", "A quotation ends after it starts."),
        ("0", "9", "These words are quoted already: use that quotation."),
        ("-1", "9", "greater than or equal to 0"),
        ("x", "9", "whole number"),
    ],
)
def test_words_that_are_not_in_the_passage_or_are_quoted_already_are_refused(
    admin_client, case, start, end, said
):
    passage = case.statements.get(key="t1").quotations.get().passage
    posted = {"passage": passage.pk, "start": start, "end": end}
    assert said in said_of(admin_client.post(address(Quotation, "add"), posted))


def test_a_translation_without_a_translator_is_refused(admin_client, case):
    quotation = case.statements.get(key="t1").quotations.get()
    url = address(Quotation, "change", quotation.pk)
    posted = form_of(admin_client, url) | {"translated_by": ""}
    response = admin_client.post(url, posted)
    assert "Say who translated: a person or a machine." in said_of(response)


def test_passages_are_for_reading_only(admin_client, case):
    passage = Passage.objects.first()
    url = address(Passage, "change", passage.pk)
    page = admin_client.get(url).content.decode()
    assert passage.text in page
    assert 'name="text"' not in page
    assert admin_client.post(url, {"text": "mended"}).status_code == 403
    assert admin_client.get(address(Passage, "add")).status_code == 403
    assert admin_client.post(address(Passage, "delete", passage.pk)).status_code == 403
    assert Passage.objects.get(pk=passage.pk).text == passage.text


# Other records


def test_an_actor_is_saved_with_its_names_and_refreshes_search(admin_client, case):
    actor = Actor.objects.get(code="au")
    url = address(Actor, "change", actor.pk)
    posted = form_of(admin_client, url)
    posted |= {
        "names-1-language": "fa",
        "names-1-name": "اتحادیهٔ آفریقا",
        "names-1-kind": "official",
    }
    assert admin_client.post(url, posted).status_code == 302
    (revision,) = Revision.objects.filter(kind="actor", key="au")
    assert [name["language"] for name in revision.data["names"]] == ["en", "fa"]
    case.refresh_from_db()
    assert "اتحادیه" in case.search_text


def test_an_actor_that_acts_cannot_be_deleted_and_one_that_does_not_can(admin_client, case):
    acting, idle = Actor.objects.get(code="au"), make_actor("idle")
    assert delete(admin_client, address(Actor, "delete", acting.pk)).status_code == 200
    assert Actor.objects.filter(code="au").exists()
    assert delete(admin_client, address(Actor, "delete", idle.pk)).status_code == 302
    assert not Actor.objects.filter(code="idle").exists()
    assert Revision.objects.get(kind="actor", key="idle").data is None


def test_an_erratum_is_deleted_with_its_places(admin_client, case):
    erratum = Erratum.objects.get()
    url = address(Erratum, "delete", erratum.pk)
    assert delete(admin_client, url).status_code == 302
    assert not ErratumPlace.objects.exists()
    assert Revision.objects.get(kind="erratum", key="envoy").data is None


def test_a_code_that_files_cite_cannot_be_changed(admin_client, case):
    for row, names in [
        (Actor.objects.get(code="au"), {"code"}),
        (Term.objects.get(id="tool:mediation"), {"scheme", "code"}),
        (Document.objects.get(code="cited"), {"code"}),
        (case, {"slug"}),
    ]:
        posted = form_of(admin_client, address(type(row), "change", row.pk))
        assert names.isdisjoint(posted), row


def test_a_term_is_retired_and_never_deleted(admin_client, case):
    term = Term.objects.get(id="tool:mediation")
    assert admin_client.post(address(Term, "delete", term.pk), {"post": "yes"}).status_code == 403
    url = address(Term, "change", term.pk)
    posted = form_of(admin_client, url) | {"retired_on": "2020-01-01"}
    assert admin_client.post(url, posted).status_code == 302
    assert Revision.objects.get(kind="term").data["retired_on"] == "2020-01-01"


@pytest.mark.parametrize("key", ["x", "9" * 30, "-1", "1.5"])
def test_a_choice_that_can_be_none_is_refused_and_never_asked_of_the_database(admin_client, key):
    add = address(Statement, "add")
    assert admin_client.get(f"{add}?case={key}&credited_to={key}").status_code == 200
    page = admin_client.post(add, form_of(admin_client, add) | {"case": key, "about": key})
    assert page.status_code == 200
    assert set(page.context["adminform"].errors) >= {"case", "about"}
