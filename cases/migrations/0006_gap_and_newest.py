"""The gap from warning to action as columns, and an index by which the newest cases are found."""

from collections import defaultdict

import cases.expressions
from cases.gap import acts, gap, opens
from django.db import migrations, models


def fill(apps, schema_editor):
    Case, Statement = apps.get_model("cases", "Case"), apps.get_model("cases", "Statement")
    alias = schema_editor.connection.alias
    dated = Statement.objects.using(alias).filter(
        case__isnull=False, earliest__isnull=False, scheme__in=("event", "tool")
    )
    columns = ("case", "scheme", "phase", "scope", "earliest", "latest")
    openings, actions = defaultdict(list), defaultdict(list)
    for case, scheme, phase, scope, *days in dated.order_by().values_list(*columns).iterator():
        if opens(scheme, phase, scope):
            openings[case].append(tuple(days))
        elif acts(scheme, scope):
            actions[case].append(tuple(days))
    rows = []
    for case, days in openings.items():
        least, most = gap(days, actions.get(case, ()))
        if least is not None:
            rows.append(Case(pk=case, gap_least=least, gap_most=most))
    Case.objects.using(alias).bulk_update(rows, ["gap_least", "gap_most"], batch_size=200)
    if schema_editor.connection.vendor == "sqlite" and Case.objects.using(alias).count() >= 1000:
        # What it knows of the other indexes would lead it along the new one, of which it knows none.
        schema_editor.execute("ANALYZE")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_statement_of_case'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='gap_least',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='gap_most',
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('review'), models.OrderBy(models.F('published_on'), descending=True), cases.expressions.Bytewise('slug'), name='case_newest'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
