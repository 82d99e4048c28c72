"""How the files of a release are written: whole or not at all, and the same bytes each time."""

import fcntl
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from releases.store import File

UNFINISHED = ".unfinished"
# The hour of a ZIP's entry; earlier than 1980 there is none.
ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class Taken(Exception):
    """There is a release of this name, or somebody is making it; says so."""


class Folder:
    """A folder that is being filled; `files` are those that were written."""

    def __init__(self, path: Path):
        self.path = path
        self.files: list[File] = []

    def write(self, name: str, pieces: Iterable[bytes]) -> File:
        """Write a new file and make sure that it is on the disk."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with path.open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o444)
        self.files.append(File(name, size, digest.hexdigest()))
        return self.files[-1]

    def sync(self) -> None:
        """Make sure that the names of all files are on the disk, in whichever folder they are."""
        for each in (self.path, *self.path.rglob("*")):
            if each.is_dir():
                _sync(each)


@contextmanager
def new_folder(parent: Path, name: str) -> Iterator[Folder]:
    """A folder that has its name once the block is through; until then, and failing that, nothing.

    It lies hidden beside its place and is locked while its process lives. What one that was
    killed left behind goes when the next one begins. Raises Taken.
    """
    parent.mkdir(parents=True, exist_ok=True)
    hidden, place = parent / f".{name}{UNFINISHED}", parent / name
    with _one_at_a_time(parent):
        if place.exists():
            raise Taken(
                f"There is a release {name} already, and a release never changes: choose another "
                f"name, such as {name}.1."
            )
        running = _clear_away(parent)
        if hidden in running:
            raise Taken(
                f"The release {name} is being made just now by another process: wait for it, or "
                "choose another name."
            )
        hidden.mkdir()
        lock = _lock(hidden)
    try:
        folder = Folder(hidden)
        yield folder
        folder.sync()
        with _one_at_a_time(parent):
            if place.exists():
                raise Taken(f"{place} was put there meanwhile: choose another name.")
            hidden.rename(place)
            _sync(parent)
    finally:
        if hidden.exists():
            with _one_at_a_time(parent):
                shutil.rmtree(hidden)
        os.close(lock)


@contextmanager
def _one_at_a_time(parent: Path) -> Iterator[None]:
    """For the moments at which a folder begins and ends; waits for others, who are as quick."""
    with (parent / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _lock(folder: Path) -> int | None:
    """A lock of the folder as an open file, which ends with its process; None if it has one."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        return None
    return opened


def _clear_away(parent: Path) -> set[Path]:
    """Remove what processes that live no more have left; gives the folders of those that do."""
    running = set()
    for folder in parent.glob(f".*{UNFINISHED}"):
        lock = _lock(folder)
        if lock is None:
            running.add(folder)
            continue
        shutil.rmtree(folder)
        os.close(lock)
    return running


def _sync(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)


def bytes_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(BLOCK):
            yield piece


def write_archive(folder: Folder, name: str, within: str) -> File:
    """All files so far as one ZIP, in a folder `within`; the same files give the same bytes."""
    path = folder.path / name
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.files, key=lambda file: file.path):
            entry = _entry(f"{within}/{file.path}")
            entry.file_size = file.size
            with archive.open(entry, "w") as target:
                for piece in bytes_of(folder.path / file.path):
                    target.write(piece)
    digest = hashlib.sha256()
    for piece in bytes_of(path):
        digest.update(piece)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.chmod(0o444)
    return File(name, path.stat().st_size, digest.hexdigest())


def without_times(workbook: Path, at: datetime) -> Iterator[bytes]:
    """An XLSX file as of one moment: it would tell when each of its parts was written."""
    rewritten = workbook.with_suffix(".again")
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with (
        zipfile.ZipFile(workbook) as source,
        zipfile.ZipFile(rewritten, "x", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            entry = _entry(info.filename)
            entry.file_size = info.file_size
            with source.open(info) as part, target.open(entry, "w") as copy:
                if info.filename == "docProps/core.xml":
                    copy.write(_TIMES.sub(rb"\g<1>" + stamp, part.read()))
                else:
                    shutil.copyfileobj(part, copy, BLOCK)
    yield from bytes_of(rewritten)
    rewritten.unlink()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, ENTRY_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry
