# Everything a person does with this repository. `make` alone prints this help.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PYTHON := $(VENV)/bin/python
OPERATE := $(PYTHON) -m ops.cli
LOCK = $(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --custom-compile-command 'make lock' $(UPGRADE)

.PHONY: help
help: ## print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | \
		awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@printf '\n  variables: KETENAANPAK_PORT=8458 (the gateway), KETENAANPAK_STATE=var (data, logs)\n'

.PHONY: ready
ready:
	@deploy/local/bootstrap.sh $(VENV)

.PHONY: demo
demo: ready ## start afresh and tell one family's story through the HTTP API; stays up
	@$(PYTHON) -m demo

.PHONY: up
up: ready ## start whatever does not run, with the data that is there
	@$(PYTHON) -m deploy.local.run up

.PHONY: down
down: ## stop everything; no process stays behind
	@if [ -e $(VENV)/.installed ]; then $(PYTHON) -m deploy.local.run down; fi

.PHONY: logs
logs: ready ## follow the logs of all processes
	@$(PYTHON) -m deploy.local.run logs

.PHONY: people
people: ready ## list the sample persons: id, partner, roles
	@$(OPERATE) people

.PHONY: token
token: ready ## print a token and nothing else: make token PERSON=…
	@$(if $(PERSON),,echo 'name a person: make token PERSON=… (make people lists them)' >&2; exit 2;) \
		$(OPERATE) token '$(PERSON)'

.PHONY: verify-audit
verify-audit: ready ## re-compute the audit log and compare it with the signed checkpoints
	@$(OPERATE) audit verify

.PHONY: parked
parked: ready ## list the events that wait for a person
	@$(OPERATE) parked list

.PHONY: bench
bench: ready ## measure the release path and one command beside a floor; writes var/bench.json
	@$(PYTHON) -m benchmarks

.PHONY: bench-names
bench-names: ready ## measure who is recognised and who mistaken, among 100,000; writes var/bench-names.json
	@$(PYTHON) -m benchmarks.names

.PHONY: lint
lint: ready ## ruff, mypy, import-linter
	@echo '== ruff'; $(PYTHON) -m ruff check .; $(PYTHON) -m ruff format --check .
	@echo '== mypy'; $(PYTHON) -m mypy
	@echo '== import-linter'; $(VENV)/bin/lint-imports

.PHONY: policy
policy: ready ## opa fmt, check and test, with the coverage of the rules
	@echo '== policy'; $(PYTHON) -m deploy.opa.check

.PHONY: test
test: lint policy ## everything that is checked before a change lands
	@echo '== pytest'; $(PYTHON) -m pytest --numprocesses 2 --dist loadfile $(TESTS)

.PHONY: docs
docs: ready ## render the generated pages of docs/ again
	@$(OPERATE) docs

.PHONY: lock
lock: ready ## resolve the requirements again, with hashes (UPGRADE=--upgrade for newer ones)
	@$(PYTHON) -m pip install --quiet uv
	@$(LOCK) requirements-dev.in -o requirements-dev.lock
	@$(LOCK) -c requirements-dev.lock requirements.in -o requirements.lock
