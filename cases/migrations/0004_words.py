"""The full-text index (see cases.fulltext), the order of the list, and what counting reads."""

import cases.expressions
import cases.models.index
import django.db.models.lookups
from cases import fulltext
from django.db import migrations, models


def create(apps, schema_editor):
    fulltext.create(schema_editor.connection)


def drop(apps, schema_editor):
    fulltext.drop(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_order_within_parents'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexChange',
            fields=[
                ('id', models.BigIntegerField(default=cases.models.index.new_id, primary_key=True, serialize=False)),
                ('case_number', models.BigIntegerField(verbose_name='case')),
            ],
            options={
                'verbose_name': 'change of the index',
                'verbose_name_plural': 'changes of the index',
                'ordering': ['id'],
            },
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_list',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('review'), django.db.models.lookups.IsNull(models.F('start_earliest'), True), models.F('start_earliest'), cases.expressions.Bytewise('slug'), models.F('working_copy_of'), name='case_list'),
        ),
        migrations.RunPython(create, drop),
    ]
