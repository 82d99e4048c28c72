"""Releases for tests: rows that are really saved, since a release takes a snapshot of its own."""

import pytest
from django.core.management import call_command
from django.test import override_settings


@pytest.fixture(scope="module")
def saved(django_db_setup, django_db_blocker, tmp_path_factory):
    """A folder for releases, and a database in which a module's rows stay until its end."""
    folder = tmp_path_factory.mktemp("releases")
    with django_db_blocker.unblock():
        with override_settings(RELEASES_DIR=folder):
            yield folder
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def releases_dir(settings, tmp_path):
    """An empty folder for the releases of one test."""
    settings.RELEASES_DIR = tmp_path / "releases"
    return settings.RELEASES_DIR
