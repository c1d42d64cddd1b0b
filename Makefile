# Any Python from 3.11 to 3.13; `make test PYTHON=python3.13` takes another one.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 4
BIND ?= *:8501
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n logical
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: help app serve test test-fast check format wheel mutants bench zoo-table browser clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / && !seen[$$1]++ { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

app: $(VENV)/installed ## Install what is missing, and open the app
	$(BIN)/streamlit run streamlit_app.py

serve: $(VENV)/installed ## Serve with WORKERS processes behind HAProxy, for many viewers (deploy/README.md)
	$(BIN)/python deploy/serve.py --workers $(WORKERS) --bind "$(BIND)"

ifdef FAST
test: test-fast ## Check, then run every test, the real browser included; FAST=1 leaves out the slow ones
else
test: check browser ## Check, then run every test, the real browser included; FAST=1 leaves out the slow ones
	$(PYTEST)
endif

test-fast: check ## Check, then run the tests that need neither TensorFlow nor a browser
	$(PYTEST) -m "not slow"

check: $(VENV)/installed-dev ## Format, lint (JavaScript too), types, and which room may import which
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/oxlint --deny-warnings charlstm
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Lay the code out, and mend what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)/installed-dev ## Build the source archive and the wheel into dist/
	$(BIN)/python -m build --no-isolation

mutants: $(VENV)/installed-dev ## Change the code of the core in one place at a time: 9 of 10 changes must fail a test
	rm -rf mutants
	$(BIN)/mutmut run --max-children 1
	@$(BIN)/mutmut results
	@$(BIN)/mutmut results --all true | awk '{ sub(/\.x.*:/, ""); of[$$1]++; found[$$1] += /killed|timeout/ } \
	  END { for (m in of) { print m ": " found[m] " of " of[m] " found"; few += found[m] < 0.9 * of[m] } exit few || !NR }'

bench: $(VENV)/installed-dev ## Measure the speeds that the README claims
	$(BIN)/python -m benchmarks

zoo-table: $(VENV)/installed ## Print all networks of models/ side by side
	@$(BIN)/python -m charlstm zoo

browser: $(VENV)/installed-dev # Chromium for the browser tests: found, or installed, or one sentence
	@$(BIN)/python tests/browser_setup.py

clean: ## Remove the virtual environment, the caches and dist/
	rm -rf $(VENV) dist mutants .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), but Python 3.11, 3.12 or 3.13 is needed: try make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  rm -rf $(VENV); echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv"; exit 1; }

$(VENV)/installed: requirements.txt | $(BIN)/python
	@echo "Installing into $(VENV): a few minutes the first time"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing into $(VENV): a few minutes the first time"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/installed
