"""Make the pictures of docs/editing.md, and count what coding a case costs: `make pictures`.

A database of its own is seeded in a temporary directory without the case of Fiji, the real server
is started on it, and a browser codes that case twice from paragraph 34 of S/2011/552: once with
all that may come in between, for the pictures, and once straight from the empty form to the
reader's page, with every click and key counted.
"""

import csv
import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import yaml

from docs.pictures.palette import compact

PICTURES = Path(__file__).resolve().parent
ROOT = PICTURES.parents[1]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--hide-scrollbars"]
PASSWORD = secrets.token_urlsafe(12)
CODED = yaml.safe_load((ROOT / "seeds/cases/fiji.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "fa", "ar")


# A site to work on


@contextmanager
def site():
    """The address of a server on a database that knows all cases but Fiji, and two people."""
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/cases.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "SITE_URL": f"http://{address}",
            "ALLOWED_HOSTS": "127.0.0.1",
        }
        fill(Path(folder))
        free.close()
        server = subprocess.Popen([sys.executable, "-m", "gunicorn", "config.wsgi", "-b", address])
        try:
            wait_for(f"http://{address}/")
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait()


def fill(folder: Path) -> None:
    """Migrate and seed, and let an editor and a reviewer sign in."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.people import make_person

    seeds = folder / "seeds"
    shutil.copytree(ROOT / "seeds", seeds, ignore=shutil.ignore_patterns("fiji.yaml"))
    call_command("migrate", verbosity=0)
    call_command("seed", folder=seeds, verbosity=0)
    for name, group in (("amina", "editor"), ("bo", "reviewer")):
        person = make_person(group, name)
        person.set_password(PASSWORD)
        person.save()


def wait_for(address: str) -> None:
    """Until the server answers; it has half a minute."""
    for _second in range(60):
        try:
            return urlopen(address).close()
        except URLError:
            time.sleep(0.5)
    sys.exit(f"The server at {address} does not answer: what it said stands above.")


def needed():
    """The program of the browser and what drives it, or a sentence on which of them is missing."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit(
            "The pictures are taken by Chromium: install it so that `chromium` is on the PATH."
        )
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sys.exit("Playwright is not installed: run `make pictures`, which installs it first.")
    return program, sync_playwright


# A person at the desk


@dataclass
class Hand:
    """Clicks and types as an editor does, and counts: pasting is two keys, a choice two clicks."""

    page: Any
    clicks: int = 0
    keys: int = 0
    saves: int = 0

    def click(self, where: str) -> None:
        self.clicks += 1
        self.page.locator(where).first.click()

    def type(self, text: str) -> None:
        self.keys += len(text)
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        self.keys += len(keys)
        for key in keys:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        self.keys += 2
        self.page.keyboard.insert_text(text)

    def choose(self, where: str, value: str) -> None:
        self.clicks += 2
        self.page.locator(where).select_option(value)

    def find(self, words: str, key: str = "Tab") -> None:
        """Type the beginning of a name, and take what the list offers first."""
        self.type(words)
        self.page.locator("#desk-options [aria-selected=true]").wait_for()
        self.press(key)

    def save(self, button: str) -> None:
        self.saves += 1
        with self.page.expect_navigation():
            self.click(button)

    def told(self) -> str:
        return f"{self.clicks:4} clicks {self.keys:4} keys {self.saves:2} savings"


