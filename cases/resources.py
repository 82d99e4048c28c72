"""What django-import-export moves in and out of the admin: single rows of a table by their code.

Statements, words and the lists of a case travel in the files of `cases.exports`; here an editor
changes titles, names and labels in bulk. A file with an error saves nothing, and what is saved
leaves revisions of one change set.
"""

import uuid

from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import RowResult
from import_export.widgets import ForeignKeyWidget

from cases import index, records
from cases.models import Actor, Case, Country, Term
from cases.models.choices import Source

SAVED = (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)


class RecordResource(ModelResource):
    """Rows found by their permanent key, checked whole, saved all or not at all."""

    record_kind: str

    class Meta:
        abstract = True

    def after_import(self, dataset, result, **kwargs):
        """Write the revisions, once the whole file is in."""
        change_set = uuid.uuid4()
        keys = []
        for row in result.rows:
            if row.import_type in SAVED and row.instance is not None:
                keys.append(records.KINDS[self.record_kind].key_of(row.instance))
        for key in keys:
            records.note_saved(
                self.record_kind,
                key,
                source=Source.IMPORT,
                who=kwargs.get("user"),
                why=kwargs.get("file_name") or "",
                change_set=change_set,
            )
        if keys:
            index.refresh(keys if self.record_kind == "case" else None)


class OwnOptions:
    """Options of every resource: the package's defaults keep the good rows of a bad file."""

    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
    use_transactions = True
    store_instance = True


class CaseResource(RecordResource):
    record_kind = "case"

    class Meta(OwnOptions):
        model = Case
        import_id_fields = ["slug"]
        fields = (
            "slug",
            *(
                f"{text}_{language}"
                for text in ("title", "summary")
                for language in ("en", "fa", "ar")
            ),
            *("start", "end", "coverage", "internal_notes"),
        )

    def get_queryset(self):
        return Case.objects.originals()


class ActorResource(RecordResource):
    record_kind = "actor"
    type = Field("type", "type", ForeignKeyWidget(Term, "id"))
    parent = Field("parent", "parent", ForeignKeyWidget(Actor, "code"))
    country = Field("country", "country", ForeignKeyWidget(Country, "alpha3"))
    successor = Field("successor", "successor", ForeignKeyWidget(Actor, "code"))

    class Meta(OwnOptions):
        model = Actor
        import_id_fields = ["code"]
        fields = (
            *("code", "type", "naming", "parent", "country", "start", "end", "successor"),
            *("note_en", "note_fa", "note_ar"),
        )

    def get_queryset(self):
        return Actor.objects.select_related("type", "parent", "country", "successor")


class TermResource(RecordResource):
    record_kind = "term"
    broader = Field("broader", "broader", ForeignKeyWidget(Term, "id"))
    replaced_by = Field("replaced_by", "replaced_by", ForeignKeyWidget(Term, "id"))

    class Meta(OwnOptions):
        model = Term
        import_id_fields = ["scheme", "code"]
        fields = (
            *("scheme", "code", "order"),
            *(
                f"{text}_{language}"
                for text in ("label", "definition", "scope_note")
                for language in ("en", "fa", "ar")
            ),
            *("broader", "match", "retired_on", "replaced_by"),
        )
