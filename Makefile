# `make run` starts Paperfeed on this machine, `make test` checks it. Any Python from 3.11 to 3.13.
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test check bench clean

run: .venv/run.stamp
	@$(BIN)/python -m core serve

test: .venv/test.stamp
	@$(BIN)/python -m pytest

check: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test.stamp
	@for each in benchmarks/[a-z]*.py; do echo "== $$each"; $(BIN)/python $$each || exit 1; done

clean:
	rm -rf .venv .data

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Paperfeed needs Python 3.11, 3.12 or 3.13 with venv; none was found on PATH." >&2; exit 1; fi
	@if [ ! -w . ]; then echo "$(CURDIR) may not be written to: make it writable for $$(id -un) (chown -R $$(id -un) $(CURDIR)), or clone Paperfeed into a folder of your own." >&2; exit 1; fi
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt (once)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/test.stamp: requirements.txt requirements-notify.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt (once)"
	@$(PIP) -r requirements-dev.txt
	@touch $@ .venv/run.stamp
