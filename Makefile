# Everything a person does with this repository from the shell. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
PORT ?= 8000
DIR ?= demo
PACKAGES := survey_service callbacks questionnaires analysis
PYTEST := $(PY) -m pytest -p no:cacheprovider
WORKERS ?= 2

.PHONY: help setup demo test check bench faults lock clean tests-parallel tests-journeys tests-faults browser python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## the environment of the service only (.venv)

demo: setup ## a whole district to try, on this machine: make demo [PORT=8000] [DIR=demo]
	@$(VENV)/bin/survey-service demo --port $(PORT) --dir $(DIR)

test: check tests-parallel tests-faults tests-journeys ## everything: check, both databases, browser, faults at small size
	@echo "==> all tests passed"

check: $(VENV)/.test ## the quick part: ruff, mypy, import contracts, sizes, words, pure tests
	@echo "==> ruff"
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@echo "==> mypy --strict"
	@$(PY) -m mypy --strict --no-error-summary
	@echo "==> import contracts"
	@$(VENV)/bin/lint-imports --no-cache >build/imports.log 2>&1 || { cat build/imports.log; exit 1; }
	@echo "==> rules of the house"
	@$(PYTEST) -q -n $(WORKERS) tests/architecture

bench: $(VENV)/.test ## measured figures; nothing passes or fails by them
	@for file in $(wildcard benchmarks/[a-z]*.py); do echo "==> $$file"; $(PY) -m benchmarks.$$(basename "$$file" .py); done

faults: $(VENV)/.test ## kill -9, races, full disk at full size (long)
	@if [ -d tests/faults ]; then FAULTS=full $(PYTEST) -q -s -o faulthandler_timeout=7200 tests/faults $(ran); fi

lock: $(VENV)/.test ## both lock files again from pyproject.toml (no addresses in them)
	@lock() { $(VENV)/bin/uv pip compile -q pyproject.toml "$$@" --generate-hashes --universal --no-emit-index-url --no-header; }; \
	lock --extra test --upgrade -o requirements-test.lock; lock -c requirements-test.lock --upgrade -o requirements.lock

clean: ## removes what was built, keeps demo data
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the three parts of the suite: pytest's status 5 (no test found) is a part that is still empty ---------------
ran = || { status=$$?; [ $$status -eq 5 ] && echo "(none here)" || exit $$status; }

tests-parallel: $(VENV)/.test
	@echo "==> tests on SQLite and PostgreSQL ($(WORKERS) processes)"
	@$(PYTEST) -q -n $(WORKERS) --dist worksteal tests --ignore tests/architecture --ignore tests/journeys --ignore tests/faults $(ran)

tests-journeys: $(VENV)/.test browser
	@echo "==> journeys in a real browser"
	@$(PYTEST) -q tests/journeys $(ran)

tests-faults: $(VENV)/.test
	@echo "==> faults at small size"
	@if [ -d tests/faults ]; then $(PYTEST) -q tests/faults $(ran); fi

browser: $(VENV)/.test
	@$(PY) -m tests.browser

# --- environment: python3 and its venv module, then the hashed lock -----------------------------------------------
python:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing. Run: apt-get install -y python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, $$($(PYTHON) -V) found. Run: make PYTHON=python3.12 (or another newer one) $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || [ -x $(PY) ] || { \
	  echo "Python's venv module is not complete. Run: apt-get install -y python3-venv" >&2; exit 1; }

$(PY): | python
	@echo "==> environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install -q --disable-pip-version-check uv || echo "uv is not to be had, pip does it (slower)"

define install
	@if [ -x $(VENV)/bin/uv ]; then $(VENV)/bin/uv pip install -q --python $(PY) --require-hashes -r $<; \
	 else $(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r $<; fi
	@$(PY) .ci/link.py
	@mkdir -p build
	@touch $@
endef

$(VENV)/.runtime: requirements.lock pyproject.toml .ci/link.py | $(PY)
	$(install)

$(VENV)/.test: requirements-test.lock pyproject.toml .ci/link.py | $(PY)
	$(install)
	@touch $(VENV)/.runtime
