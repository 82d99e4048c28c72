"""python3 deploy/trial.py: docs/deployment.md from an empty folder to a served site, tried out.

A clean clone, a PostgreSQL server of its own, gunicorn as cases.service starts it on a socket that
is held for it as systemd holds it, nginx with nginx.conf and a certificate of its own: all on
loopback ports, as an ordinary account (as root: as `nobody`), in a temporary folder that is gone
afterwards. Needs git, make, openssl, PostgreSQL's server and a Python with venv; nginx is left out
if it is not installed. Ends with 0 if everything was as it should be.
"""

import argparse
import glob
import http.client
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlencode

REPOSITORY = Path(__file__).resolve().parent.parent
NAME = "cases.example.org"
ACCOUNT = "nobody"
# What nobody may find in a log: words that are searched for, and names that are tried.
WORD, PERSON = "ocelot" + secrets.token_hex(4), "person" + secrets.token_hex(4)
NUMBER = re.compile(r"[0-9a-f-]{16,64}")
# Linux has all of 127.0.0.0/8 at hand: to nginx each of these is another reader.
FIRST_READER, HASTY_READER, SLOW_READER, OTHERS = "127.0.0.1", "127.0.0.2", "127.0.0.3", 10
FOR_ROOT = "/usr/bin/python3"  # root's own Python may be where nobody else can read it


class Failed(Exception):
    """Something was not as it should be."""


def program(name: str) -> str | None:
    """The path of a program; Debian keeps PostgreSQL's and nginx off the usual path."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return found or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[-1:]), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(*command, cwd=None, env=None, given=None) -> str:
    """What a command prints; its errors too if it fails, which ends the trial."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=env,
        input=given,
        capture_output=True,
        text=True,
        timeout=900,
    )
    if done.returncode:
        raise Failed(
            f"{shlex.join(map(str, command))} ended with {done.returncode}:\n"
            f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
        )
    return done.stdout


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        self.text = self.body.decode("utf-8", "replace")


class ToServer(http.client.HTTPConnection):
    """A connection to nginx over TLS, or straight to gunicorn's socket where there is no nginx."""

    def __init__(self, trial: "Trial", reader: str):
        super().__init__(NAME, trial.https, timeout=60)
        self.trial, self.reader = trial, reader

    def connect(self):
        if not self.trial.nginx:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(60)
            self.sock.connect(str(self.trial.socket_path))
            return
        address = ("127.0.0.1", self.trial.https)
        plain = socket.create_connection(address, timeout=60, source_address=(self.reader, 0))
        context = ssl.create_default_context(cafile=self.trial.folder / "certificate.pem")
        self.sock = context.wrap_socket(plain, server_hostname=NAME)


