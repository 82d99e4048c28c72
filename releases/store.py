"""The releases that there are, as their folders say: read from the disk, nothing else asked.

A release is a folder of settings.RELEASES_DIR with a manifest, `release.json`; one that is being
made lies hidden beside it and takes its name when it is whole. Nothing in it changes afterwards.
"""

import hashlib
import json
import logging
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

MANIFEST = "release.json"
CHECKSUMS = "SHA256SUMS"
# Not for readers: `slug version` a line, by slug, for the citations on the pages of cases.
VERSIONS = ".versions"
# Part of addresses and of names of files.
NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LONGEST_NAME = 60
# The address of the page that compares two of them.
RESERVED = ("compare",)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class File:
    """A file of a release: its path within the folder, its bytes and their SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Release:
    """What the manifest says. `counts` are rows by table; `archive` is the whole as one file."""

    name: str
    folder: Path
    made_on: datetime
    schema_version: str
    counts: Mapping[str, int]
    files: tuple[File, ...]
    archive: File
    # Where the site stood when the release was made: its identifiers begin with it.
    site: str

    def file(self, path: str) -> File | None:
        """A file that readers may have, by its path."""
        return next((file for file in (*self.files, self.archive) if file.path == path), None)


def all_releases() -> tuple[Release, ...]:
    """Every release, the newest first."""
    try:
        folders = [each for each in settings.RELEASES_DIR.iterdir() if is_name(each.name)]
    except FileNotFoundError:
        return ()
    found = [release for each in folders if (release := _release(each))]
    return tuple(sorted(found, key=lambda each: (each.made_on, each.name), reverse=True))


def find(name: str) -> Release | None:
    """The release of this name, if there is one."""
    return _release(settings.RELEASES_DIR / name) if is_name(name) else None


def is_name(name: str) -> bool:
    """Whether a release may be called so."""
    return len(name) <= LONGEST_NAME and bool(NAME.fullmatch(name)) and name not in RESERVED


def standing(slug: str, version: int) -> Release | None:
    """The newest release in which a case stands in this version."""
    return next((each for each in all_releases() if version_in(each, slug) == version), None)


def version_in(release: Release, slug: str) -> int | None:
    """The version of a case in a release, looked up in the file as in a dictionary of paper."""
    wanted = slug.encode()
    with (release.folder / VERSIONS).open("rb") as file:
        if not file.seek(0, 2):
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
            low, high = 0, len(lines)
            while low < high:
                middle = (low + high) // 2
                start = lines.rfind(b"\n", low, middle) + 1 or low
                end = lines.find(b"\n", start)
                found, version = lines[start:end].split()
                if found == wanted:
                    return int(version)
                low, high = (end + 1, high) if found < wanted else (low, start)
    return None


def _release(folder: Path) -> Release | None:
    try:
        changed = (folder / MANIFEST).stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _read(folder, changed)


@lru_cache(maxsize=1024)
def _read(folder: Path, changed: int) -> Release | None:
    """The release of a folder; `changed` is when its manifest was written."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        archive = folder / f"{folder.name}.zip"
        checksum = f"{archive.name}.sha256"
        listed = (File(**each) for each in told["files"])
        # What names the others cannot name itself.
        unlisted = (_file(folder / name) for name in (MANIFEST, CHECKSUMS, checksum))
        return Release(
            name=told["name"],
            folder=folder,
            made_on=datetime.fromisoformat(told["made_on"]),
            schema_version=told["schema_version"],
            counts=told["counts"],
            files=(*listed, *unlisted),
            archive=File(
                archive.name, archive.stat().st_size, (folder / checksum).read_text().split()[0]
            ),
            site=told["site"],
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        logger.error("%s is no release, its manifest cannot be read: %s", folder, error)
        return None


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(path.name, len(content), hashlib.sha256(content).hexdigest())
