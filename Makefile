# One word a task; `make help` lists them. Everything runs in .venv, made from requirements.lock when that changes.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
WORKERS ?= 2
# Property tests of many worlds: slow under coverage, and they need all workers.
LONG := tests/unit/core/test_core_small_world.py tests/unit/core/test_core_histories.py
CODE := deployer tests tools benchmarks examples

# What a project that keeps a copy of this file sets: make deploy ENV=prd FUNCTION=orders ARGS="--yes"; ADAPTER=cdk for a CDK app
ENV ?=
FUNCTION ?=
ADAPTER ?=
ARGS ?=
DEPLOYER = $(BIN)/deployer$(if $(filter cdk,$(ADAPTER)), cdk)
TARGET = $(if $(ENV),--env $(ENV)) $(foreach name,$(FUNCTION),--function $(name)) $(ARGS)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# uv comes from PyPI into the environment itself, so a machine needs nothing but Python.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

setup: $(STAMP) ## Make .venv (every other target does it when it is needed)

demo: $(STAMP) ## Watch a canary, a rollback, and rollouts that watch themselves, on the embedded Lambda
	@$(BIN)/deployer demo $(ARGS)

deploy: $(STAMP) ## Release: make deploy ENV=prd [FUNCTION=orders] [ARGS=--yes] [ADAPTER=cdk]
	@$(DEPLOYER) deploy $(TARGET)

plan: $(STAMP) ## Show what a deploy would do: make plan ENV=prd
	@$(DEPLOYER) plan $(TARGET)

rollback: $(STAMP) ## Go back at once: make rollback ENV=prd
	@$(DEPLOYER) rollback $(TARGET)

rollout: $(STAMP) ## Release the whole way, watched: make rollout ENV=prd [FUNCTION=orders] [ARGS=--yes]
	@$(DEPLOYER) rollout $(TARGET)

tick: $(STAMP) ## Look once at a rollout, and take the step that is due: make tick ENV=prd
	@$(DEPLOYER) tick $(TARGET)

hold: $(STAMP) ## Let nothing go forward: make hold ENV=prd
	@$(DEPLOYER) hold $(TARGET)

resume: $(STAMP) ## Let it go forward again: make resume ENV=prd
	@$(DEPLOYER) resume $(TARGET)

status: $(STAMP) ## Show what is on the alias: make status ENV=prd
	@$(DEPLOYER) status $(TARGET)

test: $(STAMP) ## Run all tests but the slowest; the core must be covered whole
	$(BIN)/coverage run -m pytest -q tests/unit/core $(LONG:%=--ignore=%)
	$(BIN)/coverage report --include='deployer/core/*' --fail-under=100 --show-missing --skip-covered
	$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup -m 'not slow' $(LONG) $(filter-out %/core/ %__pycache__/,$(wildcard tests/unit/*/ tests/unit/test_*.py)) tests/moto

test-slow: $(STAMP) ## Run the slowest tests: the example by the real CDK CLI, from bootstrap to destroy
	$(BIN)/pytest -q -m slow tests

nightly: $(STAMP) ## Long fuzzing: the same properties with many more examples
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -q -n $(WORKERS) --dist loadgroup tests/unit tests/moto

check: $(STAMP) ## Lint, format, types, layers
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	git ls-files 'tests/*conftest.py' | xargs -n 1 $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/zizmor --quiet --offline .github/workflows

format: $(STAMP) ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

bench: $(STAMP) ## Measure start-up, a release and API calls, as ratios
	$(BIN)/python -m benchmarks

bench-judge: $(STAMP) ## Simulate rollouts: how often the judge is wrong, how soon right; writes docs/judge.md
	$(BIN)/python -m benchmarks.judge

mutate: $(STAMP) ## Mutation tests of the core
	$(BIN)/mutmut run
	$(BIN)/mutmut results

docs-table: $(STAMP) ## Write docs/transitions.md anew from the code
	$(BIN)/python tools/transitions.py

docs-schema: $(STAMP) ## Write docs/event.schema.json anew from the code
	$(BIN)/python tools/event_schema.py

docs-picture: $(STAMP) ## Draw docs/images/rollout.svg anew
	$(BIN)/deployer demo --act 1 --seed 19 --svg docs/images/rollout.svg

docs-report: $(STAMP) ## Draw docs/images/report-*.png anew, by a browser
	$(BIN)/python tools/report.py

lock: $(STAMP) ## Resolve requirements.lock anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --no-emit-find-links --no-annotate --extra cdk --extra local --extra testing --group dev --output-file requirements.lock pyproject.toml

.PHONY: help setup demo deploy plan rollback rollout tick hold resume status test test-slow nightly check format bench bench-judge mutate docs-table docs-schema docs-picture docs-report lock