class Trial:
    def __init__(self, folder: Path, python: str):
        self.folder, self.python = folder, python
        self.site = folder / "cases"
        self.socket_path = folder / "cases.sock"
        self.log_path = folder / "site.log"
        self.env_path = folder / "cases.env"
        self.database_port, self.http, self.https = free_port(), free_port(), free_port()
        self.nginx = program("nginx")
        self.server: subprocess.Popen | None = None
        self.cookies: dict[str, str] = {}
        self.checks = 0
        self.began = time.monotonic()

    # What is seen of it.

    def step(self, said: str) -> None:
        print(f"\n== {said}  [{time.monotonic() - self.began:.0f} s]", flush=True)

    def check(self, said: str, is_so: bool, more: object = "") -> None:
        if not is_so:
            raise Failed(f"{said}: it was {more!r}")
        self.checks += 1
        print(f"   ok  {said}", flush=True)

    # The book.

    def manage(self, *arguments: str) -> str:
        return run(
            self.site / "deploy/manage", *arguments, env=os.environ | {"CASES_ENV": self.env_path}
        )

    def install(self) -> None:
        self.step("make install in a clean clone")
        run("make", "install", f"PYTHON={self.python}", cwd=self.site)
        self.check("the environment is complete", (self.site / ".venv/bin/gunicorn").exists())

    def start_cluster(self) -> None:
        self.step("PostgreSQL: a role and a database of its own")
        data, password = self.folder / "data", secrets.token_urlsafe(12)
        secret = self.folder / "superuser"
        secret.write_text(password)
        self.superuser = {
            "PGPASSWORD": password,
            "PGUSER": "postgres",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.database_port),
        }
        options = ["--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8"]
        run(program("initdb"), "--pgdata", data, *options, "--no-locale", "--pwfile", secret)
        self.database("start")
        self.password = secrets.token_urlsafe(18)
        self.as_superuser("psql", "-c", f"CREATE ROLE cases LOGIN PASSWORD '{self.password}'")
        self.create_database()

    def as_superuser(self, command: str, *arguments: str) -> None:
        run(program(command), *arguments, env=os.environ | self.superuser)

    def create_database(self) -> None:
        options = ["--owner", "cases", "--encoding", "UTF8", "--template", "template0"]
        self.as_superuser("createdb", *options, "cases")

    def database(self, what: str) -> None:
        options = [what, "--pgdata", str(self.folder / "data"), "--wait"]
        if what == "start":
            asked = f"-p {self.database_port} -c listen_addresses=127.0.0.1 -k {self.folder}"
            options += ["--log", str(self.folder / "database.log"), "--options", asked]
        else:
            options += ["--mode", "fast"]
        # Its output is kept from us: the server would hold our pipe open.
        subprocess.run(
            [program("pg_ctl"), *options],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def write_environment(self) -> None:
        self.step("the environment file, from deploy/cases.env")
        text = (self.site / "deploy/cases.env").read_text(encoding="utf-8")
        refused = run(
            "sh",
            "-c",
            f"CASES_ENV={self.site}/deploy/cases.env '{self.site}/deploy/manage' check"
            " 2>&1 || true",
        )
        self.check(
            "the example's key is refused", "SECRET_KEY is the example's" in refused, refused
        )
        port = self.database_port
        for old, new in {
            "cases:PASSWORD@127.0.0.1:5432": f"cases:{self.password}@127.0.0.1:{port}",
            "put-a-random-key-here": secrets.token_urlsafe(60),
            f"https://{NAME}": f"https://{NAME}:{self.https}",
            "WEB_CONCURRENCY='4'": "WEB_CONCURRENCY='2'",
        }.items():
            self.check(f"the example has {old}", old in text)
            text = text.replace(old, new)
        self.env_path.touch(mode=0o600)
        self.env_path.write_text(text, encoding="utf-8")

    def fill(self) -> None:
        self.step("check --deploy, migrate, seed, first editor")
        found = self.manage("check", "--deploy", "--fail-level", "WARNING")
        self.check("check --deploy has nothing to say", "no issues" in found, found)
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed")
        said = self.manage("first_editor")
        self.editor_password = said.partition("password ")[2].split()[0]
        self.check("an account is made once", not self.manage("first_editor").strip())
        self.manage("preflight")

    # The service, as systemd starts it.

    def hold_socket(self, stack: ExitStack) -> None:
        self.listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        self.listener.bind(str(self.socket_path))
        self.listener.listen(4096)

    def start_site(self) -> None:
        unit = (self.site / "deploy/cases.service").read_text(encoding="utf-8")
        asked = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)[1]
        command = shlex.split(asked.replace("/srv/cases", str(self.site)))
        # $$ is the process that gunicorn becomes, as systemd has it.
        shell = ["sh", "-c", 'set -a; . "$0"; LISTEN_FDS=1; LISTEN_PID=$$; exec "$@"']
        notified = self.folder / "notify.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(notified))
            told.settimeout(120)
            with self.log_path.open("ab") as log:
                self.server = subprocess.Popen(
                    [*shell, str(self.env_path), *command],
                    cwd=self.site,
                    stdout=log,
                    stderr=log,
                    env={"PATH": os.environ["PATH"], "NOTIFY_SOCKET": str(notified)},
                    preexec_fn=lambda: os.dup2(self.listener.fileno(), 3),
                    pass_fds=(3,),
                )
            try:
                said = told.recv(1000).decode()
            except TimeoutError:
                raise Failed(f"gunicorn is not ready:\n{self.log_path.read_text()}") from None
            finally:
                notified.unlink()
        if "READY=1" not in said:
            raise Failed(f"gunicorn said {said!r}")

    def stop_site(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(timeout=70)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
                raise Failed("gunicorn did not stop within 70 s") from None

    def start_nginx(self, stack: ExitStack) -> None:
        folder = self.folder
        run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", folder / "key.pem", "-out", folder / "certificate.pem"),
        )
        text = (self.site / "deploy/nginx.conf").read_text(encoding="utf-8")
        text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
        for old, new in {
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen 443 ": f"listen 127.0.0.1:{self.https} ",
            "/run/cases.sock": str(self.socket_path),
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{folder}/certificate.pem",
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{folder}/key.pem",
            "/var/log/nginx/cases.log": f"{folder}/nginx.log",
        }.items():
            self.check(f"nginx.conf has {old}", old in text)
            text = text.replace(old, new)
        kinds = "client_body proxy fastcgi uwsgi scgi".split()
        temporary = "".join(f"{each}_temp_path {folder}/nginx-{each};\n" for each in kinds)
        whole = f"pid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\nevents {{}}\n"
        whole += f"http {{\n{temporary}{text}}}\n"
        (folder / "nginx.conf").write_text(whole, encoding="utf-8")
        start = [self.nginx, "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"]
        run(*start, "-t")
        self.check("nginx -t passes", True)
        server = subprocess.Popen([*start, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
        stack.callback(server.wait)
        stack.callback(server.terminate)

    # What a reader and an editor see.

    def ask(
        self,
        address: str,
        posted: dict | None = None,
        reader: str = FIRST_READER,
        **headers: str,
    ) -> Answer:
        host = f"{NAME}:{self.https}"
        headers = {
            "Host": host,
            "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()),
        } | headers
        if not self.nginx:
            headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
        body = None
        if posted is not None:
            body = urlencode(posted)
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"https://{host}",
                "Referer": f"https://{host}{address}",
            }
        connection = ToServer(self, reader)
        try:
            connection.request("POST" if posted is not None else "GET", address, body, headers)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _sign, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def wait_for(
        self, address: str, status: int, seconds: float = 20, reader: str = FIRST_READER
    ) -> Answer:
        until = time.monotonic() + seconds
        while True:
            answer = self.ask(address, reader=reader)
            if answer.status == status or time.monotonic() > until:
                return answer
            time.sleep(0.3)

    def read(self) -> None:
        self.step("readers")
        for address, language in (("/", "en"), ("/fa/", "fa"), ("/ar/", "ar")):
            page = self.ask(address)
            is_right = page.status == 200 and f'lang="{language}"' in page.text
            self.check(f"{address} is a page in {language}", is_right, page.status)
        headers = self.ask("/cases/").headers
        self.check(
            "HSTS is sent", "max-age=31536000" in (headers["Strict-Transport-Security"] or "")
        )
        self.check("a content security policy is sent", bool(headers["Content-Security-Policy"]))
        self.check(
            "the answer has its number", bool(NUMBER.fullmatch(headers["X-Request-ID"] or ""))
        )
        for address, said in (("/healthz", {"alive": True}), ("/readyz", {"ready": True})):
            answer = self.ask(address)
            self.check(f"{address} says so", json.loads(answer.body) == said, answer.text)
            self.check(f"{address} is never kept", answer.headers["Cache-Control"] == "no-store")
        file = self.ask("/cases.csv").body
        exported = run_bytes(self.site / "deploy/manage", self.env_path, "export", "cases")
        self.check(f"cases.csv is `export cases` to the byte ({len(file)})", file == exported)
        found = self.ask(f"/cases/?q={WORD}")
        self.check("a search is answered", found.status == 200, found.status)
        if self.nginx:
            plain = http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)
            plain.request("GET", f"/fa/?q={WORD}", headers={"Host": NAME})
            moved = plain.getresponse()
            is_right = (
                moved.status == 301 and moved.headers["Location"] == f"https://{NAME}/fa/?q={WORD}"
            )
            self.check("http leads to https", is_right, moved.headers["Location"])
            plain.close()

    def sign_in(self) -> None:
        self.step("the first editor signs in")
        login = "/admin/login/?next=/admin/"
        for name, password, status in (
            (PERSON, WORD, 200),
            ("editor", self.editor_password, 302),
        ):
            page = self.ask(login)
            cookies = page.headers.get_all("Set-Cookie") or []
            if status == 200:
                is_secure = cookies and all("secure" in each.lower() for each in cookies)
                self.check("cookies are for https alone", bool(is_secure), len(cookies))
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
            form = {"csrfmiddlewaretoken": token, "username": name, "password": password}
            posted = self.ask(login, form | {"next": "/admin/"})
            said = "a wrong name is refused" if status == 200 else "the right one is let in"
            self.check(said, posted.status == status, posted.status)
        asked = self.ask("/admin/")
        is_asked = asked.status == 302 and "password_change" in asked.headers["Location"]
        self.check("and asked for a password of their own", is_asked, asked.status)

        form = {"old_password": self.editor_password}
        form |= dict.fromkeys(("new_password1", "new_password2"), secrets.token_urlsafe(18))
        page = self.ask("/admin/password_change/")
        form["csrfmiddlewaretoken"] = re.search(r'token" value="(\w+)"', page.text)[1]
        posted = self.ask("/admin/password_change/", form)
        self.check("which is taken", posted.status == 302, posted.status)
        asked = self.ask("/admin/")
        is_asked = asked.status == 302 and "second-factor" in asked.headers["Location"]
        self.check("and then for a second factor", is_asked, asked.headers["Location"])

    def ask_too_often(self) -> None:
        self.step("one address asks too often, another reads")
        connection = ToServer(self, HASTY_READER)
        headers, statuses = {"Host": f"{NAME}:{self.https}"}, []

        def hurry(address: str, times: int, until: int = 0) -> Answer:
            for _each in range(times):
                connection.request("GET", address, headers=headers)
                answer = Answer(connection.getresponse())
                statuses.append(answer.status)
                if answer.status == until:
                    break
            return answer

        refused = hurry("/healthz", 1000, until=429)
        self.check("it is refused with 429", refused.status == 429, refused.status)
        said = refused.headers["Retry-After"]
        self.check("and told when to come again", said == "10", said)
        self.check(f"after {len(statuses) - 1} answers", len(statuses) > 60)
        statuses.clear()
        style = "/static/cases/site.css"
        hurry(style, 100)
        self.check("static files are not counted", set(statuses) == {200}, set(statuses))
        connection.close()
        statuses.clear()
        for address in (
            "/",
            "/cases/",
            "/fa/cases/",
            "/cases/?q=mediation",
            "/explore/",
            "/actors/",
        ):
            page = self.ask(address, reader=SLOW_READER)
            files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
            statuses += [page.status]
            statuses += [self.ask(each, reader=SLOW_READER).status for each in files]
        said = f"whoever reads is not refused ({len(statuses)} pages and files)"
        self.check(said, set(statuses) == {200}, statuses)
        again = self.wait_for("/", 200, reader=HASTY_READER)
        self.check("nor is the first, once it waits", again.status == 200, again.status)

    # What goes wrong, and what is done with it.

    def lose_database(self) -> None:
        self.step("the database goes away and comes back")
        self.database("stop")
        page = self.wait_for("/", 503)
        self.check("a page answers 503", page.status == 503, page.status)
        self.check("and shows its number", page.headers["X-Request-ID"] in page.text)
        ready = self.wait_for("/readyz", 503)
        self.check("/readyz says what is not ready", "database" in ready.text, ready.text)
        self.check("/healthz is as before", self.ask("/healthz").status == 200)
        self.database("start")
        self.check("/readyz comes back", self.wait_for("/readyz", 200).status == 200)
        self.check("pages come back", self.wait_for("/", 200).status == 200)

    def check_out(self, version: str) -> None:
        run("git", "checkout", "--quiet", version, cwd=self.site)
        run("make", "install", f"PYTHON={self.python}", cwd=self.site)

    def check_ready(self, said: str) -> None:
        self.start_site()
        ready = self.wait_for("/readyz", 200)
        self.check(said, ready.status == 200, ready.text)

    def upgrade_and_roll_back(self) -> None:
        self.step("back to the version before the last migration, by taking it back")
        names = sorted(each.stem for each in (self.site / "cases/migrations").glob("0*.py"))
        git = ("git", "-C", self.site)
        newer = run(*git, "rev-parse", "HEAD").strip()
        added = ("log", "-1", "--diff-filter=A", "--format=%H^")
        older = run(*git, *added, "--", f"cases/migrations/{names[-1]}.py").strip()
        file = self.ask("/cases.csv").body
        self.manage("migrate", "cases", names[-2], "--verbosity", "0")
        ready = self.wait_for("/readyz", 503)
        self.check(f"without {names[-1]} it is not ready", "migrations" in ready.text, ready.text)
        self.stop_site()
        self.check_out(older)
        self.check_ready("the older program is ready")
        self.stop_site()
        backup = self.folder / "older.zip"
        self.manage("backup", str(backup))

        self.step("an upgrade")
        if self.nginx:
            # As systemd takes it away with cases.socket.
            aside = self.socket_path.rename(self.folder / "aside.sock")
            answer = self.ask(f"/?q={WORD}")
            aside.rename(self.socket_path)
            self.check("meanwhile nginx answers 502", answer.status == 502, answer.status)
        self.check_out(newer)
        self.manage("preflight")
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed")
        self.check_ready("the newer program is ready")

        self.step("back by the backup")
        self.stop_site()
        self.as_superuser("psql", "-c", "ALTER DATABASE cases RENAME TO cases_newer")
        self.create_database()
        self.check_out(older)
        self.manage("restore", str(backup))
        self.check_ready("the older program is ready")
        self.check("and has what was there", self.ask("/cases.csv").body == file)
        self.as_superuser("dropdb", "cases_newer")

        self.step("all migrations of the cases are taken back and applied again")
        self.stop_site()
        self.check_out(newer)
        self.manage("migrate", "--verbosity", "0")
        self.manage("migrate", "cases", names[0], "--verbosity", "0")
        self.manage("migrate", "--verbosity", "0")
        self.manage("seed")
        self.check_ready("it is ready")
        self.check("and has what was there", self.ask("/cases.csv").body == file)
        taken = run(
            *("make", "--silent", "backup"),
            cwd=self.site,
            env=os.environ | {"CASES_ENV": str(self.env_path)},
        )
        is_right = "postgresql" in taken and not (self.site / "var/cases.sqlite3").exists()
        self.check("make backup takes the database of the site", is_right, taken)

    def restart(self) -> None:
        self.step("a restart under readers")
        over, answers, troubles = threading.Event(), [], []

        def read_on(reader: str):
            # As often as one address may ask for ever.
            while not over.wait(0.25):
                began = time.monotonic()
                try:
                    status = self.ask("/cases/", reader=reader).status
                    answers.append((status, time.monotonic() - began))
                except (OSError, http.client.HTTPException) as error:
                    troubles.append(repr(error))

        names = [f"127.0.0.{OTHERS + each}" for each in range(3)]
        readers = [threading.Thread(target=read_on, args=(name,)) for name in names]
        for each in readers:
            each.start()
        time.sleep(2)
        before = len(answers)
        self.stop_site()
        self.start_site()
        time.sleep(3)
        over.set()
        for each in readers:
            each.join()
        wrong = [status for status, _seconds in answers if status != 200]
        waited = max(seconds for _status, seconds in answers)
        said = (
            f"{len(answers)} requests, {len(answers) - before} since the restart began, none lost"
        )
        self.check(
            f"{said}; the longest waited {waited:.1f} s", not wrong + troubles, wrong + troubles
        )
        self.check("some were answered afterwards", len(answers) > before)

    def read_log(self) -> None:
        self.step("the log")
        text = self.log_path.read_text(encoding="utf-8")
        lines = []
        for line in text.splitlines():
            try:
                lines.append(json.loads(line))
            except ValueError:
                raise Failed(f"this line of the log is no JSON: {line[:300]}") from None
        access = [line for line in lines if line["logger"] == "config.access"]
        self.check(f"{len(lines)} lines, each of them JSON", bool(lines))
        numbered = [line for line in access if NUMBER.fullmatch(line.get("request_id", ""))]
        self.check(f"{len(access)} are of requests, all numbered", access and numbered == access)
        for what, secret in {
            "the word that was searched for": WORD,
            "the name that was tried": PERSON,
            "the editor's name": '"editor"',
            "a password": self.editor_password,
            "the database's password": self.password,
            "a question": "?q=",
        }.items():
            self.check(f"{what} is nowhere in it", secret not in text)
        addresses = [line for line in access if "127.0.0." in json.dumps(line)]
        self.check("no request has an address", not addresses, addresses[:1])
        if self.nginx:
            said = (self.folder / "nginx.log").read_text(encoding="utf-8")
            self.check(
                "nginx wrote nothing of requests", WORD not in said and "client:" not in said
            )
        print("   such as", json.dumps(access[-1]))


