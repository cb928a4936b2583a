package deploy

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// process is a program that runs until its test ends.
type process struct {
	*testkit.Process
	t *testing.T
}

// startProcess starts a program that listens on an address, and logs its output if the test fails.
func startProcess(t *testing.T, path, address string, args ...string) *process {
	t.Helper()
	p := &process{testkit.Start(t, exec.Command(path, args...), address), t}
	t.Cleanup(func() {
		if t.Failed() {
			output := p.Output()
			t.Logf("output of %s:\n%s", path, output[max(0, len(output)-4000):])
		}
	})
	return p
}

// startReady starts a program and waits until its path ready returns 200.
func startReady(t *testing.T, path, address, ready string, args ...string) *process {
	t.Helper()
	p := startProcess(t, path, address, args...)
	p.Until("it is ready", func() bool { status, _ := p.Get(ready); return status == http.StatusOK })
	return p
}

// getJSON decodes the JSON response of a path, and reports whether there was one.
func (p *process) getJSON(path string, into any) bool {
	status, body := p.Get(path)
	return status == http.StatusOK && json.Unmarshal([]byte(body), into) == nil
}
