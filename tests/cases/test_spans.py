"""Cutting a text by stretches that overlap."""

from hypothesis import given
from hypothesis import strategies as st

from cases.spans import Node, Segment, Span, nested, only_innermost, segments

TEXT = "abcdefghij"


@st.composite
def marked_texts(draw):
    """A text and spans of it, as they come: empty ones and ones beyond its end are among them."""
    text = draw(st.text(max_size=40))
    places = st.integers(0, 45)
    return text, [
        Span(*sorted((draw(places), draw(places))), rank=draw(st.integers(0, 2)), mark=number)
        for number in range(draw(st.integers(0, 8)))
    ]


def leaves(nodes, around=()):
    """(letters, the spans around them) of a tree."""
    for node in nodes:
        if isinstance(node, Node):
            yield from leaves(node.children, (*around, node.span))
        else:
            yield node, around


def nodes_of(tree):
    for node in tree:
        if isinstance(node, Node):
            yield node
            yield from nodes_of(node.children)


@given(marked_texts())
def test_the_segments_joined_are_the_text(marked):
    text, spans = marked
    pieces = segments(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    assert [piece.start for piece in pieces] == sorted({piece.start for piece in pieces})


@given(marked_texts())
def test_each_letter_is_under_the_spans_that_cover_it_and_no_other(marked):
    text, spans = marked
    at = 0
    for letters, around in leaves(nested(segments(text, spans))):
        for place in range(at, at + len(letters)):
            covering = {span for span in spans if span.start <= place < span.end}
            # A border beyond the text cuts nothing, so such a span covers to the text's end.
            assert set(around) == covering
        at += len(letters)
    assert at == len(text)


@given(marked_texts())
def test_outer_spans_have_lower_ranks_and_no_span_lies_in_itself(marked):
    text, spans = marked
    for _letters, around in leaves(nested(segments(text, spans))):
        assert [span.rank for span in around] == sorted(span.rank for span in around)
        assert len(set(around)) == len(around)


@given(marked_texts())
def test_every_span_with_letters_begins_once_and_ends_once(marked):
    text, spans = marked
    found = list(nodes_of(nested(segments(text, spans))))
    for span in spans:
        pieces = [node for node in found if node.span is span]
        expected = 1 if span.start < min(span.end, len(text)) else 0
        assert sum(node.is_first for node in pieces) == expected
        assert sum(node.is_last for node in pieces) == expected


@given(marked_texts())
def test_a_link_never_lies_in_a_link(marked):
    text, spans = marked
    pieces = only_innermost(segments(text, spans), 1)
    assert "".join(piece.text for piece in pieces) == text
    for _letters, around in leaves(nested(pieces)):
        assert sum(span.rank == 1 for span in around) <= 1


def test_a_span_within_another_of_its_rank_lies_in_it_unbroken():
    outer, inner = Span(1, 8), Span(3, 5)
    tree = nested(segments(TEXT, [inner, outer]))
    within = Node(inner, ("de",), True, True)
    assert tree == ["a", Node(outer, ("bc", within, "fgh"), True, True), "ij"]


def test_the_later_of_two_that_cross_is_broken():
    one, two = Span(1, 5), Span(3, 8)
    assert nested(segments(TEXT, [one, two])) == [
        "a",
        Node(one, ("bc", Node(two, ("de",), True, False)), True, True),
        Node(two, ("fgh",), False, True),
        "ij",
    ]


def test_the_shorter_of_two_links_wins_where_both_stand():
    sentence, name = Span(0, 8, rank=1), Span(4, 8, rank=1)
    pieces = only_innermost(segments(TEXT, [sentence, name]), 1)
    assert pieces == [
        Segment(0, "abcd", (sentence,)),
        Segment(4, "efgh", (name,)),
        Segment(8, "ij"),
    ]


def test_a_text_without_letters_has_no_segments():
    assert segments("", [Span(0, 0)]) == []
