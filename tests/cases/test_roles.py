"""Groups and what each may, address by address of the desk."""

import re
from contextlib import suppress
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases import roles, workflow
from cases.middleware import SecondFactorMiddleware
from cases.models import Case, Edition, Revision, SignIn, SignInEvent
from tests.cases.test_admin import address, fill_desk
from tests.factories import make_case, make_quotation
from tests.keeping import kept
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def desk(django_db_setup, django_db_blocker):
    """One record in every table of the desk, as the tests of the admin make it."""
    with kept(django_db_blocker):
        yield fill_desk().slug


@pytest.fixture(autouse=True)
def case(desk):
    return Case.objects.get(slug=desk)


GROUPS = ["nobody", "editor", "reviewer", "administrator", "superuser"]
# Pages of each table, and the first group that may open each; those after it may too.
# list and look (change, as far as one may look), add, change (to save), delete.
READ_BY_EDITORS = ("editor", None, None, None)
WRITTEN_BY_EDITORS = ("editor", "editor", "editor", "editor")
TABLES = {
    "cases.actor": WRITTEN_BY_EDITORS,
    "cases.actorname": READ_BY_EDITORS,
    "cases.case": WRITTEN_BY_EDITORS,
    "cases.casecountry": READ_BY_EDITORS,
    "cases.caserelation": READ_BY_EDITORS,
    "cases.country": ("editor", "administrator", "administrator", "administrator"),
    "cases.document": WRITTEN_BY_EDITORS,
    "cases.edition": READ_BY_EDITORS,
    "cases.erratum": WRITTEN_BY_EDITORS,
    "cases.erratumplace": READ_BY_EDITORS,
    "cases.oldcode": READ_BY_EDITORS,
    "cases.passage": READ_BY_EDITORS,
    "cases.quotation": WRITTEN_BY_EDITORS,
    "cases.reference": WRITTEN_BY_EDITORS,
    "cases.region": ("editor", "administrator", "administrator", "administrator"),
    "cases.revision": READ_BY_EDITORS,
    "cases.section": READ_BY_EDITORS,
    "cases.signin": ("administrator", None, None, None),
    "cases.statement": WRITTEN_BY_EDITORS,
    "cases.statementactor": READ_BY_EDITORS,
    "cases.statementquotation": READ_BY_EDITORS,
    "cases.term": ("editor", "administrator", "administrator", None),
    "auth.group": ("administrator", "superuser", "superuser", "superuser"),
    "auth.user": ("administrator", "administrator", "administrator", "superuser"),
}
# Every other address of the desk, and the first group that may open it.
OTHERS = {
    "index": "nobody",
    "app_list": "editor",
    "autocomplete": "editor",
    "jsi18n": "nobody",
    "login": "anybody",
    "logout": "anybody",
    "password_change": "nobody",
    "password_change_done": "nobody",
    "second_factor": "nobody",
    "second_factor_codes": "nobody",
    "second_factor_off": "nobody",
    "second_factor_set_up": "nobody",
    "session": "anybody",
    "sessions_end": "nobody",
    "view_on_site": "nobody",
    "auth_user_password_change": "administrator",
    "cases_case_move": "editor",
    "cases_case_difference": "editor",
    "cases_case_discard": "editor",
    "cases_actor_import": "editor",
    "cases_actor_process_import": "editor",
    "cases_actor_export": "editor",
    "cases_case_import": "editor",
    "cases_case_process_import": "editor",
    "cases_case_export": "editor",
    "cases_term_import": "administrator",
    "cases_term_process_import": "administrator",
    "cases_term_export": "editor",
    "cases_actor_merge": "reviewer",
    "cases_case_check": "editor",
    "cases_case_lookup": "editor",
    "cases_case_merge": "reviewer",
    "cases_change_set": "editor",
    "cases_country_export": "editor",
    "cases_country_import": "administrator",
    "cases_country_process_import": "administrator",
    "cases_document_export": "editor",
    "cases_document_import": "editor",
    "cases_document_process_import": "editor",
    "cases_edition_file": "editor",
    "cases_edition_pending": "editor",
    "cases_edition_read": "editor",
    "cases_edition_upload": "editor",
    "cases_erratum_export": "editor",
    "cases_erratum_import": "editor",
    "cases_erratum_process_import": "editor",
    "cases_quotation_export": "editor",
    "cases_quotation_import": "editor",
    "cases_quotation_process_import": "editor",
    "cases_record_history": "editor",
    "cases_reference_export": "editor",
    "cases_reference_import": "editor",
    "cases_reference_process_import": "editor",
    "cases_restore": "editor",
    "cases_statement_export": "editor",
    "cases_statement_import": "editor",
    "cases_statement_process_import": "editor",
    "cases_term_merge": "reviewer",
}
PAGES = ("changelist", "add", "change", "delete", "history")


def telling(first: str | None) -> list[str]:
    """The groups that show who may: the first, and the one before it, which may not.

    A group may all that the one before it may (a test below), so the others need no page each.
    """
    if first is None:
        return ["superuser"]
    number = GROUPS.index(first)
    return GROUPS[max(number - 1, 0) : number + 1]


