"""A whole text as its reader shows it: what stands in each passage, and what stands beside it.

In a passage: stretches that something was coded from, links (footnote marks and references to
other documents) and misprints. Beside it: how the misprints are read, the documents it cites and
the statements that stand on its words.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count, groupby

from django.db.models import Prefetch
from django.utils.functional import cached_property

from cases.expressions import Bytewise
from cases.models import (
    Case,
    Document,
    Edition,
    ErratumPlace,
    Passage,
    Quotation,
    Reference,
    Statement,
    StatementActor,
    StatementQuotation,
)
from cases.models.choices import Certainty, Part, PassageKind
from cases.querysets import SEARCHED, is_public
from cases.spans import Node, Span, nested, only_innermost, segments

# What lies outside what: a stretch is the target of an address, so it is broken last.
STRETCH, LINK, PRINT = range(3)
# Beyond these, what was coded from a passage is folded away until it is asked for.
UNFOLDED = 8


def stretch_anchor(passage: Passage, quotation: Quotation) -> str:
    """Where the reader shows the words of a quotation: `p24-12-80`."""
    return f"{passage.code}-{quotation.start}-{quotation.end}"


@dataclass(frozen=True, eq=False)
class Call:
    """A footnote mark in a passage."""

    passage: Passage
    number: str
    start: int
    end: int

    @property
    def anchor(self) -> str:
        return f"{self.passage.code}-m{self.start}"

    @property
    def note_anchor(self) -> str:
        return f"n{self.number}"


@dataclass(frozen=True, eq=False)
class Misprint:
    """A place where an erratum stands in print; the letter joins it to its note."""

    place: ErratumPlace
    passage: Passage
    letter: str

    @property
    def anchor(self) -> str:
        return f"{self.passage.code}-e{self.letter}"

    @property
    def note_anchor(self) -> str:
        return f"{self.anchor}-note"

    @property
    def codes_reading(self) -> bool:
        """Whether statements follow the corrected reading rather than the print."""
        return self.place.erratum.certainty != Certainty.POSSIBLE


@dataclass(frozen=True)
class Told:
    """What was coded of one case from one stretch, or one finding (`case` is then None)."""

    case: Case | None
    statements: list[Statement]


@dataclass(frozen=True, eq=False)
class Stretch:
    """Words of a passage that statements stand on."""

    quotation: Quotation
    passage: Passage
    told: list[Told]

    @property
    def anchor(self) -> str:
        return stretch_anchor(self.passage, self.quotation)

    @property
    def words(self) -> str:
        return self.passage.text[self.quotation.start : self.quotation.end]


@dataclass
class Block:
    """One passage with what stands in it and beside it."""

    passage: Passage
    calls: list[Call]
    misprints: list[Misprint]
    stretches: list[Stretch]
    # Marks that call this passage, where it is a footnote.
    called_from: list[Call] = field(default_factory=list)

    @property
    def heading_level(self) -> int:
        """The title of the page is the first level."""
        return min(6, 1 + (self.passage.section.level if self.passage.section else 1))

    @cached_property
    def pieces(self) -> list[Node | str]:
        """The text cut into what it is marked as."""
        spans = [Span(s.quotation.start, s.quotation.end, STRETCH, s) for s in self.stretches]
        spans += [Span(link.start, link.end, LINK, link) for link in self.calls]
        spans += [Span(link.start, link.end, LINK, link) for link in self.references]
        spans += [Span(m.place.start, m.place.end, PRINT, m) for m in self.misprints]
        return nested(only_innermost(segments(self.passage.text, spans), LINK))

    @property
    def references(self) -> list[Reference]:
        return list(self.passage.references.all())

    @property
    def cited(self) -> list[Document]:
        """The documents that the passage refers to, each once."""
        return list(dict.fromkeys(reference.document for reference in self.references))

    @property
    def statement_count(self) -> int:
        """Statements of cases, each once however many of its words stand here."""
        return len(self._statements(lambda told: told.case is not None))

    @property
    def finding_count(self) -> int:
        return len(self._statements(lambda told: told.case is None))

    def _statements(self, wanted) -> set[int]:
        return {
            statement.pk
            for stretch in self.stretches
            for told in stretch.told
            if wanted(told)
            for statement in told.statements
        }

    @property
    def is_folded(self) -> bool:
        return self.statement_count + self.finding_count > UNFOLDED


@dataclass(frozen=True)
class MissingNote:
    """A footnote that the text calls and the edition does not print."""

    number: str
    called_from: list[Call]


@dataclass(frozen=True)
class Reading:
    """An edition as a page: the text, then its footnotes, and what of it is coded."""

    edition: Edition
    blocks: list[Block]
    notes: list[Block | MissingNote]
    uncoded: list[Passage]
    passage_count: int

    @property
    def coded_count(self) -> int:
        return self.passage_count - len(self.uncoded)

    @property
    def headings(self) -> list[Block]:
        return [block for block in self.blocks if block.passage.kind == PassageKind.HEADING]


def read_edition(edition: Edition) -> Reading:
    """The whole text of an edition, in a fixed number of queries."""
    passages = list(edition.passages.prefetch_related("section").for_reader().order_by("order"))
    calls = _calls(passages)
    missing = {call.number for each in calls.values() for call in each} - {
        passage.code.removeprefix("n") for passage in passages if passage.kind == "footnote"
    }
    told = _told(edition)
    blocks = [_block(passage, calls[passage.pk], told[passage.pk]) for passage in passages]
    called: dict[str, list[Call]] = defaultdict(list)
    for block in blocks:
        for call in block.calls:
            called[call.note_anchor].append(call)
    notes: list[Block | MissingNote] = []
    for block in blocks:
        if block.passage.kind == PassageKind.FOOTNOTE:
            block.called_from = called[block.passage.code]
            notes.append(block)
    for number in sorted(missing, key=_printed_number):
        note = MissingNote(number, called[f"n{number}"])
        notes.insert(_place_of_missing(note, notes), note)
    readable = [passage for passage in passages if passage.kind != PassageKind.HEADING]
    return Reading(
        edition,
        [block for block in blocks if block.passage.kind != PassageKind.FOOTNOTE],
        notes,
        [passage for passage in readable if not passage.is_coded],
        len(readable),
    )


def _calls(passages: list[Passage]) -> dict[int, list[Call]]:
    """By the id of each passage, its footnote marks; an asterisk at its end is one too.

    Asterisks have no numbers: the first calls the first footnote that is printed with one.
    """
    found = {
        passage.pk: [Call(passage, str(number), start, end) for number, start, end in passage.calls]
        for passage in passages
    }
    notes = [each for each in passages if each.kind == PassageKind.FOOTNOTE and each.number == "*"]
    marked = [each for each in passages if each not in notes and each.text.endswith("*")]
    for passage, note in zip(marked, notes, strict=False):
        end = len(passage.text)
        found[passage.pk].append(Call(passage, note.code.removeprefix("n"), end - 1, end))
    return found


def _printed_number(code: str) -> int:
    """The number that print has for a note: where numbers begin anew, the second 1 is n1-1."""
    digits = code.removeprefix("n").partition("-")[0]
    return int(digits) if digits.isdecimal() else 0


def _place_of_missing(missing: MissingNote, notes: list[Block | MissingNote]) -> int:
    """The place among notes, as they are printed, where the missing one's neighbours meet.

    They are below its mark, and before numbers begin anew.
    """
    wanted, before = _printed_number(missing.number), 0
    mark = min(call.passage.order for call in missing.called_from)
    for place, note in enumerate(notes):
        if isinstance(note, MissingNote) or note.passage.order < mark:
            continue
        number = _printed_number(note.passage.code)
        begins_anew = 0 < number <= before
        if number > wanted or begins_anew:
            return place
        before = number
    return len(notes)


def _block(passage: Passage, calls: list[Call], told: list[tuple[Quotation, list[Told]]]) -> Block:
    return Block(
        passage,
        calls,
        [
            Misprint(place, passage, letter)
            for place, letter in zip(passage.erratum_places.all(), _letters(), strict=False)
        ],
        [Stretch(quotation, passage, said) for quotation, said in told],
    )


def _letters():
    """a to z, then a1 to z1 and so on: footnotes have the numbers."""
    for turn in count():
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield f"{letter}{turn or ''}"


def _told(edition: Edition) -> dict[int, list[tuple[Quotation, list[Told]]]]:
    """By the id of each passage, its quoted words in order and what was coded from them."""
    actors = StatementActor.objects.filter(part=Part.BY).prefetch_related("actor__names")
    cases = Case.objects.defer(*SEARCHED, "internal_notes")
    evidence = (
        # Along a join: SQLite would make a list of all public statements for a subquery.
        StatementQuotation.objects.filter(
            is_public("statement__"), quotation__passage__edition=edition
        )
        .select_related("quotation", "statement")
        # A text tells of the same cases and terms again and again: each is read once.
        .prefetch_related(
            "statement__term",
            Prefetch("statement__case", cases),
            Prefetch("statement__parts", actors, to_attr="doers"),
        )
        .order_by(
            *("quotation__passage", "quotation__start", "quotation__end"),
            Bytewise("statement__case__slug").asc(nulls_last=True),
            *("statement__order", "statement"),
        )
    )
    found: dict[int, list[tuple[Quotation, list[Told]]]] = defaultdict(list)
    for quotation, rows in groupby(evidence, key=lambda row: row.quotation):
        told = []
        for case, group in groupby((row.statement for row in rows), key=lambda each: each.case):
            statements = list(group)
            told += [Told(case, statements)] if case else [Told(None, [s]) for s in statements]
        found[quotation.passage_id].append((quotation, told))
    return found
