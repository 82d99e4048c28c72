"""The ways in which the browser tests look at a page."""

# Every language with both widths and both colour schemes, and every width with every scheme: what
# looks differently is looked at, without all twelve combinations of it.
VIEWS = [
    ("", 1280, "light"),
    ("", 320, "dark"),
    ("/fa", 1280, "dark"),
    ("/fa", 320, "light"),
    ("/ar", 1280, "light"),
    ("/ar", 320, "dark"),
]
