"""What a record was: versions, what was saved together, restoring; what is cited stays."""

import re
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import records, workflow
from cases.admin.versions import address_of
from cases.models import (
    Actor,
    Case,
    CaseRelation,
    Document,
    Erratum,
    Quotation,
    Region,
    Revision,
    Statement,
    Term,
)
from cases.models.choices import Source
from tests.cases.test_admin import address, delete, delete_chosen, form_of, named
from tests.cases.test_two_editors import case_data, import_case, save, statement_data, url_of
from tests.factories import (
    make_actor,
    make_case,
    make_country,
    make_document,
    make_edition,
    make_misprint,
    make_passage,
    make_quotation,
    make_region,
    make_statement,
    make_term,
)
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("amina", password=None))
    return client


@pytest.fixture
def case():
    """A case with its first revision; its words are Persian."""
    case = make_case("guinea-2009", review="draft")
    passage = make_passage("فرستادهٔ ویژه میانجیگری کرد.", edition=make_edition("S-2011-552", "fa"))
    words = make_quotation("میانجیگری", passage)
    make_statement(case, "situation:electoral", key="s1", quotations=[words])
    make_statement(case, "tool:mediation", key="t1", by=["un"], quotations=[words])
    for scheme in ("trigger", "initiation", "un_role"):
        make_statement(case, f"{scheme}:not_stated", key=scheme)
    records.note_saved("case", case.slug, source=Source.SEED, why="seeds")
    return case


def revisions(kind="case", key="guinea-2009"):
    return Revision.objects.filter(kind=kind, key=key).order_by("version")


