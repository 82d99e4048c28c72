"""The ways in which the browser tests look at a page."""

from axe_playwright_python.sync_playwright import Axe

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
# Else axe writes styles of its own into the page, which our policy refuses it.
OPTIONS = {"preload": False}
LANGUAGES = {"": "ltr", "/fa": "rtl", "/ar": "rtl"}


def follow(target) -> None:
    """Clicks what leads to another page, or place, and waits until that is there.

    A click alone waits for the answer to begin: a busy machine has nothing of the page to look at.
    """
    with target.page.expect_navigation():
        target.click()


def check_view(page, prefix: str) -> None:
    """The page runs as its language does, is no wider than the screen, and is accessible."""
    assert page.locator("html").get_attribute("dir") == LANGUAGES[prefix], page.url
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), page.url
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
