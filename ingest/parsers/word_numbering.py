"""The numbers that Word prints before paragraphs and that stand nowhere in the file."""

import re
from dataclasses import dataclass

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LEVELS = 9
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def value(element, path: str, default: str = "") -> str:
    """The `w:val` of the descendant at a path such as `pPr/numPr/ilvl`."""
    for name in path.split("/"):
        element = element.find(f"{W}{name}") if element is not None else None
    return default if element is None else element.get(f"{W}val", default)


def number_of(text: str) -> int | None:
    """A whole number from 0 to 32,767, as Word counts; None for anything else."""
    return int(text) if re.fullmatch("[0-9]{1,5}", text) and int(text) < 32768 else None


def _roman(number: int) -> str:
    text = ""
    for worth, letters in _ROMAN:
        text += letters * (number // worth)
        number %= worth
    return text


def _letter(number: int) -> str:
    """a to z, then aa, bb: as Word counts on."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


_FORMATS = {
    "decimal": str,
    "decimalZero": "{:02}".format,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "none": lambda number: "",
}


def printed(number: int, form: str) -> str | None:
    """A number in one of Word's formats, or None for a format that is not read."""
    return _FORMATS[form](number) if form in _FORMATS else None


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered; `pattern` is such as `%1.%2.`."""

    start: int
    form: str
    pattern: str
    style: str

    @classmethod
    def read(cls, element) -> "Level":
        start = number_of(value(element, "start", "1"))
        form, pattern = value(element, "numFmt", "decimal"), value(element, "lvlText")
        return cls(1 if start is None else start, form, pattern[:40], value(element, "pStyle"))


class Numbering:
    """The lists of a document, counted from its beginning as paragraphs ask for their numbers."""

    def __init__(self, root):
        self.lists: dict[str, str] = {}  # a paragraph names a list, several of which count together
        self.levels: dict[str, dict[int, Level]] = {}
        self.starts: dict[str, dict[int, int]] = {}
        self.counters: dict[str, dict[int, int]] = {}
        self.started: set[tuple[str, int]] = set()
        by_style: dict[str, str] = {}
        linked: dict[str, str] = {}
        for abstract in [] if root is None else root.iterfind(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            self.levels[key] = self._read_levels(abstract)
            if style := value(abstract, "styleLink"):
                by_style[style] = key
            if style := value(abstract, "numStyleLink"):
                linked[key] = style
        for each in [] if root is None else root.iterfind(f"{W}num"):
            key, abstract = each.get(f"{W}numId", ""), value(each, "abstractNumId")
            abstract = by_style.get(linked.get(abstract, ""), abstract)
            self.lists[key] = abstract
            self.starts[key] = {
                level: start
                for change in each.iterfind(f"{W}lvlOverride")
                if (level := number_of(change.get(f"{W}ilvl", ""))) is not None
                and (start := number_of(value(change, "startOverride"))) is not None
            }

    @staticmethod
    def _read_levels(abstract) -> dict[int, Level]:
        levels = ((number_of(e.get(f"{W}ilvl", "")), e) for e in abstract.iterfind(f"{W}lvl"))
        return {n: Level.read(e) for n, e in levels if n is not None and n < LEVELS}

    def level_of_style(self, key: str, style: str) -> int:
        """The level of a list that a style stands for; 0 where none does."""
        levels = self.levels.get(self.lists.get(key, ""), {})
        return next((n for n, level in levels.items() if style and level.style == style), 0)

    def next(self, key: str, depth: int) -> str | None:
        """What Word prints before the next paragraph of a list; None if that cannot be told."""
        abstract = self.lists.get(key, "")
        levels = self.levels.get(abstract, {})
        if depth not in levels:
            return None
        counters = self.counters.setdefault(abstract, {})
        override = self.starts[key].get(depth)
        if override is not None and (key, depth) not in self.started:
            counters[depth] = override
        else:
            counters[depth] = counters.get(depth, levels[depth].start - 1) + 1
        self.started.add((key, depth))
        for deeper in [n for n in counters if n > depth]:
            del counters[deeper]
        if levels[depth].form == "bullet":
            return "•"
        return self._fill(levels, counters, depth)

    def _fill(self, levels: dict[int, Level], counters: dict[int, int], depth: int) -> str | None:
        pattern, text = levels[depth].pattern, ""
        for piece in re.split(r"(%[1-9])", pattern):
            if not re.fullmatch(r"%[1-9]", piece):
                text += piece
                continue
            level = levels.get(int(piece[1]) - 1)
            if level is None:
                return None
            shown = printed(counters.get(int(piece[1]) - 1, level.start), level.form)
            if shown is None:
                return None
            text += shown
        return text.strip()
