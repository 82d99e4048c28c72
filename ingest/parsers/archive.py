"""Office files as zip archives: what is too big, odd or dangerous is refused before unpacking."""

import io
import posixpath
import zipfile
import zlib
from struct import error as StructError  # noqa: N812 - it is a class

from lxml import etree

from ingest.parsers.messages import N_
from ingest.parsers.source import SourceError

MAX_MEMBERS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 200
SMALL = 5 * 1024 * 1024  # so little does no harm, however well it was packed
_ENTRY = b"PK\x01\x02"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # encrypted members, and NotImplementedError for methods that zipfile lacks
    StructError,
    IndexError,
    KeyError,
)
_REPAIR = N_(
    "%(name)s: the file is damaged (%(why)s); open it in a word processor, save it anew as DOCX "
    "and try again."
)
_BOMB = N_(
    "%(name)s: the file would unpack to far more than a report holds; open it in a word processor, "
    "save it anew as DOCX without its pictures, and try again."
)
_DOCTYPE = N_(
    "%(name)s: the file declares a document type in %(part)s, as no word processor does; open it "
    "in a word processor, save it anew as DOCX and try again."
)


class Archive:
    """The parts of an office file, read one by one; `name` is for the messages."""

    def __init__(self, content: bytes, name: str):
        self.name = name
        # The list of members is itself read before anything is known of it.
        if content.count(_ENTRY) > MAX_MEMBERS:
            raise SourceError(_BOMB, name=name)
        try:
            self.file = zipfile.ZipFile(io.BytesIO(content))
            members = self.file.infolist()
        except _BROKEN as error:
            raise self.broken(error) from error
        unpacked = sum(member.file_size for member in members)
        packed = max(1, sum(member.compress_size for member in members))
        too_dense = unpacked > SMALL and unpacked / min(packed, len(content)) > MAX_RATIO
        if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or too_dense:
            raise SourceError(_BOMB, name=name)
        if any(member.flag_bits & 1 for member in members):
            raise SourceError(
                N_("%(name)s: the file is protected by a password; remove it and try again."),
                name=name,
            )
        self.parts = {member.filename for member in members}
        if len(self.parts) < len(members):
            raise SourceError(_REPAIR, name=name, why="two parts have one name")

    def broken(self, why: object) -> SourceError:
        return SourceError(_REPAIR, name=self.name, why=str(why) or type(why).__name__)

    def xml(self, part: str):
        """The root of an XML part, or None if there is no such part."""
        if part not in self.parts:
            return None
        try:
            data = self.file.read(part)  # never more than was declared, and checked, above
        except _BROKEN as error:
            raise self.broken(error) from error
        if b"<!DOCTYPE" in data:
            raise SourceError(_DOCTYPE, name=self.name, part=part)
        # Files saved as "Strict Open XML" differ from others by their names only.
        data = data.replace(
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        )
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
        )
        try:
            root = etree.fromstring(data, parser)  # noqa: S320 - no entities, no network
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.broken(error) from error
        if root.getroottree().docinfo.internalDTD is not None:  # in another encoding, say
            raise SourceError(_DOCTYPE, name=self.name, part=part)
        return root

    def related(self, part: str) -> dict[str, list[str]]:
        """Parts of this archive that a part names, by the last word of their relation."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        found: dict[str, list[str]] = {}
        for relation in [] if root is None else root:
            target = relation.get("Target", "")
            if isinstance(relation.tag, str) and relation.get("TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found.setdefault(relation.get("Type", "").rpartition("/")[2], []).append(path)
        return found
