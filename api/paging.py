"""Pages of rows that follow one another: the next one begins behind the last row of this one.

What was read is not counted off again, so the thousandth page costs what the first does, and a row
that comes or goes meanwhile neither hides nor repeats another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Exact, GreaterThan, IsNull, LessThan

from cases.filters import InvalidQuery

MOST, USUAL = 200, 50
Place = list[Any]


@dataclass(frozen=True)
class Page:
    """The keys of the rows of a page, in order, and the cursor of the next one, if there is one."""

    keys: list[int]
    cursor: str | None


@dataclass(frozen=True)
class Order:
    """In what order rows are paged; the last of `by` settles every tie.

    `name` keeps a cursor from another order out. An order that is `indexed` is asked for in several
    small queries that each go along the index; any other in one, since it sorts all rows anyway.
    """

    name: str
    by: Sequence[Any]
    indexed: bool = False

    def page(self, rows: QuerySet, limit: int, cursor: str | None) -> Page:
        """The next `limit` rows behind the cursor, or InvalidQuery if it is none of this order."""
        keys = {f"key_{number}": key.expression for number, key in enumerate(self._keys())}
        keyed = rows.order_by(*self.by).annotate(**keys).values_list("pk", *keys)
        found: list[tuple] = []
        for condition in self._behind(self.place(cursor)):
            found += keyed.filter(condition)[: limit + 1 - len(found)]
            if len(found) > limit:
                break
        more = self._cursor(found[limit - 1][1:]) if len(found) > limit else None
        return Page([row[0] for row in found[:limit]], more)

    def place(self, cursor: str | None) -> Place | None:
        """The values of the keys of the row behind which a page begins; None: with the first."""
        if cursor is None:
            return None
        try:
            place = [_read(value) for value in self._signer.unsign_object(cursor)]
        except BadSignature:
            place = []
        if len(place) != len(self.by):
            sentence = "This is no cursor of this list in this order: begin again without it."
            raise InvalidQuery({"cursor": [sentence]})
        return place

    def _keys(self) -> Iterator[OrderBy]:
        for each in self.by:
            if isinstance(each, str):
                yield F(each).asc()
            else:
                yield each if isinstance(each, OrderBy) else OrderBy(each)

    def _behind(self, place: Place | None) -> list[Q]:
        """What the rows behind a place fulfil, in the order of the rows that fulfil it.

        First those that differ from it in the last key only, then in the last but one, and so on.
        """
        if place is None:
            return [Q()]
        equal, steps = Q(), []
        for key, value in zip(self._keys(), place, strict=True):
            if (later := _later(key, value)) is not None:
                steps.append(equal & later)
            equal &= _same(key, value)
        steps.reverse()
        return steps if self.indexed else [reduce(or_, steps)]

    @property
    def _signer(self) -> Signer:
        # Signed, so that no value in it but one of ours ever reaches a query.
        return Signer(sep=".", salt=f"api.cursor.{self.name}")

    def _cursor(self, place: Sequence[Any]) -> str:
        return self._signer.sign_object([_written(value) for value in place])


def _same(key: OrderBy, value: Any) -> Q:
    if value is None:
        return Q(IsNull(key.expression, True))
    return Q(Exact(key.expression, Value(value)))


def _later(key: OrderBy, value: Any) -> Q | None:
    """What comes behind a value in the order of one key; None: nothing can.

    Where NULLs may occur the order says that they come last.
    """
    if value is None:
        return None
    compared = LessThan if key.descending else GreaterThan
    later = Q(compared(key.expression, Value(value)))
    return later | Q(IsNull(key.expression, True)) if key.nulls_last else later


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        if "moment" in value:
            return datetime.fromisoformat(value["moment"])
        return date.fromisoformat(value["day"])
    return value
