"""Room for a digest of the row that the desk's file has of each case, and an index that has it.

The digests themselves are written by `seed`, and with each case that is saved.
"""

from django.db import migrations, models


def look(apps, schema_editor):
    Case = apps.get_model("cases", "Case")
    alias = schema_editor.connection.alias
    if schema_editor.connection.vendor == "sqlite" and Case.objects.using(alias).count() >= 1000:
        # What it knows of the other indexes would lead it along the new one, of which it knows none.
        schema_editor.execute("ANALYZE")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0009_times_in_the_list'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='row_digest',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['slug', 'working_copy_of', 'version', 'row_digest'], name='case_row_noted'),
        ),
        migrations.RunPython(look, migrations.RunPython.noop),
    ]
