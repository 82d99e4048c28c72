"""What a folder of releases tells."""

import json

import pytest

from releases import store

NAMES = [f"case-{number}" for number in range(50)]


def put(folder, name, made_on="2026-11-03T12:00:00+00:00", versions=()):
    """A release with nothing in it, as it lies on the disk."""
    place = folder / name
    place.mkdir(parents=True)
    told = {"name": name, "made_on": made_on, "schema_version": "1", "site": "http://x"}
    told |= {"counts": {"cases": len(versions)}, "files": []}
    (place / "release.json").write_text(json.dumps(told))
    (place / "SHA256SUMS").write_text("")
    (place / f"{name}.zip").write_bytes(b"zip")
    (place / f"{name}.zip.sha256").write_text(f"{'0' * 64}  {name}.zip\n")
    lines = "".join(f"{slug} {version}\n" for slug, version in sorted(dict(versions).items()))
    (place / ".versions").write_text(lines)
    return place


def test_the_newest_comes_first_and_nothing_else_is_taken_for_one(releases_dir):
    assert store.all_releases() == ()
    put(releases_dir, "b", "2026-01-01T00:00:00+00:00")
    put(releases_dir, "a", "2026-02-01T00:00:00+00:00")
    (releases_dir / ".c.unfinished").mkdir()
    (releases_dir / "empty").mkdir()
    (releases_dir / "file").write_text("")
    assert [each.name for each in store.all_releases()] == ["a", "b"]
    put(releases_dir, "later", "2026-03-01T00:00:00+00:00")
    assert [each.name for each in store.all_releases()] == ["later", "a", "b"]
    assert store.find("a").archive.size == 3
    assert store.find("empty") is store.find("../a") is store.find("nope") is None


def test_a_manifest_that_cannot_be_read_is_no_release_and_no_error(releases_dir, caplog):
    (put(releases_dir, "a") / "release.json").write_text("{")
    (put(releases_dir, "b") / "b.zip").unlink()
    put(releases_dir, "c")
    assert [each.name for each in store.all_releases()] == ["c"]
    assert "a is no release, its manifest cannot be read" in caplog.text


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_every_case_of_a_release_is_found_in_its_version(releases_dir, count):
    versions = {slug: place for place, slug in enumerate(NAMES[:count], start=1)}
    put(releases_dir, "a", versions=versions.items())
    release = store.find("a")
    assert {slug: store.version_in(release, slug) for slug in versions} == versions
    for missing in ("", "a", "case-", "case-00", "case-100", "zz", "case-1x"):
        assert store.version_in(release, missing) is None


def test_a_case_stands_in_the_newest_release_of_its_version(releases_dir):
    put(releases_dir, "a", "2026-01-01T00:00:00+00:00", [("x", 1), ("y", 1)])
    put(releases_dir, "b", "2026-02-01T00:00:00+00:00", [("x", 1), ("y", 2)])
    assert store.standing("x", 1).name == "b"
    assert store.standing("y", 1).name == "a"
    assert store.standing("y", 3) is None
    assert store.standing("z", 1) is None


def test_a_release_that_is_taken_away_is_not_remembered(releases_dir):
    place = put(releases_dir, "a", versions=[("x", 1)])
    assert store.standing("x", 1).name == "a"
    place.rename(releases_dir / ".gone")
    assert store.standing("x", 1) is None
