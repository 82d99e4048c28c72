"""Web servers on the loopback address, and one reader who keeps the connection."""

import http.client
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.databases import BASE, Database
from tests.benchmarks.peers import datasette


class Reader:
    """Fetches addresses over one connection and says how long each took."""

    def __init__(self, port: int):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def fetch(self, address: str) -> float:
        began = time.perf_counter()
        try:
            answer = self._ask(address)
        except (http.client.RemoteDisconnected, ConnectionError):
            self.connection.close()  # the server let go of it; the question is asked anew
            answer = self._ask(address)
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status} on port {self.port}.")
        return seconds

    def _ask(self, address: str) -> http.client.HTTPResponse:
        self.connection.request("GET", address)
        answer = self.connection.getresponse()
        answer.read()
        return answer


@contextmanager
def site(database: Database):
    """The project as `make run` serves it."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}"]
    with _served(command, port, database.environment) as reader:
        yield reader


@contextmanager
def datasette_site(file: Path):
    """Datasette with twenty rows a page, as our list has, and time enough for every query."""
    port = free_port()
    settings = {
        "suggest_facets": "off",
        "default_page_size": "20",
        "sql_time_limit_ms": "60000",
        "facet_time_limit_ms": "60000",
    }
    command = [str(datasette()), "serve", "--immutable", str(file), "--port", str(port)]
    for name, value in settings.items():
        command += ["--setting", name, value]
    with _served(command, port, None) as reader:
        yield reader


@contextmanager
def _served(command: list[str], port: int, environment):
    process = subprocess.Popen(
        command, cwd=BASE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, process)
        yield Reader(port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Until a server that was started answers at its port, or it has ended."""
    for _try in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args[0]} did not answer within a minute.")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