def run_bytes(manage: Path, env_path: Path, *arguments: str) -> bytes:
    """The bytes of a file as `manage.py export` writes them to standard output."""
    command = [str(manage), *arguments, "--format", "csv", "--output", "-"]
    env = os.environ | {"CASES_ENV": str(env_path)}
    return subprocess.run(command, check=True, capture_output=True, env=env).stdout


def missing() -> list[str]:
    needed = {"git": "git", "make": "make", "openssl": "openssl", "initdb": "postgresql"}
    return [package for name, package in needed.items() if not program(name)]


def as_nobody(source: Path, python: str) -> int:
    """As root: clone, then go on as an ordinary account, which PostgreSQL's server asks for."""
    folder = Path(tempfile.mkdtemp(prefix="cases-trial-"))
    try:
        run("git", "clone", "--quiet", source, folder / "cases")
        run("chown", "-R", ACCOUNT, folder)
        command = ["runuser", "-u", ACCOUNT, "--", "env", f"HOME={folder}", python]
        command += [str(folder / "cases/deploy/trial.py"), "--folder", str(folder)]
        return subprocess.run([*command, "--python", python], cwd="/", check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def attempt(trial: Trial) -> None:
    with ExitStack() as stack:
        trial.start_cluster()
        stack.callback(lambda: trial.database("stop"))
        trial.install()
        trial.write_environment()
        trial.fill()
        trial.step("gunicorn on a socket that is held for it, nginx in front")
        trial.hold_socket(stack)
        stack.callback(trial.stop_site)
        trial.start_site()
        trial.check("gunicorn says that it is ready", True)
        if trial.nginx:
            trial.start_nginx(stack)
            # nginx needs a moment for its ports.
            for _try in range(50):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", trial.https), timeout=1).close()
                    break
                time.sleep(0.1)
        else:
            print("   nginx is not installed: its part is left out, gunicorn is asked directly")
        trial.read()
        trial.sign_in()
        if trial.nginx:
            trial.ask_too_often()
        trial.lose_database()
        trial.upgrade_and_roll_back()
        trial.restart()
        trial.read_log()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 deploy/trial.py")
    parser.add_argument("--source", type=Path, default=REPOSITORY, help="what is cloned")
    parser.add_argument("--python", help="the Python of the new environment")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if lacking := missing():
        sys.exit(f"Not installed: {', '.join(lacking)}. apt-get install {' '.join(lacking)}")
    if os.geteuid() == 0:
        return as_nobody(asked.source, asked.python or FOR_ROOT)
    # It would go before the one of the environment file.
    os.environ.pop("DATABASE_URL", None)
    # So that everything is taken down if somebody stops it.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="cases-trial-"))
    trial = Trial(folder, asked.python or sys.executable)
    try:
        if not asked.folder:
            run("git", "clone", "--quiet", asked.source, trial.site)
        attempt(trial)
    except (Failed, OSError, subprocess.SubprocessError) as error:
        print(f"\n== FAILED: {error}", flush=True)
        return 1
    finally:
        if not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)
    took = time.monotonic() - trial.began
    print(f"\n== passed: {trial.checks} checks in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
