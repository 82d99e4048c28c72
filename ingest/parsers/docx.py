"""Word documents (DOCX) as lines of text, with the numbers and footnotes that Word prints.

Word keeps the numbers of lists, the marks of footnotes and the footnotes themselves apart from the
text. Here they are put where a reader of the print sees them; what has no place in a text of lines
(pictures, comments, deletions that are tracked) is counted and named.
"""

import re
from collections import Counter
from collections.abc import Iterator

from ingest.parsers.archive import Archive
from ingest.parsers.conventions import RAISED, raised
from ingest.parsers.messages import N_, Said
from ingest.parsers.source import Hint, Lines, SourceText
from ingest.parsers.word_numbering import Numbering, W, number_of, printed, value

# Elements around paragraphs or runs that print nothing themselves.
_WRAPPERS = {
    *("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple"),
    *("dir", "bdo", "ruby", "rubyBase"),
}
_SILENT = {
    *("rPr", "pPr", "instrText", "delInstrText", "fldChar", "lastRenderedPageBreak", "softHyphen"),
    *("footnoteRef", "endnoteRef", "separator", "continuationSeparator", "annotationRef", "rt"),
    *("commentReference", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr"),
    *("bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "rubyPr", "dirPr"),
    *("commentRangeStart", "commentRangeEnd", "moveFromRangeStart", "moveFromRangeEnd"),
    *("moveToRangeStart", "moveToRangeEnd", "hyperlinkPr", "smartTagPr", "customXmlPr"),
}
_SPACES = {"tab": " ", "br": " ", "cr": " ", "ptab": " ", "noBreakHyphen": "-"}
_UNITS = ("m", "km", "cm", "mm", "dm")
_COUNTED = {
    "picture": N_("pictures or drawings left out: %(count)s"),
    "deleted": N_("stretches left out whose deletion is tracked: %(count)s"),
    "inserted": N_("stretches read as text whose insertion is tracked: %(count)s"),
    "hidden": N_("stretches of hidden text left out: %(count)s"),
    "formula": N_("formulas read as plain letters and signs, to be checked: %(count)s"),
    "symbol": N_("symbols of special fonts that could not be read, � in the text: %(count)s"),
    "comment": N_("comments left out: %(count)s"),
    "contents": N_("lines of the table of contents left out of the text: %(count)s"),
    "numbered": N_("numbers of lists counted as Word would print them, to be checked: %(count)s"),
    "unnumbered": N_("paragraphs of lists whose numbers are of a kind that is not read: %(count)s"),
    "box": N_("text boxes placed after the paragraph that holds them: %(count)s"),
    "row": N_("rows of tables read as lines: %(count)s"),
    "unknown": N_("parts left out that are of a kind that is not read: %(count)s"),
}
_MARK_LENGTH = 20


def read_docx(content: bytes, name: str) -> SourceText:
    """The text of a DOCX file in lines, or `SourceError` naming the file."""
    return _Document(Archive(content, name)).read()


def _tag(element) -> str:
    """The local name of an element; empty for a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _own(element, name: str) -> list:
    """The rows of a table or the cells of a row, without those of a table inside it."""
    found = element.iter(f"{W}{name}")
    return [each for each in found if next(each.iterancestors(element.tag), None) is element]


def _is_on(properties, name: str) -> bool:
    found = properties.find(f"{W}{name}") if properties is not None else None
    return found is not None and found.get(f"{W}val", "1") not in ("0", "false", "off")


class _Styles:
    """What the styles of a document say of its paragraphs, each after what it is based on."""

    def __init__(self, root):
        found = root.iterfind(f"{W}style") if root is not None else ()
        self.styles = {style.get(f"{W}styleId", ""): style for style in found}

    def chain(self, style: str) -> Iterator:
        """The style and those it is based on, the nearest first."""
        seen: set[str] = set()
        while style in self.styles and style not in seen:
            seen.add(style)
            yield self.styles[style]
            style = value(self.styles[style], "basedOn")

    def name(self, style: str) -> str:
        return value(self.styles[style], "name").lower() if style in self.styles else ""

    def first(self, style: str, path: str) -> str:
        """The nearest value at a path such as `pPr/outlineLvl`; empty if none has one."""
        return next((found for each in self.chain(style) if (found := value(each, path))), "")


class _Notes:
    """Footnotes or endnotes: their marks in the order in which the text calls them."""

    def __init__(self, root, settings: list, kind: str, form: str):
        notes = root.iterfind(f"{W}{kind}") if root is not None else ()
        self.notes = {
            note.get(f"{W}id", ""): note
            for note in notes
            if note.get(f"{W}type", "normal") == "normal"
        }

        def setting(name: str, default: str) -> str:
            found = (value(each, f"{kind}Pr/{name}") for each in settings)
            return next(filter(None, found), default)

        self.form = setting("numFmt", form)
        self.next = number_of(setting("numStart", "1")) or 1
        self.restarts = setting("numRestart", "continuous") != "continuous"
        self.marks: dict[str, str] = {}

    def call(self, key: str, own_mark: str = "") -> str:
        """The mark of a note where the text calls it, with a mark that was typed or the next."""
        if key not in self.marks:
            if not own_mark:
                own_mark = printed(self.next, self.form) or str(self.next)
                self.next += 1
            self.marks[key] = own_mark
        return self.marks[key]


class _Document:
    """Walks the body once; the notes that a paragraph calls stand after it."""

    def __init__(self, archive: Archive):
        self.archive = archive
        mains = archive.related("").get("officeDocument", [])
        part = mains[0] if mains else ""
        self.related = archive.related(part) if part else {}
        root = archive.xml(part)
        self.body = root.find(f"{W}body") if root is not None else None
        if self.body is None:
            raise archive.broken("it holds no text of a word processor")
        # What the last section says goes before what is said of the whole document.
        settings = [self.body.find(f"{W}sectPr"), self._part("settings")]
        self.styles = _Styles(self._part("styles"))
        self.numbering = Numbering(self._part("numbering"))
        self.notes = {
            "footnote": _Notes(self._part("footnotes"), settings, "footnote", "decimal"),
            "endnote": _Notes(self._part("endnotes"), settings, "endnote", "lowerRoman"),
        }
        self.lines = Lines()
        self.counts: Counter = Counter()
        self.called: list[tuple[str, str]] = []
        self.boxes: list = []
        self.warnings: list[Said] = []

    def _part(self, relation: str):
        parts = self.related.get(relation, [])
        return self.archive.xml(parts[0]) if parts else None

    def read(self) -> SourceText:
        self._add_furniture("header")
        self._blocks(self.body)
        self._add_uncalled_notes()
        self._add_furniture("footer")
        if (comments := self._part("comments")) is not None:
            self.counts["comment"] += len(comments)
        if any(notes.restarts and notes.marks for notes in self.notes.values()):
            sentence = N_("footnotes begin anew on each page or section in Word; here they run on")
            self.warnings.append(Said(sentence))
        self.warnings += [
            Said(sentence, count=self.counts[name])
            for name, sentence in _COUNTED.items()
            if self.counts[name]
        ]
        return self.lines.finished(self.warnings)

    def _add_furniture(self, relation: str) -> None:
        """Headers or footers, each text once: they belong to the pages."""
        seen = set()
        for part in self.related.get(relation, []):
            root = self.archive.xml(part)
            for paragraph in root.iter(f"{W}p") if root is not None else ():
                text = self._text(paragraph).strip()
                if text and text not in seen:
                    self.lines.add(text, Hint("furniture"))
                seen.add(text)
        self.called.clear()
        self.boxes.clear()

    def _blocks(self, parent) -> None:
        for element in parent:
            tag = _tag(element)
            if tag == "p":
                self._paragraph(element)
            elif tag == "tbl":
                self._table(element)
            elif tag in _WRAPPERS:
                self._blocks(element)
            elif tag not in _SILENT:
                self._left_out(element)

    def _paragraph(self, element, hint: Hint | None = None) -> None:
        text = self._text(element)
        self._add_paragraph(element, text, hint)
        self._add_boxes()
        self._add_called()

    def _add_paragraph(self, element, text: str, hint: Hint | None) -> None:
        style = value(element, "pPr/pStyle")
        name = self.styles.name(style)
        level = number_of(
            value(element, "pPr/outlineLvl") or self.styles.first(style, "pPr/outlineLvl")
        )
        label = self._label(element, style) if text.strip() else ""
        if hint:
            pass
        elif name.startswith(("toc ", "table of figures")):
            hint = Hint("furniture")
            self.counts["contents"] += bool(text.strip())
        elif name in ("title", "subtitle"):
            hint = Hint("title")
        elif level is not None and level < 9:
            hint = Hint("heading", level + 1)
        elif found := re.fullmatch("heading ([1-9])[0-9]*", name):
            hint = Hint("heading", int(found[1]))
        self.lines.add(f"{label} {text}", hint)

    def _label(self, element, style: str) -> str:
        """What Word prints before the paragraph; empty where it prints nothing."""
        key = value(element, "pPr/numPr/numId")
        depth = number_of(value(element, "pPr/numPr/ilvl"))
        if not key:
            key = self.styles.first(style, "pPr/numPr/numId")
            if depth is None:
                depth = number_of(self.styles.first(style, "pPr/numPr/ilvl"))
            if depth is None:
                depth = next(
                    (
                        level
                        for each in self.styles.chain(style)
                        if (level := self.numbering.level_of_style(key, each.get(f"{W}styleId")))
                    ),
                    0,
                )
        if key not in self.numbering.lists:
            return ""
        label = self.numbering.next(key, depth or 0)
        if label is None:
            self.counts["unnumbered"] += 1
        elif label not in ("", "•"):
            self.counts["numbered"] += 1
        return label or ""

    def _table(self, element) -> None:
        """Rows as lines; a table of one column only lays the page out, and is read as text."""
        rows = [_own(row, "tc") for row in _own(element, "tr")]
        if all(len(row) < 2 for row in rows):
            for cell in (cell for row in rows for cell in row):
                self._blocks(cell)
            return
        for row in rows:
            cells = [self._cell(cell) for cell in row]
            self.counts["row"] += bool(
                any(cells) and self.lines.add(" | ".join(cells), Hint("text"))
            )
            self._add_boxes()
            self._add_called()

    def _cell(self, cell) -> str:
        texts = []
        for paragraph in cell.iter(f"{W}p"):
            if next(paragraph.iterancestors(f"{W}txbxContent"), None) is None:
                text = self._text(paragraph).strip()
                label = self._label(paragraph, value(paragraph, "pPr/pStyle")) if text else ""
                texts.append(f"{label} {text}".strip())
        return " ".join(text for text in texts if text)

    def _add_boxes(self) -> None:
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.counts["box"] += 1
            for paragraph in box.iter(f"{W}p"):
                self.lines.add(self._text(paragraph), Hint("text"))

    def _add_called(self) -> None:
        """The notes that the paragraph called, after it."""
        called, self.called = self.called, []
        for kind, key in called:
            self._add_note(kind, key)

    def _add_note(self, kind: str, key: str) -> None:
        notes = self.notes[kind]
        note, mark = notes.notes[key], notes.call(key)
        text = " ".join(self._text(paragraph) for paragraph in note.iter(f"{W}p"))
        if text.strip():
            self.lines.add(f"{mark} {text}", Hint("footnote", mark=mark))
        else:
            self.warnings.append(Said(N_("footnote %(mark)s has no text"), mark=mark))

    def _add_uncalled_notes(self) -> None:
        for kind, notes in self.notes.items():
            for key in [key for key in notes.notes if key not in notes.marks]:
                mark = notes.call(key)
                self.warnings.append(
                    Said(
                        N_("nothing in the text calls the footnote placed last as %(mark)s"),
                        mark=mark,
                    )
                )
                self._add_note(kind, key)

    def _text(self, paragraph) -> str:
        """What a paragraph prints, raised numbers as raised digits."""
        pieces: list[str] = []
        digits = ""
        for text, is_raised in self._runs(paragraph):
            if is_raised and (digits + text).strip().isdecimal():
                digits += text
                continue
            pieces += [self._raised(digits, pieces), text]
            digits = ""
        pieces.append(self._raised(digits, pieces))
        return "".join(pieces)

    @staticmethod
    def _raised(digits: str, before: list[str]) -> str:
        """Digits that are printed raised: mostly the mark of a footnote that was typed by hand."""
        if not digits:
            return ""
        words = "".join(before[-3:]).split()
        is_power = bool(words) and words[-1].lower() in _UNITS
        return digits.translate(RAISED) if is_power else raised(digits.strip())

    def _runs(self, parent) -> Iterator[tuple[str, bool]]:
        for element in parent:
            tag = _tag(element)
            if tag == "r":
                yield from self._run(element)
            elif tag in ("del", "moveFrom"):
                self.counts["deleted"] += 1
            elif tag in _WRAPPERS:
                self.counts["inserted"] += tag in ("ins", "moveTo")
                yield from self._runs(element)
            elif tag in ("oMath", "oMathPara"):
                self.counts["formula"] += 1
                yield "".join(e.text or "" for e in element.iter() if _tag(e) == "t"), False
            elif tag not in _SILENT:
                self._left_out(element)

    def _run(self, run) -> Iterator[tuple[str, bool]]:
        properties = run.find(f"{W}rPr")
        if _is_on(properties, "vanish"):
            self.counts["hidden"] += any(e.text for e in run.iter(f"{W}t"))
            return
        raised_run = properties is not None and value(run, "rPr/vertAlign") == "superscript"
        for element in run:
            tag = _tag(element)
            if tag == "t":
                yield element.text or "", raised_run
            elif tag in _SPACES:
                yield _SPACES[tag], False
            elif tag == "sym":
                yield self._symbol(element), False
            elif tag in ("footnoteReference", "endnoteReference"):
                yield self._mark(element, tag.removesuffix("Reference"), run), False
                if _is_on_attribute(element, "customMarkFollows"):
                    return  # what follows in the run is the mark
            elif tag in ("ruby", "rubyBase"):
                yield from self._runs(element)
            elif tag not in _SILENT:
                self._left_out(element)

    def _mark(self, element, kind: str, run) -> str:
        notes, key = self.notes[kind], element.get(f"{W}id", "")
        if key not in notes.notes:
            self.warnings.append(Said(N_("a footnote is called that the file does not hold")))
            return ""
        own = ""
        if _is_on_attribute(element, "customMarkFollows"):
            own = "".join(e.text or "" for e in run.iter(f"{W}t"))
            own = " ".join(own.split())[:_MARK_LENGTH].strip()
        if key not in notes.marks:
            self.called.append((kind, key))
        mark = notes.call(key, own)
        return own or raised(mark)

    def _symbol(self, element) -> str:
        code = element.get(f"{W}char", "")
        try:
            char = chr(int(code, 16))
        except (ValueError, OverflowError):
            char = ""
        if char.isprintable() and char and not "\ue000" <= char <= "\uf8ff":
            return char
        self.counts["symbol"] += 1
        return "\ufffd"

    def _left_out(self, element) -> None:
        """Drawings and boxes; of anything else that it is left out, if it holds words."""
        if _tag(element) == "AlternateContent":
            choices = [child for child in element if _tag(child) == "Choice"] or list(element)
            for child in choices[:1]:
                for each in child:
                    self._left_out(each)
            return
        boxes = [box for box in element.iter(f"{W}txbxContent") if self._is_first(box)]
        self.boxes += boxes
        if not boxes and _tag(element) in ("drawing", "pict", "object"):
            self.counts["picture"] += 1
        elif not boxes and any((e.text or "").strip() for e in element.iter(f"{W}t")):
            self.counts["unknown"] += 1

    @staticmethod
    def _is_first(box) -> bool:
        """Whether a box is none that stands inside another, or again for older programs."""
        around = {_tag(each) for each in box.iterancestors()}
        return not around & {"txbxContent", "Fallback"}


def _is_on_attribute(element, name: str) -> bool:
    return element.get(f"{W}{name}", "0") in ("1", "true", "on")
