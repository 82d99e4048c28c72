"""Sessions of the desk: when they end, what becomes of what was typed, and how others are ended."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.models import Case, SignIn, SignInEvent
from cases.security import sessions
from tests.cases.test_second_factor import turn_on
from tests.factories import make_case
from tests.people import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "river stone lamp 7"
LOGIN = "/admin/login/"
HOUR = 3600


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person():
    person = make_person("editor", "amina")
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, then="/admin/", **kept):
    posted = {"username": "amina", "password": PASSWORD, "next": then}
    return client.post(LOGIN, posted | {f"kept:{name}": value for name, value in kept.items()})


def age(client, *, began=0, used=0):
    """Make a session older by so many seconds."""
    session = client.session
    session[sessions.BEGAN] -= began
    session[sessions.USED] -= used
    session.save()


# Their end


@pytest.mark.parametrize(
    ("ages", "sentence"),
    [
        ({"used": HOUR}, "since nothing was done here for 60 minutes"),
        ({"began": 12 * HOUR}, "12 hours after signing in, everybody signs in anew"),
    ],
)
def test_a_session_ends_and_the_page_says_why(client, person, ages, sentence):
    sign_in(client)
    age(client, **ages)
    key = client.session.session_key
    response = client.get("/admin/cases/case/", follow=True)
    assert response.redirect_chain == [("/admin/login/?next=/admin/cases/case/", 302)]
    assert sentence in response.content.decode()
    assert not Session.objects.filter(session_key=key).exists()
    assert SignIn.objects.filter(user=person, what=SignInEvent.SESSION_ENDED).count() == 1
    assert not SignIn.objects.filter(what=SignInEvent.SIGNED_OUT).exists()


def test_until_then_it_lasts_and_every_use_makes_it_last(client, person):
    sign_in(client)
    for _turn in range(3):
        age(client, used=HOUR - 60)
        assert client.get("/admin/").status_code == 200
    age(client, began=11 * HOUR)
    assert client.get("/admin/").status_code == 200


def test_the_limits_are_those_of_the_settings(client, person, settings):
    from datetime import timedelta

    settings.SESSION_IDLE, settings.SESSION_COOKIE_AGE = timedelta(minutes=5), HOUR
    sign_in(client)
    age(client, used=6 * 60)
    assert client.get("/admin/").status_code == 302
    sign_in(client)
    age(client, began=HOUR)
    assert client.get("/admin/").status_code == 302


def test_a_session_of_before_there_were_limits_ends(client, person):
    sign_in(client)
    session = client.session
    del session[sessions.BEGAN]
    session.save()
    assert client.get("/admin/").status_code == 302


def test_asking_whether_one_is_signed_in_is_no_use_of_the_desk(client, person):
    assert client.get("/admin/session/").json()["signed_in"] is False
    sign_in(client)
    age(client, used=HOUR - 60)
    answer = client.get("/admin/session/")
    assert answer.json()["signed_in"] is True
    assert answer["Cache-Control"] == "private, no-store"
    age(client, used=120)
    assert client.get("/admin/session/").json()["signed_in"] is False


def test_not_every_page_of_the_desk_writes_the_session(client, person):
    sign_in(client)
    before = client.session[sessions.USED]
    client.get("/admin/")
    assert client.session[sessions.USED] == before
    age(client, used=600)
    client.get("/admin/")
    assert client.session[sessions.USED] >= int(time.time()) - 5


def test_sessions_that_are_long_over_are_forgotten(client, person):
    sign_in(client)
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    sign_in(Client())
    assert Session.objects.count() == 1


# Their keys


def test_the_key_changes_at_every_sign_in(client, person):
    client.get(LOGIN)
    keys = set()
    for _time in range(3):
        sign_in(client)
        keys.add(client.session.session_key)
    assert len(keys) == 3
    assert Session.objects.count() == 1


def test_a_new_password_ends_all_other_sessions(client, person):
    other = Client()
    for each in (client, other):
        sign_in(each)
    own = "another own word 9"
    posted = {"old_password": PASSWORD, "new_password1": own, "new_password2": own}
    assert client.post("/admin/password_change/", posted).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302


def test_a_change_of_the_second_factor_ends_all_other_sessions(client, person):
    other, stranger = Client(), Client()
    stranger.force_login(make_person("editor", "omar"))
    for each in (client, other):
        sign_in(each)
    key = client.session.session_key
    turn_on(client)
    assert client.session.session_key != key
    assert [each.get("/admin/").status_code for each in (client, other, stranger)] == [
        200,
        302,
        200,
    ]
    assert "_auth_user_id" not in other.session


def test_signing_out_everywhere_leaves_this_session_alone(client, person):
    others = [Client(), Client()]
    for each in (client, *others):
        sign_in(each)
    page = client.post("/admin/sessions/end/", follow=True).content.decode()
    assert "2 other sessions ended." in page
    assert client.get("/admin/").status_code == 200
    assert [each.get("/admin/").status_code for each in others] == [302, 302]
    page = client.post("/admin/sessions/end/", follow=True).content.decode()
    assert "There was no other session." in page
    assert client.get("/admin/sessions/end/").status_code == 405


def test_an_account_that_is_closed_is_out_at_once(client, person):
    sign_in(client)
    person.is_active = False
    person.save()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_of_a_session_is_for_the_server_alone(client, person, settings, https):
    settings.SESSION_COOKIE_SECURE = https
    sign_in(client)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", https)
    assert (cookie["path"], cookie["domain"]) == ("/", "")


# A form in the middle of which a session ends


def test_what_was_typed_is_kept_while_its_author_signs_in_again(client, person):
    case = make_case("one", review="draft")
    sign_in(client)
    address = f"/admin/cases/case/{case.pk}/change/"
    form = client.get(address).context["adminform"].form
    initial = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}
    typed = {name: "" if value is None else value for name, value in initial.items()}
    typed |= {"title_en": "Mine,\nin two lines", "title_fa": "از آنِ من", "_continue": "1"}
    for formset in client.get(address).context["inline_admin_formsets"]:
        typed |= {f"{formset.formset.prefix}-{n}": 0 for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
    age(client, used=HOUR)

    page = client.post(address, typed)
    assert page.status_code == 403
    assert page["Cache-Control"] == "private, no-store"
    assert "What you typed is kept in this page" in page.content.decode()
    kept = dict(page.context["kept"])
    assert kept == {name: str(value) for name, value in typed.items()}
    assert 'name="kept:title_fa" value="از آنِ من"' in page.content.decode()
    assert Case.objects.get(pk=case.pk).title_en != "Mine, in two lines"

    wrong = {"username": "amina", "password": "x", "next": address, "kept:title_en": "Mine"}
    assert 'name="kept:title_en" value="Mine"' in client.post(LOGIN, wrong).content.decode()
    page = sign_in(client, address, **kept).content.decode()
    assert f'<form action="{address}" method="post"' in page
    assert "You are signed in as amina" in page
    sent = dict(page_fields(page))
    assert {name: sent[name] for name in kept} == kept
    saved = client.post(address, sent)
    assert saved.status_code == 302, saved.context["errors"]
    assert Case.objects.get(pk=case.pk).title_fa == "از آنِ من"


def page_fields(page: str):
    """Names and values of hidden fields, as a browser reads them."""
    from html import unescape

    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page):
        yield unescape(name), unescape(value)


def test_the_page_says_that_files_are_not_kept(client, person):
    posted = {"language": "en", "file": SimpleUploadedFile("a.txt", b"1. One.")}
    page = client.post("/admin/cases/edition/upload/", posted)
    assert page.status_code == 403
    assert "Files are not kept" in page.content.decode()


def test_a_password_is_written_into_no_page(client, person):
    posted = {"old_password": PASSWORD, "new_password1": "x", "new_password2": "x"}
    for address in ("/admin/password_change/", "/admin/second-factor/off/"):
        response = client.post(address, posted | {"password": PASSWORD, "code": "1"})
        assert response.status_code == 302
        assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    "address",
    ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", "/admin/x"],
)
def test_what_was_kept_is_sent_to_this_site_alone(client, person, address):
    page = sign_in(client, address, title_en="Mine")
    if address == "/admin/x":
        assert '<form action="/admin/x"' in page.content.decode()
    else:
        assert page["Location"] == "/admin/"


def test_somebody_elses_page_makes_nobody_send_a_form(person):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/admin/cases/case/add/", {"title_en": "Theirs"})
    assert page.status_code == 403
    assert "Theirs" not in page.content.decode()
    assert "this form is not of your present session" in page.content.decode()
