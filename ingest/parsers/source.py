"""From the bytes of a file as received to its lines of text, or one clear refusal."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ingest.parsers.messages import N_, Said

# Longer than any heading; what a column of the database holds.
MARKED_HEADING_LENGTH = 300
MAX_LINES = 100_000
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b]")


class SourceError(ValueError):
    """A file that cannot be read as text; the message says what it is and what to do."""

    def __init__(self, template: str, **values):
        self.said = Said(template, **values)
        super().__init__(self.said)


@dataclass(frozen=True)
class Hint:
    """What a file itself says of one of its lines, so that nobody need guess.

    A `title`; a `heading` with its level; a `footnote` with its mark as printed, with which the
    line begins; `text` that is neither, such as a row of a table; `furniture` of the page.
    """

    kind: Literal["title", "heading", "footnote", "text", "furniture"]
    level: int = 0
    mark: str = ""


@dataclass(frozen=True)
class SourceText:
    """The text of a file in lines, `hints` by line number from 1, and what the reader left out.

    `title` is what the file calls itself, for a text that prints no title.
    """

    text: str
    hints: dict[int, Hint] = field(default_factory=dict)
    warnings: tuple[Said, ...] = ()
    title: str = ""


class Lines:
    """Lines of a text while a reader gathers them."""

    def __init__(self):
        self.lines: list[str] = []
        self.hints: dict[int, Hint] = {}

    def add(self, text: str, hint: Hint | None = None) -> int:
        """Add a line, spaces and breaks in it made one space; gives its number, 0 if empty."""
        if not (text := " ".join(text.split())):
            return 0
        self.lines.append(text)
        if hint:
            self.hints[len(self.lines)] = hint
        return len(self.lines)

    def finished(self, warnings: list[Said], title: str = "") -> SourceText:
        """The text, its headings counted from level 1, or its title where one stands above all."""
        self._find_title()
        levels = sorted({h.level for h in self.hints.values() if h.kind == "heading"})
        for line, hint in self.hints.items():
            if hint.kind == "heading":
                self.hints[line] = Hint("heading", levels.index(hint.level) + 1)
        return SourceText("\n".join(self.lines), self.hints, tuple(warnings), title)

    def _find_title(self) -> None:
        """One heading above all others that opens the text is its title."""
        kinds = [(line, hint) for line, hint in self.hints.items() if hint.kind != "furniture"]
        headings = [(line, hint) for line, hint in kinds if hint.kind == "heading"]
        if not headings or any(hint.kind == "title" for _, hint in kinds):
            return
        first, level = headings[0][0], headings[0][1].level
        furniture = {line for line, hint in self.hints.items() if hint.kind == "furniture"}
        opens = set(range(1, first)) <= furniture
        if opens and all(hint.level > level for _, hint in headings[1:]):
            self.hints[first] = Hint("title")


def read_source(path: Path | str) -> bytes:
    """The bytes of the file at `path`."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        why = getattr(error, "strerror", None) or error
        raise SourceError(
            N_("%(name)s: cannot be read: %(why)s."), name=str(path), why=str(why)
        ) from error


def decode(content: bytes, name: str) -> str:
    """The text of a UTF-8 file (a byte-order mark is dropped), or `SourceError` naming `name`."""
    if not content.strip():
        raise SourceError(N_("%(name)s: the file is empty."), name=name)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(
            N_("%(name)s: the file is UTF-16; save it as UTF-8 and try again."), name=name
        )
    if b"\x00" in content:
        raise SourceError(
            N_("%(name)s: this is a binary file, not text; save its text as UTF-8."), name=name
        )
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(
            N_(
                "%(name)s: not UTF-8: byte 0x%(byte)s at position %(position)s; "
                "save the file as UTF-8 and try again."
            ),
            name=name,
            byte=f"{content[error.start]:02x}",
            position=error.start,
        ) from error
    check_text(text, name)
    return text


def check_text(text: str, name: str) -> None:
    """Refuse what no database stores and no report prints."""
    if control := _CONTROL.search(text):
        raise SourceError(
            N_("%(name)s: this is not plain text: it holds the control character U+%(code)s."),
            name=name,
            code=f"{ord(control[0]):04X}",
        )
    if not text.strip():
        raise SourceError(N_("%(name)s: the file holds no text."), name=name)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise SourceError(
            N_(
                "%(name)s: more than %(limit)s lines: no report is that long; "
                "divide the file, or check what it is."
            ),
            name=name,
            limit=MAX_LINES,
        )
