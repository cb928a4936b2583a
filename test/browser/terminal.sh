#!/usr/bin/env bash
# Takes the screenshot of a terminal for the README: the output of probe for the simulated fleet of the demo.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
(cd ../.. && go build -o "$work/octoeverywhere_exporter" .)
export PATH="$work:$PATH"
octoeverywhere_exporter simulate --printers=0 --web.listen-address=127.0.0.1:0 --config.file="$work/demo.yaml" --interval=20s --timeout=4s >"$work/relay.log" &
relay=$!
trap 'kill $relay; wait $relay || true; rm -rf "$work"' EXIT
until [ -s "$work/relay.log" ]; do sleep 0.1; done
for command in 'probe p1s-04' 'probe mk4-01 mk4-02 mini-03 xl-01 voron-01'; do
  printf '$ \033[1moctoeverywhere_exporter %s\033[0m\n' "$command"
  # script provides a terminal, for colors. The exit code is that of the failing layer.
  script -qec "stty cols 104 rows 60; octoeverywhere_exporter $command --config.file='$work/demo.yaml' 2>/dev/null || true" /dev/null
  echo
done | tr -d '\r' >"$work/terminal.ansi"
go test -count=1 -run Terminal -terminal "$work/terminal.ansi" .
