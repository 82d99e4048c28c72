"""The full-text index of cases and passages (see cases.fulltext)."""

from django.db import migrations

from cases import fulltext


def create(apps, schema_editor):
    fulltext.create(schema_editor.connection)


def drop(apps, schema_editor):
    fulltext.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_desk")]

    operations = [migrations.RunPython(create, drop)]
