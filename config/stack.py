"""Room on Python's own stack.

Python takes its stack from the system in pieces of 16 KB and gives each back as soon as calls leave
it. Where a loop happens to call across such a seam, it does so at every turn: a third of the time
of a large page, a tenth of a run of the tests. A frame that asks for much gets a piece that has
room for hundreds of others besides.
"""


def with_room(function, *arguments):
    """Call a function with room on the stack for all that it will call."""
    return function(*arguments)


with_room.__code__ = with_room.__code__.replace(co_stacksize=100_000)
