.PHONY: build test lint generate bench
build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o octoeverywhere_exporter .
test:
	go test -race ./...
lint:
	go vet ./... && go tool -modfile=tools/go.mod golangci-lint run
generate: # rewrites the documents and golden files that tests compare
	go test ./fault ./collector ./config ./web -update
	go test ./deploy ./deploy/release -run Document -update
bench:
	go test -run '^$$' -bench . -benchmem ./...
