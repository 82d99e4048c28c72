"""From a file that an editor sends to an edition: kept aside, looked at, then saved."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import reasons, records
from cases.models import Document, Edition, Passage, Section
from cases.models.choices import Source
from ingest.forms import NewDocumentForm
from ingest.models import PendingUpload
from ingest.parsers.report import Report, parse_report
from ingest.readers import read_file
from ingest.services import store_edition

KEPT_FOR = timedelta(days=1)
# Of one person's files that wait; the oldest go.
MOST_KEPT = 10


class UploadRefused(Exception):
    """An upload that cannot be saved as asked; the message says why and what to do."""


@dataclass(frozen=True)
class Standing:
    """An edition that a file could replace, and what stands on it: nothing may."""

    edition: Edition
    uses: list[str]


def parse(upload: PendingUpload) -> Report:
    """What the parser finds in a pending file; raises `SourceError`."""
    return parse_report(read_file(bytes(upload.content), upload.file_name), upload.language)


def keep_aside(
    who, content: bytes, file_name: str, language: str, document: Document | None, new: dict
) -> PendingUpload:
    """Keep a file until it is saved or a day has passed; the same file replaces what was kept."""
    sha256 = hashlib.sha256(content).hexdigest()
    own = PendingUpload.objects.filter(who=who)
    own.filter(sha256=sha256).delete()
    older = own.order_by("-when").values_list("pk", flat=True)
    own.filter(pk__in=list(older[MOST_KEPT - 1 :])).delete()
    return PendingUpload.objects.create(
        who=who,
        document=document,
        new_document=new,
        language=language,
        file_name=file_name,
        content=content,
        sha256=sha256,
    )


def forget_old() -> None:
    """Remove what nobody saved within a day."""
    PendingUpload.objects.filter(when__lt=timezone.now() - KEPT_FOR).delete()


def same_file(sha256: str) -> Edition | None:
    """The edition that was made from the very same bytes."""
    return Edition.objects.defer("content").filter(sha256=sha256).first()


def uses(edition: Edition) -> list[str]:
    """What stands on an edition or its passages, in words with figures; empty if nothing does."""
    found = []
    for model, path in ((Edition, ""), (Passage, "__edition")):
        for relation in model._meta.related_objects:
            if relation.related_model in (Passage, Section):
                continue  # they are the edition itself
            rows = relation.related_model._default_manager
            count = rows.filter(**{f"{relation.field.name}{path}": edition}).count()
            options = relation.related_model._meta
            if count == 1:
                found.append(f"1 {options.verbose_name}")
            elif count:
                found.append(f"{count} {options.verbose_name_plural}")
    return found


def standing(upload: PendingUpload) -> list[Standing]:
    """The document's editions in the language of the file."""
    if not upload.document_id:
        return []
    editions = upload.document.editions.defer("content").filter(language=upload.language)
    return [Standing(edition, uses(edition)) for edition in editions.order_by("pk")]


def free_code(document: Document | None, language: str) -> str:
    """The code of a new edition: the language's own, else fa-2, fa-3 …"""
    taken = set(document.editions.values_list("code", flat=True)) if document else set()
    number, code = 1, language
    while code in taken:
        number += 1
        code = f"{language}-{number}"
    return code


def save(upload: PendingUpload, who, replaced: str = "") -> Edition:
    """Save a pending file as a new edition, or in place of the edition with the code `replaced`.

    All or nothing; raises `UploadRefused` with the reason, or `SourceError` from the parser.
    """
    report = parse(upload)
    try:
        with transaction.atomic():
            return _save(upload, who, replaced, report)
    except (IntegrityError, records.Conflict) as error:
        # Between looking and saving, somebody quoted the old text or saved the same file.
        raise UploadRefused(
            _("Somebody else changed this document meanwhile; nothing was saved. Look again.")
        ) from error


def _save(upload: PendingUpload, who, replaced: str, report: Report) -> Edition:
    same = same_file(upload.sha256)
    if same:
        raise UploadRefused(_("This very file is the edition %(ref)s already.") % {"ref": same.ref})
    document = upload.document or _make_document(upload, who)
    code, old = free_code(document, upload.language), ""
    if replaced:
        code, old = replaced, _remove(document, upload.language, replaced)
    edition = store_edition(
        document, upload.language, bytes(upload.content), upload.file_name, report, code
    )
    reason = reasons.EDITION_REPLACED if replaced else reasons.EDITION_ADDED
    why = reason % {
        "code": edition.code,
        "file": edition.file_name[-120:],
        "sha256": edition.sha256[:16],
        "before": old[:16],
    }
    records.note_belonging("document", document.code, source=Source.ADMIN, why=why, who=who)
    upload.delete()
    return edition


def _make_document(upload: PendingUpload, who) -> Document:
    form = NewDocumentForm(upload.new_document, prefix="new")
    if not form.is_valid():
        sentences = " ".join(" ".join(errors) for errors in form.errors.values())
        raise UploadRefused(
            _("The new document cannot be made any more: %(why)s") % {"why": sentences}
        )
    document = form.save()
    records.note_saved("document", document.code, source=Source.ADMIN, who=who)
    return document


def _remove(document: Document, language: str, code: str) -> str:
    """Delete an edition on which nothing stands; gives its SHA-256."""
    rows = Edition.objects.select_for_update(of=("self",)).defer("content")
    edition = rows.filter(document=document, language=language, code=code).first()
    if edition is None:
        raise UploadRefused(
            _("There is no edition %(code)s to be replaced any more.") % {"code": code}
        )
    if found := uses(edition):
        raise UploadRefused(why_it_stays(Standing(edition, found)))
    # Whoever quotes from now on waits, and then finds no passage to quote.
    list(edition.passages.order_by("pk").select_for_update().values_list("pk", flat=True))
    edition.delete()
    return edition.sha256


def why_it_stays(there: Standing) -> str:
    """Why an edition cannot be replaced, and what to do instead."""
    return _(
        "%(ref)s cannot be replaced: %(uses)s stand on its text. Save the file as a new edition."
    ) % {"ref": there.edition.ref, "uses": ", ".join(map(str, there.uses))}
