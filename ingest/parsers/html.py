"""Web pages (HTML) as lines of text: blocks as lines, with the numbers that a browser prints.

Menus, forms and the feet of pages are furniture; scripts and styles are no text. Whatever a page
shows and lines cannot is counted and named.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from ingest.parsers.conventions import ANY_DIGIT, printed_number, raised
from ingest.parsers.messages import N_, Said
from ingest.parsers.source import Hint, Lines, SourceError, SourceText
from ingest.parsers.word_numbering import printed

_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div"),
    *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "header", "hgroup", "hr", "legend", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "summary", "details", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "ul"),
    *("menu", "dialog", "search", "option"),
}
_FURNITURE = {"nav", "footer", "aside", "form", "menu", "dialog", "search", "button", "select"}
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu"}
_NO_TEXT = {"script", "style", "template", "noscript", "head", "title"}
_LEFT_OUT = {"img", "svg", "picture", "iframe", "object", "embed", "video", "audio", "canvas"}
_LEFT_OUT |= {"map", "math"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LIST_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter"}
_LIST_FORMS |= {"i": "lowerRoman", "I": "upperRoman"}
_NOTES = {"li", "p", "div", "aside", "dd"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_ID = re.compile(
    r"(?:_?ftn|_?edn|fn|footnote|endnote|note|cite[_-]?note)[-_:.]?([0-9]{1,3})", re.IGNORECASE
)
_MARK = re.compile(rf"\s*[\[(]?\s*([{ANY_DIGIT}]{{1,3}})\s*[\])]?\s*[.]?\s*")
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 4096
# What browsers read under these names, and their own readings of some.
_CHARSETS = {"ascii": "cp1252", "latin-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_CHARSETS |= {"iso8859-1": "cp1252", "utf-16": "utf-8", "utf-16-le": "utf-8"}
_KNOWN = {"utf-8", "gb18030", "big5", "big5hkscs", "koi8-r", "koi8-u", "shift_jis", "euc_jp"}
_KNOWN |= {"euc_kr", *(f"cp125{n}" for n in range(9)), *(f"iso8859-{n}" for n in range(2, 17))}
_TOO_DEEP = re.compile("depth|huge", re.IGNORECASE)
_COUNTED = {
    "script": N_("scripts, styles and hidden parts left out: %(count)s"),
    "picture": N_("pictures and other objects left out: %(count)s"),
    "furniture": N_("lines of menus, forms and page feet left out of the text: %(count)s"),
    "row": N_("rows of tables read as lines: %(count)s"),
    "numbered": N_(
        "numbers of lists counted as a browser would print them, to be checked: %(count)s"
    ),
}


def read_html(content: bytes, name: str) -> SourceText:
    """The text of an HTML file in lines, or `SourceError` naming the file."""
    text = decode_html(content, name)
    if "\x00" in text:
        raise SourceError(
            N_("%(name)s: this is a binary file, not HTML; save the page anew as HTML."), name=name
        )
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)  # noqa: S320 - HTML knows no entities
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(N_("%(name)s: the file holds no text."), name=name) from error
    if root is None:
        raise SourceError(N_("%(name)s: the file holds no text."), name=name)
    if any(_TOO_DEEP.search(entry.message) for entry in parser.error_log):
        # The parser gives up there, and what follows would be lost without a word.
        raise SourceError(
            N_(
                "%(name)s: the parts of the page are nested too deeply to be read whole; open it "
                "in a browser, copy its text into a word processor, and save that as DOCX."
            ),
            name=name,
        )
    return _Page(root).read()


def decode_html(content: bytes, name: str) -> str:
    """The text of an HTML file: as its byte-order mark says, else its meta element, else UTF-8."""
    if not content.strip():
        raise SourceError(N_("%(name)s: the file is empty."), name=name)
    charset = _charset(content, name)
    try:
        return content.decode(charset).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SourceError(
            N_(
                "%(name)s: not %(charset)s, as it should be: byte 0x%(byte)s at position "
                "%(position)s; save the page as UTF-8 and try again."
            ),
            name=name,
            charset=charset.upper(),
            byte=f"{content[error.start]:02x}",
            position=error.start,
        ) from error


def _charset(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF8) or not (found := _META.search(content[:_META_WITHIN])):
        return "utf-8"
    label = found[1].decode("ascii", "replace")
    try:
        charset = codecs.lookup(label).name
    except (LookupError, ValueError):
        charset = ""
    charset = _CHARSETS.get(charset, charset)
    if charset not in _KNOWN:
        raise SourceError(
            N_(
                "%(name)s: says that it is written in '%(charset)s', which is not known; save the "
                "page as UTF-8 and try again."
            ),
            name=name,
            charset=label,
        )
    return charset


@dataclass
class _List:
    """An ordered list while its items are read."""

    next: int
    step: int
    form: str

    @classmethod
    def of(cls, element) -> "_List":
        is_reversed = "reversed" in element.attrib
        count = sum(1 for child in element if child.tag == "li")
        start = _whole(element.get("start"), count if is_reversed else 1)
        form = _LIST_FORMS.get(element.get("type", "1"), "decimal")
        return cls(start, -1 if is_reversed else 1, form)

    def label(self, item) -> str:
        number = _whole(item.get("value"), self.next)
        self.next = number + self.step
        form = self.form if 0 < number < 4000 else "decimal"
        return f"{printed(number, form)}."


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*-?[0-9]{1,6}\s*", text) else default


class _Page:
    """Walks the page once, a line for each block."""

    def __init__(self, root):
        self.root = root
        self.lines = Lines()
        self.counts: Counter = Counter()
        self.buffer: list[str] = []
        self.raised: list[int] = []  # where in the buffer each open raised text or link began
        self.silent = self.furniture = self.preformatted = 0  # how many such elements are open
        self.heading = 0
        self.lists: list[_List | None] = []
        self.label = ""
        self.tables: list[bool] = []  # whether each open table has columns
        self.row: list[str] | None = None  # the cells of the open row
        self.note: tuple[object, str] | None = None  # the open footnote and its number
        self.note_text: list[str] = []
        links = (link.get("href", "") for link in root.iter("a"))
        self.note_ids = {
            link[1:].lstrip("_")
            for link in links
            if link.startswith("#") and _NOTE_ID.fullmatch(link[1:])
        }

    def read(self) -> SourceText:
        for event, element in etree.iterwalk(self.root, events=("start", "end")):
            if event == "start":
                self._start(element, element.tag)
                self._add(element.text)
            else:
                self._end(element, element.tag)
                if element is not self.root:
                    self._add(element.tail)
        self._flush()
        warnings = [
            Said(sentence, count=self.counts[name])
            for name, sentence in _COUNTED.items()
            if self.counts[name]
        ]
        title = self.root.findtext(".//head/title") or ""
        return self.lines.finished(warnings, " ".join(title.split()))

    def _add(self, text: str | None) -> None:
        if not text or self.silent:
            return
        first, *rest = text.split("\n") if self.preformatted else [text]
        self.buffer.append(first)
        for line in rest:
            self._flush()
            self.buffer.append(line)

    def _start(self, element, tag: str) -> None:
        if self._is_silent(element, tag):
            if not self.silent and tag != "head":
                self.counts["picture" if tag in _LEFT_OUT else "script"] += 1
            self.silent += 1
        if self.silent:
            return
        if tag in _BLOCKS:
            self._flush()
        self.furniture += self._is_furniture(element, tag)
        if tag in ("sup", "a"):
            self.raised.append(len(self.buffer))
        elif tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        elif tag == "pre":
            self.preformatted += 1
        elif tag in ("ol", "ul"):
            self.lists.append(_List.of(element) if tag == "ol" else None)
        elif tag == "table":
            self.tables.append(self._has_columns(element))
        elif tag == "tr" and self.tables and self.tables[-1]:
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.row.append("")
        if not self.note and (number := self._opens_note(element, tag)):
            self.note = element, number
        elif tag == "li" and not self.note:
            ordered = self.lists[-1] if self.lists else None
            self.label = ordered.label(element) if ordered else "•"

    def _end(self, element, tag: str) -> None:
        if self.silent:
            self.silent -= self._is_silent(element, tag)
            return
        if tag in ("sup", "a"):
            self._raise(element, tag)
        if tag in _BLOCKS:
            self._flush()
        if tag in _HEADINGS:
            self.heading = 0
        elif tag == "pre":
            self.preformatted -= 1
        elif tag in ("ol", "ul"):
            self.lists.pop()
        elif tag == "li":
            self.label = ""
        elif tag == "table":
            self.tables.pop()
        elif tag == "tr" and self.row is not None:
            self._end_row()
        if self.note and element is self.note[0]:
            self._end_note()
        self.furniture -= self._is_furniture(element, tag)

    @staticmethod
    def _is_silent(element, tag: str) -> bool:
        hidden = "hidden" in element.attrib or _HIDDEN.search(element.get("style", ""))
        return tag in _NO_TEXT or tag in _LEFT_OUT or bool(hidden)

    def _is_furniture(self, element, tag: str) -> bool:
        if tag == "header":
            return not any(True for _ in element.iter("h1", "h2", "h3"))
        named = tag in _FURNITURE or element.get("role", "").lower() in _FURNITURE_ROLES
        return named and not self._opens_note(element, tag)

    def _opens_note(self, element, tag: str) -> str:
        """The number of the footnote that an element holds: links of the text lead to it."""
        name = element.get("id", "")
        if tag not in _NOTES or name.lstrip("_") not in self.note_ids:
            return ""
        found = _NOTE_ID.fullmatch(name)
        return found[1].lstrip("0") if found else ""

    @staticmethod
    def _has_columns(table) -> bool:
        """Others, and those with headings or tables inside, lay out the page."""
        if any(each is not table for each in table.iter("h1", "h2", "h3", "h4", "table")):
            return False
        return any(len(row.findall("td") + row.findall("th")) > 1 for row in table.iter("tr"))

    def _raise(self, element, tag: str) -> None:
        """A raised number, or a link to a footnote, becomes the mark that a reader sees."""
        begun = self.raised.pop()
        text, target = "".join(self.buffer[begun:]), element.get("href", "")
        is_back = tag == "a" and self.note and target.startswith("#")
        if is_back and (_MARK.fullmatch(text) or not re.search(r"\w", text)):
            self.buffer[begun:] = []  # the way back to the text; the note has its number anyhow
            return
        is_mark = tag == "sup" or target[1:].lstrip("_") in self.note_ids
        if is_mark and (found := _MARK.fullmatch(text)):
            self.buffer[begun:] = [raised(str(printed_number(found[1])))]

    def _flush(self) -> None:
        """End the line that is open."""
        pieces, self.buffer = self.buffer, []
        self.raised = [0] * len(self.raised)
        text = " ".join("".join(pieces).split())
        if not text:
            return
        if self.row is not None:
            self.row[-1:] = [f"{self.row[-1] if self.row else ''} {text}".strip()]
        elif self.note:
            self.note_text.append(text)
        elif self.furniture:
            self.counts["furniture"] += 1
            self.lines.add(text, Hint("furniture"))
        elif self.heading:
            self.lines.add(text, Hint("heading", self.heading))
        else:
            self.counts["numbered"] += self.label not in ("", "•")
            self.lines.add(f"{self.label} {text}")
            self.label = ""

    def _end_row(self) -> None:
        cells, self.row = self.row, None
        if any(cells):
            kind = "furniture" if self.furniture else "text"
            self.counts["furniture" if self.furniture else "row"] += 1
            self.lines.add(" | ".join(cells), Hint(kind))

    def _end_note(self) -> None:
        text, (_, number) = " ".join(self.note_text), self.note
        self.note, self.note_text = None, []
        found = _MARK.match(text)
        if found and f"{printed_number(found[1])}" == number:
            text = text[found.end() :]
        if text.strip():
            self.lines.add(f"{number} {text}", Hint("footnote", mark=number))
