"""The folder of releases in a backup, and back into its place.

Each entry of the folder is a release, which is never changed and never taken away: restoring puts
those that are missing, and leaves those that the backup does not have.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from backup.archive import Archive, Member, Writer

_PIECE = 1 << 20
# Names that begin with a dot are of what is not finished.
_STAGED, _REPLACED = ".restoring", ".replaced"


def folder() -> Path:
    return Path(getattr(settings, "RELEASES_DIR", settings.VAR_DIR / "releases"))


def take(archive: Writer, progress: Callable[[str], None]) -> None:
    """Put all files of releases into a backup."""
    for path in _files(folder()):
        name = path.relative_to(folder()).as_posix()
        progress(f"releases/{name}")
        archive.add(f"releases/{name}", _pieces(path), path.stat().st_mtime_ns)


def _files(root: Path) -> Iterator[Path]:
    """The finished files under a folder, in the order of their names."""
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def restored(archive: Archive, *, replace: bool) -> Iterator[Callable[[], None]]:
    """Gives a function that puts the releases in their place; an error afterwards takes them back.

    A CommandError where a release of the same name is another one and is not to be replaced.
    """
    root = folder()
    missing, other = _compared(archive.manifest.releases, root)
    if other and not replace:
        raise CommandError(
            f"{root} has other files than the backup in {', '.join(sorted(other))}. Nothing was "
            "changed. Move these away, or replace them with --replace (REPLACE=1)."
        )
    wanted = sorted(missing | other)
    if not wanted:
        yield lambda: None
        return
    _tidy(root)
    for name in (_STAGED, _REPLACED):
        (root / name).mkdir(parents=True)
    placed: list[str] = []

    def place() -> None:
        for name in wanted:
            placed.append(name)
            if (root / name).exists():
                (root / name).rename(root / _REPLACED / name)
            (root / _STAGED / name).rename(root / name)

    try:
        _unpack(archive, wanted, root / _STAGED)
        yield place
    except BaseException:
        for name in placed:
            if (root / name).exists() and not (root / _STAGED / name).exists():
                (root / name).rename(root / _STAGED / name)
        raise
    else:
        shutil.rmtree(root / _REPLACED)
    finally:
        _tidy(root)


def _tidy(root: Path) -> None:
    """Remove what a restore has unpacked; what it replaced goes back where its place is empty."""
    for path in (root / _REPLACED).iterdir() if (root / _REPLACED).is_dir() else ():
        if not (root / path.name).exists():
            path.rename(root / path.name)
    for name in (_STAGED, _REPLACED):
        shutil.rmtree(root / name, ignore_errors=True)


def _compared(files: dict[str, Member], root: Path) -> tuple[set[str], set[str]]:
    """The releases that the folder does not have, and those of which it has another content."""
    found = {_release(name) for name in files}
    missing = {name for name in found if not (root / name).exists()}
    there = {
        path.relative_to(root).as_posix(): path
        for name in found - missing
        for path in (_files(root / name) if (root / name).is_dir() else [root / name])
    }
    other = {
        _release(name)
        for name in there.keys() | files.keys()
        if _release(name) not in missing
        and (name not in there or name not in files or _digest(there[name]) != files[name].sha256)
    }
    return missing, other


def _release(name: str) -> str:
    """The entry of the folder that a file is part of."""
    return name.partition("/")[0]


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    for piece in _pieces(path):
        found.update(piece)
    return found.hexdigest()


def _unpack(archive: Archive, wanted: list[str], root: Path) -> None:
    for name, member in archive.manifest.releases.items():
        if _release(name) not in wanted:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.member(f"releases/{name}") as file, path.open("wb") as into:
            shutil.copyfileobj(file, into, _PIECE)
        os.utime(path, ns=(member.modified, member.modified))
