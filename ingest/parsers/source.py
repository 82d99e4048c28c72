"""From the bytes of a file as received to its lines of text, or one clear refusal."""

from pathlib import Path


class SourceError(ValueError):
    """A file that cannot be read as text; the message says what it is and what to do."""


def read_source(path: Path | str) -> bytes:
    """The bytes of the file at `path`."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        why = getattr(error, "strerror", None) or error
        raise SourceError(f"{path}: cannot be read: {why}.") from error


def decode(content: bytes, name: str) -> str:
    """The text of a UTF-8 file (a byte-order mark is dropped), or `SourceError` naming `name`."""
    if not content.strip():
        raise SourceError(f"{name}: the file is empty.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(f"{name}: the file is UTF-16; save it as UTF-8 and try again.")
    if b"\x00" in content:
        raise SourceError(f"{name}: this is a binary file, not text; save its text as UTF-8.")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name}: not UTF-8: byte 0x{content[error.start]:02x} at position {error.start}; "
            "save the file as UTF-8 and try again."
        ) from error
    control = next((c for c in text if ord(c) < 32 and c not in "\t\n\r\f\v\x1c\x1d\x1e\x1f"), None)
    if control:
        raise SourceError(
            f"{name}: this is not plain text: it holds the control character U+{ord(control):04X}."
        )
    if not text.strip():
        raise SourceError(f"{name}: the file holds no text.")
    return text
