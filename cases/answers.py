"""Which cases answer a question, and how well, worked out in memory.

The full-text index gives the cases of a word in milliseconds, however many they are. To count
filters among them, and to rank them, a database would look at each of these cases; here each word
is a set of bits, as the values of the filters are (cases.tally).
"""

from collections.abc import Callable, Iterator
from functools import cached_property

from django.db.models import Q

from cases.bits import add, descending
from cases.fulltext import Has
from cases.search import matching, weighed


class Answers:
    """The public cases that have every word of a question.

    `having` tells in which cases any word of a Has stands. What the index does not know, such as
    more than two words in a row, `asked` asks the database for: those for which a condition holds,
    of those that are given.
    """

    def __init__(
        self,
        question: str,
        every: int,
        having: Callable[[Has], int],
        asked: Callable[[Q, int], int],
    ):
        self.question, self.every = question, every
        self._having, self._asked = having, asked

    @cached_property
    def found(self) -> int:
        """The cases, as bits."""
        condition = matching(self.question)
        return 0 if condition is None else self._of(condition, self.every)

    def ranked(self, cases: int) -> Iterator[int]:
        """These of them in parts, the best answers first; as `search.relevance` has it."""
        sums: list[int] = []
        for conditions in weighed(self.question):
            left = cases
            for condition, weight in conditions:
                having = self._of(condition, left)
                add(sums, having, weight)
                left ^= having
        return descending(sums, cases)

    def _of(self, condition: Q, among: int) -> int:
        """Those among these cases for which a condition holds."""
        if condition.connector == Q.OR:
            found = 0
            for child in condition.children:
                found |= self._of(child if isinstance(child, Q) else Q(child), among)
            return found
        words = [child for child in condition.children if isinstance(child, Has)]
        texts = [child for child in condition.children if isinstance(child, tuple)]
        for has in words:
            among &= self._having(has)
        for child in condition.children:
            if isinstance(child, Q):
                among = self._of(child, among)
        # The words again, by which the database finds the few whose texts it has to read.
        return self._asked(Q(*words, *texts), among) if texts and among else among
