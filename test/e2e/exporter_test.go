package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestExporterWithoutCommandLine builds and runs an exporter in this process: it probes, serves, reloads and ends, and
// leaves no goroutine.
func TestExporterWithoutCommandLine(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	relay := simulator.New(simulator.Options{Printers: 3, Seed: 1})
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	path := writeConfig(t, t.TempDir(), srv, simulator.ConfigOptions{Interval: time.Second, Timeout: time.Second})
	e, err := exporter.New(exporter.Options{ConfigFile: path, ListenAddresses: []string{"127.0.0.1:0"}, HealthAddress: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	metrics := func() string {
		resp, err := client.Get("http://" + e.Addresses()[0].String() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for end := time.Now().Add(time.Minute); strings.Count(metrics(), `octoeverywhere_layer_up{layer="host",`) < 3; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not all printers are probed:\n%s", metrics())
		}
	}
	if err := e.Reload(); err != nil {
		t.Error(err)
	}
	if text := metrics(); !strings.Contains(text, "octoeverywhere_exporter_config_last_reload_successful 1\n") || strings.Count(text, "\noctoeverywhere_probe_success{") != 3 {
		t.Errorf("after a reload: %s", text)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestExporterKeepsItsConfiguration: an invalid one fails New, and in Reload changes nothing.
func TestExporterKeepsItsConfiguration(t *testing.T) {
	relay := simulator.New(simulator.Options{Printers: 2, Seed: 1})
	var config bytes.Buffer
	if err := relay.WriteConfig(&config, simulator.ConfigOptions{ByHost: true}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", config.String())
	e, err := exporter.New(exporter.Options{ConfigFile: path, RoundTripper: relay.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	testkit.WriteFile(t, dir, "config.yaml", "printers: [{nam: canary}]\n")
	if err := e.Reload(); err == nil || !strings.Contains(err.Error(), `did you mean "name"?`) {
		t.Errorf("an invalid configuration: %v", err)
	}
	if n := e.Fleet().Len(); n != 2 {
		t.Errorf("%d printers are left", n)
	}
	if _, err := exporter.New(exporter.Options{ConfigFile: path}); err == nil {
		t.Error("New accepts an invalid configuration")
	}
}
