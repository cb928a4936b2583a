package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// changesAtARestart are the metrics of printers that another scrape after a restart may have other values of: counters without
// memory, times of the schedule, and what the printer itself says, which is unknown until its first probe.
var changesAtARestart = regexp.MustCompile(`^octoeverywhere_(probes_total|probe_failures_total|probe_errors_total|next_probe_timestamp_seconds|` +
	`printer_state|printer_info|printer_attention|printer_state_since_timestamp_seconds|temperature_\w+|gadget_\w+|` +
	`print_(progress_ratio|duration_seconds|time_left_seconds|layer|layers)|request_duration_seconds\w*|edge_\w+|exporter_\w+)[{ ]`)

// seriesOf returns the values of all series of printers that a restart must not change.
func seriesOf(p *testkit.Process) map[string]string {
	series := map[string]string{}
	for _, line := range p.Metrics("octoeverywhere_") {
		if name, value, ok := strings.Cut(line, "} "); ok && !changesAtARestart.MatchString(line) {
			series[name+"}"] = value
		}
	}
	return series
}

// TestARestartForgetsNothing: two scrapes, before and after a restart, are the same but for what changesAtARestart says.
func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	relay := simulator.Demo(1)
	dir := t.TempDir()
	config := writeConfig(t, dir, listen(t, relay, "127.0.0.1:0"), simulator.ConfigOptions{Interval: time.Minute, Timeout: time.Second})
	serve := func() *testkit.Process {
		return testkit.Serve(t, "serve", "--config.file="+config, "--storage.path="+filepath.Join(dir, "state"), "--web.enable-lifecycle")
	}
	p := serve()
	printing := func() (name string) {
		for _, line := range p.Metrics("octoeverywhere_printer_state{", `state="printing"`, "} 1") {
			name = regexp.MustCompile(`printer="([^"]*)"`).FindStringSubmatch(line)[1]
		}
		return name
	}
	p.Until("a printer prints, and all are probed", func() bool {
		return printing() != "" && len(p.Metrics("octoeverywhere_probes_total{", "} 0")) == 0
	})
	lost := printing()
	if err := relay.SetFault(lost, simulator.Offline); err != nil {
		t.Fatal(err)
	}
	p.Post("/-/probe?target=" + lost)
	p.Until("the print is lost", func() bool {
		return len(p.Metrics("octoeverywhere_lost_during_print{", `printer="`+lost+`"`, "} 1")) == 1
	})
	before := seriesOf(p)
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	p = serve()
	after := seriesOf(p)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if after[name] != before[name] && !strings.HasPrefix(name, "octoeverywhere_last_probe") && !strings.HasPrefix(name, "octoeverywhere_probe_duration") {
			t.Errorf("%s was %s, and is %q", name, before[name], after[name])
		}
	}
	if len(before) < 200 {
		t.Errorf("only %d series are compared", len(before))
	}
	if restored := p.Value("octoeverywhere_exporter_storage_restored_printers"); restored != float64(len(relay.Printers())) {
		t.Errorf("%v printers are restored", restored)
	}
	if status, body := p.Get("/api/v1/printers/" + lost + "/history"); status != 200 || !strings.Contains(body, "plugin_offline") {
		t.Errorf("%d %s", status, body)
	}
}

// TestAKilledExporterGoesOn with what it knew a second before.
func TestAKilledExporterGoesOn(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	config := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a", "b", "c"))
	since := 0.0
	for i := range 3 {
		p := testkit.Serve(t, "serve", "--config.file="+config, "--storage.path="+filepath.Join(dir, "state"))
		transition := func() float64 { return p.Value(`octoeverywhere_last_transition_timestamp_seconds{printer="b"}`) }
		p.Until("it is probed", func() bool { return p.Value(`octoeverywhere_probes_total{printer="b"}`) > 0 })
		p.Until("that is written, or was before", func() bool {
			return i > 0 || p.Value("octoeverywhere_exporter_storage_last_write_timestamp_seconds") >= transition()
		})
		if i > 0 && transition() != since {
			t.Errorf("since %f, not %f", transition(), since)
		}
		since = transition()
		if errors := p.Value("octoeverywhere_exporter_storage_errors_total"); errors != 0 {
			t.Errorf("%v errors:\n%s", errors, p.Output())
		}
		p.Kill()
	}
}

// TestTheStorageHasOneWriter: a second exporter says so and ends.
func TestTheStorageHasOneWriter(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	config := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
	testkit.Serve(t, "serve", "--config.file="+config, "--storage.path="+dir)
	out, err := testkit.Program("serve", "--config.file="+config, "--storage.path="+dir, "--web.listen-address="+testkit.FreeAddress(t)).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another process uses it; each exporter needs a folder of its own") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAStorageThatCannotBeUsed is reported, and changes nothing else.
func TestAStorageThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"the folder is a file": func(t *testing.T, dir string) { testkit.WriteFile(t, filepath.Dir(dir), filepath.Base(dir), "x") },
		"the file is text": func(t *testing.T, dir string) {
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			testkit.WriteFile(t, dir, "state.db", "%s", strings.Repeat("text\n", 10_000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			prepare(t, filepath.Join(dir, "state"))
			config := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "a"))
			p := testkit.Serve(t, "serve", "--config.file="+config, "--storage.path="+filepath.Join(dir, "state"))
			p.Until("it is probed", func() bool { return p.Healthy() == 1 })
			if p.Value("octoeverywhere_exporter_storage_errors_total") == 0 || !strings.Contains(p.Output(), `"level":"ERROR","msg":"storage`) {
				t.Errorf("no error is told:\n%s", p.Output())
			}
			p.Signal(syscall.SIGTERM)
			p.WaitEnd()
		})
	}
}

// TestTheEndWritesWhatIsLeft, also while a dial never ends.
func TestTheEndWritesWhatIsLeft(t *testing.T) {
	t.Parallel()
	relay, responses := relayOf(t)
	dir := t.TempDir()
	text := configuration(relay.URL, "a") + "- {name: hangs, url: 'http://" + acceptOnly(t) + "', authorization: {credentials: x}, interval: 100s, timeout: 100s}\n"
	config := testkit.WriteFile(t, dir, "config.yaml", "%s", text)
	serve := func() *testkit.Process {
		return testkit.Serve(t, "serve", "--config.file="+config, "--storage.path="+filepath.Join(dir, "state"))
	}
	p := serve()
	responses.Store(&map[string]string{"a": `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":42,"FileName":"x.gcode"}}}}`})
	p.Until("a prints, and a request hangs", func() bool {
		return len(p.Metrics("octoeverywhere_print_start_timestamp_seconds{")) == 1 && p.Value("octoeverywhere_exporter_probes_in_flight") > 0
	})
	start := p.Metrics("octoeverywhere_print_start_timestamp_seconds{")
	begun := time.Now()
	p.Signal(syscall.SIGTERM)
	p.WaitEnd()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
	p = serve()
	if got := p.Metrics("octoeverywhere_print_start_timestamp_seconds{"); !slices.Equal(got, start) {
		t.Errorf("%q, not %q", got, start)
	}
}
