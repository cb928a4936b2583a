// Package deploy tests what is in deploy/: rules, routes, dashboards, manifests. Its tests run the tools that these are
// for.
package deploy

import (
	"os"
	"testing"

	"octoeverywhere_exporter/internal/cli"
	"octoeverywhere_exporter/test/testkit"
)

// TestMain runs the tests in the folder deploy/, so that relative paths are the same as in its files, and lets tests start
// the test binary as the program.
func TestMain(m *testing.M) {
	testkit.Main(m, "../../deploy", func() int { return cli.Main(os.Args[1:], "", os.Stdin, os.Stdout, os.Stderr) })
}
