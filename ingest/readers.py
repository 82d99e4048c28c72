"""What a file is, by its content as well as its name, and its text in lines. No Django here."""

import re
import unicodedata
from pathlib import PurePosixPath

from ingest.parsers.docx import read_docx
from ingest.parsers.html import read_html
from ingest.parsers.messages import N_
from ingest.parsers.source import SourceError, SourceText, check_text, decode

NAME_LENGTH = 200  # of the column that keeps it
_SUFFIX_LENGTH = 10


def _read_txt(content: bytes, name: str) -> SourceText:
    return SourceText(decode(content, name))


_READERS = {".txt": _read_txt, ".docx": read_docx, ".html": read_html, ".htm": read_html}
SUFFIXES = tuple(_READERS)
CONTENT_TYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
}

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_PDF = N_(
    "%(name)s: this is a PDF; copy its text into a text file or a word processor, check it, and "
    "upload that as TXT or DOCX."
)
_NOT_WORD = N_(
    "%(name)s: this is a file of another program, not a text; save its text as DOCX and try again."
)
_BEGINNINGS = {
    b"%PDF": _PDF,
    b"{\\rtf": N_("%(name)s: this is RTF; open it in a word processor and save it as DOCX."),
    b"\x89PNG": N_("%(name)s: this is a picture; upload the text that it shows."),
    b"\xff\xd8\xff": N_("%(name)s: this is a picture; upload the text that it shows."),
    b"GIF8": N_("%(name)s: this is a picture; upload the text that it shows."),
    b"\x1f\x8b": N_("%(name)s: this is a packed file; unpack it and upload the text inside."),
    b"7z\xbc\xaf": N_("%(name)s: this is a packed file; unpack it and upload the text inside."),
    b"Rar!": N_("%(name)s: this is a packed file; unpack it and upload the text inside."),
}
_LOOKS_LIKE_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_ANY_ELEMENT = re.compile(rb"<\s*[a-zA-Z!]|<\0|\0<")


def read_file(content: bytes, name: str) -> SourceText:
    """The text of a file by its content and the ending of its name, or `SourceError` naming it."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in _READERS:
        raise SourceError(
            N_("%(name)s: files named %(suffixes)s are read; save the text as one of them."),
            name=name,
            suffixes=", ".join(SUFFIXES),
        )
    if not content.strip():
        raise SourceError(N_("%(name)s: the file is empty."), name=name)
    _check_label(content, name, suffix)
    source = _READERS[suffix](content, name)
    check_text(source.text, name)
    return source


def _check_label(content: bytes, name: str, suffix: str) -> None:
    """Refuse a file whose content is not what its name says."""
    for beginning, sentence in _BEGINNINGS.items():
        if content.startswith(beginning):
            raise SourceError(sentence, name=name)
    if content.startswith(_OLE):
        raise _ole(content, name)
    is_zip = content.startswith(_ZIP)
    if is_zip and (b"word/" not in content or suffix != ".docx"):
        is_word = b"[Content_Types].xml" in content and b"word/" in content
        sentence = N_("%(name)s: this is a DOCX file; give it a name that ends in .docx.")
        raise SourceError(sentence if is_word else _NOT_WORD, name=name)
    if suffix == ".docx" and not is_zip:
        raise SourceError(
            N_(
                "%(name)s: this is no DOCX file, whatever its name; open it in the program that "
                "made it and save it as DOCX."
            ),
            name=name,
        )
    if suffix == ".txt" and _LOOKS_LIKE_HTML.match(content):
        raise SourceError(
            N_("%(name)s: this is HTML; give the file a name that ends in .html."), name=name
        )
    if suffix in (".html", ".htm") and not _ANY_ELEMENT.search(content):
        raise SourceError(
            N_("%(name)s: there is no HTML in this file; if it is plain text, name it .txt."),
            name=name,
        )


def _ole(content: bytes, name: str) -> SourceError:
    """Old Word files, and new ones with a password, which are wrapped like old ones."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return SourceError(
            N_(
                "%(name)s: the file is protected by a password; open it in the word processor, "
                "remove the password, save it as DOCX and try again."
            ),
            name=name,
        )
    return SourceError(
        N_(
            "%(name)s: this is a file of an old Office program (such as .doc); open it in a word "
            "processor and save it as DOCX."
        ),
        name=name,
    )


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and excess of length."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", name)
    # Zero-width joiners are letters of Persian names; all else that is invisible goes.
    kept = (c for c in name if c in "\u200c\u200d" or not unicodedata.category(c).startswith("C"))
    name = " ".join("".join(kept).split()).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix) > _SUFFIX_LENGTH:
        return name[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(suffix) - 1]}.{suffix}"
