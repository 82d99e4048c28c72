"""A small seed folder in the real formats: two countries, one report, one case, one finding."""

import csv
from pathlib import Path
from typing import Any

import yaml

REPORT = """\
Preventive diplomacy
I. Introduction
1. Envoys matter. The envoy mediated in Conakry in 2009, and the envoy came back.^{1}
2. The election was held in peace.
1. See A/66/811.
"""

HEAD = ["scheme", "code"]
HEAD += [f"{name}_{lang}" for name in ("label", "definition") for lang in ("en", "fa", "ar")]
HEAD += ["broader", "match"]

TERMS = {
    "situation": ["electoral", "not_stated"],
    "trigger": ["vote_due", "not_stated"],
    "initiation": ["not_stated"],
    "un_role": ["lead", "not_stated"],
    "tool": ["diplomatic", "mediation"],
    "event": ["election"],
    "outcome": ["calm", "not_stated"],
    "finding": ["lesson"],
    "actor_type": ["united_nations", "person"],
}
BROADER = {"mediation": "diplomatic"}

COUNTRIES = [
    "alpha3,alpha2,m49,region,region_m49,subregion,subregion_m49,longitude,latitude",
    "GIN,GN,324,africa,002,western_africa,011,-10.5,10.4",
    "KEN,KE,404,africa,002,eastern_africa,014,37.79,0.6",
]


def title(text: str) -> dict[str, str]:
    return dict.fromkeys(("en", "fa", "ar"), text)


def actors() -> list[dict[str, Any]]:
    return [
        {
            "code": "un",
            "type": "united_nations",
            "naming": "named",
            "names": [
                {"language": "en", "name": "United Nations", "kind": "official"},
                {"language": "fa", "name": "سازمان ملل متحد", "kind": "official"},
            ],
        },
        {
            "code": "envoy",
            "type": "person",
            "naming": "described",
            "parent": "un",
            "names": [{"language": "en", "name": "the envoy", "kind": "as_printed"}],
        },
    ]


def documents() -> list[dict[str, Any]]:
    words = {"passage": "S-2011-552/en/n1", "words": "A/66/811"}
    return [
        {
            "code": "A-66-811",
            "symbol": "A/66/811",
            "kind": "report",
            "title": title("Mediation"),
            "date": "2012-06-25",
            "issuer": "un",
            "identification": "certain",
            "references": [{"kind": "cites", **words}],
        }
    ]


def reports() -> list[dict[str, Any]]:
    return [
        {
            "code": "S-2011-552",
            "symbol": "S/2011/552",
            "kind": "report",
            "title": title("Preventive diplomacy"),
            "date": "2011-08-26",
            "issuer": "un",
            "identification": "certain",
            "editions": [{"language": "en", "file": "report.en.txt"}],
        }
    ]


def errata() -> list[dict[str, Any]]:
    return [
        {
            "code": "en-conakry",
            "edition": "S-2011-552/en",
            "kind": "name",
            "printed": "Conakry",
            "reading": "Kankan",
            "why_en": "The talks were held in Kankan.",
            "basis": "outside",
            "certainty": "possible",
            "places": [{"passage": "S-2011-552/en/p1", "words": "Conakry"}],
        }
    ]


def case() -> dict[str, Any]:
    return {
        "slug": "guinea-2009",
        "coverage": "substantial",
        "title": title("Guinea"),
        "summary": title("An envoy mediated."),
        "start": "2009",
        "countries": [{"country": "GIN", "role": "scene"}],
        "review": "published",
        "quotations": {
            "q1": {
                "passage": "S-2011-552/en/p1",
                "words": "The envoy mediated in Conakry in 2009",
                "translation_en": "The envoy mediated in Conakry in 2009",
            },
            "q2": {
                "passage": "S-2011-552/en/p2",
                "words": "The election was held in peace",
                "translation_en": "The election was held in peace",
            },
        },
        "statements": [
            {
                "key": "t1",
                "term": "tool:mediation",
                "actors": {"by": ["envoy"], "on_behalf_of": ["un"]},
                "when": "2009",
                "support": "states",
                "quotations": ["q1"],
            },
            {
                "key": "v1",
                "term": "event:election",
                "phase": "closing",
                "support": "states",
                "quotations": ["q2"],
            },
        ],
    }


def findings() -> dict[str, Any]:
    return {
        "quotations": {"qf": {"passage": "S-2011-552/en/p1", "words": "Envoys matter"}},
        "statements": [
            {
                "key": "f1",
                "term": "finding:lesson",
                "about": ["tool:mediation"],
                "scope": "pattern",
                "support": "states",
                "quotations": ["qf"],
            }
        ],
    }


FILES = {
    "actors.yaml": actors,
    "documents.yaml": documents,
    "reports/reports.yaml": reports,
    "errata.yaml": errata,
    "cases/guinea-2009.yaml": case,
    "findings.yaml": findings,
}


def write_yaml(folder: Path, name: str, content: Any) -> None:
    """One file of the folder; `content` is what its YAML says."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def write_folder(folder: Path) -> Path:
    """The whole folder, free of errors."""
    for name, content in FILES.items():
        write_yaml(folder, name, content())
    (folder / "reports/report.en.txt").write_text(REPORT, "utf-8")
    (folder / "countries.csv").write_text("\n".join(COUNTRIES) + "\n", "utf-8")
    (folder / "vocabularies").mkdir()
    for scheme, codes in TERMS.items():
        rows = [
            [scheme, code, *[code.replace("_", " ")] * 6, BROADER.get(code, ""), ""]
            for code in codes
        ]
        with (folder / f"vocabularies/{scheme}.csv").open(
            "w", encoding="utf-8", newline=""
        ) as file:
            csv.writer(file).writerows([HEAD, *rows])
    return folder
