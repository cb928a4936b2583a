// Package deploy tests what is in deploy/: rules, routes, dashboards, manifests. Its tests run the tools that these are
// for.
package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packages maps tools to their Debian packages.
var packages = map[string]string{
	"promtool": "prometheus", "prometheus": "prometheus",
	"amtool": "prometheus-alertmanager", "prometheus-alertmanager": "prometheus-alertmanager",
	"etcd": "etcd-server", "systemd-analyze": "systemd", "docker-compose": "docker-compose", "podman": "podman runc",
}

// modules maps tools to the Go modules that pin them.
var modules = map[string]string{
	"helm": "test/tools/helm", "kube-apiserver": "test/tools/kube-apiserver", "kubectl": "test/tools/kube-apiserver", "controller-gen": "test/tools/crds",
}

// tool returns the path of a program that a test needs. Without it the test is skipped, or fails in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing in CI", name)
	}
	if module, ok := modules[name]; ok {
		t.Skipf("%s is not on the PATH: run make tools, which builds it from %s", name, module)
	}
	t.Skipf("%s is not installed: apt-get install %s", name, packages[name])
	return ""
}

// skipUnlessLong skips a test that takes long, unless LONG_TESTS is set as in CI.
func skipUnlessLong(t *testing.T, duration string) {
	t.Helper()
	if os.Getenv("LONG_TESTS") == "" {
		t.Skipf("takes %s: set LONG_TESTS=1", duration)
	}
}

// runTool runs a tool and returns its output. The test fails if the tool does.
func runTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	var errors bytes.Buffer
	cmd := exec.CommandContext(t.Context(), tool(t, name), args...)
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, errors.String())
	}
	return string(out)
}

// writeFile writes a file into a folder and returns its path.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readFile returns the content of a file.
func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// substitute replaces the addresses of the shipped files by those of the test.
func substitute(text string, oldNew ...string) string {
	return strings.NewReplacer(oldNew...).Replace(text)
}
