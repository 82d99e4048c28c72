"""A case that readers see stays complete: saving what would take from it is refused."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from cases.models.choices import Review
from cases.records.completeness import lacks
from cases.records.differences import steps_of


class Incomplete(Exception):
    """What was to be saved would leave a published case without something; it was taken back.

    `of_statements` are the sentences for rows of the case, by their key; `sentences` is all.
    """

    def __init__(self, found):
        super().__init__()
        self.sentences = [
            _("Readers see this case, and it would no longer be complete: nothing was saved.")
        ]
        self.of_statements: dict[str, list[str]] = {}
        for lack in found:
            match steps_of(lack.path):
                case ["statements", key]:
                    self.of_statements.setdefault(key, []).append(lack.what)
                    self.sentences.append(f"{key}: {lack.what}")
                case _other:
                    self.sentences.append(lack.what)

    def __str__(self) -> str:
        return " ".join(self.sentences)


class KeepsComplete:
    """For admins of what cases say: asks of a published case at every saving what publishing asks.

    A form comes back with all that was typed in it; its reader adds what is missing, or withdraws
    the case first.
    """

    def note_saved(self, request, row, change_set=None):
        super().note_saved(request, row, change_set)
        record = self.record_of(row)
        is_elsewhere = getattr(request, "held_back_case", None) == record.row.pk
        is_seen = record.kind == "case" and record.row.review == Review.PUBLISHED
        if is_seen and not is_elsewhere and (found := lacks(record.now())):
            raise Incomplete(found)

    def changeform_view(self, request, *args, **kwargs):
        view = super().changeform_view
        try:
            return view(request, *args, **kwargs)
        except Incomplete as refused:
            request.incomplete = refused
            return view(request, *args, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form_class = super().get_form(request, obj, change=change, **kwargs)
        refused = getattr(request, "incomplete", None)
        if refused is None:
            return form_class
        return with_check(form_class, lambda form: form.add_error(None, refused.sentences))

    def delete_view(self, request, *args, **kwargs):
        try:
            return super().delete_view(request, *args, **kwargs)
        except Incomplete as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.get_full_path())

    def response_action(self, request, queryset):
        try:
            return super().response_action(request, queryset)
        except Incomplete as refused:
            messages.error(request, str(refused))
            return None


def with_check(form_class, check):
    """The form with one more check; a plain new class would forget the fields added to the form."""

    def clean(form):
        cleaned = super(refined, form).clean()
        check(form)
        return cleaned

    refined = type(form_class.__name__, (form_class,), {"clean": clean})
    refined.base_fields = form_class.base_fields
    return refined
