# One command for each thing; `make help` lists them. All of them work from a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := router streams loadtests deploy
SECONDS ?= 60

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install compiled system demo test check format lock docs bench mutants

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

install: $(STAMP)  ## virtual environment in .venv from the lock file, with the command

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "contact-router needs Python 3.11 or newer; $(PYTHON) is older (set PYTHON=...)" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

compiled: install  ## the engine compiled by mypyc, installed with the command in .venv-compiled
	@wheels=$$(mktemp -d) && trap 'rm -rf "$$wheels"' EXIT && set -e; \
	HATCH_BUILD_HOOK_ENABLE_CUSTOM=true $(BIN)/python -m pip wheel --quiet --no-deps \
		--no-build-isolation --wheel-dir "$$wheels" .; \
	$(BIN)/python deploy/select_requirements.py > "$$wheels/runtime.txt"; \
	$(BIN)/python -m venv --clear .venv-compiled; \
	.venv-compiled/bin/pip install --quiet --require-hashes --no-deps -r "$$wheels/runtime.txt"; \
	.venv-compiled/bin/pip install --quiet --no-deps --no-index "$$wheels"/*.whl

system:  ## Java, Maven, promtool and a C compiler through apt-get, where missing and allowed
	@PYTHON=$(PYTHON) .ci/system-packages

demo: install  ## a day of the example centre at speed, with a crash in the middle, and its proof
	$(BIN)/contact-router demo --seconds $(SECONDS)

test: install system  ## all tests, the ones on a real Kafka included
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: install  ## what has to be true of the text: format, lint, types, imports, schemas
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/contact-router schema --check

format: install  ## put the text in the house's form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: compiled  ## engine and router under load, with the compiled engine
	$(BIN)/python -m loadtests

mutants: install  ## break what keeps the promises, one at a time: the tests must turn red
	$(BIN)/python -m tests.mutants

docs: install  ## the documentation as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

lock: install  ## resolve pyproject.toml again into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--quiet --output-file requirements.lock $(LOCK_FLAGS)
