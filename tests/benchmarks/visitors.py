"""Who visits the site under load: readers, editors at their forms, and one who imports a file."""

import csv
import http.client
import io
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import lxml.html

# Stands in every draft and in nothing that readers may see; and a word to look drafts up by.
SECRET = "qwanderlost"  # noqa: S105 (no password: what must not be found)
SOUGHT = "qwanderfound"
PASSWORD = "a long sentence of load"  # noqa: S105 (of accounts in a copy that is thrown away)
PATIENCE = 120
SAVES = ("editor saves a case", "import saved")
ROWS = 50


@dataclass
class Answer:
    """One answer: to what, asked when, how long it took, its status or what broke it off."""

    work: str
    began: float
    seconds: float
    status: int | str
    leaks: bool = False
    says_when: bool = False  # a 503 that says when to ask again


@dataclass
class Log:
    """All answers, and what editors were told is saved."""

    answers: list[Answer] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    saving: threading.Event = field(default_factory=threading.Event)  # somebody is about to


class Reader(threading.Thread):
    """Asks one address after the other, with a pause as people make one, until it is over."""

    def __init__(
        self, port: int, log: Log, over: threading.Event, ways: list, pause: float, seed: int
    ):
        super().__init__(daemon=True)
        self.port, self.log, self.over, self.ways, self.pause = port, log, over, ways, pause
        self.chance = random.Random(seed)  # noqa: S311 (nobody's secret)

    def run(self) -> None:
        self.over.wait(self.chance.uniform(0, self.pause))
        while not self.over.is_set():
            work, address = self.chance.choice(self.ways)
            self.log.answers.append(ask(self.port, work, address))
            self.over.wait(self.pause * self.chance.uniform(0.5, 1.5))


def ask(port: int, work: str, address: str) -> Answer:
    """One question of a reader over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    began, leaks, says_when = time.monotonic(), False, False
    try:
        connection.request("GET", address, headers={"Connection": "close"})
        response = connection.getresponse()
        body = response.read()
        status: int | str = response.status
        leaks = SECRET.encode() in body.lower()
        says_when = bool(response.headers["Retry-After"])
    except (OSError, http.client.HTTPException) as error:
        status = type(error).__name__
    finally:
        connection.close()
    return Answer(work, began, time.monotonic() - began, status, leaks, says_when)


class Editor(threading.Thread):
    """Signs in and works until it is over; `work` gives what was saved, or nothing."""

    def __init__(self, port: int, name: str, log: Log, over: threading.Event):
        super().__init__(daemon=True)
        self.base, self.name, self.log, self.over = f"http://127.0.0.1:{port}", name, log, over
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.is_in = False
        self.number = int(time.time())  # on from that of an earlier run

    def run(self) -> None:
        while not self.over.is_set():
            self.number += 1
            self._try(self.work if self.is_in else self.sign_in)
            self.over.wait(0.5)

    def work(self) -> None:
        raise NotImplementedError

    def _try(self, act: Callable[[], None]) -> None:
        """Do it; what is broken off is noted, and an answer that says so is waited for."""
        try:
            act()
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            if isinstance(error, RuntimeError):
                self.log.troubles.append(f"{self.name}: {error}")
            elif not isinstance(error, urllib.error.HTTPError):  # which is noted already
                self._note("editor", time.monotonic(), type(error).__name__)
            self.over.wait(1)

    def sign_in(self) -> None:
        page = self.open("editor signs in", "/admin/login/")
        self.send("editor signs in", page, "username", username=self.name, password=PASSWORD)
        self.is_in = True

    def open(self, work: str, address: str, content=None, kind: str | None = None):
        """A page, with its address after redirects."""
        headers = {"Referer": self.base} | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(  # noqa: S310 (the loopback address)
            urllib.parse.urljoin(self.base, address), content, headers
        )
        began = time.monotonic()
        try:
            with self.opener.open(request, timeout=PATIENCE) as response:
                body = response.read()
        except urllib.error.HTTPError as error:
            error.read()
            self._note(work, began, error.code, says_when=bool(error.headers["Retry-After"]))
            raise
        self._note(work, began, response.status)
        return lxml.html.fromstring(body.decode() or "<p>", base_url=response.url)

    def send(self, work: str, page, having: str, **changed: str):
        """Post the form of a page that has such a field, as a browser would."""
        form = next((each for each in page.forms if having in each.fields), None)
        if form is None:
            raise RuntimeError(f"there is no form with {having} at {page.base_url}")
        values = [(name, value) for name, value in form.form_values() if name not in changed]
        content = urllib.parse.urlencode([*values, *changed.items()]).encode()
        if work in SAVES:
            self.log.saving.set()
        return self.open(work, urllib.parse.urljoin(page.base_url, form.action or ""), content)

    def _note(self, work: str, began: float, status, *, says_when: bool = False) -> None:
        seconds = time.monotonic() - began
        self.log.answers.append(Answer(work, began, seconds, status, says_when=says_when))


class Corrector(Editor):
    """Opens the form of one case and saves it with another title, again and again."""

    def __init__(self, *arguments, case: int):
        super().__init__(*arguments)
        self.address = f"/admin/cases/case/{case}/change/"

    def work(self) -> None:
        page = self.open("editor opens a case", self.address)
        title = f"{SECRET} {self.name} {self.number}"
        after = self.send("editor saves a case", page, "title_en", title_en=title, _save="Save")
        if said := after.find_class("errorlist"):
            row = " ".join(said[0].getparent().text_content().split())
            raise RuntimeError(f"was refused: {row[:200]}")
        self.log.saved.append(title)


class Importer(Editor):
    """Takes the file of the published cases, edits the first rows, and brings it home."""

    def work(self) -> None:
        began = time.monotonic()
        with self.opener.open(f"{self.base}/cases.csv", timeout=PATIENCE) as response:
            rows = csv.DictReader(io.StringIO(response.read().decode(), newline=""))
            some = [row for row, _place in zip(rows, range(ROWS), strict=False)]
        self._note("importer takes cases.csv", began, 200)
        said = f"{self.name} {self.number}"
        for row in some:
            row["summary_en"] = row["summary_en"].partition(" [")[0] + f" [{said}]"
        page = self.open("importer", "/admin/cases/case/import/")
        form = next(each for each in page.forms if "import_file" in each.fields)
        values = [(name, value) for name, value in form.form_values() if name != "import_file"]
        content, kind = multipart(values, "import_file", _written(some))
        page = self.open("import previewed", "/admin/cases/case/import/", content, kind)
        if not any("token" in each.fields for each in page.forms):
            # Somebody else changed one of these cases meanwhile: the file is refused, as it says.
            raise RuntimeError("the file is refused")
        after = self.send("import saved", page, "token")
        if any("token" in each.fields for each in after.forms):
            raise RuntimeError("the database has changed meanwhile")
        self.log.saved.append(said)


def _written(rows: Iterable[dict[str, str]]) -> bytes:
    rows = list(rows)
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode()


def multipart(
    values: list[tuple[str, str]], name: str, content: bytes, mark: str = ""
) -> tuple[bytes, str]:
    """A form with a file, and the type that says so."""
    mark = mark or uuid.uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{each}"\r\n\r\n{value}\r\n'.encode()
        for each, value in values
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.csv"\r\n'
    parts.append(head.encode() + b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
