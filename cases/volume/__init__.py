"""Plausible cases in any number, to measure with: made up, but of the real lists and rules.

`make_cases` (the command) asks `fill`. A case depends on the seed and its number alone, so the
same seed gives the same cases on every database, and a longer run begins with a shorter one's.
No revisions are written: such cases are there to be read, filtered, exported and edited, and the
first save of one begins its history.
"""

from cases.volume.filling import CASES_PER_DOCUMENT, Tally, fill, holds_seed
from cases.volume.lists import Lists

__all__ = ["CASES_PER_DOCUMENT", "Lists", "Tally", "fill", "holds_seed"]
