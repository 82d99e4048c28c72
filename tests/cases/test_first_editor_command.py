"""python manage.py first_editor: the first account, its password shown once."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def sign_in(client, name, password):
    return client.post("/admin/login/?next=/admin/", {"username": name, "password": password})


def test_it_prints_once_a_password_that_opens_the_desk(client, capsys):
    call_command("first_editor")
    name, password = re.search(r"name (\S+), password (\S+)\n", capsys.readouterr().out).groups()
    assert sign_in(client, name, password)["Location"] == "/admin/"
    assert client.get("/admin/cases/case/")["Location"] == "/admin/password_change/"

    own = "river stone lamp 7"
    posted = {"old_password": password, "new_password1": own, "new_password2": own}
    assert client.post("/admin/password_change/", posted).status_code == 302
    assert client.get("/admin/cases/case/").status_code == 200

    call_command("first_editor")
    assert capsys.readouterr() == ("", "")
    assert get_user_model().objects.count() == 1


def test_it_makes_no_second_account_beside_one_of_another_name(capsys):
    get_user_model().objects.create_user("somebody")
    call_command("first_editor")
    assert capsys.readouterr().out == ""
    assert list(get_user_model().objects.values_list("username", flat=True)) == ["somebody"]


def test_two_databases_get_two_passwords(capsys):
    call_command("first_editor")
    first = capsys.readouterr().out
    get_user_model().objects.all().delete()
    call_command("first_editor")
    assert capsys.readouterr().out != first
