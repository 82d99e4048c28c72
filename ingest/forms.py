"""What an editor says of a file: of which document it is, and in which language."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.models import Document
from cases.models.choices import Language
from ingest.readers import SUFFIXES


class DocumentChoice(forms.ModelChoiceField):
    def label_from_instance(self, document):
        return f"{document.code} – {document}"


class UploadForm(forms.Form):
    """A file, its language, and the document of which it is an edition."""

    required_css_class = "required"

    document = DocumentChoice(
        Document.objects.all(),
        label=_("Document"),
        required=False,
        empty_label=_("a new document, described below"),
        widget=forms.Select(attrs={"class": "takes-the-row"}),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=Language.choices)
    # Whether it is empty, and what it is, the reader of files says.
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        help_text=_("TXT (UTF-8), DOCX or HTML. Nothing is saved before you have seen it."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(
                _(
                    "The file is larger than %(limit)s MB: leave its pictures out, or divide it. "
                    "The limit is the setting MAX_UPLOAD_MB."
                ),
                "too_large",
                {"limit": settings.MAX_UPLOAD_MB},
            )
        return file


class NewDocumentForm(forms.ModelForm):
    """What must be known of a document; the rest is added on its own page."""

    required_css_class = "required"

    class Meta:
        model = Document
        fields = ["code", "symbol", "kind", "title_en", "title_fa", "title_ar", "date"]
        widgets = {
            "code": forms.TextInput(attrs={"dir": "ltr"}),
            "symbol": forms.TextInput(attrs={"dir": "ltr"}),
            "title_en": forms.TextInput(attrs={"dir": "auto", "class": "vTextField"}),
            "title_fa": forms.TextInput(attrs={"dir": "auto", "class": "vTextField"}),
            "title_ar": forms.TextInput(attrs={"dir": "auto", "class": "vTextField"}),
            "date": forms.TextInput(attrs={"dir": "ltr"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, use_required_attribute=False, **kwargs)
