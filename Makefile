# Everything a person runs. `make` alone lists it.

SHELL   := bash
BIN     := .venv/bin
PY      := $(BIN)/python
# Lazily: looked for only when an environment has to be made. A version manager's stub that cannot run is passed over.
PYTHON   = $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$$p" && break; done)
UV       = $(shell command -v uv || (test -x $(BIN)/uv && echo $(BIN)/uv))
# Tests and types are worked out side by side by so many processes: one more than there are cores, since each of them
# waits for the disk, a server or a browser an eighth to a quarter of its time; beyond eight, memory would be short first.
CORES   := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
WORKERS ?= $(shell n=$$(($(CORES) + 1)); test $$n -le 8 && echo $$n || echo 8)
# Each worker takes files that stand together, whose servers and stores are then made once, and in the end some of the
# other's: neither is left alone with a long tail.
SHARED   = -n $(WORKERS) --dist worksteal
# Each of the hundreds of processes that tests start would compile all its libraries anew, three seconds at a time, on a
# machine that asks Python to keep no bytecode (containers often do).
unexport PYTHONDONTWRITEBYTECODE
# Passed on: make demo ARGS="--lang zh-CN --deals 1000000"
ARGS    ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check lint types format fuzz bench screens demo docs lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: .venv/.run-ready ## Install what is needed, make the demo company if there is no store, open the app on 127.0.0.1:8501
	@$(PY) -c 'import sys; from data.settings import settings; s = settings(); sys.exit(not (s.store.exists() or s.demo_store.exists()))' \
		|| $(PY) -m data demo
	@echo "Starting Sales Compass; Ctrl+C stops it."
	@$(BIN)/streamlit run app.py $(ARGS)

# First one process reads all tests and leaves them compiled, or each worker would compile them all, and the libraries, too.
# Types are worked out beside it and beside the tests, which wait a fifth of their time; what is wrong is told at the end.
# $(1): words before the command, $(2): after it.
define tested
	@types=$$(mktemp); $(MAKE) --no-print-directory types >"$$types" 2>&1 & typing=$$!; \
	$(BIN)/pytest --collect-only --quiet >/dev/null 2>&1; \
	$(1) $(BIN)/pytest $(SHARED) $(2) $(ARGS); done=$$?; \
	wait $$typing || { cat "$$types"; done=1; }; rm -f "$$types"; exit $$done
endef

test: .venv/.test-ready .venv/.browser-ready lint ## Install what tests need, then lint, types, import contracts and all tests
	$(call tested)

check: .venv/.test-ready lint ## The fast half: no browser, no second engine, no real files, nothing slow
	$(call tested,HYPOTHESIS_PROFILE=quick,-m "not slow and not browser and not engines and not real")

lint: .venv/.test-ready ## Style and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

types: .venv/.test-ready ## Types of metrics, data and ui
	$(BIN)/mypy --num-workers $(WORKERS)

format: .venv/.test-ready ## Put the code into its form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz: .venv/.test-ready ## 2,000 random cases for each property instead of 200
	HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest $(SHARED) -m hypothesis $(ARGS)

bench: .venv/.test-ready ## Measure the budgets and write bench/README.md
	$(PY) -m bench $(ARGS)

screens: .venv/.test-ready .venv/.browser-ready ## Take pictures of the pages
	$(PY) -m bench.screens $(ARGS)

demo: .venv/.run-ready ## Make the demo company anew (ARGS="--lang zh-CN --deals 1000000")
	$(PY) -m data demo $(ARGS)

docs: .venv/.run-ready ## Write docs/measures.md, commands.md and settings.md from the code
	$(PY) -m docs.generate

lock: .venv/.test-ready ## Resolve pyproject.toml into the requirement files, with hashes for every platform
	$(call compile,requirements.txt,)
	$(call compile,requirements-dev.txt,--group dev -c requirements.txt)

clean: ## Remove caches and have the next make install anew; stores and uploads stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .venv/.*-ready
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------------- environment
# A stamp is as new as the last installation from its file, so a second run installs nothing and starts at once.

.venv/bin/python:
	@test -n "$(PYTHON)$(UV)" && { test -z "$(PYTHON)" || "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; } || { \
		echo "Sales Compass needs Python 3.11 or newer; found $$("$(or $(PYTHON),python3)" --version 2>&1 || echo none)." >&2; \
		echo "Install it (python.org, or your system's packages), or name one: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making the environment in .venv with $(or $(PYTHON),a Python that uv brings)"
	@if [ -n "$(UV)" ]; then $(UV) venv --quiet --clear --seed --python "$(or $(PYTHON),3.13)" .venv; \
		else "$(PYTHON)" -m venv --clear .venv; fi || { \
		echo "The environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@# The pinned uv, of which one wheel is fetched: it then installs the others much sooner than pip would.
	@test -n "$(UV)" || { sed -n '/^uv==/,/# via/p' requirements-dev.txt >.venv/uv.txt \
		&& $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.txt; } 2>/dev/null || true

.venv/.run-ready: requirements.txt | .venv/bin/python
	$(call install,requirements.txt)

.venv/.test-ready: requirements-dev.txt | .venv/bin/python
	$(call install,requirements-dev.txt)
	@touch .venv/.run-ready

.venv/.browser-ready: .venv/.test-ready .ci/browser
	@.ci/browser $(PY) && touch $@ || true

# uv is quick, and trusts whom the system trusts; pip knows a company's own index from pip.conf, which uv does not read.
# So: the first, else the second.
define install
	@echo "Installing from $(1); the first time this takes a minute or two"
	@{ test -n "$(UV)" && $(UV) pip install --system-certs --quiet --python $(PY) --require-hashes -r $(1) 2>/dev/null; } \
		|| $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@touch $@
endef

# Names, versions and hashes only: where packages come from is each machine's own business.
define compile
	@$(BIN)/uv pip compile pyproject.toml $(2) --quiet --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-emit-index-url --no-header --output-file $(1) $(ARGS) >/dev/null
	@{ echo "# Written by make lock from pyproject.toml; change that and run it again."; cat $(1); } > $(1).new && mv $(1).new $(1)
	@echo "$(1): $$(grep -c '==' $(1)) packages"
endef
