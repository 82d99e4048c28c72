"""The record of sign-ins: what is written, what never is, who reads it, when it is forgotten."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from cases.models import SignIn, SignInEvent
from cases.security.record import network_of, note
from tests.people import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "river stone lamp 7"
LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person():
    person = make_person("editor", "amina")
    person.set_password(PASSWORD)
    person.save()
    SignIn.objects.all().delete()
    return person


def sign_in(client, name="amina", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": name, "password": password}, **extra)


def rows():
    found = SignIn.objects.order_by("pk").values_list("what", "user__username", "network", "times")
    return [(str(what), *rest) for what, *rest in found]


def test_signing_in_and_out_and_failing_is_written_down(client, person):
    sign_in(client, password="wrong")
    sign_in(client)
    client.post("/admin/logout/")
    home = "127.0.0.0/24"
    assert rows() == [
        ("wrong_password", "amina", home, 1),
        ("signed_in", "amina", home, 1),
        ("signed_out", "amina", home, 1),
    ]


def test_a_new_password_is_written_down(client, person):
    person.set_password("another own word 9")
    person.save()
    assert rows() == [("password_set", "amina", "", 1)]


def test_a_name_that_is_nobodys_is_kept_nowhere(client, person):
    secret = "my-real-password-typed-above"
    sign_in(client, name=secret, password="amina")
    assert rows() == [("wrong_password", None, "127.0.0.0/24", 1)]
    for attempt in AccessAttempt.objects.values():
        assert secret not in str(attempt)


def test_the_counter_of_failures_keeps_no_name_and_nothing_that_was_posted(client, person):
    posted = {"username": "amina", "password": "wrong", "code": "123456", "kept:notes": "a draft"}
    for _time in range(2):
        client.post(f"{LOGIN}?next=/admin/cases/case/7/change/", posted)
    (attempt,) = AccessAttempt.objects.values()
    assert attempt["failures_since_start"] == 2
    for word in ("amina", "wrong", "123456", "a draft", "case/7"):
        assert word not in str(attempt)


def test_many_failures_are_one_row_and_the_pause_another(client, person):
    for _time in range(8):
        sign_in(client, password="wrong")
    assert rows() == [
        ("wrong_password", "amina", "127.0.0.0/24", 4),
        ("paused", "amina", "127.0.0.0/24", 4),
    ]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("nonsense", ""),
    ],
)
def test_only_the_network_of_an_address_is_kept(rf, address, network):
    assert network_of(rf.get("/", REMOTE_ADDR=address)) == network


def test_what_is_old_is_forgotten_with_the_next_row(person, settings):
    settings.SIGN_INS_DAYS = 30
    for days in (31, 29):
        SignIn.objects.create(
            what=SignInEvent.SIGNED_IN, user=person, when=timezone.now() - timedelta(days=days)
        )
    note(SignInEvent.SIGNED_OUT, person)
    assert SignIn.objects.count() == 2


def test_what_happened_outlives_the_account(person):
    note(SignInEvent.SIGNED_IN, person)
    person.delete()
    assert rows() == [("signed_in", None, "", 1)]


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_an_administrator_reads_and_filters_it_and_cannot_change_it(client, person, prefix):
    sign_in(Client(), password="wrong")
    client.force_login(make_person("administrator"))
    address = f"{prefix}/admin/cases/signin/"
    page = client.get(address, {"what": "wrong_password"})
    assert page.status_code == 200
    assert page.context["cl"].result_count == 1
    assert "amina" in page.content.decode()
    assert client.get(address, {"q": "amina"}).context["cl"].result_count == 1
    row = SignIn.objects.first()
    assert client.get(f"{address}{row.pk}/change/").status_code == 200
    for page in (f"{row.pk}/change/", f"{row.pk}/delete/", "add/"):
        assert client.post(f"{address}{page}", {"what": "signed_in"}).status_code == 403


def test_everybody_sees_what_happened_to_his_own_account_alone(client, person):
    sign_in(Client(), password="wrong")
    other = Client()
    other.force_login(make_person("editor", "omar"))
    said = "wrong name or password"
    assert said not in other.get("/admin/second-factor/").content.decode()
    sign_in(client)
    assert said in client.get("/admin/second-factor/").content.decode()
