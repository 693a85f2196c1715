# The modules of go.work, each of which is tested, checked and kept tidy.
MODULES = $(shell go list -m -f '{{.Dir}}')

.PHONY: test lint fmt tidy api suites bench cover fuzz soak

test: ## unit and integration tests of all modules, on all Go and PostgreSQL versions at hand
	go run ./internal/testrun

lint: ## gofmt, go vet, staticcheck, govulncheck and go mod tidy -diff, without changing a file
	.ci/lint $(MODULES)

fmt: ## format all Go files
	gofmt -w .

tidy: ## bring go.mod and go.sum of all modules up to date
	for module in $(MODULES); do (cd "$$module" && go mod tidy) || exit 1; done

api: ## write the exported API into api/, which a test compares with the packages
	go run ./internal/apilist

suites: ## the test suites that other libraries have for lib/pq, over pgadapt too
	cd compat && go run ./suites

bench: ## all benchmarks, beside the other drivers
	cd bench && go test -run '^$$' -bench . -benchmem ./...

cover: ## a coverage report of the root module as cover.html
	go test -coverpkg ./... -coverprofile cover.out ./... && go tool cover -html cover.out -o cover.html

fuzz: ## each fuzz target for FUZZTIME (default 60s), or so many inputs (200x)
	.ci/fuzz $(or $(FUZZTIME),60s)

soak: ## transfers under cancellations, killed backends, schema changes and crashes for SOAKTIME (default 2m)
	go run ./soak -duration $(or $(SOAKTIME),2m)
