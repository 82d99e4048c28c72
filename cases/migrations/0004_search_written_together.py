from django.db import migrations

from cases.text import searchable


def index_again(apps, schema_editor):
    """Passages are indexed as new ones are; cases when the seeds are loaded or records change."""
    passages = apps.get_model("cases", "Passage").objects.select_related("edition")
    passages = list(passages.defer("edition__content"))
    for passage in passages:
        text = (passage.edition.language, passage.text)
        passage.search_text, passage.search_squashed = searchable([text])
    apps.get_model("cases", "Passage").objects.bulk_update(
        passages, ["search_text", "search_squashed"], batch_size=100
    )
    # Loading the seeds indexes all cases where no value of a filter is.
    apps.get_model("cases", "CaseFacet").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_passage_index"),
    ]

    operations = [
        migrations.RunPython(index_again, migrations.RunPython.noop),
    ]