def sign_in(browser, address: str, name: str) -> Hand:
    """Somebody signs in with a window of his own, the list of tables at its side closed."""
    viewport = {"width": 1040, "height": 700}
    context = browser.new_context(viewport=viewport, base_url=address)
    context.add_init_script("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
    page = context.new_page()
    page.goto("/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("[type=submit]")
    page.locator("#user-tools").wait_for()
    return Hand(page)


def picture(page, name: str, top: str, bottom: str = "") -> None:
    """A picture of the page from one element to another, without what sticks to its edges."""
    page.add_style_tag(content=".submit-row { position: static !important }")
    page.mouse.move(0, 0)
    first = page.locator(top).first.bounding_box()
    last = page.locator(bottom or top).last.bounding_box()
    clip = {
        "x": max(0, first["x"] - 8),
        "y": max(0, first["y"] - 8 + page.evaluate("window.scrollY")),
        "width": max(first["width"], last["width"]) + 16,
        "height": last["y"] + last["height"] - first["y"] + 16,
    }
    take(page, name, clip=clip, full_page=True)


def take(page, name: str, **options) -> None:
    path = PICTURES / f"{name}.png"
    path.write_bytes(compact(page.screenshot(**options)))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


# Coding Fiji


def begin(hand: Hand, slug: str, *left_out: str) -> None:
    """The head of the case, from the front page to its country."""
    hand.page.goto("/admin/")
    hand.click(".model-case .addlink")
    hand.page.locator("#id_slug:focus").wait_for()  # the form opens with the cursor there
    hand.type(slug)
    hand.choose("#id_coverage", CODED["coverage"])
    hand.click("#id_title_en")
    for text in ("title", "summary"):
        for language in LANGUAGES:
            if f"{text}_{language}" not in left_out:
                hand.paste(CODED[text][language])
            hand.press("Tab")
    hand.click("#id_case_countries-0-country")
    hand.find("fiji")
    hand.choose("#id_case_countries-0-role", "scene")


def add(hand: Hand, scheme: str, term: str, *who: str, words_above=False) -> str:
    """A new row with its term and its actors; gives the beginning of the ids of its fields."""
    number = hand.page.locator(f"#{scheme}-group > .statement").count()
    hand.click(f"#{scheme}-group [data-{'add-above' if words_above else 'add'}]")
    hand.find(term)
    enter_actors(hand, *who)
    return f"{scheme}-{number}"


def enter_actors(hand: Hand, *who: str) -> None:
    """What ends with a blank is typed as it is; the rest is looked up."""
    for each in who:
        if each.endswith(" "):
            hand.type(each)
        else:
            hand.find(each, "Enter")


def quote(hand: Hand, row: str, *names: str) -> None:
    """Paste words and their translations into a row."""
    quotations = [CODED["quotations"][name] for name in names]
    for number, each in enumerate(("words", "translation_en")):
        hand.click(f"#id_{row}-{each}")
        for quotation in quotations:
            if quotation is not quotations[0]:
                hand.press("Enter", "Enter")
            hand.paste(quotation[("words", "translation_en")[number]])
    hand.choose(f"#id_{row}-translated_by", "person")


TEAM = ("unct-f", "; on_behalf_of: ", "un")
PEOPLE = ("; towards: ", "fiji m", ", ", "fiji c", ", ", "fiji o")


def fill_rows(hand: Hand) -> None:
    """All the statements of the case, in the order of the form."""
    quote(hand, add(hand, "role", "supp", "un"), "q34d")
    add(hand, "role", "supp", *TEAM, words_above=True)
    row = add(hand, "role", "party", "fiji m", words_above=True)
    hand.choose(f"#id_{row}-support", "implies")
    for actor in ("fiji c", "fiji o"):
        add(hand, "role", "partic", actor, words_above=True)
    add(hand, "tool", "dialogue", *TEAM, *PEOPLE, words_above=True)
    row = add(hand, "event", "process", words_above=True)
    hand.click(f"#{row} .notes > summary")
    hand.click(f"#id_{row}-note_en")
    (event,) = [each for each in CODED["statements"] if each["key"] == "v1"]
    for language in LANGUAGES:
        hand.paste(event[f"note_{language}"])
        hand.press("Tab")
    add(hand, "outcome", "not_s")
    add(hand, "situation", "unconst", words_above=True)
    add(hand, "trigger", "not_s")
    add(hand, "aim", "keep", words_above=True)
    row = add(hand, "initiation", "standing")
    hand.choose(f"#id_{row}-support", "implies")
    quote(hand, row, "q33a", "q34d")
    add(hand, "un_role", "country", words_above=True)


def code_straight(amina: Hand, bo: Hand) -> None:
    """From the empty form to the reader's page, counted; with a picture of the last step."""
    begin(amina, "fiji")
    fill_rows(amina)
    amina.save("[name=_continue]")
    print(f"coded and saved:   {amina.told()}")
    amina.click(".object-tools a:has-text('Send to review')")
    amina.save(".submit-row .default")
    print(f"sent to review:    {amina.told()}")
    bo.page.goto("/admin/")
    picture(bo.page, "work-list", "#content > h1", ".tasks")
    bo.click(".work a:has-text('Fiji')")
    bo.click(".object-tools a:has-text('Publish')")
    picture(bo.page, "publication", "#content > h1", "#content-main")
    bo.save(".submit-row .default")
    print(f"by the reviewer:   {bo.told()}")
    if bo.page.goto("/cases/fiji/").status != 200:
        sys.exit("The case was coded, but readers do not see it.")


# What may come in between


def code_with_detours(amina: Hand, bo: Hand) -> None:
    """A first draft of the case, and what happens to it on its way."""
    begin(amina, "fiji-again", "summary_ar")
    row = add(amina, "tool", "dialogue")
    amina.type("fiji")
    amina.page.locator("#desk-options [role=option]").first.wait_for()
    picture(amina.page, "looking-up", "#tool-group .inline-heading", "#desk-options")
    amina.press("Escape")
    amina.page.fill(f"#id_{row}-who", "")
    enter_actors(amina, *TEAM, *PEOPLE)
    amina.click(f"#id_{row}-words")
    amina.paste(CODED["quotations"]["q34d"]["words"])
    amina.press("Tab")
    amina.page.locator(f"#id_{row}-words-understood:not(:empty)").wait_for()
    picture(amina.page, "row", f"#{row}")
    amina.save("[name=_continue]")
    form = amina.page.url
    amina.click(".object-tools a:has-text('Send to review')")
    amina.save(".submit-row .default")
    bo.page.goto(form)
    bo.click(".object-tools a:has-text('Publish')")
    picture(bo.page, "missing", "#content > h1", "#content-main .errornote")
    mark_words(amina)
    meet(amina, bo, form)


def mark_words(hand: Hand) -> None:
    """Words of the paragraph, marked to be quoted, beside those that are quoted already."""
    page = hand.page
    page.goto("/admin/cases/edition/?q=S-2011-552")
    hand.click("a:has-text('Read and quote')")
    hand.click("#id_case")
    hand.find("fiji-a")
    hand.click(".chooser button")
    page.locator("#p34 .q.here").last.evaluate("e => e.scrollIntoView({ block: 'center' })")
    page.locator("#p34 .print").evaluate(
        """(print, words) => {
          const walker = document.createTreeWalker(print, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const start = node.data.indexOf(words);
            if (start < 0) continue;
            getSelection().setBaseAndExtent(node, start, node, start + words.length);
          }
          print.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
        }""",
        "فرایندی میزگردوار با تمرکز بر صلح و توسعه",
    )
    page.locator(".quote-this").wait_for()
    take(page, "reading", clip={"x": 24, "y": 150, "width": 1008, "height": 420})


def meet(amina: Hand, bo: Hand, form: str) -> None:
    """Both change the draft; who saves second is shown what the first one changed."""
    amina.page.goto(form)
    bo.page.goto(form)
    bo.page.fill("#id_title_en", "Fiji: a round table under military government")
    bo.page.fill("#id_start", "2009")
    bo.save("[name=_continue]")
    amina.page.fill("#id_title_en", "Fiji: keeping the dialogue going")
    amina.save("[name=_continue]")
    picture(amina.page, "two-editors", ".meanwhile")


def bring_home(hand: Hand, address: str) -> None:
    """A file of the readers' that somebody edited, before it is saved."""
    with urlopen(f"{address}/cases.csv") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode(), newline="")))
    edits = {
        "kenya-2008": {"title_en": "Kenya: violence after the election of 2007"},
        "guinea-2009": {"end": "2010"},
        "cyprus": {},
    }
    chosen = [row | edits[row["slug"]] for row in rows if row["slug"] in edits]
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(chosen)
    hand.page.goto("/admin/cases/case/import/")
    content = {"name": "cases.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode()}
    hand.page.set_input_files("input[type=file]", content)
    hand.save("[type=submit].default")
    picture(hand.page, "import", "#content h2", "#content .submit-row")


def check_coded() -> None:
    """What was coded at the desk is what the seeds have of Fiji, to the statement."""
    from cases import records

    coded = {each["key"]: each for each in records.dump("case", ["fiji"])["fiji"]["statements"]}
    for each in CODED["statements"]:
        wanted = {**each, **each.get("actors", {})}
        wanted.pop("actors", None)
        found = coded.pop(each["key"], {})
        for statement in (wanted, found):
            if "quotations" in statement:
                statement["quotations"] = len(statement["quotations"])
        if wanted != found:
            sys.exit(f"{each['key']} was coded as {found}: the walk must give {wanted}.")
    if coded:
        sys.exit(f"The walk coded more than the seeds: {', '.join(coded)}.")


def main() -> None:
    program, sync_playwright = needed()
    with site() as address:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
            amina, bo = (sign_in(browser, address, name) for name in ("amina", "bo"))
            code_straight(amina, bo)
            code_with_detours(amina, bo)
            bring_home(bo, address)
        check_coded()


if __name__ == "__main__":
    main()