def allowed(group, first):
    return first is not None and GROUPS.index(group) >= GROUPS.index(first)


@pytest.fixture
def person(group):
    return make_person(None if group == "nobody" else group, name=f"the-{group}")


def test_every_address_of_the_desk_is_in_the_tables():
    named = {each.name for each in admin.site.get_urls() if getattr(each, "name", None)}
    for each in admin.site.get_urls():
        named |= {pattern.name for pattern in getattr(each, "url_patterns", []) if pattern.name}
    of_tables = {f"{name.replace('.', '_')}_{page}" for name in TABLES for page in PAGES}
    assert named == of_tables | set(OTHERS)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        (name, group)
        for name, pages in TABLES.items()
        for group in GROUPS
        if any(group in telling(first) for first in pages)
    ],
)
def test_each_group_opens_and_saves_what_is_its_own(client, person, group, name):
    look, add, change, delete = TABLES[name]
    model = apps.get_model(name)
    row = free_row(model)
    client.force_login(person)
    expected = {
        ("get", address(model, "changelist")): look,
        ("get", address(model, "change", row.pk)): look,
        ("get", address(model, "history", row.pk)): look,
        ("get", address(model, "add")): add,
        ("post", address(model, "add")): add,
        ("post", address(model, "change", row.pk)): change,
        ("get", address(model, "delete", row.pk)): delete,
    }
    for (method, page), first in expected.items():
        if group not in telling(first):
            continue
        may = allowed(group, first)
        status = getattr(client, method)(page).status_code
        # Where one may, a form that was posted empty comes back with its errors, or is saved.
        assert (status in (200, 302)) if may else (status == 403), (method, page, status)


def free_row(model):
    """A row of the table that is no published case's, so that only the group decides."""
    if model is Case:
        return make_case("free", review="draft")
    if model._meta.model_name == "statement":
        return make_case("told", review="draft", terms=["tool:mediation"]).statements.get()
    if model._meta.model_name == "quotation":
        return make_quotation()
    if model is SignIn:
        return model.objects.create(what=SignInEvent.WRONG_PASSWORD)
    if model is get_user_model():
        return model.objects.create_user("another")
    return model._default_manager.first()


@pytest.mark.parametrize(
    ("name", "group"),
    [
        (name, group)
        for name, first in OTHERS.items()
        for group in (["nobody"] if first == "anybody" else telling(first))
    ],
)
def test_each_group_opens_the_other_addresses_that_are_its_own(client, case, person, group, name):
    copy = workflow.writable(case, make_person("editor"))
    arguments = {
        "app_list": ["cases"],
        "auth_user_password_change": [make_person(None).pk],
        "cases_case_move": [copy.pk, "submit"],
        "cases_case_difference": [copy.pk],
        "cases_case_discard": [copy.pk],
        "cases_change_set": [Revision.objects.first().change_set],
        "cases_record_history": ["case", case.slug],
        "cases_restore": [Revision.objects.filter(data__isnull=False).first().pk],
        "cases_edition_file": [Edition.objects.first().pk],
        "cases_edition_read": [Edition.objects.first().pk],
        "cases_edition_pending": [uuid4()],
        "view_on_site": [1, 1],
    }
    query = {"app_label": "cases", "model_name": "casecountry", "field_name": "country", "term": ""}
    client.force_login(person)
    page = reverse(f"admin:{name}", args=arguments.get(name, []))
    is_post = name in ("logout", "cases_case_check", "sessions_end") or name.endswith(
        "process_import"
    )
    method = client.post if is_post else client.get
    queries = {"autocomplete": query, "cases_case_lookup": {"kind": "actor", "q": "a"}}
    queries["cases_case_check"] = {"kind": "date", "text": "2008"}
    status = method(page, queries.get(name, {})).status_code
    if name == "view_on_site" or (name, group) == ("app_list", "nobody"):
        assert status == 404  # nothing that the person may see is there
    elif name == "cases_edition_pending" and allowed(group, OTHERS[name]):
        assert status == 302  # nobody else's upload is there, so it leads to the form
    elif OTHERS[name] == "anybody" or allowed(group, OTHERS[name]):
        assert status in (200, 302), status
    else:
        assert status == 403


def test_strangers_are_sent_to_sign_in_from_every_address(client, case):
    for name in TABLES:
        model = apps.get_model(name)
        row = free_row(model)
        for page, arguments in [("changelist", []), ("add", []), ("change", [row.pk])]:
            url = address(model, page, *arguments)
            assert client.get(url)["Location"] == f"/admin/login/?next={quote(url)}"
    for name in ("move", "difference", "discard"):
        url = f"/admin/cases/case/{case.pk}/{name}/" + ("publish/" if name == "move" else "")
        assert client.get(url)["Location"] == f"/admin/login/?next={url}"
        assert client.post(url)["Location"] == f"/admin/login/?next={url}"


# Of every kind of address, what could stand in it; no such record need exist.
PLACES = ([], [1], [1, 1], [1, "submit"], ["case", "one"], [UUID(int=1)], ["cases"])


