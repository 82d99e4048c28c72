"""Signing in: an own password first, a pause after many failures, a new password by mail."""

import logging
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.utils import timezone

from cases import roles
from cases.accounts import ask_for_own_password, client_address
from cases.models import PasswordDue
from tests.people import make_person

pytestmark = pytest.mark.django_db

GIVEN, OWN = "given for one day 1", "river stone lamp 7"
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """Hashing takes its time on purpose; these tests sign in dozens of times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person():
    person = make_person("editor", "amina")
    person.email = "amina@example.org"
    person.set_password(GIVEN)
    person.save()
    return person


def sign_in(client, password, name="amina", **extra):
    posted = {"username": name, "password": password, "next": "/admin/"}
    return client.post(LOGIN, posted, **extra)


def change_password(client, old, new):
    posted = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/admin/password_change/", posted)


# The first sign-in


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_whoever_was_given_a_password_sets_an_own_one_before_all_else(client, person, prefix):
    ask_for_own_password(person)
    assert sign_in(client, GIVEN).status_code == 302
    for page in ("", "cases/case/", "cases/case/add/", "cases/case/import/", "autocomplete/"):
        response = client.get(f"{prefix}/admin/{page}")
        assert response["Location"] == f"{prefix}/admin/password_change/", page
    assert client.post(f"{prefix}/admin/cases/case/add/", {})["Location"].endswith("_change/")
    assert client.get(f"{prefix}/admin/password_change/").status_code == 200
    assert client.get(f"{prefix}/cases/").status_code == 200  # readers' pages are everybody's
    assert change_password(client, GIVEN, OWN).status_code == 302
    assert client.get(f"{prefix}/admin/cases/case/").status_code == 200
    assert not PasswordDue.objects.exists()


def test_the_password_that_was_given_is_not_kept(client, person):
    ask_for_own_password(person)
    sign_in(client, GIVEN)
    response = change_password(client, GIVEN, GIVEN)
    assert "This is the password that you were given" in response.content.decode()
    assert PasswordDue.objects.exists()
    assert client.get("/admin/")["Location"] == "/admin/password_change/"


def test_an_account_that_an_administrator_makes_is_for_the_desk_and_asks_for_a_password(client):
    client.force_login(make_person("administrator"))
    posted = {"username": "new", "password1": GIVEN, "password2": GIVEN, "usable_password": "true"}
    assert client.post("/admin/auth/user/add/", posted).status_code == 302
    new = get_user_model().objects.get(username="new")
    assert (new.is_staff, new.is_superuser) == (True, False)
    client.logout()
    assert sign_in(client, GIVEN, "new").status_code == 302
    assert client.get("/admin/")["Location"] == "/admin/password_change/"


def test_a_password_that_an_administrator_sets_must_be_changed_and_ones_own_need_not(
    client, person
):
    administrator = make_person("administrator")
    client.force_login(administrator)
    posted = {"password1": "another given word 3", "password2": "another given word 3"}
    posted["usable_password"] = "true"
    for who, is_due in [(person, True), (administrator, False)]:
        address = f"/admin/auth/user/{who.pk}/password/"
        assert client.post(address, posted).status_code == 302
        who.refresh_from_db()
        assert who.check_password("another given word 3")
        assert PasswordDue.objects.filter(user=who).exists() == is_due


# The pause after failures


def fail(client, times, **extra):
    return [sign_in(client, "wrong", **extra).status_code for _time in range(times)]


def test_after_five_failures_signing_in_is_paused_and_the_page_says_until_when(client, person):
    assert fail(client, 5) == [200, 200, 200, 200, 429]
    response = sign_in(client, GIVEN)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    page = response.content.decode()
    assert re.search(r"Try again in 1[45] minutes, at <time [^>]*>\d\d:\d\d UTC</time>", page)
    assert "/admin/password_reset/" not in client.get("/admin/")  # still outside
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("prefix", "direction"), [("", "ltr"), ("/fa", "rtl"), ("/ar", "rtl")])
def test_the_pause_is_told_in_the_language_of_the_page(client, person, prefix, direction):
    posted = {"username": "amina", "password": "wrong"}
    for _time in range(5):
        response = client.post(f"{prefix}/admin/login/", posted)
    assert response.status_code == 429
    assert f'dir="{direction}"' in response.content.decode()


def test_the_pause_ends_and_trying_meanwhile_makes_it_no_longer(client, person):
    fail(client, 7)
    assert AccessAttempt.objects.get().failures_since_start == 5
    earlier = timezone.now() - timedelta(minutes=16)
    AccessAttempt.objects.update(attempt_time=earlier)
    assert sign_in(client, GIVEN).status_code == 302


def test_another_name_or_another_address_is_not_paused(client, person):
    other = make_person("editor", "omar")
    other.set_password(OWN)
    other.save()
    fail(client, 5)
    assert sign_in(client, OWN, "omar").status_code == 302
    client.logout()
    assert sign_in(client, GIVEN, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_success_and_a_new_password_and_an_administrator_forget_the_failures(client, person):
    fail(client, 4)
    sign_in(client, GIVEN)
    client.logout()
    assert fail(client, 4) == [200] * 4
    person.set_password(OWN)
    person.save()
    assert fail(client, 5)[-1] == 429
    client.force_login(make_person("administrator"))
    posted = {"action": "lift_pauses", "_selected_action": [person.pk]}
    client.post("/admin/auth/user/", posted)
    client.logout()
    assert sign_in(client, OWN).status_code == 302


def test_names_and_addresses_of_people_are_in_no_log_and_no_list(client, person, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("axes").setLevel(logging.CRITICAL)  # as the settings have it
    fail(client, 6)
    AccessAttempt.objects.all().delete()
    sign_in(client, GIVEN)
    client.post("/admin/password_reset/", {"email": person.email})
    for word in ("amina", "127.0.0.1", "example.org"):
        assert word not in caplog.text
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    ("proxied", "forwarded", "remote", "address"),
    [
        (False, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (True, "203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "192.0.2.1", "203.0.113.9"),
        (True, "2001:db8::1", "192.0.2.1", "2001:db8::1"),
        (True, "203.0.113.9, unknown", "192.0.2.1", "192.0.2.1"),
        (True, "", "192.0.2.1", "192.0.2.1"),
        (True, "nonsense", "", None),
    ],
)
def test_the_address_is_the_one_that_cannot_be_invented(
    rf, settings, proxied, forwarded, remote, address
):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxied else None
    request = rf.get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == address


# A forgotten password


def test_without_mail_the_page_says_whom_to_ask(client, person, settings):
    settings.EMAIL_HOST, settings.DESK_CONTACT = "", "the registry, room 7"
    assert "/admin/password_reset/" in client.get(LOGIN).content.decode()
    for response in (
        client.get("/admin/password_reset/"),
        client.post("/admin/password_reset/", {"email": person.email}),
    ):
        assert response.status_code == 200
        assert "the registry, room 7" in response.content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_a_new_password_is_set_by_mail(client, person, settings, prefix):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "desk@example.org"
    settings.SITE_URL = "https://cases.example.org"
    ask_for_own_password(person)
    fail(client, 5)
    address = f"{prefix}/admin/password_reset/"
    # A name that somebody put into a header is in no mail.
    settings.ALLOWED_HOSTS = ["*"]
    response = client.post(address, {"email": person.email}, HTTP_HOST="evil.example.com")
    assert response.status_code == 302
    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["amina@example.org"], "desk@example.org")
    (link,) = re.findall(r"https://cases\.example\.org(/\S+)", sent.body)
    assert "evil" not in sent.body

    page = client.get(link, follow=True)
    posted = {"new_password1": OWN, "new_password2": OWN}
    assert client.post(page.request["PATH_INFO"], posted, follow=True).status_code == 200
    assert sign_in(client, OWN).status_code == 302  # the pause of the failures is lifted too
    assert client.get("/admin/").status_code == 200
    assert client.get(link, follow=True).status_code == 200
    assert "new_password1" not in client.get(link, follow=True).content.decode()


def test_nobody_learns_who_has_an_account(client, person, settings):
    settings.EMAIL_HOST = "mail.example.org"
    pages = []
    for email in (person.email, "nobody@example.org"):
        response = client.post("/admin/password_reset/", {"email": email}, follow=True)
        pages.append((response.redirect_chain, response.status_code))
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 1


# Groups and permissions in the language of the desk


def test_groups_and_our_permissions_are_told_in_the_language_of_the_desk(client, person, say):
    say("fa", "editor", "ویراستار")
    say("fa", "Can publish cases", "می‌تواند پرونده منتشر کند")
    client.force_login(make_person("superuser"))
    group = Group.objects.get(name="editor")
    Group.objects.create(name="guests")
    pages = ("user/", f"user/{person.pk}/change/", "group/", f"group/{group.pk}/change/")
    said = {page: client.get(f"/fa/admin/auth/{page}").content.decode() for page in pages}
    for page in pages[:3]:
        assert "ویراستار" in said[page], page
        assert "guests" in said[page], page
        assert ">editor<" not in said[page], page
    for page in (pages[1], pages[3]):
        assert " | می‌تواند پرونده منتشر کند" in said[page], page
        assert "Can publish cases" not in said[page], page


def test_every_permission_of_ours_has_a_name_to_translate():
    own = {
        codename: name
        for model in apps.get_app_config("cases").get_models()
        for codename, name in model._meta.permissions
    }
    assert {name: str(label) for name, label in roles.PERMISSION_LABELS.items()} == own
    assert set(roles.LABELS) == set(roles.PERMISSIONS)
