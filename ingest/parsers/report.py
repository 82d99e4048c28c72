"""A UN report's text as title, sections, paragraphs, footnotes, headings, front matter, furniture.

The source is a text file of a printed report: one paragraph a line or several, broken by pages,
its footnotes standing where each page ended. Nothing is mended: a passage's text is what the lines
print, joined by one space. Whatever could not be placed with confidence is named in `warnings`.
"""

import re
from dataclasses import asdict, dataclass, field

from ingest.parsers.conventions import (
    ADDRESS,
    ANY_DIGIT,
    FURNITURE,
    HEADING_LENGTH,
    ITEM,
    LANGUAGES,
    NUMBERED,
    STARRED,
    Conventions,
    Marker,
    ends_sentence,
    printed_number,
)
from ingest.parsers.numbering import NumberedLine, label_lines
from ingest.parsers.source import SourceError

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
    """A footnote mark in a passage's text: `text[start:end]` prints the number."""

    number: int
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
    warnings: tuple[str, ...]

    def as_json(self) -> dict:
        """Plain data for `json.dumps`."""
        return asdict(self)


@dataclass
class _Block:
    """A passage while its lines are still being gathered."""

    kind: str
    number: int | str | None
    section: str | None
    pieces: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def add(self, line: int, text: str) -> "_Block":
        self.pieces.append(text.strip())
        self.lines.append(line)
        return self

    @property
    def text(self) -> str:
        return " ".join(self.pieces)

    def items(self) -> set[int]:
        """Offsets of the numbers that open items of a list within the text."""
        found, start = set(), len(self.pieces[0]) + 1
        for piece in self.pieces[1:]:
            if match := NUMBERED.match(piece):
                found.add(start + match.start("number"))
            start += len(piece) + 1
        return found

    @property
    def ended(self) -> bool:
        return ends_sentence(self.pieces[-1])


def parse_report(text: str, language: str) -> Report:
    """Read the text of a report printed in `language` (en, fa or ar)."""
    if language not in LANGUAGES:
        raise SourceError(f"no rules for the language {language!r}: use {', '.join(LANGUAGES)}.")
    # Not splitlines: a form feed between pages would begin a line that no editor counts.
    split = re.split(r"\r\n|\r|\n", text)
    lines = [(n, line) for n, line in enumerate(split, start=1) if line.strip()]
    if not lines:
        raise SourceError("the file holds no text.")
    return _Reader(lines, LANGUAGES[language], language).read()


