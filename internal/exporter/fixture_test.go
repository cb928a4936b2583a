package exporter

import (
	"bytes"
	"log/slog"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// withLimits are the limits that the flags have by default.
var withLimits = Options{MaxRequests: 40, MaxConnections: 512}

// simulated returns an exporter of n simulated printers, each of which was probed once.
func simulated(t *testing.T, n int, o Options) *Exporter {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: n, Seed: 1})
	var config bytes.Buffer
	if err := relay.WriteConfig(&config, simulator.ConfigOptions{ByHost: true}); err != nil {
		t.Fatal(err)
	}
	o.ConfigFile, o.RoundTripper = testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", config.String()), relay.Transport()
	e := newExporter(t, o)
	for _, p := range relay.Printers() {
		if _, _, err := e.fleet.ProbeNow(t.Context(), p.Name); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func newExporter(t *testing.T, o Options) *Exporter {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// jsonLogger logs everything as JSON.
func jsonLogger(to *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
