# Every target sets up what it needs, in .venv, from a clean clone: Python 3.11 or newer, make and git are enough.
.DEFAULT_GOAL := help
.PHONY: help demo test check format docs reference lock benchmark clean

FIND_PYTHON = for p in python3 python3.14 python3.13 python3.12 python3.11; do \
    "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$p"; break; }; done
PYTHON ?= $(shell $(FIND_PYTHON))
BIN := .venv/bin
# The locks are complete, so resolving is left out; the project itself is built by the pinned hatchling in .venv.
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-deps
ARGS ?=

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.python:
	@test -n "$(PYTHON)" || { echo "Keepwell needs Python 3.11 or newer, and there is none on PATH (or name one: make PYTHON=/path/to/python3)." >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# Two steps: `make demo` waits only for what running Keepwell takes.
.venv/.runtime: .venv/.python requirements/runtime.txt pyproject.toml
	$(INSTALL) --require-hashes -r requirements/runtime.txt
	$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

demo: .venv/.runtime ## simulate a company, score it, show who needs someone, and the evidence; ARGS="--accounts 500" passes flags on
	$(BIN)/keepwell demo --evidence $(ARGS)

test: check ## everything in check, then all tests with coverage; skipped ones are listed with their reasons
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term $(ARGS)

check: .venv/.dev ## style, types, import contracts, generated references, docs; no tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.reference --check
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

format: .venv/.dev ## let ruff put style right
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

reference: .venv/.dev ## write docs/reference anew from the commands and the schemas
	$(BIN)/python -m tools.reference

docs: reference ## the manual, in docs/_build/index.html
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build
	@echo "docs/_build/index.html"

lock: .venv/.dev ## pin what pyproject.toml asks for; ARGS=--upgrade takes newer releases
	$(LOCK) --group build -o requirements/runtime.txt $(ARGS)
	$(LOCK) --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt $(ARGS)

LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
    --generate-hashes --no-annotate --custom-compile-command "make lock"

benchmark: .venv/.runtime ## Keepwell against hand-written SQL, ratios printed
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove everything that was made
	rm -rf .venv docs/_build build dist .coverage htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
