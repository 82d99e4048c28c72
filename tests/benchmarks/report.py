"""The table of what was measured: printed, as CSV, and as a picture."""

import csv
from math import log10
from pathlib import Path
from xml.sax.saxutils import escape

from tests.benchmarks.measuring import Row

COLUMNS = "work database cases seconds peer peer_seconds ratio goal met memory_mb".split()
HEIGHT, LEFT, WIDTH = 18, 430, 900


def cells(row: Row) -> list[str]:
    memory = "" if row.memory_mb is None else f"{row.memory_mb:.0f}"
    return [
        *(row.work, row.database, str(row.cases), f"{row.seconds:.4f}"),
        *(row.peer, f"{row.peer_seconds:.4f}", f"{row.ratio:.2f}", f"{row.goal:g}"),
        *("yes" if row.met else "no", memory),
    ]


def as_table(rows: list[Row]) -> str:
    lines = [COLUMNS, *map(cells, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def write_csv(rows: list[Row], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *map(cells, rows)])


def write_picture(rows: list[Row], path: Path) -> None:
    """A bar for each row: its ratio as a share of its goal, which is the line in the middle."""
    height = HEIGHT * len(rows) + 40
    middle = (LEFT + WIDTH) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
        "<style>text { font: 11px sans-serif }</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{middle}" y="14" text-anchor="middle">goal</text>',
    ]
    for place, row in enumerate(rows):
        y = 22 + place * HEIGHT
        # A hundredth of the goal is at the left end, a hundred times the goal at the right.
        share = max(-2.0, min(2.0, log10(row.ratio / row.goal)))
        end = middle + share * (WIDTH - LEFT) / 4
        name = f"{row.work}, {row.database}, {row.cases:,}"
        colour = "#2a7a4b" if row.met else "#b3401f"
        size = f'width="{max(1.0, end - LEFT):.1f}" height="{HEIGHT - 5}"'
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 2}" {size} fill="{colour}"/>',
            f'<text x="{end + 4:.1f}" y="{y + 12}">{row.ratio:.2f} ({row.goal:g})</text>',
        ]
    parts += [
        f'<line x1="{middle}" x2="{middle}" y1="18" y2="{height - 14}" stroke="#000"/>',
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