class _Reader:
    """Walks the lines once, knowing beforehand which numbered ones are paragraphs."""

    def __init__(self, lines, conventions: Conventions, language: str):
        self.lines = lines
        self.conventions = conventions
        self.language = language
        self.short = self._find_short()
        self.labels = self._label_numbered()
        self.next_labels = self._find_next_labels()
        self.numbered = any(label == "paragraph" for label in self.labels.values())
        self.blocks: list[_Block] = []
        self.sections: list[Section] = []
        self.furniture: list[Furniture] = []
        self.warnings: list[str] = []
        self.paragraph: _Block | None = None  # the latest one, still open for what a page broke off
        self.in_front = self.numbered
        self.kind_of_plain = "paragraph"
        self.markers: dict[int, int] = {}

    def read(self) -> Report:
        for place, (number, line) in enumerate(self.lines):
            self._take(place, number, line)
        passages = self._passages()
        title = next((p.text for p in passages if p.kind == "front"), "")
        if not title:
            self.warnings.append("no title found")
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
        for _, line in reversed(self.lines):
            text = line.strip()
            if FURNITURE.fullmatch(text):
                short.append(False)
                continue  # it stands between pages: what follows the line is on the next one
            opens = bool(NUMBERED.match(line) or self.conventions.marker(line))
            could = (
                following
                and not opens
                and len(text) <= HEADING_LENGTH
                and not ends_sentence(text)
                and not text.endswith((",", "،", ";", "؛"))
                and not text[0].islower()
                and not ITEM.match(line)
                and not STARRED.match(line)
                and not ADDRESS.match(line)
            )
            short.append(could)
            following = opens or could
        return short[::-1]

    def _label_numbered(self) -> dict[int, str]:
        """Line number → paragraph, footnote or text, for lines that begin with a number."""
        found: list[tuple[int, NumberedLine]] = []
        heading, before, item = False, "", 0
        marks: set[int] = set()
        for place, (number, line) in enumerate(self.lines):
            text = line.strip()
            if FURNITURE.fullmatch(text):
                continue
            match = NUMBERED.match(line)
            if match:
                printed = printed_number(match["number"])
                opens_list = bool(found) and printed == 1 and before.endswith(":")
                item = printed if opens_list or (item and printed == item + 1) else 0
                broken = bool(found) and not heading and not ends_sentence(before)
                called = printed in marks
                found.append((number, NumberedLine(printed, heading, broken, bool(item), called)))
                heading, text = False, match["body"]
            else:
                item = 0
                heading |= bool(self.short[place] or self.conventions.marker(line))
            marks |= _possible_marks(text, self.conventions.counting)
            before = text
        labels = label_lines(numbered for _, numbered in found) if found else []
        return dict(zip((number for number, _ in found), labels, strict=True))

    def _find_next_labels(self) -> list[str]:
        """For each line the label of the next numbered line."""
        found, label = [], ""
        for number, _ in reversed(self.lines):
            found.append(label)
            label = self.labels.get(number, label)
        return found[::-1]

    def _take(self, place: int, number: int, line: str) -> None:
        if FURNITURE.fullmatch(line.strip()):
            self.furniture.append(Furniture(number, line.strip()))
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

    def _open(self, kind: str, printed, number: int, text: str) -> _Block:
        section = self.sections[-1].id if self.sections else None
        self.blocks.append(_Block(kind, printed, section).add(number, text))
        return self.blocks[-1]

    def _open_numbered(self, number: int, line: str) -> None:
        match = NUMBERED.match(line)
        printed, kind = printed_number(match["number"]), self.labels[number]
        block = self._open(kind, printed, number, match["body"])
        if kind == "paragraph":
            self.in_front = False
            self.paragraph = block

    def _open_section(self, number: int, marked: Marker) -> None:
        """A heading printed with a marker; a warning if another one was due.

        "I" may open the report or follow "H": the level at which it is due is meant.
        """
        self.in_front = False
        due = {level: self.markers.get(level, -1) + 1 for level in (1, 2)}
        level, order = next(
            ((level, order) for level, order in marked.places if due[level] == order),
            marked.places[0],
        )
        if order != due[level]:
            names = (self.conventions.first, self.conventions.second)[level - 1]
            expected = names[due[level]] if due[level] < len(names) else "none"
            self.warnings.append(
                f"line {number}: section {marked.printed} follows where {expected} was due"
            )
        self.markers = {depth: place for depth, place in self.markers.items() if depth < level}
        self.markers[level] = order
        self._add_section(number, marked.printed, marked.title, level)

    def _add_section(self, number: int, marker: str | None, title: str, level: int) -> None:
        wider = (s for s in reversed(self.sections) if s.level < level)
        around = next(wider, None) if level > 1 else None
        name = f"s{len(self.sections) + 1}"
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
            len(title) <= HEADING_LENGTH
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
        if last.kind == "footnote" and (ADDRESS.match(line) or not paragraph):
            last.add(number, line)
        elif paragraph and self._dangles(paragraph.pieces[-1]):
            paragraph.add(number, line)
        elif self.short[place] and not (
            # The last line of a page is as short, but breaks off, and a footnote comes next.
            paragraph and not paragraph.ended and self.next_labels[place] == "footnote"
        ):
            marked = [section.level for section in self.sections if section.marker]
            self._add_section(number, None, line.strip(), (marked[-1] if marked else 0) + 1)
        elif last.kind == "footnote" and paragraph.ended and not last.ended:
            last.add(number, line)
        elif paragraph and (paragraph.number is not None or not paragraph.ended):
            paragraph.add(number, line)
        else:
            self.paragraph = self._open("paragraph", None, number, line)
            self.warnings.append(f"line {number}: text without a number after a heading")

    def _dangles(self, text: str) -> bool:
        """Whether the text stops at a word or sign that something must follow."""
        return text.endswith((",", "،", "-", "؛")) or (
            text.split()[-1] in self.conventions.dangling and not ends_sentence(text)
        )

    def _passages(self) -> list[Passage]:
        counts: dict[str, int] = {}
        existing = {b.number for b in self.blocks if b.kind == "footnote"}
        last_call, passages = 0, []
        for block in self.blocks:
            letter = REF_LETTER[block.kind]
            if isinstance(block.number, int):
                ref = f"{letter}{block.number}"
            elif block.kind == "footnote":
                counts["*"] = counts.get("*", -1) + 1
                ref = f"{letter}0" + (f"-{counts['*']}" if counts["*"] else "")
            else:
                if block.kind == "paragraph" and self.numbered:
                    letter = "u"  # p1 is the paragraph that prints a 1
                counts[letter] = counts.get(letter, 0) + 1
                ref = f"{letter}{counts[letter]}"
            calls: tuple[Call, ...] = ()
            if block.kind == "paragraph" and self.numbered:
                calls, last_call = _find_calls(
                    block, last_call, existing, self.conventions.counting
                )
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

    def _check_numbers(self, passages: list[Passage]) -> None:
        paragraphs = [p.number for p in passages if p.kind == "paragraph" and p.number]
        footnotes = [p for p in passages if p.kind == "footnote" and isinstance(p.number, int)]
        self.warnings += [
            f"paragraph {number} is missing"
            for number in sorted(set(range(1, max(paragraphs, default=0))) - set(paragraphs))
        ]
        calls: dict[int, str] = {}
        for passage in passages:
            for call in passage.calls:
                calls.setdefault(call.number, passage.ref)
        there = {footnote.number for footnote in footnotes}
        for number in sorted(set(range(1, max(there | set(calls), default=0) + 1)) - there):
            where = f": its mark stands in {calls[number]}" if number in calls else ""
            self.warnings.append(f"footnote {number} is missing{where}")
        self.warnings += [
            f"footnote {footnote.number} has no mark in the text"
            for footnote in footnotes
            if footnote.number not in calls
        ]
        self.warnings += [
            f"footnote {footnote.number} breaks off: «… {footnote.text[-40:]}»"
            for footnote in footnotes
            if self._dangles(footnote.text)
        ]
        seen: set[str] = set()
        for passage in passages:
            if passage.ref in seen:
                raise SourceError(f"two passages would be called {passage.ref}: check the numbers.")
            seen.add(passage.ref)


