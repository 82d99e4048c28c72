"""A release of rows that tests share (tests/keeping.py) and that are therefore never saved."""

from contextlib import nullcontext
from datetime import UTC, datetime
from unittest.mock import patch

from releases import store
from releases.making import make


def freeze(name: str, at: datetime = datetime(2026, 1, 31, tzinfo=UTC)) -> store.Release:
    """What readers see now, in the transaction that is open instead of a snapshot of its own."""
    with patch("releases.making.one_snapshot", nullcontext):
        return make(name, at)
