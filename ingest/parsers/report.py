"""A UN report's text as title, sections, paragraphs, footnotes, headings, front matter, furniture.

The source is a text file of a printed report: one paragraph a line or several, broken by pages,
its footnotes standing where each page ended. Nothing is mended: a passage's text is what the lines
print, joined by one space (by none between Chinese characters). Whatever could not be placed with
confidence is named in `warnings`.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import pairwise

from ingest.parsers.conventions import (
    ADDRESS,
    ANY_DIGIT,
    CHINESE,
    FURNITURE,
    ITEM,
    LANGUAGES,
    NUMBERED,
    OPEN_SIGNS,
    STARRED,
    SUPERSCRIPTS,
    UNSIGNED,
    Conventions,
    Marker,
    ends_sentence,
    printed_number,
)
from ingest.parsers.messages import N_, Said
from ingest.parsers.numbering import NumberedLine, label_lines
from ingest.parsers.source import MARKED_HEADING_LENGTH, Hint, SourceError, SourceText

REF_LETTER = {"paragraph": "p", "footnote": "n", "heading": "h", "abstract": "a", "front": "f"}


@dataclass(frozen=True)
class Section:
    """A heading that opens a part of the report; `parent` is the id of the section around it."""

    id: str
    marker: str | None
    title: str
    level: int
    parent: str | None


@dataclass(frozen=True)
class Call:
    """A footnote mark in a passage's text: `text[start:end]` prints the number.

    Where several notes print one number, `number` is that of the note's reference: `1-1` for the
    second of those that print 1.
    """

    number: int | str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """One whole printed unit. `lines` is flat: first and last line of each stretch it stands on."""

    ref: str
    kind: str
    number: int | str | None
    section: str | None
    text: str
    lines: tuple[int, ...]
    calls: tuple[Call, ...] = ()

    def line_numbers(self) -> list[int]:
        """Every line from first to last of each stretch, blank ones between them included."""
        pairs = zip(self.lines[::2], self.lines[1::2], strict=True)
        return [line for first, last in pairs for line in range(first, last + 1)]


@dataclass(frozen=True)
class Furniture:
    """A line that belongs to the page, not to the text: a photo credit, a page number, a symbol."""

    line: int
    text: str


@dataclass(frozen=True)
class Report:
    """What a source file holds; every non-blank line stands in one passage or in the furniture."""

    language: str
    title: str
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    furniture: tuple[Furniture, ...]
    warnings: tuple[Said, ...]

    def as_json(self) -> dict:
        """Plain data for `json.dumps`."""
        return asdict(self)


@dataclass
class _Block:
    """A passage while its lines are still being gathered."""

    kind: str
    number: int | str | None
    section: str | None
    closed: bool = False  # the file itself says where it ends
    pieces: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def add(self, line: int, text: str) -> "_Block":
        self.pieces.append(text.strip())
        self.lines.append(line)
        return self

    @property
    def text(self) -> str:
        joined = [_joint(*pair) + pair[1] for pair in pairwise(self.pieces)]
        return "".join([self.pieces[0], *joined])

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each piece within the text, once all are gathered."""
        found = [0]
        for before, after in pairwise(self.pieces):
            found.append(found[-1] + len(before) + len(_joint(before, after)))
        return found

    def items(self) -> set[int]:
        """Offsets of the numbers that open items of a list within the text."""
        pieces = zip(self.starts[1:], self.pieces[1:], strict=True)
        matches = ((start, NUMBERED.match(piece)) for start, piece in pieces)
        return {start + match.start("number") for start, match in matches if match}

    def line_at(self, offset: int) -> int:
        """The line of the file that prints the character at `offset` of the text."""
        return self.lines[bisect_right(self.starts, offset) - 1]

    @property
    def ended(self) -> bool:
        return ends_sentence(self.pieces[-1])


def _joint(before: str, after: str) -> str:
    """What joins two lines: Chinese is written without spaces."""
    return "" if _CHINESE_JOINT.fullmatch(before[-1:] + after[:1]) else " "


_CHINESE_JOINT = re.compile(f"[{CHINESE}，。、；：？！”）」』]{{2}}")


