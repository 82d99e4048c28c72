"""Which rows answer a question, and how well, worked out in memory.

The full-text index gives the rows of a word in milliseconds, however many they are. To count
filters among them, or to rank them, a database would look at each of these rows; here they are
sets: the bits of cases, as the values of the filters are (cases.tally), or sets of ids.
"""

from collections.abc import Callable, Iterator
from functools import cached_property, reduce
from operator import or_
from typing import Generic, TypeVar

from django.db.models import Q

from cases.bits import add, descending
from cases.fulltext import Has
from cases.search import matching, weighed

Rows = TypeVar("Rows", int, set[int])


class Answers(Generic[Rows]):
    """The rows that have every word of a question.

    `having` tells in which rows any word of a Has stands. What the index does not know, such as
    more than two words in a row, `asked` asks the database for: the rows for which a condition
    holds, of some that are given (None: of all).
    """

    def __init__(
        self,
        question: str,
        having: Callable[[Has], Rows],
        asked: Callable[[Q, Rows | None], Rows],
    ):
        self.question, self._having, self._asked = question, having, asked

    @cached_property
    def found(self) -> Rows | None:
        """The rows; None if the question has no word."""
        condition = matching(self.question)
        return None if condition is None else self._of(condition, None)

    def ranked(self, cases: int) -> Iterator[int]:
        """These of them, as bits, in parts, the best first; as `search.relevance` has it."""
        sums: list[int] = []
        for conditions in weighed(self.question):
            left = cases
            for condition, weight in conditions:
                if not left:
                    break
                having = self._of(condition, left)
                add(sums, having, weight)
                left ^= having
        return descending(sums, cases)

    def _of(self, condition: Q, among: Rows | None) -> Rows:
        """Those of some rows for which a condition holds."""
        if condition.connector == Q.OR:
            each = (child if isinstance(child, Q) else Q(child) for child in condition.children)
            return reduce(or_, (self._of(child, among) for child in each))
        words = [child for child in condition.children if isinstance(child, Has)]
        texts = [child for child in condition.children if isinstance(child, tuple)]
        for has in words:
            if among is None or among:
                having = self._having(has)
                among = having if among is None else among & having
        for child in condition.children:
            if isinstance(child, Q) and (among is None or among):
                among = self._of(child, among)
        # The words again, by which the database finds the few whose texts it has to read.
        if texts and (among is None or among):
            among = self._asked(Q(*words, *texts), among)
        return among
