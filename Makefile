# Anxin: everything a newcomer types. `make` alone lists it.
#
# Works with nothing but python3.11, pip, make and git: Debian keeps the venv module's pip apart (python3-venv) and
# forbids pip to touch the system, so the environment is made without pip and filled by the system's pip from outside.
# Stamps live inside .venv: whoever deletes .venv deletes them too, and nothing is believed installed that is not.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
PY := .venv/bin/python
# http-ece, under pywebpush, is published as source only; everything else comes as wheels.
PIP_INSTALL := $(PYTHON) -m pip --python $(PY) install --quiet --disable-pip-version-check \
               --require-hashes --no-deps --only-binary :all: --no-binary http-ece
PACKAGES := devices callcenter dispatch
WORKERS ?= 2
SECONDS ?= 600
UV_VERSION := 0.13.9

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup run test soak check format bench fuzz lock vendor system clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: .venv/.runtime-installed ## only make .venv and install what Anxin runs on

run: .venv/.runtime-installed ## set up, create the database, load the demo district if it is empty, start the centre
	@$(PY) app.py run --demo

test: .venv/.dev-installed system check ## set up for development, check everything, run every test (CI=true: a skip fails)
	@$(PY) -m pytest -p tests.nothing_skipped -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

soak: .venv/.dev-installed ## the property tests with forty times as many examples as `make test` has
	@$(PY) -m pytest -n $(WORKERS) --hypothesis-profile soak --timeout 3600 $(PYTEST_ARGS) tests/devices tests/dispatch tests/coroner

check: .venv/.dev-installed ## ruff, formatting, mypy --strict, floors
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy --strict $(PACKAGES) app.py
	@$(PY) -m pytest -q tests/test_floors.py

format: .venv/.dev-installed ## put imports and layout in order
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .

bench: .venv/.dev-installed ## measure: press to acknowledgement, press to browser, against others
	@$(PY) -m tests.bench --with-alerta

fuzz: .venv/.dev-installed ## each codec under a fuzzer for SECONDS (600), one after another (ONLY="dc09 gt06": these)
	@nice -n 15 $(PY) -m tests.fuzz --seconds $(SECONDS) $(foreach codec,$(ONLY),--codec $(codec))

lock: ## pin every dependency again, with hashes, from pyproject.toml
	@test -x .stamps/uv-$(UV_VERSION)/bin/uv || \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --target .stamps/uv-$(UV_VERSION) uv==$(UV_VERSION)
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	 compile=".stamps/uv-$(UV_VERSION)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	   --generate-hashes --only-binary :all: --no-binary http-ece --no-emit-index-url --no-emit-find-links pyproject.toml"; \
	 $$compile -o requirements.lock && $$compile --extra dev -c requirements.lock -o requirements-dev.lock
	@grep -c '==' requirements.lock requirements-dev.lock

words: .venv/.dev-installed ## gather the texts people read, and say which have no Chinese yet
	@$(PY) deploy/words.py

vendor: ## fetch static/vendor again with npm and compare it with VENDOR.toml
	@$(PYTHON) deploy/vendor.py

system: ## the programs the tests need beside Python; installed as root on Debian, named elsewhere
	@sh deploy/system_packages.sh

clean: ## forget the environment and every cache (never the data)
	rm -rf .venv .stamps .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(PY):
	@sh deploy/python_fits.sh $(PYTHON)
	@echo "Making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv --without-pip .venv

.venv/.runtime-installed: requirements.lock | $(PY)
	@echo "Installing what Anxin runs on (requirements.lock) ..."
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/.dev-installed: requirements-dev.lock | $(PY)
	@echo "Installing what the tests need (requirements-dev.lock) ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@