def parse_report(source: str | SourceText, language: str) -> Report:
    """Read the text of a report printed in `language`, a key of `LANGUAGES`."""
    if language not in LANGUAGES:
        raise SourceError(
            N_("no rules for the language '%(language)s': use %(known)s."),
            language=language,
            known=", ".join(LANGUAGES),
        )
    if isinstance(source, str):
        source = SourceText(source)
    # Not splitlines: a form feed between pages would begin a line that no editor counts.
    split = re.split(r"\r\n|\r|\n", source.text)
    lines = [(n, line) for n, line in enumerate(split, start=1) if line.strip()]
    if not lines:
        raise SourceError(N_("the file holds no text."))
    return _Reader(lines, LANGUAGES[language], language, source).read()


class _Reader:
    """Walks the lines once, knowing beforehand which numbered ones are paragraphs."""

    def __init__(self, lines, conventions: Conventions, language: str, source: SourceText):
        self.lines = lines
        self.conventions = conventions
        self.language = language
        self.source = source
        self.marks_headings = any(hint.kind == "heading" for hint in source.hints.values())
        self.marks_notes = any(hint.kind == "footnote" for hint in source.hints.values())
        self.warnings: list[Said] = list(source.warnings)
        self.short = self._find_short()
        self.labels = self._label_numbered()
        self.next_labels = self._find_next_labels()
        self.numbered = any(label == "paragraph" for label in self.labels.values())
        self.blocks: list[_Block] = []
        self.sections: list[Section] = []
        self.furniture: list[Furniture] = []
        self.paragraph: _Block | None = None  # the latest one, still open for what a page broke off
        self.in_front = self.numbered
        self.kind_of_plain = "paragraph"
        self.markers: dict[int, int] = {}
        self.marked_level = 0  # of the latest section that prints a marker

    def read(self) -> Report:
        for place, (number, line) in enumerate(self.lines):
            self._take(place, number, line)
        passages = self._passages()
        title = next((p.text for p in passages if p.kind == "front"), self.source.title)
        if not title:
            self.warnings.append(Said(N_("no title found")))
        self._check_numbers(passages)
        return Report(
            self.language,
            title,
            tuple(self.sections),
            tuple(passages),
            tuple(self.furniture),
            tuple(self.warnings),
        )

    def _find_short(self) -> list[bool]:
        """For each line whether it could be a heading without a mark.

        Such a line is short, without a full stop, and followed by a numbered line, a marked heading
        or another line of its kind; hence from the end backwards.
        """
        short, following = [], False
        for number, line in reversed(self.lines):
            text, hint = line.strip(), self.source.hints.get(number)
            if self._is_furniture(number, text):
                short.append(False)
                continue  # it stands between pages: what follows the line is on the next one
            opens = bool(NUMBERED.match(line) or self.conventions.marker(line))
            if hint:
                opens = hint.kind == "heading"
            could = (
                following
                and not opens
                and not hint
                and len(text) <= self.conventions.heading_length
                and not ends_sentence(text)
                and not text.endswith((*OPEN_SIGNS, ";", "；"))
                and not text[0].islower()
                and not ITEM.match(line)
                and not STARRED.match(line)
                and not ADDRESS.match(line)
            )
            short.append(could)
            following = opens or could
        return short[::-1]

    def _is_furniture(self, number: int, text: str) -> bool:
        hint = self.source.hints.get(number)
        return hint.kind == "furniture" if hint else bool(FURNITURE.fullmatch(text))

    def _label_numbered(self) -> dict[int, str]:
        """Line number → paragraph, footnote or text, for lines that begin with a number."""
        found = list(self._numbered_lines())
        labels = label_lines(numbered for _, numbered in found) if found else []
        self.warnings += [
            Said(
                N_("line %(line)s begins like footnote %(number)s: left in the text"),
                line=line,
                number=numbered.number,
            )
            for (line, numbered), label in zip(found, labels, strict=True)
            if label == "text" and not numbered.signed
        ]
        return dict(zip((number for number, _ in found), labels, strict=True))

    def _numbered_lines(self) -> Iterator[tuple[int, NumberedLine]]:
        """Lines that begin with a number and may be paragraphs or footnotes, and their numbers."""
        heading, before, item, met = False, "", 0, False
        marks: set[int] = set()
        recalled: set[int] = set()  # marks beyond doubt since the last line of their number
        for place, (number, line) in enumerate(self.lines):
            text, hint = line.strip(), self.source.hints.get(number)
            if self._is_furniture(number, text):
                continue
            match = None if hint else NUMBERED.match(line)
            unsigned = None if hint or match else UNSIGNED.match(line)
            if unsigned and printed_number(unsigned["number"]) in recalled:
                match = unsigned
            if match:
                printed = printed_number(match["number"])
                opens_list = met and printed == 1 and before.endswith((":", "："))
                item = printed if opens_list or (item and printed == item + 1) else 0
                broken = met and not heading and not ends_sentence(before)
                called, anew = printed in marks, printed in recalled
                yield (
                    number,
                    NumberedLine(
                        printed, heading, broken, bool(item), called, anew, match is not unsigned
                    ),
                )
                recalled.discard(printed)
                heading, met, text = False, True, match["body"]
            else:
                item = 0
                heading |= bool(
                    hint.kind == "heading"
                    if hint
                    else self.short[place] or self.conventions.marker(line)
                )
            if hint is None or hint.kind != "footnote":
                marks |= _possible_marks(text, self.conventions.counting)
                recalled |= _plain_marks(text)
            before = text

    def _find_next_labels(self) -> list[str]:
        """For each line the label of the next numbered line."""
        found, label = [], ""
        for number, _ in reversed(self.lines):
            found.append(label)
            label = self.labels.get(number, label)
        return found[::-1]

    def _take(self, place: int, number: int, line: str) -> None:
        if self._is_furniture(number, line.strip()):
            self.furniture.append(Furniture(number, line.strip()))
        elif hint := self.source.hints.get(number):
            self._take_hinted(number, line.strip(), hint)
        elif self.labels.get(number) in ("paragraph", "footnote"):
            self._open_numbered(number, line)
        elif marked := self.conventions.marker(line):
            self._open_section(number, marked)
        elif match := STARRED.match(line):
            self._open("footnote", match["number"], number, match["body"])
        elif self.in_front:
            self._take_front(number, line)
        elif not self.numbered:
            self._take_plain(number, line)
        else:
            self._take_unnumbered(place, number, line)

    def _take_hinted(self, number: int, text: str, hint: Hint) -> None:
        """A line of which the file itself says what it is."""
        if hint.kind == "title" and not self.sections and not self.paragraph:
            self._open("front", None, number, text)
        elif hint.kind == "footnote":
            mark = printed_number(hint.mark) if re.fullmatch(_NUMBER, hint.mark) else hint.mark
            self._open("footnote", mark, number, text[len(hint.mark) :]).closed = True
        elif hint.kind != "heading":
            self._take_text(number, text)
        elif len(text) > MARKED_HEADING_LENGTH:
            self.warnings.append(
                Said(N_("line %(line)s: marked as a heading, but as long as a text"), line=number)
            )
            self._take_text(number, text)
        elif self.in_front and text.lower() in self.conventions.summary:
            self._add_section(number, None, text, 1)
        elif marked := self.conventions.marker(text):
            self._open_section(number, marked, hint.level)
        else:
            match = NUMBERED.match(text)
            self.in_front, self.kind_of_plain = False, "paragraph"
            marker, title = (match["number"], match["body"]) if match else (None, text)
            self._add_section(number, marker, title, hint.level)

    def _take_text(self, number: int, text: str) -> None:
        """Text that opens nothing, such as a row of a table."""
        if self.in_front:
            self._take_front(number, text)
        elif self.paragraph and self.numbered:
            self.paragraph.add(number, text)
        else:
            self._open(self.kind_of_plain, None, number, text)

    def _open(self, kind: str, printed, number: int, text: str) -> _Block:
        section = self.sections[-1].id if self.sections else None
        self.blocks.append(_Block(kind, printed, section).add(number, text))
        return self.blocks[-1]

    def _open_numbered(self, number: int, line: str) -> None:
        match = NUMBERED.match(line) or UNSIGNED.match(line)
        printed, kind = printed_number(match["number"]), self.labels[number]
        block = self._open(kind, printed, number, match["body"])
        if kind == "paragraph":
            self.in_front = False
            self.paragraph = block

    def _open_section(self, number: int, marked: Marker, level: int = 0) -> None:
        """A heading printed with a marker; a warning if another one was due.

        "I" may open the report or follow "H": the level at which it is due is meant. A `level`
        above 0 is what the file itself says.
        """
        self.in_front = False
        due = {place.level: self.markers.get(place.level, -1) + 1 for place in marked.places}
        place = next((p for p in marked.places if due[p.level] == p.order), marked.places[0])
        if place.order != due[place.level]:
            names = place.names
            expected = names[due[place.level]] if due[place.level] < len(names) else "none"
            self.warnings.append(
                Said(
                    N_("line %(line)s: section %(marker)s follows where %(due)s was due"),
                    line=number,
                    marker=marked.printed,
                    due=expected,
                )
            )
        self.markers = {depth: n for depth, n in self.markers.items() if depth < place.level}
        self.markers[place.level] = place.order
        self._add_section(number, marked.printed, marked.title, level or place.level)

    def _add_section(self, number: int, marker: str | None, title: str, level: int) -> None:
        wider = (s for s in reversed(self.sections) if s.level < level)
        around = next(wider, None) if level > 1 else None
        name = f"s{len(self.sections) + 1}"
        self.marked_level = level if marker else self.marked_level
        self.sections.append(Section(name, marker, title, level, around.id if around else None))
        self._open("heading", marker, number, title)
        self.paragraph = None

    def _take_front(self, number: int, line: str) -> None:
        if line.strip().lower() in self.conventions.summary:
            self._add_section(number, None, line.strip(), 1)
            return
        in_summary = self.sections and self.sections[-1].title.lower() in self.conventions.summary
        if in_summary and self.blocks[-1].kind == "abstract" and not self.blocks[-1].ended:
            self.blocks[-1].add(number, line)
        else:
            self._open("abstract" if in_summary else "front", None, number, line)

    def _take_plain(self, number: int, line: str) -> None:
        """A page without numbered paragraphs: each line stands for itself, unless it breaks off."""
        title = line.strip()
        if title.lower() in self.conventions.documents | self.conventions.summary:
            self._add_section(number, None, title, 1)
            self.kind_of_plain = "abstract"
        elif self._goes_on(title):
            self.blocks[-1].add(number, line)
        elif (
            len(title) <= self.conventions.heading_length
            and not self.marks_headings
            and not ends_sentence(title)
            and not self._dangles(title)
            and not ITEM.match(line)
        ):
            self._add_section(number, None, title, 1)
            self.kind_of_plain = "paragraph"
        else:
            self._open(self.kind_of_plain, None, number, line)

    def _goes_on(self, text: str) -> bool:
        """Whether the text goes on with the passage before it."""
        last = self.blocks[-1] if self.blocks else None
        if not last or last.kind not in ("paragraph", "abstract"):
            return False
        return self._dangles(last.pieces[-1]) or (text[0].islower() and not last.ended)

    def _take_unnumbered(self, place: int, number: int, line: str) -> None:
        """A heading without a mark, or the rest of what a page broke off."""
        last, paragraph = self.blocks[-1], self.paragraph
        open_note = last.kind == "footnote" and not last.closed
        if open_note and (ADDRESS.match(line) or not paragraph):
            last.add(number, line)
        elif paragraph and self._dangles(paragraph.pieces[-1]):
            paragraph.add(number, line)
        elif self.short[place] and not (
            # The last line of a page is as short, but breaks off, and a footnote comes next.
            paragraph and not paragraph.ended and self.next_labels[place] == "footnote"
        ):
            self._add_section(number, None, line.strip(), self.marked_level + 1)
        elif open_note and paragraph.ended and not last.ended:
            last.add(number, line)
        elif paragraph and (paragraph.number is not None or not paragraph.ended):
            paragraph.add(number, line)
        else:
            self.paragraph = self._open("paragraph", None, number, line)
            self.warnings.append(
                Said(N_("line %(line)s: text without a number after a heading"), line=number)
            )

    def _dangles(self, text: str) -> bool:
        """Whether the text stops at a word or sign that something must follow."""
        return text.endswith(OPEN_SIGNS) or (
            text.split()[-1] in self.conventions.dangling and not ends_sentence(text)
        )

    def _passages(self) -> list[Passage]:
        refs = self._refs()
        notes = self._notes(refs)
        last_call, passages = 0, []
        for ref, block in zip(refs, self.blocks, strict=True):
            calls: tuple[Call, ...] = ()
            if self._may_call(block, notes):
                calls, last_call = self._find_calls(block, last_call, notes)
            passages.append(
                Passage(
                    ref,
                    block.kind,
                    block.number,
                    block.section,
                    block.text,
                    _stretches(block.lines),
                    calls,
                )
            )
        return passages

    def _may_call(self, block: _Block, notes: "_Notes") -> bool:
        """Whether marks of footnotes are looked for; beyond paragraphs only where they are sure."""
        if self.marks_notes:
            return block.kind != "footnote"
        return block.kind == "paragraph" and bool(self.numbered or notes)

    def _refs(self) -> list[str]:
        """The reference of each block: by its printed number, else counted."""
        counts: dict[str, int] = {}
        refs = []
        for block in self.blocks:
            letter = REF_LETTER[block.kind]
            if block.kind == "footnote":
                # Starred notes share 0, and numbers that begin anew on each page come again.
                ref = f"{letter}{block.number if isinstance(block.number, int) else 0}"
                counts[ref] = counts.get(ref, -1) + 1
                ref += f"-{counts[ref]}" if counts[ref] else ""
            elif isinstance(block.number, int):
                ref = f"{letter}{block.number}"
            else:
                if block.kind == "paragraph" and self.numbered:
                    letter = "u"  # p1 is the paragraph that prints a 1
                counts[letter] = counts.get(letter, 0) + 1
                ref = f"{letter}{counts[letter]}"
            refs.append(ref)
        return refs

    def _notes(self, refs: list[str]) -> "_Notes":
        """Printed number → first line and reference of each footnote that prints it."""
        notes: _Notes = defaultdict(list)
        for ref, block in zip(refs, self.blocks, strict=True):
            if block.kind == "footnote" and isinstance(block.number, int):
                notes[block.number].append((block.lines[0], ref.removeprefix("n")))
        return dict(notes)

    def _find_calls(
        self, block: _Block, last: int, notes: "_Notes"
    ) -> tuple[tuple[Call, ...], int]:
        """Footnote marks in a paragraph, and the highest number met so far.

        Where the file itself marks its footnotes, their marks are raised and have a note each.
        """
        if self.marks_notes:
            marks = [m for m in _marks(block.text) if not m.is_plain and m.number in notes]
            calls = [(mark.number, mark.start, mark.end) for mark in marks]
        else:
            calls, last = _guess_calls(block, last, notes, self.conventions.counting)
        return tuple(
            Call(_note_called(number, block.line_at(start), notes), start, end)
            for number, start, end in calls
        ), last

    def _check_numbers(self, passages: list[Passage]) -> None:
        paragraphs = [p.number for p in passages if p.kind == "paragraph" and p.number]
        footnotes = [p for p in passages if p.kind == "footnote" and isinstance(p.number, int)]
        self.warnings += [
            Said(N_("paragraph %(number)s is missing"), number=number)
            for number in sorted(set(range(1, max(paragraphs, default=0))) - set(paragraphs))
        ]
        calls: dict[str, str] = {}
        for passage in passages:
            for call in passage.calls:
                calls.setdefault(f"n{call.number}", passage.ref)
        there = {footnote.number for footnote in footnotes}
        called = {int(ref[1:]) for ref in calls if ref[1:].isdecimal()}
        for number in sorted(set(range(1, max(there | called, default=0) + 1)) - there):
            if number in called:
                sentence = N_("footnote %(number)s is missing: its mark stands in %(passage)s")
                self.warnings.append(Said(sentence, number=number, passage=calls[f"n{number}"]))
            else:
                self.warnings.append(Said(N_("footnote %(number)s is missing"), number=number))
        self.warnings += [
            Said(N_("footnote %(number)s has no mark in the text"), number=footnote.ref[1:])
            for footnote in footnotes
            if footnote.ref not in calls
        ]
        self.warnings += [
            Said(
                N_("footnote %(number)s breaks off: «… %(words)s»"),
                number=footnote.number,
                words=footnote.text[-40:],
            )
            for footnote in footnotes
            if self._dangles(footnote.text)
        ]
        seen: set[str] = set()
        for passage in passages:
            if passage.ref in seen or len(passage.ref) > _REF_LENGTH:
                raise SourceError(
                    N_("no passage can be called %(ref)s, or two would be: check the numbers."),
                    ref=passage.ref,
                )
            seen.add(passage.ref)


