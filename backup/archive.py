"""The file: a ZIP archive with a manifest as its last member, and a seal over all of its bytes.

Anybody can look into it with the usual tools. Its comment, the last bytes of the file, is the seal:
`sha256:` and the digest of all bytes before it. The manifest has the digest of every other member,
so that damage can be named. The file holds password hashes, so only its owner may read it.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from textwrap import shorten
from typing import BinaryIO

from django.core.management.base import CommandError

from backup.tables import KIND_OF_FIELD, Table

PROGRAM, FORMAT = "preventive-diplomacy-cases", 1
MANIFEST = "manifest.json"
_SEAL = re.compile(rb"sha256:[0-9a-f]{64}")
_SEAL_BYTES = len("sha256:") + 64
_PIECE = 1 << 20
_OWNER_ONLY = 0o600
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What reading a damaged archive may raise.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, struct.error)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Member:
    """What the manifest knows of a member; `modified` is the time of a file, in nanoseconds."""

    sha256: str
    bytes: int
    modified: int | None = None


@dataclass
class Manifest:
    """What a backup says of itself: when it was taken, of which schema, and what it holds.

    `migrations` are `app.name`, sorted; `rows` counts the rows of each table; `tables` stand in the
    order in which they are filled.
    """

    taken: str
    database: str
    migrations: list[str]
    tables: list[Table] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def as_json(self) -> bytes:
        known = {"program": PROGRAM, "format": FORMAT, **asdict(self)}
        return json.dumps(known, indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """The manifest; a CommandError for another format, a ValueError where it makes no sense."""
        known = json.loads(text)
        if not isinstance(known, dict) or known.pop("program", "") != PROGRAM:
            raise ValueError("the manifest of another program")
        if (number := known.pop("format", None)) != FORMAT:
            raise CommandError(
                f"The backup has format {number}, and this version of the program reads "
                f"{FORMAT}: restore it with the version that took it, or a newer one."
            )
        try:
            known["tables"] = [
                Table(each["name"], tuple((name, kind) for name, kind in each["columns"]))
                for each in known["tables"]
            ]
            known["members"] = {name: Member(**each) for name, each in known["members"].items()}
            manifest = cls(**known)
            _check_names(manifest)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError("a manifest that lacks something") from error
        return manifest

    @property
    def summary(self) -> str:
        """When it was taken, of what, and how much it is."""
        rows = sum(self.rows.values())
        files = f", {len(self.releases)} files of releases" if self.releases else ""
        return (
            f"taken {self.taken} from {self.database}, {rows:,} rows of {len(self.tables)} "
            f"tables{files}"
        )

    @property
    def releases(self) -> dict[str, Member]:
        """The files of releases, by their paths inside their folder."""
        prefix = "releases/"
        return {
            name.removeprefix(prefix): member
            for name, member in self.members.items()
            if name.startswith(prefix)
        }


def _check_names(manifest: Manifest) -> None:
    """Refuse names that would lead elsewhere: they become parts of statements and paths."""
    kinds = {*KIND_OF_FIELD.values()}
    for table in manifest.tables:
        names = [table.name, *(name for name, _kind in table.columns)]
        if not all(map(_NAME.fullmatch, names)) or not kinds.issuperset(table.kinds):
            raise ValueError(f"columns of {table.name}")
        if member_of(table.name) not in manifest.members or table.name not in manifest.rows:
            raise ValueError(f"no rows of {table.name}")
    for name in manifest.members:
        path = PurePosixPath(name)
        # Neither a folder above nor what is not finished; see backup.releases.
        hidden = any(part.startswith(".") for part in path.parts)
        if path.is_absolute() or hidden or path.as_posix() != name:
            raise ValueError(f"a member named {name}")


def member_of(table: str) -> str:
    return f"tables/{table}.jsonl"


class _Hashed(io.RawIOBase):
    """Bytes on their way into a member, counted and hashed."""

    def __init__(self, into):
        self.into, self.hash, self.count = into, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.into.write(data)
        self.hash.update(data)
        self.count += len(data)
        return len(data)


class Writer:
    """A backup that is being written; see `written`."""

    def __init__(self, zip_file: zipfile.ZipFile, manifest: Manifest):
        self._zip, self.manifest = zip_file, manifest

    def add(self, name: str, pieces: Iterator[bytes], modified: int | None = None) -> int:
        """Write a member, and give the number of its pieces."""
        number = 0
        with self._zip.open(name, "w", force_zip64=True) as into:
            hashed = _Hashed(into)
            buffer = io.BufferedWriter(hashed, _PIECE)
            for piece in pieces:
                buffer.write(piece)
                number += 1
            buffer.flush()
        self.manifest.members[name] = Member(hashed.hash.hexdigest(), hashed.count, modified)
        return number


@contextmanager
def written(path: Path, manifest: Manifest) -> Iterator[Writer]:
    """A file that is there whole at the end, or not at all.

    Until then it has another name, which begins with a dot. A CommandError where the disk is full
    or the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        if path.exists():
            raise CommandError(f"{path} is there already: name another file.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_abandoned(path.parent)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except OSError as error:
        if isinstance(error, FileExistsError) and str(error.filename) == str(unfinished):
            raise CommandError(f"{unfinished}: another backup is writing this file.") from error
        raise _not_made(path, error) from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zip_file:
                yield Writer(zip_file, manifest)
                zip_file.writestr(MANIFEST, manifest.as_json())
                zip_file.comment = b"sha256:" + b"0" * 64
            _seal(file)
            unfinished.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _not_made(path, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    """Remove what backups that were killed have left: files that no process holds."""
    for each in folder.glob(".*.unfinished"):
        with suppress(FileNotFoundError, BlockingIOError), each.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            each.unlink()


def _seal(file: BinaryIO) -> None:
    """Put the digest of the whole file at its end, and wait until all of it is on the disk."""
    file.flush()
    digest = _digest(file)
    file.seek(-_SEAL_BYTES, os.SEEK_END)
    file.write(b"sha256:" + digest.encode())
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(file: BinaryIO) -> str:
    """SHA-256 of all bytes before the seal."""
    found, left = hashlib.sha256(), file.seek(0, os.SEEK_END) - _SEAL_BYTES
    file.seek(0)
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        found.update(piece)
        left -= len(piece)
    return found.hexdigest()


def _not_made(path: Path, error: OSError) -> CommandError:
    said = f"No backup was made: {error.filename or path}: {why(error)}"
    if error.errno in _FULL:
        said += " Or name a file on another disk with TO=file."
    return CommandError(said)


def why(error: OSError) -> str:
    """What a disk complains of, and what to do where there is no room."""
    return f"{error.strerror}.{' Make room there.' if error.errno in _FULL else ''}"


def told(error: Exception) -> str:
    """What a database complains of, in one line without its last stop."""
    return shorten(str(error), 300, placeholder=" …").rstrip(".")


class Archive:
    """A backup that was read and found whole; see `opened`."""

    def __init__(self, path: Path, zip_file: zipfile.ZipFile, manifest: Manifest):
        self.path, self._zip, self.manifest = path, zip_file, manifest

    @contextmanager
    def member(self, name: str) -> Iterator[BinaryIO]:
        with self._zip.open(name) as file:
            yield file


@contextmanager
def opened(path: Path, progress: Callable[[str], None] = lambda line: None) -> Iterator[Archive]:
    """A backup whose every byte was looked at first; a CommandError says what is wrong with it."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise _cannot_read(path, error) from error
    with file:
        progress(f"checking {path}")
        try:
            archive = _checked(path, file)
        except OSError as error:
            raise _cannot_read(path, error) from error
        yield archive


def _cannot_read(path: Path, error: OSError) -> CommandError:
    return CommandError(f"{path} cannot be read: {error.strerror}. Nothing was changed.")


def _checked(path: Path, file: BinaryIO) -> Archive:
    seal = b""
    if file.seek(0, os.SEEK_END) > _SEAL_BYTES:
        file.seek(-_SEAL_BYTES, os.SEEK_END)
        seal = file.read()
    if not _SEAL.fullmatch(seal):
        raise CommandError(
            f"{path} is no backup, or is cut short: it does not end in a seal. Nothing was "
            "changed. Take another file."
        )
    is_whole = seal == b"sha256:" + _digest(file).encode()
    try:
        zip_file = zipfile.ZipFile(file)
        manifest = Manifest.from_json(zip_file.read(MANIFEST))
    except (*_UNREADABLE, KeyError) as error:
        raise _damaged(path, MANIFEST) from error
    except CommandError as refused:
        raise refused if is_whole else _damaged(path, MANIFEST) from refused
    if name := _first_damaged(zip_file, manifest):
        raise _damaged(path, name)
    if not is_whole:
        raise _damaged(path, "something between its members")
    return Archive(path, zip_file, manifest)


def _damaged(path: Path, what: str) -> CommandError:
    return CommandError(
        f"{path} is damaged: {what} is not what was written. Nothing was changed. Take another "
        "file."
    )


def _first_damaged(zip_file: zipfile.ZipFile, manifest: Manifest) -> str | None:
    """The first member that is not what the manifest says, or None."""
    there = zip_file.namelist()
    for name, known in manifest.members.items():
        found = hashlib.sha256()
        try:
            with zip_file.open(name) as file:
                while piece := file.read(_PIECE):
                    found.update(piece)
        except (*_UNREADABLE, KeyError):
            return name
        if found.hexdigest() != known.sha256:
            return name
    return next((name for name in there if name not in {*manifest.members, MANIFEST}), None)
