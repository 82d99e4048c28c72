"""The second factor: turned on and off, asked for at every sign-in, used once, reset when lost."""

import base64
import logging
import re
import time

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from cases.models import SignIn, SignInEvent
from cases.security import second_factor
from tests.people import make_person

pytestmark = pytest.mark.django_db

PASSWORD = "river stone lamp 7"
LOGIN, PAGE = "/admin/login/", "/admin/second-factor/"
STEP = 30


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that tests turn on: codes change with it."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def later(seconds):
        now[0] += seconds

    return later


@pytest.fixture
def person():
    person = make_person("reviewer", "amina")
    person.email = "amina@example.org"
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in(client, code="", password=PASSWORD, **extra):
    posted = {"username": "amina", "password": password, "code": code, "next": "/admin/"}
    return client.post(LOGIN, posted, **extra)


def code_of(secret: str) -> str:
    """What an app shows now for a secret as the page prints it."""
    app = TOTP(base64.b32decode(secret.replace(" ", "")))
    app.time = time.time()
    return f"{app.token():06}"


def turn_on(client) -> tuple[str, list[str]]:
    """Turn it on as a person does; gives the secret and the recovery codes."""
    page = client.get(f"{PAGE}set-up/").content.decode()
    secret = re.search(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', page)[1]
    posted = {"password": PASSWORD, "code": code_of(secret)}
    page = client.post(f"{PAGE}set-up/", posted).content.decode()
    return secret, re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page)


@pytest.fixture
def secret(client, person, clock):
    """The secret of somebody who has turned it on and signed out since."""
    sign_in(client)
    secret, _codes = turn_on(client)
    client.post("/admin/logout/")
    clock(STEP)
    return secret


def events(*whats):
    return list(SignIn.objects.filter(what__in=whats).order_by("pk").values_list("what", flat=True))


# Turning it on


