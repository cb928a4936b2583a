.PHONY: build test long lint generate bench axe browser pictures tools
build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o octoeverywhere_exporter .
test:
	go test -race ./...
long: # what takes minutes: see docs/internals/reliability.md
	LONG_TESTS=1 go test -v -run 'ADayOfOutages|ReloadUnderLoad|WallClockSteps|DetectionDelay' ./test/e2e
	go run ./test/load -soak 15m -printers 2000
lint:
	test/tools/lint
generate: # rewrites the documents and golden files that tests compare
	go test ./fault ./collector ./internal/config ./internal/web ./test/hostile/cases -update
	go test ./test/deploy ./deploy/release -run 'Document|Manifests' -update
	go test ./internal/cli -run "Manual|Scripts" -update
bench:
	go test -run '^$$' -bench . -benchmem ./...
tools: # builds the tools of test/deploy that Debian does not package; add test/tools/bin to the PATH
	test/tools/build test/tools/bin
axe: # the accessibility checker of test/browser
	npm install --prefix out --no-save --no-package-lock --no-audit --no-fund axe-core@4.14.1
browser: axe # needs Chromium
	cd test/browser && go test -count=1 .
pictures: # takes the pictures of the README from the demo, in about four minutes
	cd test/browser && go test -count=1 -run Pictures -update -v .
	test/browser/terminal.sh
