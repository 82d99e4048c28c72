"""Addresses of releases: pages in three languages, files in one."""

from django.urls import path, re_path

from releases.views import (
    release_changes,
    release_compare,
    release_file,
    release_list,
    release_page,
)

_NAME = r"(?P<name>[a-z0-9.-]+)"
PAGES = [
    path("releases/", release_list, name="release-list"),
    path("releases/compare/", release_compare, name="release-compare"),
    re_path(rf"^releases/{_NAME}/$", release_page, name="release"),
]
FILES = [
    path("releases/compare.csv", release_changes, name="release-changes"),
    re_path(rf"^releases/{_NAME}/(?P<path>.+)$", release_file, name="release-file"),
]