@pytest.mark.parametrize("prefix", ["", "/fa", "/ar"])
def test_it_is_turned_on_with_a_code_and_then_shows_recovery_codes_once(client, person, prefix):
    sign_in(client)
    assert f"{prefix}{PAGE}" in client.get(f"{prefix}/admin/").content.decode()
    page = client.get(f"{prefix}{PAGE}set-up/")
    secret = re.search(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', page.content.decode())[1]
    assert '<svg viewBox="' in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    # Opened again, it is the same secret: the app that has read it already stays right.
    assert secret in client.get(f"{PAGE}set-up/").content.decode()
    posted = {"password": PASSWORD, "code": code_of(secret)}
    shown = client.post(f"{prefix}{PAGE}set-up/", posted)
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", shown.content.decode())
    assert len(set(codes)) == 10
    assert shown["Cache-Control"] == "private, no-store"
    later = client.get(f"{prefix}{PAGE}").content.decode()
    assert secret not in later
    assert codes[0] not in later
    assert client.get(f"{prefix}{PAGE}set-up/")["Location"] == f"{prefix}{PAGE}"
    assert client.get("/admin/cases/case/").status_code == 200  # and this session goes on


@pytest.mark.parametrize(
    ("password", "code"), [(PASSWORD, "000000"), ("wrong", None), (PASSWORD, "")]
)
def test_without_password_and_code_it_stays_off(client, person, password, code):
    sign_in(client)
    page = client.get(f"{PAGE}set-up/").content.decode()
    secret = re.search(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', page)[1]
    posted = {"password": password, "code": code_of(secret) if code is None else code}
    response = client.post(f"{PAGE}set-up/", posted)
    assert response.status_code == 400
    assert secret in response.content.decode()
    assert not second_factor.has_one(person)
    client.post("/admin/logout/")
    assert sign_in(client).status_code == 302


def test_the_secret_is_in_no_address_and_no_log(client, person, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("axes").setLevel(logging.CRITICAL)  # as the settings have it
    logging.getLogger("django.template").setLevel(logging.INFO)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    sign_in(client)
    page = client.get(f"{PAGE}set-up/").content.decode()
    secret, codes = turn_on(client)
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert not [each for each in addresses if secret.replace(" ", "") in each]
    for word in (secret, secret.replace(" ", ""), *codes, PASSWORD):
        assert word not in caplog.text


def test_recovery_codes_are_not_what_the_database_holds(client, person):
    sign_in(client)
    _secret, codes = turn_on(client)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in codes}


# Signing in


def test_from_then_on_the_password_alone_opens_nothing(client, person, secret):
    response = sign_in(client)
    assert response.status_code == 200
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, code_of(secret)).status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("shape", ["{} {}", "{}-{}"])
@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_a_code_may_be_typed_in_groups_and_in_any_digits(client, person, secret, digits, shape):
    code = code_of(secret).translate(str.maketrans("0123456789", digits))
    assert sign_in(client, shape.format(code[:3], code[3:])).status_code == 302


def test_a_code_is_good_once(client, person, secret):
    code = code_of(secret)
    assert sign_in(client, code).status_code == 302
    client.post("/admin/logout/")
    assert sign_in(client, code).status_code == 200


def test_a_code_of_an_hour_ago_is_not_good(client, person, secret, clock):
    old = code_of(secret)
    clock(3600)
    assert sign_in(client, old).status_code == 200


def test_the_answer_does_not_tell_which_of_them_was_wrong(client, person, secret):
    pages = []
    for name, password, code in [
        ("amina", PASSWORD, ""),
        ("amina", PASSWORD, "000000"),
        ("amina", "wrong", code_of(secret)),
        ("nobody", "wrong", "000000"),
    ]:
        posted = {"username": name, "password": password, "code": code}
        page = Client().post(LOGIN, posted).content.decode()
        pages.append(re.sub(r' value="[^"]*"', "", page))
    assert len(set(pages)) == 1


def test_wrong_codes_count_towards_the_pause_and_a_right_one_does_not_end_it(
    client, person, secret
):
    tries = [sign_in(client, "000000").status_code for _time in range(5)]
    assert tries == [200, 200, 200, 200, 429]
    assert sign_in(client, code_of(secret)).status_code == 429


def test_wrong_codes_from_many_addresses_make_the_account_wait(client, person, secret, clock):
    for number in range(3):
        sign_in(client, "000000", REMOTE_ADDR=f"192.0.2.{number}")
    elsewhere = {"REMOTE_ADDR": "198.51.100.1"}
    assert sign_in(client, code_of(secret), **elsewhere).status_code == 200


def test_a_recovery_code_signs_in_once(client, person):
    sign_in(client)
    _secret, codes = turn_on(client)
    client.post("/admin/logout/")
    assert sign_in(client, codes[3].upper()).status_code == 302
    assert "9 recovery codes are left" in client.get(PAGE).content.decode()
    client.post("/admin/logout/")
    assert sign_in(client, codes[3]).status_code == 200
    assert events(SignInEvent.RECOVERY_CODE) == ["recovery_code"]


def test_a_new_password_by_mail_does_not_spare_the_code(client, person, secret, settings):
    settings.EMAIL_HOST = "mail.example.org"
    client.post("/admin/password_reset/", {"email": person.email})
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    page = client.get(link, follow=True)
    own = "another own word 9"
    client.post(page.request["PATH_INFO"], {"new_password1": own, "new_password2": own})
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, "", own).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, code_of(secret), own).status_code == 302


# Changing it


def test_turning_it_off_takes_password_and_code(client, person, secret, clock):
    sign_in(client, code_of(secret))
    clock(STEP)
    off = f"{PAGE}off/"
    assert client.get(off).status_code == 200
    for posted in ({"password": PASSWORD, "code": ""}, {"password": "x", "code": code_of(secret)}):
        assert client.post(off, posted).status_code == 400
    assert second_factor.has_one(person)
    posted = {"password": PASSWORD, "code": code_of(secret)}
    assert client.post(off, posted)["Location"] == PAGE
    assert not second_factor.has_one(person)
    assert not StaticToken.objects.exists()
    assert client.get(off)["Location"] == PAGE
    client.post("/admin/logout/")
    assert sign_in(client).status_code == 302


