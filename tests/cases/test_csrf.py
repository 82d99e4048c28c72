"""Every address that takes anything: without the token of a form of ours, it takes nothing."""

import pytest
from django.apps import apps
from django.test import Client

from tests.addresses import all_addresses
from tests.cases.world import make_world
from tests.people import make_person

pytestmark = pytest.mark.django_db

VALUES = ["guinea-2009", "1", "tool", "x", "00000000-0000-4000-8000-000000000000"]
METHODS = ("post", "put", "patch", "delete")


def everything() -> dict[str, list]:
    """All rows of all tables."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
    }


@pytest.mark.parametrize(("who", "methods"), [(None, ["post"]), ("superuser", METHODS)])
def test_nothing_is_taken_without_a_token_and_nothing_changes(who, methods):
    make_world()
    strict = Client(enforce_csrf_checks=True)
    if who:
        strict.force_login(make_person(who))
    before = everything()
    taken = {}
    for address in all_addresses():
        path = address.sample(VALUES)
        sent = {"_save": "Save", "post": "yes", "language": "fa", "username": "x", "action": "x"}
        for method in methods:
            status = getattr(strict, method)(path, sent if method == "post" else None).status_code
            if status != 403:
                taken[f"{method} {path}"] = status
    # What is for machines to read has no forms, so it has no tokens; it takes nothing at all.
    assert {name: status for name, status in taken.items() if status != 405} == {}
    assert {name for name in taken if not name.split()[1].startswith("/api/")} == set()
    assert everything() == before


def test_a_form_with_its_token_is_taken():
    strict = Client(enforce_csrf_checks=True)
    strict.get("/admin/login/")
    token = strict.cookies["csrftoken"].value
    answer = strict.post("/i18n/setlang/", {"language": "fa", "csrfmiddlewaretoken": token})
    assert answer.status_code == 302
    foreign = {"HTTP_ORIGIN": "https://evil.example.org"}
    sent = {"language": "fa", "csrfmiddlewaretoken": token}
    assert strict.post("/i18n/setlang/", sent, **foreign).status_code == 403
