"""Rows as lines: every table is known, and every value comes back as what it was."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import JSONField, Value

from backup.tables import APPS_LEFT_OUT, MODELS_LEFT_OUT, lines, models, read_lines, table_of
from cases.models import Actor, Case, Country, Edition, PendingImport, Revision, Term
from tests.factories import make_actor, make_case, make_country, make_edition, make_term

pytestmark = pytest.mark.django_db


def rows(model) -> list[dict]:
    names = [name for name, _kind in table_of(model).columns]
    return [dict(zip(names, json.loads(line), strict=True)) for line in lines(model, "default")]


def test_every_model_travels_or_is_left_out_by_name():
    every = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    left_out = {
        label for label in every if label in MODELS_LEFT_OUT or label.split(".")[0] in APPS_LEFT_OUT
    }
    assert {model._meta.label for model in models()} == every - left_out
    assert left_out >= MODELS_LEFT_OUT | {"sessions.Session", "axes.AccessAttempt"}


def test_each_table_follows_those_that_it_refers_to():
    order = models()
    for place, model in enumerate(order):
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is not model:
                assert order.index(field.related_model) < place


@pytest.mark.parametrize("model", models(), ids=lambda model: model._meta.label)
def test_the_kind_of_every_column_is_known(model):
    assert len(table_of(model).columns) == len(model._meta.concrete_fields)


def test_every_kind_of_value_is_written_alike_on_both_databases():
    user = get_user_model().objects.create_user("somebody")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    make_case("guinea", published_on=moment, start="2009-01-02")
    make_country("GIN")
    make_edition()
    Edition.objects.update(content=bytes(range(256)))
    values = {"kind": "case", "change_set": UUID(int=7), "source": "admin", "who": user}
    data = {"b": ["«ی»", None, 2**70, 1.5], "a": {}}
    Revision.objects.create(key="k", version=1, data=data, **values)
    case = rows(Case)[0]
    assert case["published_on"] == "2026-01-02T03:04:05.678901Z"
    assert case["start_earliest"] == "2009-01-02"
    assert (case["end_earliest"], case["summary_en"], case["version"]) == (None, "", 0)
    assert rows(Country)[0]["latitude"] == "10.40"
    assert rows(Edition)[0]["content"].startswith("AAECAwQF")
    revision = rows(Revision)[0]
    assert revision["change_set"] == str(UUID(int=7))
    assert revision["data"] == [{"a": {}, "b": ["«ی»", None, 2**70, 1.5]}]
    assert b'[{"a":{},"b":["\xc2\xab' in next(lines(Revision, "default"))
    assert rows(get_user_model())[0]["is_staff"] is False


def test_null_is_not_the_null_of_json():
    values = {"kind": "case", "change_set": UUID(int=1), "source": "admin"}
    Revision.objects.create(key="nothing", version=1, data=None, **values)
    Revision.objects.create(key="null", version=1, data=Value(None, JSONField()), **values)
    assert [row["data"] for row in rows(Revision)] == [None, [None]]


def test_rows_stand_in_the_order_of_their_keys_by_code_point():
    for term in ("tool:b", "tool:B-c", "tool:a_b", "tool:a"):
        make_term(term)
    assert [row["id"] for row in rows(Term)] == ["tool:B-c", "tool:a", "tool:a_b", "tool:b"]


def test_lines_are_read_back_as_the_values_that_the_database_holds():
    user = get_user_model().objects.create_user("somebody", last_login=datetime.now(UTC))
    PendingImport.objects.create(who=user, name="cases", file_name="a", content=b"\0\xff\n")
    PendingImport.objects.update(when=datetime(2026, 1, 2, tzinfo=UTC) - timedelta(days=1))
    make_actor("au", start="2002", successor=make_actor("oau"))
    make_case("guinea", start="2009-01-02")
    make_country()
    make_edition()
    quoted = connection.ops.quote_name
    for model in (get_user_model(), PendingImport, Actor, Case, Country, Edition):
        table = table_of(model)
        found = list(read_lines(lines(model, "default"), table, connection.vendor))
        assert len(found) == model._base_manager.count() > 0
        columns = ", ".join(quoted(name) for name, _kind in table.columns)
        marks = ", ".join(["%s"] * len(table.columns))
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE again AS SELECT * FROM {table.name} LIMIT 0")
            cursor.executemany(f"INSERT INTO again ({columns}) VALUES ({marks})", found)
            cursor.execute(f"SELECT {columns} FROM again EXCEPT SELECT {columns} FROM {table.name}")
            assert cursor.fetchall() == []
            cursor.execute("DROP TABLE again")
