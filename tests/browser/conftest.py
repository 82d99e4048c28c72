"""A real browser on a real server; left out, with a notice, where there is no Chromium."""

import os
import shutil

import pytest

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
# In what Chromium prints where a page or a header goes against one of them.
POLICIES = ("Content Security Policy", "Permissions-Policy", "Permissions policy")


def pytest_collection_modifyitems(items):
    """Whatever lies in this folder drives a browser."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    # Playwright runs an event loop, in which Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def violations():
    """What browsers of this test refused because a policy of ours forbids it, as they said it."""
    return []


@pytest.fixture
def open_page(browser, live_server, violations):
    """Opens an address of the site; fails on any request that would leave the server.

    So it does on anything that the site's own policies (of content, of permissions) forbid.
    """
    contexts, outside = [], []

    def note(message):
        if any(name in message.text for name in POLICIES):
            violations.append(f"{message.location.get('url', '')}: {message.text}")

    def open_page(address, *, width=1280, scheme="light", **options):
        viewport = {"width": width, "height": 900}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        contexts.append(context)
        context.on("console", note)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                request.url.startswith((live_server.url, "data:")) or outside.append(request.url)
            ),
        )
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert outside == []
    assert violations == []
