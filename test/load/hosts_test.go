package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMain runs the child process of commandWithHosts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == withHosts {
		os.Exit(command(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func TestReplaceAddresses(t *testing.T) {
	const config = `service:
  url: "https://127.0.0.1:10060"
printers:
  - url: "https://127.0.0.1:10060/p/app-1a"
  - url: "https://127.0.0.1:10061/p/app-2b"
  - url: "https://127.0.0.1:10060/p/app-3c"
`
	const want = `service:
  url: "https://127.0.0.1:10060"
printers:
  - url: "https://app-1a.octoeverywhere.test:10060"
  - url: "https://127.0.0.1:10061/p/app-2b"
  - url: "https://app-3c.octoeverywhere.test:10060"
`
	got, names := replaceAddresses([]byte(config), "127.0.0.1:10060")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"app-1a.octoeverywhere.test", "app-3c.octoeverywhere.test"}, names); diff != "" {
		t.Error(diff)
	}
}

// TestCommandWithHosts: the child process has another /etc/hosts, this one does not.
func TestCommandWithHosts(t *testing.T) {
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Skip(err)
	}
	before, err := os.ReadFile("/etc/hosts")
	if err != nil {
		t.Skip(err)
	}
	path, err := writeHosts(t.TempDir(), []string{"app-1a.octoeverywhere.test"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exporterCommand(t.Context(), path, cat, "/etc/hosts").Output()
	if err != nil {
		t.Skip("mount namespaces are not permitted: ", err)
	}
	after, err := os.ReadFile("/etc/hosts")
	if diff := cmp.Diff("127.0.0.1 localhost\n127.0.0.1 app-1a.octoeverywhere.test\n", string(out)); diff != "" || err != nil || string(after) != string(before) {
		t.Error(diff, err)
	}
}
