"""How gunicorn serves the site: `gunicorn --config config/gunicorn.py`; docs/deployment.md."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.environment import read_number

ROOT = Path(__file__).resolve().parent.parent

try:
    logconfig_dict = logs.configuration()
    workers = read_number("WEB_CONCURRENCY", default=2, least=1)
    threads = read_number("WEB_THREADS", default=4, least=2)
except ImproperlyConfigured as error:
    sys.exit(str(error))

wsgi_app = "config.wsgi"
chdir = str(ROOT)
bind = "127.0.0.1:8000"
# A thread may take minutes for a large file; the watchdog looks at the process alone, which
# answers it unless it hangs. Single threads would be stopped, hence at least two.
worker_class = "gthread"
timeout = 60
# At a stop, downloads and imports that are under way have this long to end.
graceful_timeout = 60
keepalive = 5
# Memory that a library loses comes back; not all processes at once.
max_requests = 20_000
max_requests_jitter = 2_000
# The watchdog's file is touched every second: not on a disk that may be busy.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Nobody asks it anything there.
control_socket_disable = True


def on_starting(server) -> None:
    """Look at settings and database first. In a process of its own: workers load it all anew."""
    checked = subprocess.run([sys.executable, "manage.py", "preflight"], cwd=ROOT, check=False)  # noqa: S603
    if checked.returncode:
        sys.exit(checked.returncode)


def post_worker_init(worker) -> None:
    """Read what counting holds in memory before the first visitor asks for it."""
    Thread(target=_prepare, name="prepare", daemon=True).start()


def _prepare() -> None:
    # Not before the worker has loaded the application.
    from django.db import DatabaseError, connections

    from cases import tally

    try:
        tally.current()
    except DatabaseError:
        pass  # it is away: whoever asks first when it is back waits for it
    finally:
        connections.close_all()
