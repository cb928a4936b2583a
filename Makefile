.PHONY: build test long lint generate bench
build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o octoeverywhere_exporter .
test:
	go test -race ./...
long: # what takes minutes: see docs/reliability.md
	LONG_TESTS=1 go test -v -run 'ADayOfOutages|ReloadUnderLoad|TheWallClockIsSet' .
	go run ./load -soak 15m -printers 2000
lint:
	go vet ./... && go tool -modfile=tools/go.mod golangci-lint run
generate: # rewrites the documents and golden files that tests compare
	go test ./fault ./collector ./config ./web -update
	go test ./deploy -run Document -update
bench:
	go test -run '^$$' -bench . -benchmem ./...
