"""Questions without end, each from the seed and its number alone (and what the survey found)."""

import json
from random import Random
from urllib.parse import quote, quote_plus, urlencode

from tests.addresses import Address
from tests.benchmarks.visitors import multipart
from tests.fuzzing.asking import Question
from tests.fuzzing.hidden import OUTSIDE, STAFF
from tests.fuzzing.survey import ELSEWHERE, Survey
from tests.fuzzing.values import hostile, mutated, written

TOKEN = "q" * 32  # of a form; the cookie has the same
METHODS = (
    *(["GET"] * 70 + ["HEAD"] * 5 + ["POST"] * 16),
    *("PUT", "DELETE", "OPTIONS", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"),
)
# Headers and what one may write into them.
HEADERS = {
    "Accept": ("*/*", "application/json", "text/csv;q=0.9", "image/*", "a/b/c", ","),
    "Accept-Encoding": ("gzip", "br", "gzip;q=0, br", "br;q=0, *", "identity;q=0", "br;q=x"),
    "Accept-Language": ("fa", "ar-EG,ar;q=0.9", "xx", "fa;q=9", "*", ",,,", "-", "en-" * 400),
    "Content-Type": ("application/json", "multipart/form-data", "text/plain; charset=utf-7", "/"),
    "Cookie": ("django_language=fa", "sessionid=" + "a" * 32, "sessionid=", "=;=", "messages=x"),
    "Host": ("localhost", "127.0.0.1:8000", "[::1]", "evil.example.org", "localhost:x", "a b", ""),
    "HX-Request": ("true", "x"),
    "HX-Current-URL": ("http://localhost/cases/", "http://[", "%ff"),
    "If-Match": ('"a"', "*", 'W/"'),
    "If-Modified-Since": ("Sun, 22 Nov 2026 00:00:00 GMT", "Thu, 01 Jan 1970", "99999", "\u0663"),
    "If-None-Match": ('"a"', "*", 'W/"x", "y"', '"', "x" * 5000),
    "If-Unmodified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "x"),
    "Origin": ("https://evil.example.org", "null", "http://localhost"),
    "Range": ("bytes=0-", "bytes=5-1", "bytes=-1", "bytes=0-1,3-4", "lines=1", "bytes=9-"),
    "Referer": ("http://localhost/", "https://evil.example.org/", "http://[", "\xff"),
    "User-Agent": ("", "Mozilla/5.0 (compatible)", "() { :; }", "x" * 3000),
    "X-Forwarded-For": ("1.2.3.4", "::1, x", "' OR 1=1", ","),
    "X-Forwarded-Host": ("evil.example.org",),
    "X-Forwarded-Proto": ("https", "x"),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Requested-With": ("XMLHttpRequest",),
}  # fmt: skip


class Questions:
    """The questions of a seed; `number` chooses one of them, and the same one each time."""

    def __init__(self, seed: int, found: Survey, *, is_signed_in: bool = True):
        self.seed, self.found, self.is_signed_in = seed, found, is_signed_in
        self.desk = [each for each in found.addresses if each.is_of_desk]
        self.public = [each for each in found.addresses if not each.is_of_desk]
        self.names = sorted({*found.parameters, "page", "order", "for", "q", "next", "e", "_popup"})

    def __getitem__(self, number: int) -> Question:
        chance = Random(f"{self.seed} {number}")
        if chance.random() < 0.03:
            return self._stray(chance)
        address = chance.choice(self.public if chance.random() < 0.6 else self.desk)
        who = self._who(chance, address)
        method = chance.choice(METHODS)
        forms = self.found.forms.get(address.form)
        if method == "POST" and forms and chance.random() < 0.8:
            form = chance.choice(forms)
            body, headers = self._filled_in(chance, form.values)
            return Question(address.form, method, form.target, who, headers, body)
        target = self._path(chance, address) + self._query(chance, address)
        headers, body = self._headers(chance), b""
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            body, more = self._body(chance)
            headers = tuple({**dict(headers), **dict(more)}.items())
        return Question(address.form, method, target, who, headers, body)

    def _who(self, chance: Random, address: Address) -> str:
        if not self.is_signed_in:
            return "anonymous"
        if address.is_of_desk:
            return chance.choice((*OUTSIDE, *STAFF, *STAFF))
        return chance.choice(("anonymous",) * 6 + ("reader", "nobody", *STAFF))

    def _stray(self, chance: Random) -> Question:
        """An address that nobody made: folders, files, words of other programs."""
        words = (
            "cases",
            "static",
            "admin",
            "fa",
            "ar",
            "api",
            "v1",
            ".env",
            "wp-login.php",
            "i18n",
        )
        parts = [
            chance.choice(words) if chance.random() < 0.6 else written(chance, hostile(chance))
            for _n in range(chance.randrange(1, 5))
        ]
        slash = chance.choice(("/", "//", "/./", "/../"))
        target = "/" + slash.join(parts) + chance.choice(("", "/", ".csv", ".json", "?"))
        return Question(
            ELSEWHERE, chance.choice(METHODS[:80]), target, headers=self._headers(chance)
        )

    def _path(self, chance: Random, address: Address) -> str:
        parts = {}
        for name in address.parts:
            known = self.found.of_part(address, name) or self.found.of_name(name)
            luck = chance.random()
            if known and luck < 0.72:
                parts[name] = quote(chance.choice(known), safe="")
            elif known and luck < 0.86:
                parts[name] = written(chance, mutated(chance, chance.choice(known)))
            else:
                parts[name] = written(chance, hostile(chance), safe="/")
        # Files and the API have one address for all languages.
        is_page = not address.form.startswith("/api/") and "." not in address.form
        prefix = chance.choice(("", "", "/fa", "/ar")) if is_page or chance.random() < 0.1 else ""
        return prefix + address.with_parts(parts)

    def _query(self, chance: Random, address: Address) -> str:
        known = self.found.queries.get(address.form)
        luck = chance.random()
        if luck < 0.35:
            return ""
        if known and luck < 0.5:
            return f"?{chance.choice(known)}"
        length = chance.choice((1, 1, 1, 2, 2, 3, 4, 8)) if chance.random() < 0.99 else 1500
        pairs = []
        for _n in range(length):
            is_known = chance.random() < 0.9
            name = chance.choice(self.names) if is_known else hostile(chance)[:200]
            pairs.append((name, self._value(chance, name)))
            if chance.random() < 0.1:
                pairs.append((name, self._value(chance, name)))
        if known and chance.random() < 0.5:
            return f"?{chance.choice(known)}&{self._asked(chance, pairs)}"
        return f"?{self._asked(chance, pairs)}"

    def _asked(self, chance: Random, pairs: list[tuple[str, str]]) -> str:
        asked = [f"{written(chance, name)}={written(chance, value)}" for name, value in pairs]
        return chance.choice(("&", "&", "&", ";", "&&")).join(asked)

    def _value(self, chance: Random, name: str) -> str:
        known = self.found.parameters.get(name) or self.found.of_name(name)
        luck = chance.random()
        if known and luck < 0.5:
            return chance.choice(known)
        if known and luck < 0.65:
            return mutated(chance, chance.choice(known))
        return hostile(chance)[:12_000]

    def _headers(self, chance: Random) -> tuple[tuple[str, str], ...]:
        if chance.random() < 0.5:
            return (("Accept-Encoding", chance.choice(("gzip", "br", "gzip, br"))),)
        names = chance.sample(sorted(HEADERS), chance.randrange(1, 4))
        return tuple(
            (name, chance.choice(HEADERS[name]) if chance.random() < 0.9 else _line(chance))
            for name in names
        )

    def _body(self, chance: Random) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        names = [chance.choice(self.names) for _n in range(chance.randrange(5))]
        pairs = tuple((name, self._value(chance, name)) for name in names)
        luck = chance.random()
        if luck < 0.6:
            return self._filled_in(chance, pairs)
        if luck < 0.8:
            body = json.dumps(dict(pairs)).encode()
            return body, (("Content-Type", "application/json"), *_token(chance))
        body = hostile(chance).encode("utf-8", "replace")
        kinds = ("multipart/form-data; boundary=x", "multipart/form-data", "text/csv", "\x01")
        return body, (("Content-Type", chance.choice(kinds)), *_token(chance))

    def _filled_in(
        self, chance: Random, values: tuple[tuple[str, str], ...]
    ) -> tuple[bytes, tuple[tuple[str, str], ...]]:
        """A form as somebody hostile fills it in: one or a few of its fields, or none of them."""
        values = list(values)
        for _n in range(chance.choice((0, 1, 1, 2, 5)) if values else 0):
            at = chance.randrange(len(values))
            name, value = values[at]
            luck = chance.random()
            if luck < 0.15:
                values.append((name, hostile(chance)))
            elif luck < 0.25:
                values[at] = (mutated(chance, name), value)
            else:
                new = mutated(chance, value) if value and luck < 0.5 else hostile(chance)
                values[at] = (name, new)
        token = _token(chance)
        if token:
            values.append(("csrfmiddlewaretoken", TOKEN))
        if chance.random() < 0.15:
            content = chance.choice(
                (b"slug;title_en\n\xff;", b"PK\x03\x04", b"", b"\xef\xbb\xbf{", b"a,b\n" * 99)
            )
            safe = [(quote_plus(name, errors="replace"), _plain(value)) for name, value in values]
            name = chance.choice(("import_file", "file"))
            body, kind = multipart(safe, name, content, TOKEN)
            return body, (("Content-Type", kind), *token)
        body = urlencode(values, errors="replace").encode()
        return body, (("Content-Type", "application/x-www-form-urlencoded"), *token)


def _token(chance: Random) -> tuple[tuple[str, str], ...]:
    """Mostly the cookie and the header of a form that came from our own page."""
    if chance.random() < 0.2:
        return ()
    return (("Cookie", f"csrftoken={TOKEN}"), ("X-CSRFToken", TOKEN))


def _line(chance: Random) -> str:
    """A hostile value that fits into one line of a request."""
    return _plain(hostile(chance)).replace("\n", " ").replace("\r", " ")


def _plain(value: str) -> str:
    """What can be written as bytes at all."""
    return value.encode("utf-8", "replace").decode()
