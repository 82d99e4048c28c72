"""What waits between two steps of an upload."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Document
from cases.models.choices import Language


class PendingUpload(models.Model):
    """A file that an editor looks at and has not saved as an edition yet.

    `new_document` is the form of a document to be made with it, where `document` is empty.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("who"))
    when = models.DateTimeField(_("when"), auto_now_add=True)
    document = models.ForeignKey(
        Document, models.CASCADE, null=True, blank=True, verbose_name=_("document")
    )
    new_document = models.JSONField(_("new document"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    file_name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(_("file as received"), editable=False)
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("upload that is not saved yet")
        verbose_name_plural = _("uploads that are not saved yet")

    def __str__(self) -> str:
        return self.file_name
