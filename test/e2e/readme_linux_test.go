package e2e

import (
	"fmt"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// readmeBlocks returns the lines of the blocks of README.md in a language, without comments and empty lines.
func readmeBlocks(t *testing.T, language string) (lines []string) {
	t.Helper()
	for _, m := range regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$").FindAllStringSubmatch(readText(t, "README.md"), -1) {
		if m[1] != language {
			continue
		}
		for line := range strings.Lines(m[2]) {
			line, _, _ = strings.Cut(line, " #")
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// TestReadmeCommandsRun: each of them, in the order of README.md, with a simulated relay in place of OctoEverywhere.
func TestReadmeCommandsRun(t *testing.T) {
	t.Parallel()
	const build, run = "go build .", "./octoeverywhere_exporter"
	relay := simulator.Demo(1)
	srv := listen(t, relay, "127.0.0.1:0")
	dir := t.TempDir()
	certificate := testkit.WriteFile(t, dir, "ca.pem", "%s", srv.CAPEM())
	program := func(line string) *exec.Cmd {
		cmd := testkit.Program(strings.Fields(line)[1:]...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+certificate) // the relay's certificate is trusted as that of OctoEverywhere
		return cmd
	}
	succeed := func(cmd *exec.Cmd, want string) {
		t.Helper()
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%q: %v\n%s", cmd.Args[1:], err, out)
		}
	}
	ran := map[string]func(line string){
		"go run . demo":                 func(string) {}, // TestReadmeShowsTheDemo
		"go test ./...":                 func(string) {}, // this test is part of it
		build:                           func(string) {}, // the binary of the tests is the program
		"go run ./deploy/release 0.1.0": func(string) {}, // tests of deploy/release
		run + " add": func(line string) {
			cmd := program(line)
			cmd.Stdin = strings.NewReader(completionURL(srv, relay, "mk4-01") + "\n")
			succeed(cmd, `added "mk4-01"`)
		},
		run: func(line string) {
			address := testkit.FreeAddress(t)
			cmd := program(line)
			cmd.Env = append(cmd.Env, "OE_EXPORTER_WEB_LISTEN_ADDRESS="+address)
			p := testkit.StartReady(t, cmd, address)
			p.Until("the printer is probed", func() bool { return p.Value(`octoeverywhere_probe_success{printer="mk4-01"}`) == 1 })
		},
		run + " probe mk4-01": func(line string) {
			succeed(program(line), "✓ printer")
		},
	}
	lines := readmeBlocks(t, "sh")
	for _, line := range lines {
		if f := ran[line]; f != nil {
			f(line)
		} else {
			t.Errorf("nothing runs %q", line)
		}
	}
	for line := range ran {
		if !slices.Contains(lines, line) {
			t.Errorf("README.md has no %q", line)
		}
	}
}

// completionURL returns the URL to which the portal redirects for a printer, without an app token: its requests would go to the
// real service.
func completionURL(srv *simulator.Server, relay *simulator.Relay, name string) string {
	printers := relay.Printers()
	p := printers[slices.IndexFunc(printers, func(p simulator.Printer) bool { return p.Name == name })]
	return "https://octoeverywhere.com/appportal/v1/complete?" + url.Values{
		"success": {"true"}, "url": {srv.URL() + "/p/" + p.ID}, "printername": {p.Name}, "authBearerToken": {p.Bearer},
	}.Encode()
}

// TestReadmeShowsTheDemo: the series are those of the demo, and Prometheus parses the queries.
func TestReadmeShowsTheDemo(t *testing.T) {
	t.Parallel()
	p := testkit.Serve(t, "demo")
	series := readmeBlocks(t, "")
	if len(series) < 4 {
		t.Fatalf("only %q", series)
	}
	for _, line := range series {
		p.Until(line, func() bool { return slices.Contains(p.Metrics(line), line) })
	}

	queries := readmeBlocks(t, "promql")
	if len(queries) < 5 {
		t.Fatalf("only %q", queries)
	}
	var rules strings.Builder
	rules.WriteString("groups:\n- name: README\n  rules:\n")
	for i, q := range queries {
		fmt.Fprintf(&rules, "  - {record: query_%d, expr: %q}\n", i, q)
	}
	path := testkit.WriteFile(t, t.TempDir(), "rules.yml", "%s", rules.String())
	if out, err := exec.Command(testkit.Tool(t, "promtool"), "check", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
