# VoltRun. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
GO ?= go
GOARCH := $(shell $(GO) env GOARCH)
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
AGENT := internal/agent/binary/dist/agent-linux-$(GOARCH)
LDFLAGS := -s -w -X main.version=$(VERSION)
DATA_DIR ?= $(CURDIR)/.voltrun
# no: a server without the dashboard, which needs no Node.js and npm to build.
DASHBOARD ?= yes
ifeq ($(DASHBOARD),yes)
TAGS := -tags web
WEB := web
endif
# Flags of make dev: -listen HOST:PORT, -port PORT, -data-dir FOLDER.
DEV ?=
# Packages whose tests boot many machines or servers: these run one at a time, so that two cores are enough.
TEST_TIMEOUT ?= 40m

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and start VoltRun with its dashboard on http://127.0.0.1:8080
	@exec bin/voltrun serve --data-dir "$(DATA_DIR)"

.PHONY: build
build: runtimes agent $(WEB) ## Build the dashboard, bin/voltrun and bin/volt
	@mkdir -p bin && ln -sfn ../build/runtimes bin/runtimes
	CGO_ENABLED=0 $(GO) build $(TAGS) -trimpath -ldflags "$(LDFLAGS)" -o bin/voltrun ./cmd/server
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/volt ./cmd/volt

.PHONY: agent
agent: ## Build the guest agent that the server embeds
	@CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -ldflags "-s -w" -o $(AGENT) ./cmd/agent

.PHONY: web
web: runtimes ## Build the dashboard that the server embeds
	@scripts/build-web

.PHONY: dev
dev: runtimes ## Develop: dashboard on http://localhost:3000 and API, both following every change
	@$(GO) build -o build/dev/dev ./scripts/dev && exec build/dev/dev $(DEV)

.PHONY: runtimes
runtimes: ## Fetch supported Node.js releases into build/runtimes
	@scripts/fetch-runtimes

.PHONY: packages
packages: ## Install the Debian packages that the tests need, where they are missing
	@scripts/install-packages

.PHONY: test
test: packages build ## Run every test: of the server with the race detector, of the dashboard, and in a browser
	VOLTRUN_REQUIRE_POSTGRES=1 $(GO) test -race -timeout $(TEST_TIMEOUT) -p 1 ./...
	$(GO) test -tags web ./internal/webui
	@$(MAKE) --no-print-directory test-web test-e2e

.PHONY: test-fast
test-fast: agent ## Run the quick tests of the daily loop
	$(GO) test -short ./...

.PHONY: test-web
test-web: runtimes ## Check the types of the dashboard and run its unit tests
	@scripts/web typecheck
	@scripts/web test

.PHONY: test-e2e
test-e2e: packages build ## Use the dashboard of bin/voltrun in a browser, with Playwright
	@scripts/web e2e

.PHONY: screenshots
screenshots: packages build ## Take a picture of every page of the dashboard, in both themes and two widths
	@scripts/web screenshots

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

.PHONY: bench-web
bench-web: packages build ## Measure the dashboard in a browser: first load, and a log of 100,000 lines
	@scripts/web bench

.PHONY: fuzz
fuzz: ## Fuzz every parser of hostile input for a minute each
	@scripts/fuzz 60s

.PHONY: openapi
openapi: ## Write docs/openapi.json from the code
	$(GO) generate ./internal/api/...

.PHONY: clean
clean: ## Remove what was built, not the data
	rm -rf bin build $(AGENT) internal/webui/dist web/.next web/out web/node_modules web/public/monaco
