# Each target also sets up what it needs: Python 3.11+ and make are enough.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# A FHIR server of others, for the tests; its packages must not mix with ours.
FHIR_SERVER := .venv-fhir-server

# Compiled tests are kept: compiling them anew takes a good part of a quick run.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve demo quick test coverage check

serve: $(READY)
	$(BIN)/python -m cds_service serve --development

# The service on the date for which the cases are written.
demo: $(READY)
	$(BIN)/python -m cds_service serve --development --now "$$(cat fhir_fixtures/NOW)"

test: $(READY) $(FHIR_SERVER)/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist worksteal
	$(BIN)/hadolint Dockerfile
	$(BIN)/python -m cds_service check

# The inner loop, about a minute: all but the tests that ask many cases, and the slow ones.
quick: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --dist worksteal -m "not every_case and not slow"

# Lines and branches that no test reaches without asking all cases.
coverage: $(READY)
	$(BIN)/pytest --numprocesses auto --dist worksteal -m "not every_case" --cov --cov-report=term --cov-fail-under=99.9

check: $(READY)
	$(BIN)/python -m cds_service check

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[test,server]"
	touch $@

$(FHIR_SERVER)/.ready:
	$(PYTHON) -m venv $(FHIR_SERVER)
	$(FHIR_SERVER)/bin/pip install --quiet --disable-pip-version-check "sekmet-fhir>=0.1.1,<0.2"
	touch $@
