"""Which numbered lines are paragraphs and which are footnotes.

Both are printed «۱۰- …», and a page's footnotes stand wherever the page broke. What tells them
apart is order: paragraphs run 1, 2, 3 without a gap, footnotes run upwards beside them, or begin
anew on a page whose text calls them anew. So the cheapest consistent reading of all numbered lines
together is sought, not a verdict line by line.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

Label = Literal["paragraph", "footnote", "text"]

PARAGRAPH_GAP, FOOTNOTE_GAP, NOT_A_NUMBER, SWITCH, FOOTNOTE_AFTER_HEADING = 8, 2, 12, 1, 2
PARAGRAPH_AFTER_BROKEN, FOOTNOTE_WITHOUT_MARK = 2, 2
FOOTNOTES_ANEW, UNSIGNED_TEXT = 3, 6
BEAM = 24  # readings this much dearer than the best so far never win: forget them
WIDTH = 200  # however many are as good: files full of stray numbers must not take minutes


class NumberedLine(NamedTuple):
    """A line that begins with a number, and what stands before it.

    That is a heading, an unfinished sentence, the colon or item that a list goes on from, and
    anywhere before it a mark that calls a footnote of its number; `recalled` is a plain mark since
    the last line of that number. A line without a sign after its number is a footnote, if anything.
    """

    number: int
    after_heading: bool = False
    after_broken: bool = False
    in_list: bool = False
    called: bool = False
    recalled: bool = False
    signed: bool = True


class _Reading(NamedTuple):
    cost: int
    label: Label
    previous: "_Reading | None"


def label_lines(lines: Iterable[NumberedLine]) -> list[Label]:
    """One label a line, the cheapest reading of all of them together."""
    start = _Reading(0, "paragraph", None)
    readings: dict[tuple[int, int, str], _Reading] = {(0, 0, "paragraph"): start}
    for line in lines:
        following: dict[tuple[int, int, str], _Reading] = {}

        def offer(paragraph, footnote, context, cost, label, previous, following=following):
            state = (paragraph, footnote, context)
            if state not in following or cost < following[state].cost:
                following[state] = _Reading(cost, label, previous)

        for (paragraph, footnote, context), reading in readings.items():
            if line.signed and (gap := line.number - paragraph - 1) >= 0:
                switch = SWITCH if context == "footnote" and not line.after_heading else 0
                switch += (
                    PARAGRAPH_AFTER_BROKEN if line.after_broken and context == "paragraph" else 0
                )
                cost = reading.cost + gap * PARAGRAPH_GAP + switch
                offer(line.number, footnote, "paragraph", cost, "paragraph", reading)
            anew = line.number == 1 and footnote > 0 and line.recalled
            gap = 0 if anew else line.number - footnote - 1
            if gap == 0 or (gap > 0 and line.signed):
                switch = SWITCH if context == "paragraph" else 0
                switch += FOOTNOTE_AFTER_HEADING if line.after_heading else 0
                switch += 0 if line.called or line.recalled else FOOTNOTE_WITHOUT_MARK
                switch += FOOTNOTES_ANEW if anew else 0
                cost = reading.cost + gap * FOOTNOTE_GAP + switch
                offer(paragraph, line.number, "footnote", cost, "footnote", reading)
            as_text = 0 if line.in_list else NOT_A_NUMBER if line.signed else UNSIGNED_TEXT
            cost = reading.cost + as_text
            offer(paragraph, footnote, context, cost, "text", reading)
        limit = min(reading.cost for reading in following.values()) + BEAM
        kept = [(state, r) for state, r in following.items() if r.cost <= limit]
        readings = dict(sorted(kept, key=lambda pair: pair[1].cost)[:WIDTH])
    best = min(readings.values(), key=lambda reading: reading.cost)
    labels: list[Label] = []
    while best.previous is not None:
        labels.append(best.label)
        best = best.previous
    return labels[::-1]
