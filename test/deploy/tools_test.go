// Package deploy holds what is deployed beside the exporter: rules, routes, dashboards, manifests. Its tests check these
// with the tools they are for.
package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packages are where Debian has the tools.
var packages = map[string]string{
	"promtool": "prometheus", "prometheus": "prometheus",
	"amtool": "prometheus-alertmanager", "prometheus-alertmanager": "prometheus-alertmanager",
	"etcd": "etcd-server", "systemd-analyze": "systemd", "docker-compose": "docker-compose", "podman": "podman runc",
}

// modules are where those are pinned that are built.
var modules = map[string]string{
	"helm": "test/tools/helm", "kube-apiserver": "test/tools/kube-apiserver", "kubectl": "test/tools/kube-apiserver", "controller-gen": "test/tools/crds",
}

// tool gives the path of a program that a test needs. Without it the test is left out, but not in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing, and this is CI", name)
	}
	if module, ok := modules[name]; ok {
		t.Skipf("%s is not on the PATH: make tools builds it from %s", name, module)
	}
	t.Skipf("%s is not installed: apt-get install %s brings it", name, packages[name])
	return ""
}

// run gives what a tool prints; the test fails where the tool does.
func run(t *testing.T, name string, args ...string) string {
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

// write puts a file into a folder and gives its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read gives a file of this folder.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fill puts what there is here in the place of those that are shipped.
func fill(text string, oldNew ...string) string { return strings.NewReplacer(oldNew...).Replace(text) }
