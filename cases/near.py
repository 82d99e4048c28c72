"""Codes and names written like one that is not known, for the sentences that refuse it."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

# Of 100: at least so many of the letters of both stand in both, in the same order.
ALIKE = 65


def written_alike(said: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Those of the known that are written most like what was said, the likest first.

    Of those equally like, the first ones of `known`; none if nothing is like it.
    """
    found = process.extract(said, list(known), scorer=fuzz.ratio, limit=most, score_cutoff=ALIKE)
    return [each for each, _score, _place in found]
