"""Two states of a record compared, and two changes of one state joined: pure, on canonical data.

A cell is named by a path of steps joined by dots: `title_en`, `statements.t3.when`. The rows of a
list are matched by what names them (a statement by its key), so that a row which moved is no new
row; the path of the list itself, `statements`, stands for the order of its rows, a list of names.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Data = dict[str, Any]

# What names a row of each list: the first of these that no two rows share.
NAMED_BY: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "statements": (("key",),),
    "countries": (("country",), ("country", "role")),
    "relations": (("to", "kind"),),
    "names": (("language", "name", "kind"),),
}
# Lists of codes whose order means nothing.
UNORDERED = frozenset({"regions", "documents", "about", "credited_to", "places"})


class Difference(NamedTuple):
    """One cell, one whole row below the record, or the order of such rows; None is nothing there.

    A row that came or went is one difference, with all of the row as its value.
    """

    path: str
    old: Any
    new: Any

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What has become of it."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


class Clash(NamedTuple):
    """What both sides changed, each otherwise; None is nothing there (any more)."""

    path: str
    base: Any
    theirs: Any
    ours: Any


@dataclass
class Merge:
    """Both changes joined. Where they clash, `result` has ours unless theirs was asked for."""

    result: Data | None = None
    clashes: list[Clash] = field(default_factory=list)


def path_of(steps: Iterable[str]) -> str:
    """The path of these steps; dots inside a step are escaped."""
    return ".".join(re.sub(r"([\\.])", r"\\\1", step) for step in steps)


def steps_of(path: str) -> list[str]:
    """The steps of a path that `path_of` made."""
    found = re.findall(r"(?:^|\.)((?:[^\\.]|\\.)*)", path) if path else []
    return [re.sub(r"\\(.)", r"\1", step) for step in found]


def rows_by_name(name: str, *versions: list[Data] | None) -> list[dict[str, Data]]:
    """The rows of a list, by what names them, the same way in all its versions.

    A row that says all that names another gets a number behind its name.
    """
    lists = [version or [] for version in versions]
    for columns in NAMED_BY[name]:
        named = [[_name(row, columns) for row in rows] for rows in lists]
        if all(len(set(names)) == len(names) for names in named):
            break
    result = []
    for rows, names in zip(lists, named, strict=True):
        seen: Counter[str] = Counter()
        by_name = {}
        for row, each in zip(rows, names, strict=True):
            seen[each] += 1
            by_name[each if seen[each] == 1 else f"{each}#{seen[each]}"] = row
        result.append(by_name)
    return result


def differences(old: Data | None, new: Data | None) -> list[Difference]:
    """What one must change in `old` to have `new`, cell by cell; None is a record that is not."""
    return _differences((), old or {}, new or {})


def merge(
    base: Data | None, theirs: Data | None, ours: Data | None, take_theirs: Collection[str] = ()
) -> Merge:
    """The changes from `base` to `theirs` and those from `base` to `ours`, joined cell by cell.

    What only one side changed is taken from it. What both changed otherwise is a clash, and so is
    a row (or a record) that one deleted and the other changed; the result then has ours, or theirs
    at the paths of `take_theirs`.
    """
    clashes: list[Clash] = []
    result = _merged((), base, theirs, ours, frozenset(take_theirs), clashes)
    return Merge(result, clashes)


def row_names(table: str, row: Data) -> dict[str, tuple[str, ...]]:
    """What a row of a list may be called in paths, with the columns that the name is made of."""
    return {_name(row, columns): columns for columns in NAMED_BY[table]}


def _name(row: Data, columns: tuple[str, ...]) -> str:
    return ":".join(str(row.get(column, "")) for column in columns)


def _same(steps: tuple[str, ...], one: Any, other: Any) -> bool:
    unordered = steps and steps[-1] in UNORDERED and one is not None and other is not None
    return sorted(one) == sorted(other) if unordered else one == other


def _differences(steps: tuple[str, ...], old: Data, new: Data) -> list[Difference]:
    found = []
    for name in dict.fromkeys([*old, *new]):
        here, before, after = (*steps, name), old.get(name), new.get(name)
        if not steps and name in NAMED_BY:
            found += _row_differences(name, before, after)
        elif not _same(here, before, after):
            found.append(Difference(path_of(here), before, after))
    return found


def _row_differences(name: str, old: list[Data] | None, new: list[Data] | None) -> list[Difference]:
    before, after = rows_by_name(name, old, new)
    found = []
    for each in dict.fromkeys([*before, *after]):
        if each in before and each in after:
            found += _differences((name, each), before[each], after[each])
        else:
            path = path_of((name, each))
            found.append(Difference(path, before.get(each), after.get(each)))
    # Rows that were added at the end and rows that went leave the others in their order.
    kept = [each for each in before if each in after]
    if [*kept, *(each for each in after if each not in before)] != list(after):
        found.append(Difference(name, list(before), list(after)))
    return found


def _merged(steps, base, theirs, ours, take_theirs: frozenset[str], clashes: list[Clash]) -> Any:
    if _same(steps, base, theirs) or _same(steps, theirs, ours):
        return ours
    if _same(steps, base, ours):
        return theirs
    if isinstance(theirs, dict) and isinstance(ours, dict):
        base, result = base or {}, {}
        for name in dict.fromkeys([*ours, *theirs]):
            here, cells = (*steps, name), [each.get(name) for each in (base, theirs, ours)]
            join = _merged_rows if not steps and name in NAMED_BY else _merged
            value = join(here, *cells, take_theirs, clashes)
            if value not in (None, []):
                result[name] = value
        return result
    return _clash(steps, base, theirs, ours, take_theirs, clashes)


def _merged_rows(steps, base, theirs, ours, take_theirs, clashes) -> list[Data]:
    versions = rows_by_name(steps[0], base, theirs, ours)
    rows = {}
    for each in dict.fromkeys(name for version in reversed(versions) for name in version):
        cells = (version.get(each) for version in versions)
        row = _merged((*steps, each), *cells, take_theirs, clashes)
        if row is not None:
            rows[each] = row
    order = _merged_order(steps, *map(list, versions), take_theirs, clashes)
    return [rows[each] for each in order if each in rows]


def _merged_order(steps, base, theirs, ours, take_theirs, clashes) -> list[str]:
    """The order of the side that moved rows; what the other added stands after its neighbour."""
    moved_theirs, moved_ours = _moved(base, theirs), _moved(base, ours)
    lead, other = (theirs, ours) if moved_theirs and not moved_ours else (ours, theirs)
    if moved_theirs and moved_ours and _moved(theirs, ours):
        lead = _clash(steps, base, theirs, ours, take_theirs, clashes)
        other = ours if lead is theirs else theirs
    order = list(lead)
    place = 0
    for each in other:
        if each not in order:
            order.insert(place, each)
        place = order.index(each) + 1
    return order


def _moved(one: list[str], other: list[str]) -> bool:
    return [each for each in one if each in other] != [each for each in other if each in one]


def _clash(steps, base, theirs, ours, take_theirs, clashes) -> Any:
    clash = Clash(path_of(steps), base, theirs, ours)
    clashes.append(clash)
    return theirs if clash.path in take_theirs else ours
