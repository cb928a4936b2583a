// Package e2e tests the whole program: as a process, or as an exporter in this one.
package e2e

import (
	"flag"
	"os"
	"testing"

	"octoeverywhere_exporter/internal/cli"
	"octoeverywhere_exporter/test/testkit"
)

// TestMain lets tests start the test binary as the program.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // tests wait far more than they work
	testkit.Main(m, "../..", func() int { return cli.Main(os.Args[1:], "", os.Stdin, os.Stdout, os.Stderr) })
}
