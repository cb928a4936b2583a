package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// Exit codes of commands that failed, and that were interrupted.
const (
	exitFailed      = 1
	exitInterrupted = 130
)

// listen serves a simulated relay until the test ends.
func listen(t *testing.T, relay *simulator.Relay, address string) *simulator.Server {
	t.Helper()
	srv, err := relay.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	return srv
}

// writeConfig writes the configuration of a simulated fleet into dir.
func writeConfig(t *testing.T, dir string, srv *simulator.Server, o simulator.ConfigOptions) (path string) {
	t.Helper()
	path = filepath.Join(dir, "config.yaml")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := srv.WriteConfig(f, o); err != nil {
		t.Fatal(err)
	}
	return path
}

// statusChanges returns the records of the log about changes, without first probes that succeed.
func statusChanges(p *testkit.Process) (lines []string) {
	for line := range strings.Lines(p.Output()) {
		if strings.Contains(line, `"printer status changed"`) && !strings.Contains(line, `"from":"unknown","to":"ok"`) {
			lines = append(lines, line)
		}
	}
	return lines
}
