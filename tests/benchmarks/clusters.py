"""A PostgreSQL server of our own, which may be stopped in the middle: the shared one never is."""

import glob
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.servers import free_port

# Whom the server runs as if we are root, whom it refuses.
ACCOUNT = "postgres"


def program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs, which Debian keeps off the usual path."""
    installed = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
    return shutil.which(name) or (installed[-1] if installed else None)


class Cluster:
    """A server in a temporary folder, on a free port of the loopback address."""

    def __init__(self):
        if not (program("initdb") and program("pg_ctl")):
            raise OSError("initdb and pg_ctl of PostgreSQL are not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="cases-load-"))
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self.folder, ACCOUNT)
        options = ["--username", ACCOUNT, "--auth", "trust", "--encoding", "UTF8", "--no-locale"]
        self._run("initdb", "--pgdata", f"{self.folder}/data", *options)

    def __enter__(self) -> "Cluster":
        self.start()
        return self

    def __exit__(self, *error) -> None:
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """The address of a database of this server."""
        return f"postgresql://{ACCOUNT}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder}"
        self._ctl("start", "--log", f"{self.folder}/log", "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """With `fast` whoever is connected is sent away; `immediate` is a crash."""
        self._ctl("stop", "--mode", mode)

    def copy_of(self, url: str) -> str:
        """Copy a database of another server into this one; gives its new address."""
        name = urlsplit(url).path[1:]
        made = [self._client("createdb"), "--maintenance-db", self.url("postgres"), name]
        subprocess.run(made, check=True)
        dump = subprocess.Popen(
            [self._client("pg_dump"), "--format", "custom", "--compress", "0", url],
            stdout=subprocess.PIPE,
        )
        restore = [self._client("pg_restore"), "--no-owner", "--dbname", self.url(name)]
        subprocess.run(restore, check=True, stdin=dump.stdout)
        if dump.wait():
            raise OSError(f"pg_dump of {name} ended with {dump.returncode}")
        subprocess.run([self._client("psql"), "-qc", "ANALYZE", self.url(name)], check=True)
        return self.url(name)

    @staticmethod
    def _client(name: str) -> str:
        return shutil.which(name) or program(name) or name

    def _ctl(self, what: str, *options: str) -> None:
        self._run("pg_ctl", what, "--pgdata", f"{self.folder}/data", "--wait", *options)

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(name), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", ACCOUNT, "--", *command]
        # Its output is kept from us: the server would hold our pipe open.
        with open(os.devnull, "w") as nowhere:
            subprocess.run(command, check=True, cwd="/", stdout=nowhere, stderr=nowhere)