def test_new_recovery_codes_take_the_place_of_the_old(client, person, clock):
    sign_in(client)
    secret, old = turn_on(client)
    clock(STEP)
    posted = {"password": PASSWORD, "code": code_of(secret)}
    page = client.post(f"{PAGE}codes/", posted).content.decode()
    new = re.findall(r"<li><code>([a-z2-7-]{19})</code></li>", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    client.post("/admin/logout/")
    assert sign_in(client, new[0]).status_code == 302
    client.post("/admin/logout/")
    assert sign_in(client, old[0]).status_code == 200


def test_with_a_stolen_session_nobody_guesses_the_password_at_these_pages(
    client, person, secret, clock
):
    sign_in(client, code_of(secret))
    posted = {"password": "guess", "code": "000000"}
    tries = [client.post(f"{PAGE}off/", posted).status_code for _time in range(6)]
    assert tries == [400, 400, 400, 400, 429, 429]
    old = {"old_password": "guess", "new_password1": "x", "new_password2": "x"}
    assert client.post("/admin/password_change/", old).status_code == 429


# Lost


def test_an_administrator_takes_a_lost_one_away_and_it_is_recorded(client, person, secret):
    owner = Client()
    sign_in(owner, code_of(secret))
    administrator = make_person("administrator")
    client.force_login(administrator)
    posted = {"action": "reset_second_factors", "_selected_action": [person.pk]}
    page = client.post("/admin/auth/user/", posted, follow=True).content.decode()
    assert "1 second factor taken away." in page
    assert owner.get("/admin/").status_code == 302
    assert sign_in(owner).status_code == 302
    noted = SignIn.objects.get(what=SignInEvent.SECOND_FACTOR_RESET)
    assert (noted.user, noted.by) == (person, administrator)


def test_only_a_superuser_takes_that_of_a_superuser(client):
    root = make_person("superuser")
    TOTPDevice.objects.create(user=root, confirmed=True)
    client.force_login(make_person("administrator"))
    posted = {"action": "reset_second_factors", "_selected_action": [root.pk]}
    page = client.post("/admin/auth/user/", posted, follow=True).content.decode()
    assert "None of them has a second factor that you may take away." in page
    assert second_factor.has_one(root)


def test_the_command_takes_that_of_the_last_administrator(client, person, secret, capsys):
    call_command("reset_second_factor", "amina")
    assert "The second factor of amina is gone" in capsys.readouterr().out
    assert sign_in(client).status_code == 302
    assert events(SignInEvent.SECOND_FACTOR_RESET) == ["second_factor_reset"]
    with pytest.raises(CommandError, match="has no second factor; nothing was changed"):
        call_command("reset_second_factor", "amina")
    with pytest.raises(CommandError, match="no account 'Amina'"):
        call_command("reset_second_factor", "Amina")


def test_the_list_of_accounts_tells_who_has_one_and_no_page_shows_a_secret(client, person, secret):
    root = make_person("superuser")
    client.force_login(root)
    page = client.get("/admin/auth/user/").content.decode()
    assert len(re.findall(r'field-has_second_factor"><img[^>]*alt="True"', page)) == 1
    for address in ("otp_totp/totpdevice/", "otp_static/staticdevice/"):
        assert client.get(f"/admin/{address}").status_code == 404


# Demanded


def test_who_must_have_one_sets_it_up_and_then_the_desk_is_open(client, person, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client)
    assert client.get("/admin/")["Location"] == f"{PAGE}set-up/"
    assert "so it needs a second factor" in client.get(f"{PAGE}set-up/").content.decode()
    turn_on(client)
    assert client.get("/admin/").status_code == 200


def test_an_own_password_comes_before_the_second_factor(client, person, settings):
    from cases.accounts import ask_for_own_password

    settings.REQUIRE_SECOND_FACTOR = True
    ask_for_own_password(person)
    sign_in(client)
    assert client.get(f"{PAGE}set-up/")["Location"] == "/admin/password_change/"
    own = "another own word 9"
    posted = {"old_password": PASSWORD, "new_password1": own, "new_password2": own}
    assert client.post("/admin/password_change/", posted).status_code == 302
    assert client.get("/admin/")["Location"] == f"{PAGE}set-up/"


def test_it_is_demanded_of_whoever_may_publish_whatever_the_group_is_called(client, settings):
    from django.contrib.auth.models import Permission

    settings.REQUIRE_SECOND_FACTOR = True
    given = make_person("editor", "given")
    assert not second_factor.is_demanded(given)
    given.user_permissions.add(Permission.objects.get(codename="publish_case"))
    assert second_factor.is_demanded(get_user_model().objects.get(pk=given.pk))
