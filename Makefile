# Two commands for a newcomer: `make run` and `make test`. Needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
PORT ?= 8000
SIZES ?= 1000 10000 100000
REQUESTS ?= 100000
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# On a server this file names the database of the site, and `backup` and `restore` mean that one:
# they read it, or are refused. CASES_ENV= (empty) means the database of DATABASE_URL all the same.
CASES_ENV ?= /etc/cases.env
export CASES_ENV
SITE := $(if $(wildcard $(CASES_ENV)),deploy/manage,$(MANAGE))
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --upgrade
# What `check --deploy` looks at: the settings of a public site, with values for this command only.
DEPLOYED := SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
	SITE_URL=https://cases.example.org ALLOWED_HOSTS=cases.example.org BEHIND_PROXY=on

.PHONY: help install run seed backup restore test check audit bench load fuzz format pictures pins try-deployment

help:
	@echo "make run      install, migrate, seed and serve on PORT (default 8000)"
	@echo "make test     install and pass all tests, on SQLite and PostgreSQL"
	@echo "make check    formatter, linter, migrations, deployment settings, then the tests"
	@echo "make audit    ask the public lists of vulnerabilities about every pin (needs the network)"
	@echo "make bench    measure it: SIZES=\"1000 10000\" for a short run"
	@echo "make load     200 readers, three who write, and a database that goes away"
	@echo "make try-deployment  docs/deployment.md from a clean clone to HTTPS, tried out"
	@echo "make fuzz     100,000 hostile requests to each database: REQUESTS=5000 for a short run"
	@echo "make seed     load the seed folder; safe to repeat"
	@echo "make backup   everything as one file: TO=file, or var/backups; VERIFY=1 looks at it only"
	@echo "make restore  FROM=file, into an empty database; REPLACE=1 replaces what is there"
	@echo "make pictures take the pictures of docs/editing.md anew (needs Chromium)"
	@echo "make pins     write requirements.txt and tests/requirements.txt from the .in files"
	@echo "make install  the virtual environment .venv with everything pinned"

install: .venv/installed var/secret_key var/catalogues-compiled

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/python requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/tests-installed: .venv/installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@touch $@

var/secret_key: .venv/installed
	@mkdir -p var
	@test -s $@ || (umask 077; $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))' > $@)
	@touch $@

var/catalogues-compiled: var/secret_key $(wildcard locale/*/LC_MESSAGES/django.po)
	$(MANAGE) catalogues --compile-only
	@touch $@

# Every file that the registries have of a pin is named by its digest: pip installs no other. For
# Python 3.11 and newer, on any system.
pins: .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(PIN) requirements.in --output-file requirements.txt
	$(PIN) tests/requirements.in --output-file tests/requirements.txt

seed: install
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) seed

backup: install
	@$(SITE) backup $(if $(VERIFY),--check) $(if $(TO),"$(TO)")

restore: install
	@$(if $(FROM),$(SITE) restore $(if $(REPLACE),--replace) "$(FROM)",\
		echo "Name the file: make restore FROM=var/backups/….zip" >&2; exit 2)

run: seed
	$(MANAGE) first_editor
	$(BIN)/gunicorn --config config/gunicorn.py --bind 127.0.0.1:$(PORT)

test: install .venv/tests-installed
	$(BIN)/python tests/run.py

bench: install .venv/tests-installed
	$(BIN)/python -m tests.benchmarks $(SIZES)

load: install .venv/tests-installed
	$(BIN)/python -m tests.benchmarks.load

try-deployment:
	$(PYTHON) deploy/trial.py

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

# Without --strict, a pin about which nobody answered would pass as clean.
audit: .venv/tests-installed
	$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement requirements.txt \
		--requirement tests/requirements.txt
