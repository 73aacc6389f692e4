.DEFAULT_GOAL := help
SHELL := /bin/sh

# Node 24 from npm, whatever Node the machine has: npm puts it here.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help install run up down migrate test test-long check fix bench conformance clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The lockfile that npm leaves behind is the proof of a complete installation.
node_modules/.package-lock.json: package-lock.json
	@npm ci --loglevel=error --no-audit --no-fund
	@touch $@

install: node_modules/.package-lock.json ## Install what the lockfile says (done by every other verb)

run: install ## Start everything on an embedded Postgres and print how to use it
	@exec node packages/cli/src/main.ts up

migrate: install ## Migrate the database of MIGRATION_DATABASE_URL (DATABASE_URL names the role of the services)
	@exec node packages/cli/src/main.ts migrate

test: install ## Run all tests on a throw-away Postgres (under ten minutes)
	@node packages/testkit/src/run-tests.ts

test-long: install ## Run all tests with the long versions of the random ones
	@MUSTER_LONG=1 node packages/testkit/src/run-tests.ts --timeout=3600

check: install ## Types, format, lint, imports, dead code
	@node scripts/check.ts

fix: install ## Format and fix what can be fixed
	@biome check --write .

bench: install ## Run the benchmarks (BENCH=name for one)
	@node bench/run.ts $(BENCH)

# The token goes by the environment: arguments are there for everybody to see.
conformance: export SCIM_TOKEN := $(or $(TOKEN),$(SCIM_TOKEN))
conformance: install ## Try a SCIM server: URL=… and TOKEN=… (or SCIM_TOKEN), else this one; ARGS=… for more
	@node packages/cli/src/main.ts conformance $(if $(URL),--url '$(URL)') $(ARGS)

up: ## Start the production shape with Docker Compose
	@sh scripts/compose-secrets.sh .muster/compose
	docker compose up --build --detach --wait

down: ## Stop it; the data stays in its volume
	docker compose down

clean: ## Remove what was installed (never data)
	rm -rf node_modules packages/*/node_modules services/*/node_modules .tap
