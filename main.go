// Command octoeverywhere_exporter probes 3D printers that are reached through OctoEverywhere, decides which layer failed,
// and exports that to Prometheus.
package main

import (
	"os"

	"octoeverywhere_exporter/internal/cli"
)

// version is set by the release build: -ldflags "-X main.version=1.2.3".
var version = ""

func main() {
	os.Exit(cli.Main(os.Args[1:], version, os.Stdin, os.Stdout, os.Stderr))
}
