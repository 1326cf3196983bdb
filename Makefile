# Every task of the project. `make up` and `make test` install what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
CLUSTER ?= local
export HYPERSDK_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hypersdk
run = PATH="$$(hack/tools.sh):$$PATH"

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

node_modules/.modules.yaml: package.json pnpm-lock.yaml pnpm-workspace.yaml $(wildcard packages/*/package.json test/*/package.json images/package.json)
	@$(run) pnpm install --frozen-lockfile --reporter=append-only
	@touch $@

.PHONY: up
up: node_modules/.modules.yaml ## A cluster, the operator, and a first VM (CLUSTER=local|kind|current)
	@$(run) node test/cluster/main.ts up --cluster $(CLUSTER)

.PHONY: down
down: node_modules/.modules.yaml ## Stop and remove everything `make up` made
	@$(run) node test/cluster/main.ts down --cluster $(CLUSTER)

.PHONY: test
test: node_modules/.modules.yaml ## All tests: unit, API server, QEMU, end to end (SUITES="unit e2e" ONLY="clone" for some)
	@$(run) node test/run.ts $(ONLY:%=--only %) $(SUITES)

.PHONY: bench
bench: node_modules/.modules.yaml ## Measure against plain QEMU and plain pods, and write docs/bench.md (BENCH_N=10)
	@$(run) node bench/main.ts $(ROWS)

.PHONY: check
check: node_modules/.modules.yaml ## Types, lint, who imports whom, format, generated files up to date
	@$(run) pnpm exec tsc -p .
	@$(run) pnpm exec eslint --cache --cache-location node_modules/.cache/eslint .
	@$(run) pnpm exec depcruise --config .dependency-cruiser.mjs --cache node_modules/.cache/dependency-cruiser packages images test bench hack
	@$(run) pnpm exec prettier --check --log-level warn .
	@$(run) node hack/generate.ts --check

.PHONY: generate
generate: node_modules/.modules.yaml ## CRDs, plain manifests and the API reference from their sources
	@$(run) node hack/generate.ts

.PHONY: format
format: node_modules/.modules.yaml ## Rewrite sources in the project's form
	@$(run) pnpm exec prettier --write --log-level warn .

.PHONY: images
images: node_modules/.modules.yaml ## Build the operator, launcher and guest images
	@$(run) node images/main.ts
