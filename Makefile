# `make run` and `make test` need python3 (3.11+, with venv), git and make; everything else they fetch themselves.
PY ?= python3
UV := .tools/bin/uv
PIP := VIRTUAL_ENV=.venv $(UV) pip install --quiet
export UV_SYSTEM_CERTS ?= 1
export NODE_USE_SYSTEM_CA ?= 1
.DELETE_ON_ERROR:
.PHONY: run test lint test-phone test-server bench bench-docs bench-sync lighthouse forecast-docs build format lock help simulate storm crashes mistakes nightly

run: .venv/.run static/build/.done ## start the server with the demo on http://127.0.0.1:8000 (HOST, PORT, DATA)
	@exec .venv/bin/bihuan demo

test: lint test-phone ## everything: lint, types, phone tests, browser, PostgreSQL, pytest
	@.venv/bin/python tests/ensure_browser.py
	@.venv/bin/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: .venv/.test static/build/.done ## ruff and the TypeScript compiler
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@$(PY) static/build.py check

test-phone: static/build/.done ## the phone's tests alone, on Node
	@$(PY) static/build.py test

test-server: .venv/.test static/build/.done ## the Python tests alone; ARGS="-k rooms" picks some
	@.venv/bin/python -m pytest $(ARGS)

bench: .venv/.test static/build/.done ## the figures that the README quotes, measured here
	@.venv/bin/python tests/ensure_browser.py
	@.venv/bin/python -m tests.bench $(ARGS)

bench-docs: ## the same, put into docs/bench.md
	@$(MAKE) --no-print-directory bench ARGS="--docs $(ARGS)"

bench-sync: .venv/.test static/build/.done ## sync beside PouchDB Server and Kinto (installs them into .tools/peers), put into docs/bench-sync.md
	@.venv/bin/python -m tests.bench.peers --docs $(ARGS)

storm: .venv/.test static/build/.done ## 2,000 phones come back at once with 200 operations each, on PostgreSQL; put into docs/bench.md
	@.venv/bin/python -m tests.bench.peers.storm --docs $(ARGS)

lighthouse: .venv/.test static/build/.done ## Lighthouse's scores, put into docs/bench.md (fetches Lighthouse, 190 MB)
	@.venv/bin/python tests/ensure_browser.py
	@.venv/bin/python -m tests.bench.lighthouse --docs

crashes: .venv/.test static/build/.done ## power cuts, full disks, kills of server and browser: N=100 of each, put into docs/reliability.md
	@.venv/bin/python tests/ensure_browser.py
	@.venv/bin/python -m tests.crashes --docs all --times $(or $(N),100)

simulate: .venv/.test static/build/.done ## real phones and the real server from one seed: SEEDS=1000, about OPS=125 acts each (ARGS="--first 1 --phones COMMIT")
	@.venv/bin/python -m tests.simulation simulate --seeds $(or $(SEEDS),200) --ops $(or $(OPS),125) --minutes $(or $(MINUTES),0) $(ARGS)

mistakes: .venv/.test static/build/.done ## make each known mistake of sync engines in a copy, and count the seeds until the simulation sees it
	@.venv/bin/python -m tests.simulation mistakes $(ARGS)

nightly: .venv/.test static/build/.done ## the long runs, put into docs/reliability.md (hours)
	@.venv/bin/python -m tests.simulation simulate --seeds 10000 --docs
	@.venv/bin/python -m tests.simulation simulate --seeds 500 --postgres --docs
	@.venv/bin/python -m tests.simulation simulate --seeds 500 --phones c38d897 --mixed --docs # before calls of version 2, and before pages said only what differs
	@.venv/bin/python -m tests.simulation simulate --seeds 500 --server ea3a509 --docs # before bodies had a shape
	@.venv/bin/python -m tests.simulation mistakes --docs
	@$(MAKE) --no-print-directory crashes N=1000

screens: .venv/.test static/build/.done ## every screen of the demo as a picture (SCREENS=folder), a small set of them in docs/screens
	@.venv/bin/python tests/ensure_browser.py
	@.venv/bin/python -m tests.journeys.screens

forecast-docs: .venv/.test static/build/.done ## the scenario's five days by virtual people, each against its forecast, put into docs/forecast.md
	@DATA=$$(mktemp -d) && trap 'rm -rf "$$DATA"' EXIT INT TERM && export DATA && .venv/bin/bihuan simulate-day --seed $(or $(SEED),1) --date 2022-04-07 --docs docs/forecast.md

build: static/build/.done ## compile the phone, the console's modules and the styles

format: .venv/.test ## lay out the Python as `make lint` wants it
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1 — /p' Makefile

# --- tools, once ---

WORKERS ?= 2

$(UV):
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PY=python3.12 ...")'
	@$(PY) -m venv .tools || { echo "Install the venv module first. Debian: apt-get install python3-venv"; exit 1; }
	@.tools/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"

.venv/.run: requirements.txt pyproject.toml | $(UV)
	@test -x .venv/bin/python || $(PY) -m venv --without-pip .venv
	@$(PIP) --require-hashes -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: requirements-dev.txt .venv/.run
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

# --- the front end ---

WEB := $(shell find static -type f -not -path '*/node_modules/*' -not -path '*/build/*' -not -path '*/build.next/*') \
       $(wildcard templates/app/* server/phone_shell.py)
static/build/.done: $(WEB) | $(UV)
	@$(PY) static/build.py build
	@touch $@

# --- for maintainers ---

COMPILE := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet

lock: $(UV) ## pin the newest versions that fit pyproject.toml and package.json
	rm -f requirements.txt requirements-dev.txt static/requirements-node.txt
	$(COMPILE) pyproject.toml --group build -o requirements.txt
	$(COMPILE) pyproject.toml --group build --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group node -o static/requirements-node.txt
	rm -f static/package-lock.json && cd static && npm install --package-lock-only
	sed -i '/"funding": {/,/}/d' static/package-lock.json # names an address, and npm needs it for nothing