_REF_LENGTH = 10  # of the column that keeps it
_Notes = dict[int, list[tuple[int, str]]]
_NUMBER = rf"(?:[{ANY_DIGIT}]{{1,4}}|[{SUPERSCRIPTS}]{{1,4}})"
_MARK = re.compile(
    rf"\^\{{(?P<braced>[{ANY_DIGIT}]{{1,3}})\}}"
    rf"|(?<!\bm)(?<![kcm]m)(?P<small>[{SUPERSCRIPTS}]{{1,3}})"
    # Glued to the end of a sentence, as a copied page prints it: "war.1 Then".
    rf"|(?<=[^\W\d_]{{2}}[.,;?!\"”’»)؟،。，])(?P<glued>[{ANY_DIGIT}]{{1,2}})(?=\s|$)"
    rf"|(?<![{ANY_DIGIT}/٫,.-])(?P<plain>[{ANY_DIGIT}]{{1,2}})(?![{ANY_DIGIT}/٫{CHINESE}-])"
)
_BEFORE_MARK = 80  # characters before a number that tell what it counts
_SIGNS = (".", "،", ",", "؛", "»", '"', "”", "؟", "。", "，", "；", "？", "！")
# «A/66/811/Add.1», «para.5»: the number belongs to the word.
_ABBREVIATED = re.compile(
    r"(?:^|\W)(?:add|corr|rev|nos?|vol|paras?|arts?|chap|p|pp|pt|sect|annex|fig|núms?|ст|стр|пп?)\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Mark:
    """A number in a text that may call a footnote: how sure that is, and where it stands."""

    number: int
    start: int
    end: int
    is_plain: bool  # neither raised nor glued to the end of a sentence
    before: str


def _marks(text: str) -> Iterator[_Mark]:
    for match in _MARK.finditer(text):
        group = match.lastgroup
        before = text[max(0, match.start() - _BEFORE_MARK) : match.start()]
        if group == "glued" and _ABBREVIATED.search(before):
            continue
        yield _Mark(printed_number(match[group]), *match.span(group), group == "plain", before)


def _possible_marks(text: str, counting: frozenset[str]) -> set[int]:
    """Numbers in a text that may call a footnote."""
    return {
        mark.number
        for mark in _marks(text)
        if not mark.is_plain or counting.isdisjoint(mark.before.split()[-2:])
    }


def _plain_marks(text: str) -> set[int]:
    """Numbers in a text that call a footnote by their look alone."""
    return {mark.number for mark in _marks(text) if not mark.is_plain}


def _guess_calls(
    block: _Block, last: int, existing: Container[int], counting: frozenset[str]
) -> tuple[list[tuple[int, int, int]], int]:
    """Footnote marks in a paragraph (number, start, end), and the highest number met so far.

    Marks come in order, so a number is one if it is due (a file may have lost a few before it) and
    stands raised, glued to a word or after a sentence's sign; after a bare word only if a footnote
    of that number exists and the words before do not count something («ماده های ۱۱»). A number met
    before may be called again at the end of a sentence.
    """
    calls, text, items = [], block.text, block.items()
    for mark in _marks(text):
        if mark.start in items:
            continue
        glued = mark.before[-1:].isalpha() and not re.match(f"[{CHINESE}]", mark.before[-1:])
        marked = not mark.is_plain or glued or mark.before.rstrip().endswith(_SIGNS)
        counts = not counting.isdisjoint(mark.before.split()[-2:])
        due = last < mark.number <= last + 3 and (
            marked or (mark.number in existing and not counts)
        )
        ends = marked or text[mark.end : mark.end + 5].lstrip().startswith(".")
        again = mark.number in existing and mark.number <= last and ends
        if due or again:
            calls.append((mark.number, mark.start, mark.end))
            last = max(last, mark.number)
    return calls, last


def _note_called(number: int, line: int, notes: _Notes) -> int | str:
    """What a mark of that number on that line calls: the first such note below it.

    The number itself, or where several notes print it, what follows the n of the note's reference.
    """
    printed = notes.get(number, [])
    below = [ref for place, ref in printed if place > line] or [ref for _, ref in printed[-1:]]
    return below[0] if below and below[0] != str(number) else number


def _stretches(lines: list[int]) -> tuple[int, ...]:
    """First and last of each run of neighbouring line numbers, flat."""
    flat: list[int] = []
    for line in lines:
        if flat and line == flat[-1] + 1:
            flat[-1] = line
        else:
            flat += [line, line]
    return tuple(flat)
