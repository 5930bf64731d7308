# VoltRun. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
GOARCH := $(shell $(GO) env GOARCH)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
AGENT := internal/agent/binary/dist/agent-linux-$(GOARCH)
LDFLAGS := -s -w -X main.version=$(VERSION)
DATA_DIR ?= $(CURDIR)/.voltrun
# Packages whose tests boot many machines or servers: these run one at a time, so that two cores are enough.
TEST_TIMEOUT ?= 40m

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and start VoltRun on http://127.0.0.1:8080
	@exec bin/voltrun serve --data-dir "$(DATA_DIR)"

.PHONY: build
build: runtimes agent ## Build bin/voltrun and bin/volt
	@mkdir -p bin && ln -sfn ../build/runtimes bin/runtimes
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/voltrun ./cmd/server
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/volt ./cmd/volt

.PHONY: agent
agent: ## Build the guest agent that the server embeds
	@CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -ldflags "-s -w" -o $(AGENT) ./cmd/agent

.PHONY: runtimes
runtimes: ## Fetch supported Node.js releases into build/runtimes
	@scripts/fetch-runtimes

.PHONY: packages
packages: ## Install the Debian packages that the tests need, where they are missing
	@scripts/install-packages

.PHONY: test
test: packages build ## Run every test, with the race detector
	VOLTRUN_REQUIRE_POSTGRES=1 $(GO) test -race -timeout $(TEST_TIMEOUT) -p 1 ./...

.PHONY: test-fast
test-fast: agent ## Run the quick tests of the daily loop
	$(GO) test -short ./...

.PHONY: lint
lint: ## Check format, vet and staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "run: gofmt -w ."; exit 1; }
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

.PHONY: verify
verify: ## What CI runs
	@bash .ci/run

.PHONY: bench
bench: build ## Measure speed and memory beside bare Node.js and bwrap (bench/README.md)
	@bench/run

.PHONY: fuzz
fuzz: ## Fuzz every parser of hostile input for a minute each
	@scripts/fuzz 60s

.PHONY: openapi
openapi: ## Write docs/openapi.json from the code
	$(GO) generate ./internal/api/...

.PHONY: clean
clean: ## Remove what was built, not the data
	rm -rf bin build $(AGENT)
