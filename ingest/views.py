"""Uploading an edition in two steps: look first, then save; and the file as it was received."""

import hashlib
from pathlib import PurePosixPath

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Document, Edition
from cases.models.choices import Language, PassageKind
from ingest import uploads
from ingest.forms import NewDocumentForm, UploadForm
from ingest.models import PendingUpload
from ingest.parsers.messages import Said
from ingest.parsers.report import parse_report
from ingest.parsers.source import SourceError
from ingest.readers import CONTENT_TYPES, clean_name, read_file

READ_OR_POST = ["GET", "HEAD", "POST"]


def say(sentence: str) -> str:
    """A sentence of the parsers in the reader's language."""
    if isinstance(sentence, Said):
        return _(sentence.template) % sentence.values if sentence.values else _(sentence.template)
    return str(sentence)


def _check_permission(request) -> None:
    if not request.user.has_perm("cases.add_edition"):
        raise PermissionDenied


def _page(request, template: str, status: int = 200, **context) -> TemplateResponse:
    context = admin.site.each_context(request) | {"opts": Edition._meta} | context
    return TemplateResponse(request, f"admin/ingest/{template}.html", context, status=status)


@require_http_methods(READ_OR_POST)
def upload(request):
    """Ask for a file; one that can be read is kept aside and shown, any other is refused."""
    _check_permission(request)
    uploads.forget_old()
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, initial=_initial(request))
    new = None
    if request.user.has_perm("cases.add_document"):
        wanted = request.method == "POST" and not request.POST.get("document")
        new = NewDocumentForm(request.POST if wanted else None, prefix="new")
    if request.method == "POST" and (kept := _receive(request, form, new)):
        return redirect("admin:cases_edition_pending", kept.pk)
    return _page(
        request,
        "upload",
        status=400 if request.method == "POST" else 200,
        title=_("Upload an edition"),
        form=form,
        new=new,
    )


def _initial(request) -> dict:
    """What the page that leads here knows already."""
    document, language = request.GET.get("document", ""), request.GET.get("language", "")
    known = document.isascii() and document.isdigit() and len(document) < 19
    return {
        "document": Document.objects.filter(pk=document).first() if known else None,
        "language": language if language in Language.values else None,
    }


def _receive(request, form: UploadForm, new: NewDocumentForm | None) -> PendingUpload | None:
    """Keep aside what was sent, or say on the form why not."""
    is_valid = form.is_valid()
    document = form.cleaned_data.get("document")
    if document is None and "document" not in form.errors:
        if new is None:
            form.add_error("document", _("Choose a document."))
            is_valid = False
        else:
            is_valid &= new.is_valid()
    if "file" not in form.cleaned_data or "language" not in form.cleaned_data:
        return None
    content = form.cleaned_data["file"].read()
    name, language = clean_name(form.cleaned_data["file"].name), form.cleaned_data["language"]
    if same := uploads.same_file(hashlib.sha256(content).hexdigest()):
        link = '<a href="{}"><bdi dir="ltr">{}</bdi></a>'
        where = format_html(link, _edition_address(same), same.ref)
        form.add_error("file", format_html(_("This very file is an edition already: {}"), where))
        return None
    try:
        parse_report(read_file(content, name), language)
    except SourceError as error:
        form.add_error("file", say(error.said))
        return None
    if not is_valid:
        return None
    described = (
        {}
        if document
        else {new.add_prefix(f): new.data.get(new.add_prefix(f), "") for f in new.fields}
    )
    return uploads.keep_aside(request.user, content, name, language, document, described)


def _edition_address(edition: Edition) -> str:
    return reverse("admin:cases_edition_change", args=[edition.pk])


@require_http_methods(READ_OR_POST)
def pending(request, key):
    """Show what the parser found in a file that was kept aside; save or forget it when told."""
    _check_permission(request)
    kept = PendingUpload.objects.filter(key=key, who=request.user).first()
    if kept is None:
        messages.warning(
            request, _("This upload was saved or discarded already, or a day has passed since.")
        )
        return redirect("admin:cases_edition_upload")
    if request.method != "POST":
        return _preview(request, kept)
    if "discard" in request.POST:
        kept.delete()
        messages.info(request, _("The file was discarded; nothing was saved."))
        return redirect("admin:cases_edition_changelist")
    if not kept.document_id and not request.user.has_perm("cases.add_document"):
        raise PermissionDenied
    try:
        edition = uploads.save(kept, request.user, request.POST.get("replace", ""))
    except SourceError as error:
        return _preview(request, kept, say(error.said))
    except uploads.UploadRefused as refused:
        return _preview(request, kept, str(refused))
    messages.success(request, _("Saved as the edition %(ref)s.") % {"ref": edition.ref})
    return redirect(_edition_address(edition))


def _preview(request, kept: PendingUpload, refusal: str = ""):
    try:
        report = uploads.parse(kept)
    except SourceError as error:  # the rules of reading have changed since
        report, refusal = None, say(error.said)
    there = uploads.standing(kept)
    return _page(
        request,
        "preview",
        status=400 if refusal else 200,
        title=_("Look before saving"),
        upload=kept,
        refusal=refusal,
        report=report,
        warnings=[say(warning) for warning in report.warnings] if report else [],
        counts=_counts(report) if report else [],
        passages=_told(report) if report else [],
        new_code=kept.new_document.get("new-code", ""),
        code=uploads.free_code(kept.document, kept.language),
        replaceable=[each.edition for each in there if not each.uses],
        staying=[uploads.why_it_stays(each) for each in there if each.uses],
    )


def _told(report) -> list[tuple]:
    """Each passage with the name of its kind and the title of its section."""
    titles = {section.id: section.title for section in report.sections}
    return [
        (passage, PassageKind(passage.kind).label, titles.get(passage.section, ""))
        for passage in report.passages
    ]


def _counts(report) -> list[tuple[str, int]]:
    """How many passages there are of each kind."""
    kinds = [passage.kind for passage in report.passages]
    return [(kind.label, kinds.count(kind.value)) for kind in PassageKind if kind.value in kinds]


@require_safe
def received_file(request, pk):
    """The bytes of an edition as they were received, to be saved and never shown."""
    if not request.user.has_perm("cases.view_edition"):
        raise PermissionDenied
    edition = get_object_or_404(Edition, pk=pk)
    suffix = PurePosixPath(edition.file_name).suffix.lower()
    response = HttpResponse(
        bytes(edition.content),
        content_type=CONTENT_TYPES.get(suffix, "application/octet-stream"),
    )
    response["Content-Disposition"] = content_disposition_header(True, edition.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
