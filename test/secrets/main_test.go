// Package secrets searches everything that leaves the program for secrets.
package secrets

import (
	"flag"
	"os"
	"testing"

	"octoeverywhere_exporter/internal/cli"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

const mark = testkit.Mark

// TestMain lets tests start the test binary as the program.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // tests wait far more than they work
	testkit.Main(m, "../..", func() int { return cli.Main(os.Args[1:], "", os.Stdin, os.Stdout, os.Stderr) })
}

// addSecrets adds everything secret that the owners of simulated printers know.
func addSecrets(to *testkit.Canaries, printers []simulator.Printer) {
	for _, p := range printers {
		for what, secret := range map[string]string{
			"the id": p.ID, "the token": p.Bearer, "the user": p.Username, "the password": p.Password, "the app token": p.AppToken,
		} {
			if secret != "" {
				to.Add(what+" of "+p.Name, secret)
			}
		}
	}
}
