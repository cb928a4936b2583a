.PHONY: build test long lint generate bench axe browser pictures tools
build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o octoeverywhere_exporter .
test:
	go test -race ./...
long: # tests that take minutes, see docs/internals/reliability.md
	LONG_TESTS=1 go test -v -run 'ADayOfOutages|ReloadUnderLoad|WallClockSteps|DetectionDelay' ./test/e2e
	go run ./test/load -soak 15m -printers 2000
lint:
	test/tools/lint
	test/tools/spelling
generate: # updates generated documents and golden files
	go test ./fault ./collector ./internal/config ./internal/web ./test/hostile/cases -update
	go test ./test/deploy ./deploy/release -run 'Document|Manifests' -update
	go test ./internal/cli -run "Manual|Scripts" -update
bench:
	go test -run '^$$' -bench . -benchmem ./...
tools: # builds tools for test/deploy that Debian does not package; add test/tools/bin to PATH
	test/tools/build test/tools/bin
axe: # installs the accessibility checker of test/browser
	npm install --prefix out --no-save --no-package-lock --no-audit --no-fund axe-core@4.14.1
browser: axe # tests the pages in Chromium
	cd test/browser && go test -count=1 .
pictures: # updates the images in docs/images from the demo; takes four minutes
	cd test/browser && go test -count=1 -run Pictures -update -v .
	test/browser/terminal.sh