def text_of(response) -> str:
    """What is read on a page, without marks."""
    assert response.status_code == 200
    content = re.sub(r"<(script|style|svg).*?</\1>", "", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


def history(client, row) -> str:
    return text_of(client.get(address(type(row), "history", row.pk)))


def changes(client, row) -> list[set[str]]:
    """The paths that each version changed, the newest first."""
    response = client.get(address(type(row), "history", row.pk))
    return [{each.path for each in version.changes} for version in response.context["versions"]]


def staff(*permissions) -> Client:
    user = get_user_model().objects.create_user(f"staff-{uuid.uuid4()}", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


# History


def test_each_version_says_who_when_why_whence_and_what_changed(client, case):
    place = named(form_of(client, url_of(case)), "-key", "t1")
    save(client, case, title_en="Renamed", **{f"{place}-when": "2009-23"})
    assert changes(client, case)[0] == {"title_en", "statements.t1.when"}
    page = history(client, case)
    newest, first = page[page.index("Version 2") :].split("Version 1", 1)
    for words in ("amina", "admin", str(timezone.now().year), "title in English", "Renamed"):
        assert words in newest
    assert "Guinea 2009" in newest
    assert "t1 mediation tool:mediation · when" in newest
    assert "seed files · seeds" in first
    assert "The record as it began" in first


def test_statements_that_came_or_went_are_told_with_all_they_say(client, case):
    place = named(form_of(client, url_of(case)), "-key", "t1")
    save(client, case, **{f"{place}-DELETE": "on"})
    assert changes(client, case)[0] == {"statements.t1"}
    page = client.get(address(Case, "history", case.pk)).content.decode()
    newest = page[page.index('id="v2"') : page.index('id="v1"')]
    # Source words stand in their language, and so in their direction.
    assert '«<bdi lang="fa">میانجیگری</bdi>»' in newest
    assert '<code dir="ltr">S-2011-552/fa/p24/14-23</code>' in newest
    assert "UN" in newest


@pytest.mark.parametrize(
    ("prefix", "label"),
    [("/fa", "میانجی"), ("/ar", "وساطة")],
)
def test_it_is_told_in_the_language_of_its_reader(client, case, prefix, label):
    Term.objects.filter(pk="tool:mediation").update(label_fa="میانجی", label_ar="وساطة")
    place = named(form_of(client, url_of(case)), "-key", "t1")
    save(client, case, **{f"{place}-support": "implies"})
    page = client.get(prefix + address(Case, "history", case.pk))
    assert f"t1 {label} tool:mediation" in text_of(page)
    assert 'dir="rtl"' in page.content.decode()


def test_rows_are_called_by_names_that_people_know(client, case):
    make_country("LBR")
    neighbour = {"country": "LBR", "role": "at_risk"}
    import_case(countries=[*case_data()["countries"], neighbour])
    import_case(countries=[*case_data()["countries"][:1], neighbour | {"role": "party"}])
    import_case(countries=[*case_data()["countries"], neighbour])
    page = history(client, case)
    third = page[page.index("Version 3") : page.index("Version 2")]
    fourth = page[: page.index("Version 3")]
    assert "Liberia LBR · role at risk party" in third
    assert "Liberia LBR · at risk –" in fourth


def test_words_that_changed_in_a_long_text_are_marked(client, case):
    old = "The envoy mediated for many weeks between the junta and the opposition parties."
    save(client, case, summary_en=old)
    save(client, case, summary_en=old.replace("many", "several"))
    page = client.get(address(Case, "history", case.pk)).content.decode()
    assert "<del>many</del>" in page
    assert "<ins>several</ins>" in page


def test_what_editors_write_is_never_html(client, case):
    bad = "<script>alert(1)</script> " * 4
    save(client, case, summary_en=bad, title_fa=bad[:30])
    save(client, case, summary_en=bad + "more", title_fa="")
    for url in (address(Case, "history", case.pk), address(Revision, "changelist")):
        assert "<script>alert" not in client.get(url).content.decode()
    for revision in revisions():
        for url in (
            reverse("admin:cases_change_set", args=[revision.change_set]),
            reverse("admin:cases_restore", args=[revision.pk]),
            address(Revision, "change", revision.pk),
        ):
            assert "<script>alert" not in client.get(url).content.decode()


def test_the_history_of_a_statement_is_that_of_its_case_without_the_rest(client, case):
    save(client, case, title_en="Renamed")
    statement = case.statements.get(key="t1")
    save(client, statement, when="2010")
    assert changes(client, statement) == [{"statements.t1.when"}, {"statements.t1"}]
    assert "History of the whole case" in history(client, statement)
    finding = make_statement(None, "finding:lesson", key="f1")
    save(client, finding, note_en="Seen")
    save(client, finding, note_en="Seen again")
    assert changes(client, finding)[0] == {"note_en"}


def test_the_history_of_a_statement_leads_to_that_of_the_record_that_has_it(client, case):
    def links(row):
        page = client.get(address(type(row), "history", row.pk)).content.decode()
        return set(re.findall(r'href="(/admin/cases/revision/record/[^"]*)"', page))

    save(client, case)
    assert links(case.statements.get(key="t1")) == {address_of("case", case.slug)}
    Case.objects.filter(pk=case.pk).update(review="published", published_on=timezone.now())
    case.refresh_from_db()
    copy = workflow.writable(case, make_person("editor"))
    assert links(copy.statements.get(key="t1")) == {address_of("working_copy", case.slug)}
    finding = make_statement(None, "finding:lesson", key="f1")
    save(client, finding, note_en="Seen")
    assert links(finding) == set()


def test_every_kind_of_record_has_its_history(client, case):
    other, quotation = make_case("guinea-2008"), Quotation.objects.get(start=14)
    CaseRelation.objects.create(case=case, to=other, kind="follows")
    rows = [
        (Term.objects.get(pk="tool:mediation"), {"retired_on": "2020-01-01"}),
        (make_region("western_africa"), {"m49": "012"}),
        (make_country("GIN"), {"longitude": "-11.00"}),
        (Actor.objects.get(code="un"), {"start": "1945", "names-0-name": "UNO"}),
        (make_document("S-2011-552"), {"date": "2011"}),
        (quotation, {"translation_en": "mediation"}),
    ]
    for row, changed in rows:
        save(client, row)
        assert save(client, row, **changed).status_code == 302, row
        found = changes(client, row)
        assert len(found) == 2, row
        assert found[0], row
    # A name is a row of its own: the old one went, the new one came.
    assert changes(client, rows[3][0])[0] == {
        "start",
        "names.en:UN:official",
        "names.en:UNO:official",
    }
    save(client, case)
    assert "relations.guinea-2008:follows" in changes(client, case)[0]
    assert "Guinea 2008" in history(client, case)


def test_a_record_that_nobody_saved_yet_has_an_empty_history(client):
    assert "Nobody has saved it yet" in history(client, make_term("tool:mediation"))


def test_long_histories_come_in_pages(client, case):
    for number in range(25):
        import_case(title_en=f"Title {number}")
    url = address(Case, "history", case.pk)
    assert len(client.get(url).context["versions"]) == 20
    assert len(client.get(f"{url}?page=2").context["versions"]) == 6
    assert client.get(f"{url}?page=x").status_code == 200


def test_the_history_of_a_deleted_record_is_reached_from_the_list_of_revisions(client, case):
    delete(client, address(Case, "delete", case.pk))
    page = client.get(address(Revision, "changelist")).content.decode()
    url = address_of("case", "guinea-2009")
    assert f'href="{url}"' in page
    text = text_of(client.get(url))
    assert "This record was deleted." in text
    assert "Restore version 1" in text


@pytest.mark.parametrize("key", ["case/nothing", "nonsense/guinea-2009"])
def test_the_history_of_nothing_is_not_found(client, case, key):
    assert client.get(f"/admin/cases/revision/record/{key}/").status_code == 404


def test_only_who_may_see_a_record_sees_its_history(case):
    revision = revisions().get()
    urls = [
        address(Case, "history", case.pk),
        address_of("case", "guinea-2009"),
        reverse("admin:cases_restore", args=[revision.pk]),
    ]
    together = reverse("admin:cases_change_set", args=[revision.change_set])
    nobody, reader = staff(), staff("view_case", "view_revision")
    for url in [*urls, together]:
        assert nobody.get(url).status_code == 403, url
        assert Client().get(url)["Location"].startswith("/admin/login/"), url
    for url in [*urls[:2], together]:
        assert reader.get(url).status_code == 200, url
    assert reader.get(urls[2]).status_code == 403
    assert "Restore" not in text_of(reader.get(urls[0]))
    # Of what was saved together, one sees the kinds of records that one may see.
    assert staff("view_term", "view_revision").get(together).status_code == 404


# What was saved together


def test_all_that_was_saved_with_one_mark_is_on_one_page(client, case):
    make_case("guinea-2008", review="draft")
    records.note_saved("case", "guinea-2008", source=Source.SEED)
    chosen = list(Case.objects.values_list("pk", flat=True))
    delete_chosen(client, address(Case, "changelist"), chosen)
    mark = Revision.objects.filter(data__isnull=True).first().change_set
    url = reverse("admin:cases_change_set", args=[mark])
    text = text_of(client.get(url))
    assert "2 records were saved with the mark" in text
    assert "guinea-2008" in text
    assert "guinea-2009" in text
    assert url in client.get(address_of("case", "guinea-2009")).content.decode()
    assert url in client.get(address(Revision, "changelist")).content.decode()
    unknown = reverse("admin:cases_change_set", args=[uuid.uuid4()])
    assert client.get(unknown).status_code == 404


def test_rows_of_one_key_in_two_cases_keep_their_own_names(client):
    mark = uuid.uuid4()
    for slug, term in (("case-a", "tool:mediation"), ("case-b", "tool:good_offices")):
        statement = make_statement(make_case(slug, review="draft"), term, key="t1")
        records.note_saved("case", slug, source=Source.IMPORT)
        Statement.objects.filter(pk=statement.pk).update(quantity="two")
        records.note_saved("case", slug, source=Source.IMPORT, change_set=mark)
    text = text_of(client.get(reverse("admin:cases_change_set", args=[mark])))
    assert "t1 mediation tool:mediation · quantity" in text
    assert "t1 good offices tool:good_offices · quantity" in text


def test_a_page_of_a_change_set_takes_few_queries(client, django_assert_max_num_queries):
    mark = uuid.uuid4()
    for number in range(30):
        make_case(f"case-of-{number}", terms=["tool:mediation"], review="draft")
        for _version in range(2):
            Case.objects.filter(slug=f"case-of-{number}").update(title_en=f"{_version}")
            key = f"case-of-{number}"
            records.note_saved("case", key, source=Source.IMPORT, change_set=mark)
    with django_assert_max_num_queries(20):
        client.get(reverse("admin:cases_change_set", args=[mark]))


# Restoring


def restore(client, version, *, kind="case", key="guinea-2009", follow=False):
    url = reverse("admin:cases_restore", args=[revisions(kind, key).get(version=version).pk])
    page = client.get(url)
    return client.post(url, {"read_version": page.context["read_version"]}, follow=follow)


def test_an_old_version_is_restored_as_a_new_one(client, case):
    before = case_data()
    place = named(form_of(client, url_of(case)), "-key", "t1")
    save(client, case, title_en="Renamed", **{f"{place}-DELETE": "on"})
    url = reverse("admin:cases_restore", args=[revisions().get(version=1).pk])
    paths = {each.path for each in client.get(url).context["changes"]}
    assert paths == {"title_en", "statements.t1", "statements"}
    assert case_data()["title_en"] == "Renamed"
    assert restore(client, 1)["Location"] == address_of("case", "guinea-2009")
    assert case_data() == before
    newest = revisions().last()
    assert (newest.version, newest.why) == (3, "restored version 1")
    assert (newest.who.username, newest.source) == ("amina", Source.ADMIN)
    assert newest.data == before
    case.refresh_from_db()
    assert " mediation " in case.search_text


def test_a_deleted_case_comes_back_as_a_draft(client, case):
    published = Case.objects.filter(slug="guinea-2009")
    texts = {f"{name}_{lang}": "x" for name in ("title", "summary") for lang in ("en", "fa", "ar")}
    published.update(review="published", published_on=timezone.now(), **texts)
    records.note_saved("case", "guinea-2009", source=Source.SEED)
    delete(client, address(Case, "delete", case.pk))
    text = text_of(client.get(reverse("admin:cases_restore", args=[revisions()[1].pk])))
    assert "It comes back as a draft." in text
    assert restore(client, 2).status_code == 302
    back = Case.objects.get(slug="guinea-2009")
    assert (back.review, back.published_on, back.version) == ("draft", None, 4)
    assert case_data() == revisions().get(version=2).data | {"review": "draft"}
    assert not records.provenance("case")["guinea-2009"].deleted


def test_restoring_keeps_the_state_of_review(client, case):
    assert revisions().get().data["review"] == "draft"
    import_case(title_en="Renamed", review="withdrawn")
    restore(client, 1)
    assert (case_data()["title_en"], case_data()["review"]) == ("Guinea 2009", "withdrawn")


def test_what_readers_see_is_restored_by_who_may_publish_only(case):
    editor = staff("view_case", "change_case", "add_case")
    save(editor, case, title_en="Renamed")
    assert restore(editor, 1).status_code == 302
    Case.objects.filter(pk=case.pk).update(review="published", published_on=timezone.now())
    url = reverse("admin:cases_restore", args=[revisions().get(version=1).pk])
    assert editor.get(url).status_code == 403
    assert editor.post(url, {"read_version": 3}).status_code == 403
    assert "Restore version" not in text_of(editor.get(address(Case, "history", case.pk)))


def test_bringing_back_needs_the_right_to_add(client, case):
    delete(client, address(Case, "delete", case.pk))
    url = reverse("admin:cases_restore", args=[revisions().first().pk])
    assert staff("view_case", "change_case").post(url, {"read_version": 0}).status_code == 403
    assert not Case.objects.exists()
    assert staff("view_case", "add_case").post(url, {"read_version": 0}).status_code == 302
    assert Case.objects.exists()


def test_a_version_that_no_longer_fits_is_refused_with_every_reason(client, case):
    make_case("guinea-2008", review="draft")
    import_case(relations=[{"to": "guinea-2008", "kind": "follows"}])
    rest = [row for row in case_data()["statements"] if row["key"] != "t1"]
    import_case(relations=[], statements=rest)
    Term.objects.filter(pk="tool:mediation").delete()
    Case.objects.filter(slug="guinea-2008").delete()
    before = case_data(), Revision.objects.count()
    text = text_of(restore(client, 2))
    assert "This version cannot be restored" in text
    assert "&#x27;tool:mediation&#x27; is not a known term" in text
    assert "&#x27;guinea-2008&#x27; is not a known case" in text
    assert (case_data(), Revision.objects.count()) == before


def test_what_somebody_saved_meanwhile_is_not_overwritten_by_restoring(client, case):
    save(client, case, title_en="Renamed")
    url = reverse("admin:cases_restore", args=[revisions().get(version=1).pk])
    version = client.get(url).context["read_version"]
    save(client, case, title_en="Renamed again")
    response = client.post(url, {"read_version": version})
    assert "saved by somebody else meanwhile" in text_of(response)
    assert case_data()["title_en"] == "Renamed again"


def test_a_deletion_is_no_version_to_restore(client, case):
    delete(client, address(Case, "delete", case.pk))
    url = reverse("admin:cases_restore", args=[revisions().last().pk])
    assert client.get(url).status_code == 404
    assert client.get(reverse("admin:cases_restore", args=[0])).status_code == 404


def test_restoring_what_is_there_writes_nothing(client, case):
    url = reverse("admin:cases_restore", args=[revisions().get().pk])
    assert "The record is as this version says." in text_of(client.get(url))
    client.post(url, {"read_version": 1})
    assert revisions().count() == 1


def test_other_records_are_restored_and_brought_back_too(client):
    actor = make_actor("un", name="United Nations")
    save(client, actor)
    save(client, actor, start="1945")
    assert restore(client, 1, kind="actor", key="un").status_code == 302
    assert Actor.objects.get(code="un").start == ""
    delete(client, address(Actor, "delete", actor.pk))
    assert restore(client, 2, kind="actor", key="un").status_code == 302
    back = Actor.objects.get(code="un")
    assert (back.start, str(back), back.version) == ("1945", "United Nations", 5)


# What is cited stays


def cited_by(client, row) -> str:
    """What the page that asks before deleting says of those who cite the row."""
    before = type(row)._default_manager.count()
    page = delete(client, address(type(row), "delete", row.pk)).content.decode()
    assert type(row)._default_manager.count() == before
    return re.search(r'<ul id="cited-by">(.*?)</ul>', page, flags=re.S)[1]


def test_what_is_cited_is_not_deleted_and_the_page_says_by_what(client, case):
    statement, other = case.statements.get(key="t1"), make_case("guinea-2008")
    CaseRelation.objects.create(case=case, to=other, kind="follows")
    document, region = make_document("A-1"), make_region("americas", "019")
    statement.documents.add(document)
    case.regions.add(region)
    outcome = make_statement(case, "outcome:agreement_reached", key="o1")
    outcome.credited_to.add(statement)
    make_actor("unowa", parent=Actor.objects.get(code="un"))
    for row, expected in [
        (Actor.objects.get(code="un"), ["guinea-2009/t1", "UNOWA"]),
        (document, ["guinea-2009/t1"]),
        (outcome.assessed_by, ["guinea-2009/o1", "S-2011-552/fa"]),
        (Quotation.objects.get(start=14), ["guinea-2009/t1", "guinea-2009/s1"]),
        (region, ["Guinea 2009"]),
        (make_country("GIN"), ["Guinea 2009", "Guinea 2008"]),
        (other, ["Guinea 2009"]),
        (statement, ["guinea-2009/o1"]),
    ]:
        page = cited_by(client, row)
        for name in expected:
            assert name in page, row
        for url in re.findall(r'href="([^"]+)"', page):
            assert client.get(url).status_code == 200
    assert not Revision.objects.filter(data__isnull=True).exists()


def test_of_many_that_cite_it_twenty_are_named(client):
    cases = [make_case(f"case-of-{number}", review="draft") for number in range(23)]
    for case in cases:
        make_statement(case, "tool:mediation", by=["un"], indexed=False)
    page = cited_by(client, Actor.objects.get(code="un"))
    assert page.count("<a ") == 20
    assert "and more" in page


def test_rows_chosen_together_may_cite_each_other(client, case):
    other = make_case("guinea-2008")
    CaseRelation.objects.create(case=case, to=other, kind="follows")
    response = client.post(
        address(Case, "changelist"), {"action": "delete_selected", "_selected_action": [other.pk]}
    )
    assert "Guinea 2009" in response.content.decode()
    delete_chosen(client, address(Case, "changelist"), [case.pk, other.pk])
    assert not Case.objects.exists()


def test_what_nothing_cites_is_deleted(client):
    for row in (make_document("A-1"), make_region("americas", "019"), make_quotation()):
        assert delete(client, address(type(row), "delete", row.pk)).status_code == 302
    assert not Document.objects.filter(code="A-1").exists()
    assert not Region.objects.exists()


# Terms retire


def test_a_retired_term_is_not_offered_for_new_statements(client, case):
    make_term("tool:good_offices")
    url = reverse("admin:autocomplete")
    asked = {"app_label": "cases", "model_name": "statement", "field_name": "term", "term": "o"}

    def offered() -> set[str]:
        return {each["id"] for each in client.get(url, asked).json()["results"]}

    assert {"tool:mediation", "tool:good_offices"} <= offered()
    Term.objects.filter(pk="tool:mediation").update(retired_on="2020-01-01")
    Term.objects.filter(pk="tool:good_offices").update(retired_on="2999-01-01")
    assert "tool:mediation" not in offered()
    assert "tool:good_offices" in offered()
    # The list of terms itself still finds it.
    assert (
        "tool:mediation"
        in client.get(address(Term, "changelist") + "?q=mediation").rendered_content
    )


def test_a_retired_term_stays_on_old_statements_and_comes_on_no_new_ones(client, case):
    successor = make_term("tool:good_offices")
    Term.objects.filter(pk="tool:mediation").update(retired_on="2020-01-01", replaced_by=successor)
    statement = case.statements.get(key="t1")
    assert save(client, statement, note_en="Still there").status_code == 302
    assert statement_data("t1")["term"] == "tool:mediation"
    new = Statement(case=case, key="t2", term_id="tool:mediation", support="states")
    with pytest.raises(ValidationError) as refused:
        new.full_clean()
    (sentence,) = refused.value.message_dict["term"]
    assert "2020-01-01" in sentence
    assert "tool:good_offices" in sentence
    Statement(case=case, key="t2", term=successor, support="states").full_clean()
    response = save(client, case.statements.get(key="s1"), term="tool:mediation")
    assert "is retired" in text_of(response)


def test_the_form_of_a_case_refuses_a_retired_term_in_a_new_row_alone(client, case):
    Term.objects.filter(pk="tool:mediation").update(retired_on="2020-01-01")
    posted = form_of(client, url_of(case))
    prefix = named(posted, "-key", "t1").rpartition("-")[0]
    assert client.post(url_of(case), posted).status_code == 302
    new = {"key": "t2", "term": "tool:mediation", "scope": "this_case", "support": "states"}
    posted = form_of(client, url_of(case)) | {f"{prefix}-1-{n}": value for n, value in new.items()}
    posted[f"{prefix}-TOTAL_FORMS"] = "2"
    assert "is retired" in text_of(client.post(url_of(case), posted))


def test_changes_come_in_the_order_of_the_fields_whatever_the_database_keeps(client, case):
    place = named(form_of(client, url_of(case)), "-key", "t1")
    rows = {f"{place}-place": "Conakry", f"{place}-when": "2009", f"{place}-quantity": "two"}
    save(client, case, end="2010", title_en="Renamed", start="2009", summary_en="More.", **rows)
    response = client.get(address(Case, "history", case.pk))
    paths = [each.path for each in response.context["versions"][0].changes]
    assert paths == [
        *("title_en", "summary_en", "start", "end"),
        *(f"statements.t1.{name}" for name in ("when", "quantity", "place")),
    ]


def test_the_history_of_an_erratum_tells_where_else_it_was_found(client):
    place = make_misprint(make_passage("The envoy met the envoy."), "envoy")
    code = place.erratum.code
    records.note_saved("erratum", code, source=Source.ADMIN)
    place.erratum.places.create(passage=place.passage, start=18, end=23)
    records.note_saved("erratum", code, source=Source.ADMIN)
    page = client.get(address(Erratum, "history", place.erratum.pk))
    assert page.status_code == 200
    assert "/18-23" in page.content.decode()


@pytest.mark.parametrize(
    "query", ["when__year=9999", "when__year=9999&when__month=12", "when__year=x"]
)
def test_a_year_that_cannot_be_shown_leads_back_to_the_list(client, query):
    answer = client.get(address(Revision, "changelist") + f"?{query}")
    assert (answer.status_code, answer["Location"].partition("?")[2]) == (302, "e=1")
