# Verbs for people; what is out of date is `generate`'s business, so no target lists files.
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
  $(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
RUN := .venv/bin/python -m
READY := .venv/.ready
export NO_MKDOCS_2_WARNING := 1

# What was asked for reaches programs through the environment and as it was typed: neither make nor a shell reads it.
$(foreach name,DATA_DIR DATASET DEVICE EDIT_URI FRESH FULL JOBS ONLY QUICK REPO_URL SCHEDULER SITE_URL YES,\
  $(eval override export $(name) := $$(value $(name))))
given = $${$1:+"--$2=$$$1"}
MEANS = $(call given,JOBS,jobs) $(call given,DEVICE,device) $(call given,SCHEDULER,scheduler)

# Yes or no. Anything else is refused before it can cost hours.
yes = $(filter 1 yes true,$($1))
$(foreach name,FRESH FULL QUICK YES,$(if $(filter-out 0 1 no yes false true,$(subst $() ,_,$($(name)))),\
  $(error $(name)=$($(name)) is neither yes nor no; say $(name)=1 or leave it out)))

# The same site from the same commit, whenever it is built: MkDocs writes this date and not today's.
DATED = SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}

.DEFAULT_GOAL := help
.PHONY: help setup demo serve-demo figures check bench notebooks serve site publish audit audit-deps test fuzz lint format lock clean asked

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: asked $(READY) ## The whole product in small: built-in digits, every figure, a site in build/demo
	@$(RUN) generate demo $(MEANS)

serve-demo: $(READY) ## Serve the demo's site: search and playground do not work from a file
	@$(RUN) generate serve-demo

figures: asked $(READY) ## Train, measure and draw what is out of date (ONLY= FRESH=1 YES=1 DATASET= DATA_DIR= JOBS= DEVICE= SCHEDULER=)
	@$(RUN) generate figures $(call given,ONLY,only) $(if $(call yes,FRESH),--fresh) $(if $(call yes,YES),--yes) $(call given,DATASET,dataset) $(MEANS)

check: $(READY) ## Are the committed figures those of this code? Trains nothing
	@$(RUN) generate check

bench: asked $(READY) ## Is it fast? One table, kept in docs/data/benchmark.json (ONLY=loop FULL=1 DATA_DIR=)
	@$(RUN) tests.benchmarks $(call given,ONLY,only) $(if $(call yes,FULL),--full)

notebooks: asked $(READY) ## Execute the notebooks of site_src/notebooks into docs/notebooks (DATA_DIR=)
	@$(RUN) site_src.notebooks

# Links for editing and canonical addresses follow from the clone's remote on GitHub; elsewhere they have to be named.
serve: $(READY) ## Serve the site while editing it
	@$(RUN) site_src.address mkdocs serve

site: $(READY) ## Build the site into site/, strictly (SITE_URL= REPO_URL= EDIT_URI=)
	@$(DATED) $(RUN) site_src.address mkdocs build --strict

publish: $(READY) ## Build the site and push it to the branch gh-pages, as a workflow does on GitHub (SITE_URL= REPO_URL=)
	@$(DATED) $(RUN) site_src.address mkdocs gh-deploy --strict

audit: $(READY) ## Is the built site sound? One table: links, markup, weight, search, access, Lighthouse (ONLY=links QUICK=1)
	@$(RUN) tests.audit $(call given,ONLY,only) $(if $(call yes,QUICK),--quick)

audit-deps: $(READY) ## Is a pinned package known to be vulnerable? Asks over the network
	@$(RUN) pip_audit -r requirements.txt --strict --disable-pip --require-hashes --progress-spinner=off; known=$$?; \
	  npm audit --package-lock-only && exit $$known

# As many at once as there are cores; what is long is tried in a short form, and in full by `make fuzz`.
test: $(READY) ## Run the tests: no network, no MNIST, no GPU
	@$(RUN) pytest -n auto --dist loadgroup

fuzz: $(READY) ## Run all tests in full, try to break what is promised for longer, and record it for the page (EFFORT=5)
	@$(RUN) pytest --effort "$${EFFORT:-5}" --record docs/data/reliability.json

lint: $(READY) ## Check style, types and workflows
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@.venv/bin/zizmor -q --offline .github

setup: $(READY) ## Create .venv (every other verb does it when needed)

clean: ## Remove what can be made again, except trained runs and the environment
	@rm -rf build site .pytest_cache .mypy_cache .ruff_cache
	@find generate site_src tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock: $(READY) ## Pin requirements.txt anew from pyproject.toml
	@$(RUN) uv pip compile -q --group dev --universal --generate-hashes --no-annotate --no-header \
	  --python-version 3.11 --upgrade -o requirements.txt pyproject.toml

# A folder that is not there is told before anything is installed or trained.
asked:
	@test -z "$$DATA_DIR" || test -d "$$DATA_DIR" || { printf 'DATA_DIR=%s is not a folder\n' "$$DATA_DIR" >&2; exit 2; }

# uv installs the pinned, hashed packages. Where it is missing, pip fetches the pinned one into a corner of .venv.
# What an attempt left that did not reach its end cannot be trusted: the next one starts from nothing.
WHOLE := $(shell test -e $(READY) && .venv/bin/python -Ic 'from importlib.util import find_spec as f; f("generate") and print(1)' \
  2>/dev/null)
ifeq ($(WHOLE),)
.PHONY: $(READY)
endif
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found." >&2; exit 2; }
	@echo "Setting up .venv ..."
	@set -e; \
	  $(if $(WHOLE),rm -f $@,rm -rf .venv); \
	  uv=$$(command -v uv || echo .venv/uv/bin/uv); \
	  if ! test -x "$$uv"; then \
	    $(PYTHON) -m venv .venv/uv; \
	    awk '/^[^ ]/ {wanted = /^uv==/} wanted' requirements.txt > .venv/uv/requirements.txt; \
	    .venv/uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r .venv/uv/requirements.txt; \
	  fi; \
	  test -x .venv/bin/python || "$$uv" venv -q --allow-existing --python "$$(command -v $(PYTHON))" .venv; \
	  "$$uv" pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes requirements.txt; \
	  "$$uv" pip install -q --python .venv/bin/python --no-deps --no-build-isolation --offline -e .; \
	  touch $@
