"""Calls that need more of Python's stack than one piece of it do not cost a piece each."""

import threading

import pytest

from config.stack import with_room

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(
    not hasattr(resource, "RUSAGE_THREAD"), reason="no figures of one thread on this system"
)


def deeper(depth: int, function):
    return function() if depth == 0 else deeper(depth - 1, function)


def pages_taken(call) -> int:
    """Pages of memory that the system gives a thread for thousands of calls at many depths."""
    taken = []

    def run():
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        for depth in range(400):
            deeper(depth, lambda: [call_much() for _ in range(20)])
        taken.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

    thread = threading.Thread(target=call, args=(run,))
    thread.start()
    thread.join()
    return taken[0]


def call_much():
    return deeper(3, int)


def test_calls_across_a_seam_take_no_memory_anew():
    # Without room it is more than a thousand on Python 3.11 to 3.13.
    assert pages_taken(lambda run: with_room(run)) < 100
