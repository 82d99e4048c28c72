"""Nobody looks for headings: their words leave the index of passages."""

from django.db import migrations


def forget_headings(apps, schema_editor):
    passages = apps.get_model("cases", "Passage").objects.using(schema_editor.connection.alias)
    headings = passages.filter(kind="heading")
    headings.exclude(search_text="").update(search_text="", search_squashed="")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_sign_ins")]

    operations = [migrations.RunPython(forget_headings, migrations.RunPython.noop, elidable=True)]
