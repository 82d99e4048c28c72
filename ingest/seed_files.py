"""The seed files as records: YAML and CSV in, plain data and problems out. No Django inside."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TEXT_LANGUAGES = ("en", "fa", "ar")
Data = dict[str, Any]


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
    """YAML whose every scalar is text: `start: 2008` and `code: no` mean what they say."""


def _mapping(loader: yaml.Loader, node: yaml.MappingNode) -> Data:
    result: Data = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.MarkedYAMLError(
                problem=f"{key!r} cannot be a key", problem_mark=key_node.start_mark
            )
        if key in result:
            line = key_node.start_mark.line + 1
            raise yaml.MarkedYAMLError(
                problem=f"the key {key!r} stands here a second time (line {line})",
                problem_mark=key_node.start_mark,
            )
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


@dataclass
class SeedFiles:
    """Everything the seed folder says, before anything is checked against a database.

    `where` says for each kind and key in which file it stands; `problems` are pairs of place and
    sentence.
    """

    records: dict[str, dict[str, Data]] = field(default_factory=dict)
    editions: list[Data] = field(default_factory=list)
    where: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, key: str, data: Data, where: str) -> None:
        """Take in one record; a key may stand only once."""
        records = self.records.setdefault(kind, {})
        if not key:
            self.problems.append((where, f"a {kind} without a key."))
        elif not isinstance(key, str):
            self.problems.append((where, f"the key {key!r} must be text."))
        elif key in records:
            self.problems.append(
                (where, f"{kind} {key} stands in {self.where[kind][key]} already.")
            )
        else:
            records[key] = data
            self.where.setdefault(kind, {})[key] = where


def read_seeds(folder: Path) -> SeedFiles:
    """Read the whole seed folder (see docs/coding.md for the forms)."""
    seeds = SeedFiles()
    _read_terms(folder, seeds)
    _read_countries(folder, seeds)
    for actor, where in _items(folder / "actors.yaml", seeds, "code"):
        actor["type"] = f"actor_type:{actor.get('type', '')}"
        seeds.add("actor", actor.get("code", ""), actor, where)
    for name in ("documents.yaml", "reports/reports.yaml"):
        for document, where in _items(folder / name, seeds, "code"):
            _read_document(document, where, folder / "reports", seeds)
    for erratum, where in _items(folder / "errata.yaml", seeds, "code"):
        seeds.add("erratum", erratum.get("code", ""), erratum, where)
    for path in sorted((folder / "cases").glob("*.yaml")):
        _read_case(path, folder, seeds)
    _read_findings(folder / "findings.yaml", seeds)
    return seeds


def _load(path: Path, seeds: SeedFiles) -> Any:
    name = f"{path.parent.name}/{path.name}"
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 (every scalar is text)
    except OSError as error:
        seeds.problems.append((name, f"cannot be read: {error.strerror}."))
    except yaml.YAMLError as error:
        seeds.problems.append((name, f"is not YAML: {' '.join(str(error).split())}."))
    return None


def _items(path: Path, seeds: SeedFiles, key: str) -> Iterator[tuple[Data, str]]:
    """The mappings of a file that holds a list of them, each with a name for error messages."""
    items = _load(path, seeds)
    if items is None:
        return
    if not isinstance(items, list):
        seeds.problems.append((path.name, "must be a list of records."))
        return
    for place, item in enumerate(items, start=1):
        if isinstance(item, dict):
            yield item, f"{path.name}, {item.get(key) or f'number {place}'}"
        else:
            seeds.problems.append((f"{path.name}, number {place}", "must be a mapping."))


def _mappings(items: Any, where: str, seeds: SeedFiles) -> list[Data]:
    """The mappings of a list below a record; whatever else stands there is a problem."""
    if isinstance(items or [], list) and all(isinstance(item, dict) for item in items or []):
        return items or []
    seeds.problems.append((where, "must be a list of mappings."))
    return []


def _rows(path: Path, seeds: SeedFiles) -> Iterator[tuple[Data, str]]:
    """The rows of a CSV file with a name for error messages; a crooked row is a problem."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # Excel writes a mark first
            rows = list(csv.DictReader(file, restkey="", strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        seeds.problems.append((path.name, f"cannot be read: {error}."))
        return
    for line, row in enumerate(rows, start=2):
        if "" in row or None in row.values():
            seeds.problems.append(
                (f"{path.name}, row {line}", "has more or fewer cells than the head.")
            )
        else:
            yield row, f"{path.name}, row {line}"


def _read_terms(folder: Path, seeds: SeedFiles) -> None:
    for path in sorted((folder / "vocabularies").glob("*.csv")):
        for place, (row, where) in enumerate(_rows(path, seeds)):
            if row.get("scheme") != path.stem:
                seeds.problems.append(
                    (where, f"scheme: must be {path.stem}, as the file is named.")
                )
                continue
            if row.get("broader"):
                row["broader"] = f"{path.stem}:{row['broader']}"
            key = f"{row['scheme']}:{row.get('code', '')}"
            seeds.add("term", key, row | {"order": place}, f"vocabularies/{where}")


def _read_countries(folder: Path, seeds: SeedFiles) -> None:
    """Countries, and the regions that their rows name."""
    for row, where in _rows(folder / "countries.csv", seeds):
        regions = [
            (row.pop("region", ""), row.pop("region_m49", "")),
            (row.pop("subregion", ""), row.pop("subregion_m49", "")),
        ]
        parent = ""
        for code, m49 in regions:
            if not code or code == parent:
                continue
            region = {"code": code, "m49": m49, "parent": parent}
            known = seeds.records.get("region", {}).get(code)
            if known is None:
                seeds.add("region", code, region, where)
            elif known != region:
                seeds.problems.append((where, f"region {code} reads otherwise further up."))
            parent = code
        seeds.add("country", row.get("alpha3", ""), row | {"region": parent}, where)


def _read_document(document: Data, where: str, reports: Path, seeds: SeedFiles) -> None:
    data = _flat(document, "title", where, seeds)
    code = data.get("code", "")
    for edition in _mappings(data.pop("editions", []), f"{where}, editions", seeds):
        seeds.editions.append(edition | {"document": code, "folder": reports, "where": where})
    for reference in _mappings(data.pop("references", []), f"{where}, references", seeds):
        words = {key: value for key, value in reference.items() if key != "kind"}
        key = f"{words.get('passage')} {words.get('words')} {words.get('occurrence', 1)} {code}"
        record = {"kind": reference.get("kind", ""), "document": code, "quoted": words}
        seeds.add("reference", key, record, f"{where}, reference in {words.get('passage')}")
    seeds.add("document", code, data, where)


def _read_case(path: Path, folder: Path, seeds: SeedFiles) -> None:
    where = path.relative_to(folder).as_posix()
    case = _load(path, seeds)
    if case is None:
        return
    if not isinstance(case, dict):
        seeds.problems.append((where, "must be a mapping."))
        return
    data = _flat(_flat(case, "title", where, seeds), "summary", where, seeds)
    if data.get("slug") != path.stem:
        seeds.problems.append((where, f"slug: must be {path.stem}, as the file is named."))
    data.setdefault("coding", "double")
    statements = data.get("statements") or []
    if not isinstance(statements, list):
        seeds.problems.append((where, "statements: must be a list."))
        statements = []
    data["statements"] = [_statement(statement) for statement in statements]
    seeds.add("case", path.stem, data, where)


def _read_findings(path: Path, seeds: SeedFiles) -> None:
    content = _load(path, seeds)
    if content is None:
        return
    if not isinstance(content, dict) or set(content) != {"quotations", "statements"}:
        seeds.problems.append((path.name, "must have the keys quotations and statements."))
        return
    for place, item in enumerate(content["statements"], start=1):
        data = _statement(item)
        if isinstance(data, dict):
            key = data.get("key", "")
            data |= {"order": place, "local_quotations": content["quotations"]}
            seeds.add("finding", key, data, f"{path.name}, finding {key or f'number {place}'}")
        else:
            seeds.problems.append((f"{path.name}, number {place}", "must be a mapping."))


def _flat(data: Data, name: str, where: str, seeds: SeedFiles) -> Data:
    """`title: {en: …, fa: …}` as `title_en`, `title_fa`."""
    texts = data.get(name, {})
    if not isinstance(texts, dict) or set(texts) - set(TEXT_LANGUAGES):
        seeds.problems.append((where, f"{name}: must have texts for en, fa and ar, nothing else."))
        texts = {}
    rest = {key: value for key, value in data.items() if key != name}
    return rest | {f"{name}_{language}": text for language, text in texts.items()}


def _statement(item: Any) -> Any:
    """A statement with its actors beside its other keys, as files of one row each have them."""
    if not isinstance(item, dict) or not isinstance(item.get("actors", {}), dict):
        return item
    rest = {key: value for key, value in item.items() if key != "actors"}
    return rest | item.get("actors", {})
