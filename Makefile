# Two commands for a newcomer: `make run` and `make test`. Needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
PORT ?= 8000
SIZES ?= 1000 10000 100000
REQUESTS ?= 100000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# What `check --deploy` looks at: the settings of a public site, with values for this command only.
DEPLOYED := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	SITE_URL=https://cases.example.org ALLOWED_HOSTS=cases.example.org

.PHONY: help install run seed test check bench load fuzz format pictures

help:
	@echo "make run      install, migrate, seed and serve on PORT (default 8000)"
	@echo "make test     install and pass all tests, on SQLite and PostgreSQL"
	@echo "make check    formatter, linter, migrations, deployment settings, then the tests"
	@echo "make bench    measure it: SIZES=\"1000 10000\" for a short run"
	@echo "make load     200 readers, three who write, and a database that goes away"
	@echo "make fuzz     100,000 hostile requests to each database: REQUESTS=5000 for a short run"
	@echo "make seed     load the seed folder; safe to repeat"
	@echo "make pictures take the pictures of docs/editing.md anew (needs Chromium)"
	@echo "make install  the virtual environment .venv with everything pinned"

install: .venv/installed var/secret_key var/catalogues-compiled

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/tests-installed: .venv/installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

var/secret_key: .venv/installed
	@mkdir -p var
	@test -s $@ || (umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))' > $@)
	@touch $@

var/catalogues-compiled: var/secret_key $(wildcard locale/*/LC_MESSAGES/django.po)
	$(MANAGE) catalogues --compile-only
	@touch $@

seed: install
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) seed

run: seed
	$(MANAGE) first_editor
	$(BIN)/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4

test: install .venv/tests-installed
	$(BIN)/python tests/run.py

bench: install .venv/tests-installed
	$(BIN)/python -m tests.benchmarks $(SIZES)

load: install .venv/tests-installed
	$(BIN)/python -m tests.benchmarks.load

fuzz: install .venv/tests-installed
	$(BIN)/python -m tests.fuzzing --requests $(REQUESTS)

format: .venv/tests-installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: install .venv/tests-installed
	$(BIN)/python -m docs.pictures.make

check: install .venv/tests-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(MANAGE) makemigrations --check --dry-run
	$(DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING
	$(MAKE) test