def addresses_of_the_desk():
    """Every address of the desk by name, but those of signing in and out."""
    names = {f"{name.replace('.', '_')}_{page}" for name in TABLES for page in PAGES}
    for name in sorted(names | {each for each, first in OTHERS.items() if first != "anybody"}):
        for places in PLACES:
            with suppress(NoReverseMatch):
                yield reverse(f"admin:{name}", args=places)
                break
        else:
            raise LookupError(name)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_without_the_code_of_its_account_opens_nothing(client, method):
    person = make_person("superuser")
    TOTPDevice.objects.create(user=person, confirmed=True)
    for page in (*addresses_of_the_desk(), "/admin/no/such/address/"):
        client.force_login(person)  # which asks for no code
        response = getattr(client, method)(page)
        assert response["Location"] == f"/admin/login/?next={quote(page)}", page
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(("group", "method"), [("reviewer", "get"), ("superuser", "post")])
def test_who_must_have_a_second_factor_opens_nothing_without(client, settings, group, method):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(make_person(group, "demanded"))
    left_open = {reverse(f"admin:{name}") for name in SecondFactorMiddleware.LEFT_OPEN}
    for page in {*addresses_of_the_desk(), "/admin/no/such/address/"} - left_open:
        response = getattr(client, method)(page)
        assert response.get("Location") == "/admin/second-factor/set-up/", page


@pytest.mark.parametrize("group", ["nobody", "editor"])
def test_of_others_no_second_factor_is_demanded(client, settings, person, group):
    settings.REQUIRE_SECOND_FACTOR = True
    client.force_login(person)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("review", "groups"),
    [
        ("draft", {"editor", "reviewer", "administrator", "superuser"}),
        ("in_review", {"reviewer", "administrator", "superuser"}),
        ("published", {"reviewer", "administrator", "superuser"}),
        ("withdrawn", {"reviewer", "administrator", "superuser"}),
    ],
)
@pytest.mark.parametrize("group", GROUPS)
def test_only_drafts_are_deleted_by_those_who_write_them(client, person, group, review, groups):
    row = make_case("one", review=review)
    client.force_login(person)
    page = client.get(address(Case, "delete", row.pk))
    version = page.context["read_version"] if page.status_code == 200 else ""
    client.post(address(Case, "delete", row.pk), {"post": "yes", "read_version": version})
    assert Case.objects.filter(slug="one").exists() == (group not in groups)


def test_a_withdrawn_case_is_for_editors_to_look_at(client):
    row = make_case("one", review="withdrawn")
    client.force_login(make_person("editor"))
    page = client.get(address(Case, "change", row.pk))
    assert page.status_code == 200
    assert 'name="title_en"' not in page.content.decode()
    assert client.post(address(Case, "change", row.pk), {"title_en": "x"}).status_code == 403


# The groups


def test_each_group_may_what_the_one_before_it_may():
    editor_, reviewer, administrator = (roles.PERMISSIONS[name] for name in roles.PERMISSIONS)
    assert editor_ < reviewer < administrator


def test_the_groups_are_there_with_every_permission_they_name():
    for name, wanted in roles.PERMISSIONS.items():
        given = Permission.objects.filter(group__name=name).select_related("content_type")
        assert {f"{each.content_type.app_label}.{each.codename}" for each in given} == wanted


def test_migrating_again_restores_what_is_missing_and_leaves_what_was_given_besides():
    Group.objects.get(name="reviewer").delete()
    group = Group.objects.get(name="editor")
    extra = Permission.objects.get(codename="publish_case")
    group.permissions.remove(Permission.objects.get(codename="add_case"))
    group.permissions.add(extra)
    call_command("migrate", verbosity=0)
    assert Group.objects.get(name="reviewer").permissions.count() == len(
        roles.PERMISSIONS["reviewer"]
    )
    assert group.permissions.count() == len(roles.PERMISSIONS["editor"]) + 1
    groups = set(Group.objects.values_list("name", flat=True))
    assert groups == {*roles.PERMISSIONS, "readers"}  # and that of the desk above


# Administrators


def test_an_administrator_cannot_make_anybody_more_than_himself(client):
    users = get_user_model().objects
    administrator, person = make_person("administrator"), users.create_user("p", is_staff=True)
    root = make_person("superuser")
    client.force_login(administrator)
    page = client.get(f"/admin/auth/user/{person.pk}/change/").content.decode()
    assert 'name="groups"' in page
    assert not re.search('name="(is_superuser|user_permissions)"', page)
    reviewers = Group.objects.get(name="reviewer").pk
    posted = {"username": "p", "is_superuser": "on", "groups": [reviewers], "is_active": "on"}
    client.post(f"/admin/auth/user/{person.pk}/change/", posted | {"is_staff": "on"})
    person.refresh_from_db()
    assert (person.is_superuser, person.groups.get().name) == (False, "reviewer")
    assert client.post(f"/admin/auth/user/{root.pk}/change/", posted).status_code == 403
    own = {"password1": "river stone lamp 7", "password2": "river stone lamp 7"}
    assert client.post(f"/admin/auth/user/{root.pk}/password/", own).status_code == 403
