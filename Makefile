# Everything happens inside the checkout: the environment, its caches and the command are in .venv, the demo in demo/.
# Needed beforehand: Python 3.11 or newer, make and git.
PYTHON ?= python3
SERVE ?= 1
PORT ?= 8000
SCALE ?= 0.1
YEARS ?=
JOBS ?= 2

BIN := .venv/bin
UV := $(BIN)/uv
# A browser writes settings and a cache where it is told to, else in the home folder.
TESTS := XDG_CONFIG_HOME=$(CURDIR)/.venv/.cache/config XDG_CACHE_HOME=$(CURDIR)/.venv/.cache $(BIN)/pytest -n $(JOBS) --dist loadfile
LOCK := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml
# What most need, and what counting on other databases needs on top: Spark alone is larger than all the rest.
LOCKED := $(LOCK) --extra portal --group dev -o requirements/lock.txt
LOCKED_ENGINES := $(LOCK) --extra spark --extra postgresql -c requirements/lock.txt -o requirements/engines.txt
CATALOGUES := src/seuil/portal/translations

export UV_CACHE_DIR := $(CURDIR)/.venv/.cache/uv
export PIP_CACHE_DIR := $(CURDIR)/.venv/.cache/pip

.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

# --- environment -----------------------------------------------------------------------------------------------------

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "seuil needs Python 3.11 or newer; expected: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "this Python can't make environments; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "making the environment in .venv (once; some minutes where packages have to be fetched)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	touch $@

# The package has to be there when it is installed, or the installation points at nothing.
.venv/.synced: requirements/lock.txt pyproject.toml src/seuil/__init__.py | $(UV)
	$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/lock.txt
	$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# Compiled code is kept per file, but what one file compiles in from another may have changed.
.venv/.compiled: $(shell find src/seuil/disclosure -name '*.py') | .venv/.synced
	@find src/seuil/disclosure -name '*.nb[ic]' -delete; touch $@

setup: .venv/.synced .venv/.compiled ## make the environment (.venv) from the lock

# Spark comes as source, to be built by the setuptools of the lock and not by one that nobody has looked at.
.venv/.engines: requirements/engines.txt | .venv/.synced
	$(UV) pip install -q --python $(BIN)/python --require-hashes --no-build-isolation-package pyspark -r $<
	touch $@

engines: setup .venv/.engines ## what counting on Spark and PostgreSQL needs, on top

# DuckDB's extension for HTTP is packaged for other versions of DuckDB than ours, so it has an environment of its own.
.venv/.clients: requirements/clients.txt tests/clients/package-lock.json | .venv/.synced
	mkdir -p .venv/clients
	$(UV) venv -q --clear .venv/clients/duckdb
	$(UV) pip install -q --python .venv/clients/duckdb/bin/python --require-hashes -r requirements/clients.txt
	cp tests/clients/package.json tests/clients/package-lock.json .venv/clients
	if command -v npm >/dev/null; then npm ci --silent --ignore-scripts --prefix .venv/clients \
	  || echo "npm could not fetch the vendor's client: its test is skipped"; fi
	touch $@

clients: setup .venv/.clients ## programs of others that the API is tried with: the vendor's client, DuckDB over HTTP

spark: engines ## a Spark cluster in this machine, on loopback, to count on with --engine; Ctrl-C ends it
	$(BIN)/python examples/spark/cluster.py

lock: | $(UV) ## write requirements/lock.txt anew, keeping the versions it holds
	$(LOCKED)
	$(LOCKED_ENGINES)

upgrade: | $(UV) ## the same, with the newest versions that pyproject.toml allows
	$(LOCKED) --upgrade
	$(LOCKED_ENGINES) --upgrade

# --- demo ------------------------------------------------------------------------------------------------------------

demo: setup ## the whole way, then the portal on PORT (8000), earlier years meanwhile; YEARS=2, YEARS=all; SERVE=0 without it
	$(BIN)/seuil demo --folder demo --scale $(SCALE) --port $(PORT) $(if $(YEARS),--years $(YEARS)) $(if $(filter 0,$(SERVE)),--no-serve)

national: setup ## the whole country, every line and year, into national/; hours; the same command goes on where it was
	$(BIN)/seuil demo --folder national --scale 1 --whole --years $(or $(YEARS),all) --no-serve --brief

bench: setup ## all benchmarks at a quick size; prints ratios and writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

# --- checks ----------------------------------------------------------------------------------------------------------

test: lint types contracts browser ## all checks, then all tests with coverage
	$(TESTS) --cov --cov-report= tests

lint: setup ## layout of the code and frequent mistakes (ruff)
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet

types: setup ## types, strictly (mypy)
	$(BIN)/mypy --strict

contracts: setup ## which package may import which (import-linter)
	$(BIN)/lint-imports --no-cache

browser:
	@test -n "$$SEUIL_CHROMIUM" || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || echo \
	  "No Chromium here: the browser tests will be skipped (and fail where CI is set). On Debian: apt-get install chromium"

screenshots: setup ## the pictures of docs/explanation/portal.md, of the demo at SITE=; look at them before they are kept
	SEUIL_SCREENSHOTS=$(or $(SITE),$(error SITE: say where the demo is served, http://127.0.0.1:8000)) $(BIN)/pytest -n 0 tests/browser/test_screenshots.py

test-unit: setup ## one package at a time, and the house itself
	$(TESTS) tests/unit

test-spec: setup ## the guarantee and the query language by example
	$(TESTS) tests/spec

test-property: setup ## random cases against a judge that is slow and simple
	$(TESTS) tests/property

test-browser: setup browser ## pages in Chromium
	$(TESTS) tests/browser

test-attack: setup ## what someone would try
	$(TESTS) tests/attack

test-integration: setup ## from records to a release, cut off and resumed
	$(TESTS) tests/integration

coverage: setup browser ## all tests; which lines no test reaches, here and in build/coverage
	$(TESTS) --cov --cov-report=term-missing:skip-covered --cov-report=html:build/coverage tests

soak: setup ## the full counts of what `make test` samples (three hours or so: a million queries, an hour of load); a line a day in tests/SOAK.md
	$(TESTS) --dist load -m soak --junitxml build/soak.xml tests; $(BIN)/python tests/soak.py build/soak.xml tests/SOAK.md

# --- texts -----------------------------------------------------------------------------------------------------------

translations: setup ## collect the portal's texts into its catalogues; then translate what is new in fr/ and en/
	$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output -o $(CATALOGUES)/messages.pot src/seuil/portal
	$(BIN)/pybabel -q update --no-wrap --previous -i $(CATALOGUES)/messages.pot -d $(CATALOGUES)

.PHONY: help setup engines clients spark lock upgrade demo national bench test lint types contracts browser test-unit test-spec test-property \
        test-browser test-attack test-integration coverage soak translations
