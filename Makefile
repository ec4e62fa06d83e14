# Everything happens inside the checkout: the environment is .venv, the demo lives in demo/.
PYTHON ?= python3
UV := .venv/bin/uv
LOCK := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --all-extras --group dev

.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(UV):
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt

.venv/.synced: requirements/lock.txt pyproject.toml | $(UV)
	$(UV) pip sync -q --python .venv/bin/python --require-hashes requirements/lock.txt
	$(UV) pip install -q --python .venv/bin/python --no-deps --no-build-isolation --editable .
	touch $@

setup: .venv/.synced ## make the environment (.venv) from the lock

lock: | $(UV) ## write requirements/lock.txt anew, keeping the versions it holds
	$(LOCK) -o requirements/lock.txt

upgrade: | $(UV) ## the same, with the newest versions that pyproject.toml allows
	$(LOCK) --upgrade -o requirements/lock.txt

.PHONY: help setup lock upgrade