_MARK = re.compile(
    rf"\^\{{(?P<raised>[{ANY_DIGIT}]{{1,3}})\}}"
    rf"|(?<![{ANY_DIGIT}/٫,.-])(?P<plain>[{ANY_DIGIT}]{{1,2}})(?![{ANY_DIGIT}/٫-])"
)
_BEFORE_MARK = 80  # characters before a number that tell what it counts
_SIGNS = (".", "،", ",", "؛", "»", '"', "”", "؟")


def _possible_marks(text: str, counting: frozenset[str]) -> set[int]:
    """Numbers in a text that may call a footnote."""
    return {
        printed_number(match["raised"] or match["plain"])
        for match in _MARK.finditer(text)
        if match["raised"] or counting.isdisjoint(_words_before(text, match.start())[-2:])
    }


def _words_before(text: str, end: int) -> list[str]:
    return text[max(0, end - _BEFORE_MARK) : end].split()


def _find_calls(
    block: _Block, last: int, existing: set, counting: frozenset[str]
) -> tuple[tuple[Call, ...], int]:
    """Footnote marks in a paragraph, and the highest number met so far.

    Marks come in order, so a number is one if it is due (a file may have lost a few before it) and
    stands raised, glued to a word or after a sentence's sign; after a bare word only if a footnote
    of that number exists and the words before do not count something («ماده های ۱۱»). A number met
    before may be called again at the end of a sentence.
    """
    calls, text, items = [], block.text, block.items()
    for match in _MARK.finditer(text):
        if match.start() in items:
            continue
        group = "raised" if match["raised"] else "plain"
        number = printed_number(match[group])
        before = text[max(0, match.start() - _BEFORE_MARK) : match.start()].rstrip()
        glued = text[max(0, match.start() - 1) : match.start()].isalpha()
        marked = group == "raised" or glued or before.endswith(_SIGNS)
        counts = not counting.isdisjoint(_words_before(text, match.start())[-2:])
        due = last < number <= last + 3 and (marked or (number in existing and not counts))
        ends = marked or text[match.end() : match.end() + 5].lstrip().startswith(".")
        again = number in existing and number <= last and ends
        if due or again:
            calls.append(Call(number, match.start(group), match.end(group)))
            last = max(last, number)
    return tuple(calls), last


def _stretches(lines: list[int]) -> tuple[int, ...]:
    """First and last of each run of neighbouring line numbers, flat."""
    flat: list[int] = []
    for line in lines:
        if flat and line == flat[-1] + 1:
            flat[-1] = line
        else:
            flat += [line, line]
    return tuple(flat)
