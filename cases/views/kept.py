"""Pages of one record, kept as they were rendered until anything has changed.

Rendering a page takes many times as long as its queries. Most readers ask for what others have just
read, and what they may see changes a few times a day.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from cases.compression import compress, takes_brotli
from cases.tally import Values, current
from releases import store

# Of all pages together, in each process: some eight hundred, as browsers take them.
MOST_BYTES = 16 * 2**20


class Pages:
    """Pages of one state of all values; if there are many, the one not asked for longest goes."""

    def __init__(self):
        self._lock = Lock()
        self._begin(None)

    def _begin(self, values: Values | None) -> None:
        self._values, self._size = values, 0
        self._pages: dict[Hashable, bytes] = {}

    def find(self, values: Values, key: Hashable) -> bytes | None:
        """The page, if it was kept of these values."""
        with self._lock:
            if self._values is not values:
                return None
            page = self._pages.pop(key, None)
            if page is not None:
                self._pages[key] = page
            return page

    def keep(self, values: Values, key: Hashable, page: bytes) -> None:
        """Keep a page that was rendered after these values were read."""
        with self._lock:
            if self._values is not values:
                self._begin(values)
            self._size += len(page) - len(self._pages.pop(key, b""))
            self._pages[key] = page
            while self._size > MOST_BYTES:
                self._size -= len(self._pages.pop(next(iter(self._pages))))

    def forget(self) -> None:
        """Keep none any more."""
        with self._lock:
            self._begin(None)


_pages = Pages()


def forget() -> None:
    """Keep none any more: the next readers have theirs rendered."""
    _pages.forget()


def kept(view: Callable) -> Callable:
    """Answers with the page that a view rendered before, if nothing has changed since.

    For views that render the same for everybody: it hangs on the address, the language, the day,
    the releases and what is in the database. As with all that is remembered (`cases.tally`), the
    notes of changes are read before anything else: a page may be newer than its values, never
    older. Whatever is no whole page (another page of a long list, an error) is not kept.
    """

    @wraps(view)
    def answered(request, *args, **kwargs):
        if request.GET:
            return view(request, *args, **kwargs)
        values = current()
        releases = tuple((each.name, each.made_on) for each in store.all_releases())
        is_brotli = takes_brotli(request)
        key = request.path, get_language(), timezone.now().date(), releases, is_brotli
        page = _pages.find(values, key)
        if page is None:
            response = view(request, *args, **kwargs)
            if not _is_for_everybody(request, response):
                return response
            # As most browsers take it; for others it is kept as it is.
            page = compress(response.content) if is_brotli else response.content
            _pages.keep(values, key, page)
        return _answer(page, is_brotli=is_brotli)

    return answered


def _is_for_everybody(request, response) -> bool:
    """Whether a view answered with a page and nothing else: no cookie, no token, no header."""
    is_page = response.status_code == 200 and set(response.headers) == {"Content-Type"}
    has_token = "CSRF_COOKIE_NEEDS_UPDATE" in request.META
    return is_page and not response.cookies and not has_token


def _answer(page: bytes, *, is_brotli: bool) -> HttpResponse:
    if not is_brotli:
        return HttpResponse(page)
    response = HttpResponse(page, headers={"Content-Encoding": "br"})
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
