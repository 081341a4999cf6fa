# Two commands for a newcomer: `make demo` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
ENGINE := $(PY) -m compliance.operate.engine
DETACH := $(if $(FOREGROUND),,--detach)
export PORT

.PHONY: help demo start stop status test test-slow lint bench screenshots clean reset-demo remove-demo lock install install-dev

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: install ## start with a demo company; PORT=… chooses the port, FOREGROUND=1 stays attached
	@$(ENGINE) demo $(DETACH)

start: install ## start without demo data
	@$(ENGINE) start $(DETACH)

stop: ## stop what demo or start has started
	@if [ -x $(PY) ]; then $(ENGINE) stop; else echo "nothing was running"; fi

status: ## say who runs and where
	@$(ENGINE) status

reset-demo: install ## put the demo company back to its first state
	@$(ENGINE) manage seed_demo --reset

remove-demo: install ## remove the demo company and its logins
	@$(ENGINE) manage seed_demo --remove

test: install-dev ## the tests (under 10 minutes)
	@$(PY) -m pytest -n 2 -m "not slow"

test-slow: install-dev ## browser, accessibility, big data, kill and restart tests (under 40 minutes)
	@bin/ensure-chromium >/dev/null || echo "tests that need a browser will fail"
	@$(PY) -m pytest -m slow

lint: install-dev ## style and the rules of the house
	@$(PY) -m ruff check .
	@.venv/bin/lint-imports

bench: install-dev ## the figures of the performance goals, as ratios
	@$(ENGINE) manage bench

screenshots: install-dev ## pictures of the pages of the running demo, into docs/screenshots
	@bin/ensure-chromium >/dev/null
	@$(ENGINE) manage screenshots

lock: install-dev ## write the lock files anew from pyproject.toml
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean: stop ## remove the installed packages and caches; data in var/ stays
	@rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@bin/install requirements.lock

install-dev:
	@bin/install requirements-dev.lock
