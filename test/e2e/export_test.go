package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// exportTargets returns what the program exports for Prometheus.
func exportTargets(t *testing.T, args ...string) string {
	t.Helper()
	cmd := testkit.Program(append([]string{"export", "--targets"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return string(out)
}

// TestExportedTargets are what /sd of an exporter with the same configuration and flags lists, and Prometheus reads them from a file.
func TestExportedTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s%s", idlePrinters(9), `- {name: "Büro 2 – <links>", url: "http://127.0.0.1:1/canary", labels: {note: "a \"b\", c", site: ""}}
- {name: sold, url: "http://127.0.0.1:1/sold", enabled: false}
`)
	for _, flags := range [][]string{nil, {"--shard.total=2"}, {"--shard.total=2", "--shard.index=1"}} {
		flags = append(flags, "--config.file="+path)
		exported := exportTargets(t, flags...)
		_, served := testkit.Serve(t, append([]string{"serve"}, flags...)...).Get("/sd")
		if d := cmp.Diff(served, exported); d != "" {
			t.Errorf("%v: %s", flags, d)
		}
		if targets := strings.Count(exported, "__meta_octoeverywhere_printer"); targets == 0 || (len(flags) == 1) != (targets == 10) {
			t.Errorf("%v: %d targets", flags, targets)
		}
		testkit.WriteFile(t, dir, "targets.json", "%s", exported)
		config := testkit.WriteFile(t, dir, "prometheus.yml", "scrape_configs: [{job_name: octoeverywhere, file_sd_configs: [{files: [targets.json]}]}]\n")
		if out, err := exec.Command(testkit.Tool(t, "promtool"), "check", "config", config).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// TestExportWithoutPrinters is an empty list; an invalid configuration is an error, and nothing is printed.
func TestExportWithoutPrinters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none := testkit.WriteFile(t, dir, "none.yaml", "printer_files: [printers.d/*.yaml]\n")
	if text := exportTargets(t, "--config.file="+none); text != "[]\n" {
		t.Errorf("%q", text)
	}
	wrong := testkit.Program("export", "--targets", "--config.file="+testkit.WriteFile(t, dir, "wrong.yaml", "printerz: []\n"))
	if out, _ := wrong.Output(); len(out) > 0 || wrong.ProcessState.ExitCode() != exitFailed {
		t.Errorf("%v %s", wrong.ProcessState, out)
	}
	for _, args := range [][]string{{"export"}, {"export", "--targets", "--shard.index=1"}} {
		if code, text := runProgram(t, nil, args...); code != 80 {
			t.Errorf("%v: %d %s", args, code, text)
		}
	}
}
