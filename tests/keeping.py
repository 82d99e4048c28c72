"""Rows that all tests of a module share, where making them takes most of the time."""

from contextlib import contextmanager
from unittest.mock import patch

from django.db import connection, transaction


@contextmanager
def kept(blocker):
    """Rows made inside stay for all tests of a module, each of which finds them as they were.

    Every test's own transaction becomes a savepoint in the one that is opened here, so such a
    module has no tests with `transaction=True`. A fixture of the scope "module" yields from
    inside; those who take from it what they may change, take a copy.
    """
    with blocker.unblock():
        # Django's test case closes the connection after each test, and with it would go all this.
        with patch.object(connection, "close", lambda: None), transaction.atomic():
            yield
            transaction.set_rollback(True)
        connection.close()
