# Verbs for people; what is out of date is `generate`'s business, so no target lists files.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
  $(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
READY := .venv/.ready
export NO_MKDOCS_2_WARNING := 1

# Where the site is published and edited, if the clone's remote is on GitHub; mkdocs.yml reads it.
GITHUB := $(shell git remote get-url origin 2>/dev/null | sed -nE 's,^(https://|git@)github\.com[/:]([^/]+/[^/]+)$$,\2,p' | sed 's,\.git$$,,')
ifneq ($(GITHUB),)
export REPO_URL ?= https://github.com/$(GITHUB)
export SITE_URL ?= https://$(word 1,$(subst /, ,$(GITHUB))).github.io/$(word 2,$(subst /, ,$(GITHUB)))/
endif
ifneq ($(REPO_URL),)
export EDIT_URI ?= edit/main/docs/
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo figures check bench notebooks serve site publish audit test lint format lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## The whole product in small: built-in digits, every figure, a site in build/demo
	@$(BIN)/python -m generate demo $(MEANS)

figures: $(READY) ## Train, measure and draw what is out of date (ONLY= FRESH=1 DATASET= DATA_DIR= JOBS= DEVICE= SCHEDULER=)
	@$(BIN)/python -m generate figures $(if $(ONLY),--only '$(ONLY)') $(if $(filter-out 0,$(FRESH)),--fresh) \
	  $(if $(DATASET),--dataset '$(DATASET)') $(MEANS)

check: $(READY) ## Are the committed figures those of this code? Trains nothing
	@$(BIN)/python -m generate check

bench: $(READY) ## Is it fast? One table, kept in docs/data/benchmark.json (ONLY=loop FULL=1 DATA_DIR=)
	@$(BIN)/python -m benchmarks $(if $(ONLY),--only '$(ONLY)') $(if $(filter-out 0,$(FULL)),--full)

notebooks: $(READY) ## Execute the notebooks of site_src/notebooks into docs/notebooks (DATA_DIR=)
	@$(BIN)/python -m site_src.notebooks

serve: $(READY) ## Serve the site while editing it
	@$(BIN)/mkdocs serve

site: $(READY) ## Build the site into site/, strictly
	@$(BIN)/mkdocs build --strict

publish: $(READY) ## Build the site and push it to the branch gh-pages (a workflow does it on GitHub by itself)
	@$(BIN)/mkdocs gh-deploy --strict

audit: $(READY) ## Is the built site sound? One table: links, markup, weight, search, access, Lighthouse (ONLY=links QUICK=1)
	@$(BIN)/python -m site_src.audit $(if $(ONLY),--only '$(ONLY)') $(if $(filter-out 0,$(QUICK)),--quick)

test: $(READY) ## Run the tests: no network, no MNIST, no GPU
	@$(BIN)/pytest

lint: $(READY) ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

setup: $(READY) ## Create .venv (every other verb does it when needed)

clean: ## Remove what can be made again, except trained runs and the environment
	@rm -rf build site .pytest_cache .mypy_cache .ruff_cache
	@find generate site_src benchmarks tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock: $(READY) ## Pin requirements.txt anew from pyproject.toml
	@$(BIN)/uv pip compile -q --group dev --universal --generate-hashes --no-annotate --no-header \
	  --python-version 3.11 --upgrade -o requirements.txt pyproject.toml

MEANS = $(if $(JOBS),--jobs '$(JOBS)') $(if $(DEVICE),--device '$(DEVICE)') \
  $(if $(SCHEDULER),--scheduler '$(SCHEDULER)')
export DATA_DIR

# uv installs the pinned, hashed packages. Where it is missing, pip fetches it into a corner of .venv.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found." >&2; exit 2; }
	@echo "Setting up .venv ..."
	@command -v uv >/dev/null 2>&1 || test -x .venv/uv/bin/uv || $(PYTHON) -m venv .venv/uv
	@command -v uv >/dev/null 2>&1 || .venv/uv/bin/python -m pip install -q --disable-pip-version-check uv
	@set -e; uv=$$(command -v uv || echo .venv/uv/bin/uv); \
	  test -x $(BIN)/python || $$uv venv -q --allow-existing --python "$$(command -v $(PYTHON))" .venv; \
	  $$uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt; \
	  $$uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation --offline -e .
	@touch $@
