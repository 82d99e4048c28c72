"""Cutting a text at the borders of marked stretches, so that they nest however they overlap.

HTML elements must lie one in another; quotations, references, footnote marks and misprints lie
across each other as they please. So the text is cut wherever one begins or ends, and the pieces
are gathered again from the outside in: a stretch is broken only where it really crosses another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Span:
    """A marked stretch of a text. Lower ranks lie outside; `mark` is what it stands for.

    Two spans are never the same one, even where they cover the same letters.
    """

    start: int
    end: int
    rank: int = 0
    mark: Any = None


@dataclass(frozen=True)
class Segment:
    """Letters over which nothing begins or ends, and the spans that cover them, outermost first."""

    start: int
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Node:
    """A span, or one piece of it where it was broken, and what lies within."""

    span: Span
    children: tuple["Node | str", ...]
    is_first: bool
    is_last: bool


def segments(text: str, spans: Iterable[Span]) -> list[Segment]:
    """The text cut at every border of a span; the pieces joined are the text."""
    ordered = sorted(spans, key=lambda span: (span.rank, span.start, -span.end))
    borders = {0, len(text)}
    for span in ordered:
        borders |= {place for place in (span.start, span.end) if 0 <= place <= len(text)}
    places = sorted(borders)
    return [
        Segment(
            start,
            text[start:end],
            tuple(span for span in ordered if span.start <= start and span.end >= end),
        )
        for start, end in zip(places, places[1:], strict=False)
    ]


def only_innermost(pieces: list[Segment], rank: int) -> list[Segment]:
    """Of the spans of a rank, each piece keeps the shortest: a link cannot hold another."""
    kept = []
    for piece in pieces:
        rivals = [span for span in piece.spans if span.rank == rank]
        best = min(rivals, key=lambda span: (span.end - span.start, span.start), default=None)
        spans = tuple(span for span in piece.spans if span.rank != rank or span is best)
        kept.append(Segment(piece.start, piece.text, spans))
    return kept


def nested(pieces: list[Segment]) -> list[Node | str]:
    """The pieces gathered under their spans, outermost first."""
    first: dict[Span, int] = {}
    last: dict[Span, int] = {}
    for place, piece in enumerate(pieces):
        for span in piece.spans:
            first.setdefault(span, place)
            last[span] = place

    def gathered(begin: int, end: int, depth: int) -> list[Node | str]:
        found: list[Node | str] = []
        while begin < end:
            if len(pieces[begin].spans) == depth:
                found.append(pieces[begin].text)
                begin += 1
                continue
            span, stop = pieces[begin].spans[depth], begin + 1
            while stop < end and pieces[stop].spans[depth : depth + 1] == (span,):
                stop += 1
            children = tuple(gathered(begin, stop, depth + 1))
            found.append(Node(span, children, first[span] == begin, last[span] == stop - 1))
            begin = stop
        return found

    return gathered(0, len(pieces), 0)
