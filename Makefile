# Each target does its own set-up. The logic lies in .ci/ and secretary_portal/; here stand the names.
PYTHON ?= python3
ON = .venv/bin/python
SERVERS = $(ON) .ci/with_servers.py

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test soak restore-drill check fix bench set-up

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: set-up ## Run the whole portal on this machine; PORT=8001 chooses the port, Ctrl-C ends it
	@exec $(ON) -m secretary_portal.demo

demo-reset: set-up ## Throw the demo's data away
	@exec $(ON) -m secretary_portal.demo --reset

test: set-up ## Run the tests with PostgreSQL and Redis of their own
	@exec $(SERVERS) var/test $(ON) -m pytest -n auto

soak: set-up ## Run what takes longer than 30 seconds; writes var/soak.json
	@exec $(SERVERS) var/test $(ON) -m pytest -m soak

restore-drill: set-up ## Back up under writes, restore, compare; fails when anything differs
	@exec $(SERVERS) var/test $(ON) -m pytest -n0 -m soak tests/contingency

bench: set-up ## Measure; writes var/bench.json
	@exec $(SERVERS) var/bench $(ON) -m pytest -m bench

check: set-up ## Style, contracts, types, migrations, production settings, known dangers
	@exec $(ON) .ci/check.py

fix: set-up ## Mend style and layout
	@exec $(ON) .ci/check.py --fix

set-up:
	@$(PYTHON) .ci/set_up.py
