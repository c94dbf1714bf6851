# The whole set-up: `make app` starts the app, `make test` checks everything. README.md has the pip equivalents.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
# TORCH=cpu takes torch from PyTorch's own index: the build without CUDA, for machines without a GPU
TORCH ?=
PYTEST_ARGS ?=
# tests run in this many processes, a file in one of them: browser tests wait more than they work
WORKERS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
TORCH_PIN := $(shell grep '^torch==' requirements.txt)

# only what is installed in the environment counts
unexport PYTHONPATH PYTHONHOME
export PYTHONNOUSERSITE := 1

.PHONY: app test postgres-test lint coverage bench bench-ui clean
.DELETE_ON_ERROR:

app: $(VENV)/.runtime
	$(BIN)/streamlit run app.py --server.port $(PORT) --server.showEmailPrompt false

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

# the tests of the store on PostgreSQL; needs its programs (initdb, pg_ctl) on this machine
postgres-test: $(VENV)/.development
	$(BIN)/python -m tests.postgres $(PYTEST_ARGS)

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

coverage: $(VENV)/.development
	$(BIN)/python -m pytest --cov=projection --cov-branch --cov-report=term-missing:skip-covered $(PYTEST_ARGS)

# needs the folder PROJECTION_DATA with europarl-ner/ and word-alignment/
bench: $(VENV)/.development
	$(BIN)/python -m bench.alignment
	$(BIN)/python -m bench.europarl
	$(BIN)/python -m bench.marks
	$(BIN)/python -m bench.doubt
	$(BIN)/python -m bench.recognizer
	$(BIN)/python -m bench.speed
	$(BIN)/python -m bench.durability
	$(BIN)/python -m bench.scoring

# how the correction workbench feels, in a real browser
bench-ui: $(VENV)/.development
	$(BIN)/python -m bench.workbench

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make the second start instant: nothing is installed again until a requirements file changes.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
ifeq ($(TORCH),cpu)
	$(PIP) install --no-deps --index-url https://download.pytorch.org/whl/cpu $(TORCH_PIN)
endif
	$(PIP) install -r requirements.txt
	touch $@

# seqeval has no wheel, and built the old way it wants the setuptools_scm of today without what that needs.
$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(PIP) install --use-pep517 -r requirements-dev.txt
	touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo missing)." \
	       "Name another one: make app PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
