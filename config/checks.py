"""What Django's `check` says of this site's settings, beside what stops the program at once."""

import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import validate_host

from config.environment import read_text


@checks.register
def folders_can_be_written(app_configs, **_rest) -> list:
    """var/, and the folder of an SQLite database, which writes files beside its own."""
    database = settings.DATABASES["default"]
    folders = {Path(settings.VAR_DIR)}
    if database["ENGINE"].endswith("sqlite3"):
        folders.add(Path(database["NAME"]).resolve().parent)
    return [problem for folder in sorted(folders) for problem in _writing(folder)]


def _writing(folder: Path) -> list:
    try:
        # Trying is all that tells: permissions say nothing of a full or read-only disk.
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        hint = f"Run `make install`, and give {folder} to the account that runs the program."
        return [
            checks.Error(
                f"{folder} cannot be written to: {error.strerror}.", hint, id="config.E001"
            )
        ]
    return []


@checks.register
def the_address_fits_the_hosts(app_configs, **_rest) -> list:
    """SITE_URL against ALLOWED_HOSTS and BEHIND_PROXY, once the site is open to others."""
    if not settings.PUBLIC_HOSTS:
        return []
    found, host = [], urlsplit(settings.SITE_URL).netloc.rpartition("@")[2]
    name = urlsplit(settings.SITE_URL).hostname
    if not settings.IS_SECURE_SITE:
        said = f"SITE_URL={settings.SITE_URL} is not https, though others reach the site: "
        said += "passwords and drafts go over the wire for all to read."
        hint = "Put a proxy with HTTPS in front (docs/deployment.md) and set SITE_URL=https://…"
        found.append(checks.Warning(said, hint, id="config.W001"))
    if not validate_host(name, settings.ALLOWED_HOSTS):
        said = f"SITE_URL names {host}, which ALLOWED_HOSTS does not: links to the site fail."
        found.append(checks.Warning(said, f"Add {name} to ALLOWED_HOSTS.", id="config.W002"))
    if settings.IS_SECURE_SITE and not read_text("BEHIND_PROXY"):
        said = "SITE_URL is https, and BEHIND_PROXY does not say who speaks it: behind a proxy, "
        said += "every page may lead to itself for ever."
        hint = "Set BEHIND_PROXY=on behind a proxy that sets X-Forwarded-Proto; otherwise off."
        found.append(checks.Warning(said, hint, id="config.W003"))
    return found
