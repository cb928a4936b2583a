package secrets

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lmittmann/tint"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/testkit"
)

// hour is an exporter in fake time, with secrets everywhere and all faults.
type hour struct {
	t          *testing.T
	secrets    *testkit.Canaries
	relay      *simulator.Relay
	wire       *wiretap
	config     everySecret
	exporter   *exporter.Exporter
	path       string // of the configuration
	handler    http.Handler
	json, text bytes.Buffer // the log in both formats
	searched   int          // bytes
}

// metricFormats are all formats of metrics.
var metricFormats = []string{
	"", "application/openmetrics-text;version=1.0.0", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	"text/plain;version=1.0.0;escaping=allow-utf-8",
}

// TestAnHourShowsNoSecret: printers whose entries hold a secret in each place meet all faults of the simulator and all echoes;
// the configuration is reloaded, with each user error and without. Everything that can be seen is searched: pages, metrics,
// JSON, debug output, profiles, the log, printed values, the stacks of all goroutines. CANARY_HOURS makes it longer.
func TestAnHourShowsNoSecret(t *testing.T) {
	hours := 1
	if text := os.Getenv("CANARY_HOURS"); text != "" {
		if _, err := fmt.Sscan(text, &hours); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		h := newHour(t)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := h.exporter.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		minutes := 60 * hours
		for minute := range minutes {
			h.setFaults(minute)
			time.Sleep(time.Minute)
			if minute%2 == 1 {
				h.reload(minute)
			}
			if minute%10 == 7 {
				h.searchAll()
			}
		}
		h.searchAll()
		cancel()
		running.Wait()
		h.checkCoverage(minutes)
	})
}

func newHour(t *testing.T) *hour {
	t.Helper()
	h := &hour{t: t, secrets: testkit.NewCanaries()}
	h.relay = simulator.New(simulator.Options{Printers: len(simulator.Faults()) + 8, Seed: 1, Latency: simulator.Latency{Min: 50 * time.Millisecond, Max: 300 * time.Millisecond}})
	addSecrets(h.secrets, h.relay.Printers())
	h.wire = &wiretap{relay: h.relay, t: t, echoing: map[string]bool{}, sent: map[string]int{}}
	for _, p := range h.relay.Printers()[len(simulator.Faults()):] {
		h.wire.echoing[p.ID] = true
	}
	cert, key := clientPEM(t, h.secrets)
	h.config = everySecret{dir: t.TempDir(), relay: h.relay, cert: cert, key: key}
	path, _ := h.config.write(t, 0)
	debug := &slog.HandlerOptions{Level: slog.LevelDebug}
	h.path = path
	var err error
	h.exporter, err = exporter.New(exporter.Options{
		Logger:     slog.New(slog.NewMultiHandler(slog.NewJSONHandler(&h.json, debug), tint.NewTextHandler(&h.text, &tint.Options{Level: slog.LevelDebug}))),
		ConfigFile: path, Build: exporter.Build{Version: "test"}, RoundTripper: opaqueTransport(h.wire.RoundTrip), EnableLifecycle: true, EnablePprof: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.handler = h.exporter.Handler()
	return h
}

// setFaults gives each printer another fault, and sometimes the service.
func (h *hour) setFaults(minute int) {
	words := append(simulator.Faults(), simulator.None, "699", "300", "418", "799", "750")
	for i, p := range h.relay.Printers() {
		if err := h.relay.SetFault(p.Name, words[(i+minute)%len(words)]); err != nil {
			h.t.Fatal(err)
		}
	}
	switch minute % 20 {
	case 5:
		h.relay.ServiceDown()
	case 6:
		h.relay.ServiceUp()
	case 12:
		h.relay.RestartService()
	}
}

// reload loads an invalid configuration, because it changed and by request, and then a valid one with other credentials.
func (h *hour) reload(minute int) {
	names := make([]string, 0, len(userErrors))
	for name := range userErrors {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[minute/2%len(names)]
	testkit.WriteFile(h.t, h.config.dir, "config.yaml", "%s", userErrors[name])
	time.Sleep(16 * time.Second) // it is checked for changes every 15 s
	if code, text := h.request("POST", "/-/reload"); code != http.StatusInternalServerError {
		h.t.Errorf("a reload with %s: %d %s", name, code, text)
	}
	h.config.write(h.t, minute)
	if code, text := h.request("POST", "/-/reload"); code != http.StatusOK {
		h.t.Errorf("a valid reload: %d %s", code, text)
	}
}

// request sends a request, and searches and returns the response.
func (h *hour) request(method, target string, header ...string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	h.search(method+" "+target, fmt.Sprint(w.Header())+w.Body.String())
	return w.Code, w.Body.String()
}

func (h *hour) search(where, text string) {
	h.t.Helper()
	h.searched += len(text)
	h.secrets.Absent(h.t, where, text)
}

// searchAll searches everything that can be seen of the program.
func (h *hour) searchAll() {
	h.t.Helper()
	for _, accept := range metricFormats {
		if code, text := h.request("GET", "/metrics", "Accept", accept); code != http.StatusOK || len(text) < 10_000 {
			h.t.Errorf("metrics as %s: %d, %d bytes", accept, code, len(text))
		}
	}
	for i, p := range h.relay.Printers() {
		for _, line := range testkit.Routes(h.t, p.Name) {
			method, target, _ := strings.Cut(line, " ")
			if target == "/-/reload" || i > 0 && !strings.Contains(target, p.Name) {
				continue
			}
			code, text := h.request(method, target)
			if noneLost := code == http.StatusConflict && strings.HasPrefix(target, "/-/acknowledge"); code != http.StatusOK && !noneLost {
				h.t.Errorf("%s: %d %s", line, code, text)
			}
		}
		h.request("GET", "/probe?target="+p.Name+"&debug=true")
	}
	h.request("GET", "/?layer=any&q=a")
	for _, profile := range []string{"goroutine?debug=1", "goroutine?debug=2", "heap?debug=1", "allocs?debug=1", "block?debug=1", "mutex?debug=1", "threadcreate?debug=1", "cmdline", "goroutine", "heap"} {
		h.request("GET", "/debug/pprof/"+profile)
	}
	stacks := make([]byte, 4<<20)
	h.search("the stacks of all goroutines", string(stacks[:runtime.Stack(stacks, true)]))
	h.searchValues()
}

// searchValues prints all values that a debugging session might print, in every format.
func (h *hour) searchValues() {
	h.t.Helper()
	loaded, sources, err := config.Load(h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	values := map[string]any{"the configuration": *loaded, "a pointer to the configuration": loaded, "sources": sources, "entries": h.exporter.Fleet().Entries(), "edges": probe.EdgesOf(withoutProxy(loaded.Targets))}
	for _, e := range h.exporter.Fleet().Entries() {
		values["target "+e.Target.Name] = e.Target
		values["settings of "+e.Target.Name] = e.Target.Settings
		status, steps, err := h.exporter.Fleet().Current(h.t.Context(), e.Target.Name)
		if err != nil {
			h.t.Fatal(err)
		}
		values["status of "+e.Target.Name], values["results of "+e.Target.Name] = *status, steps
	}
	var log bytes.Buffer
	for what, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			h.search(verb+" of "+what, fmt.Sprintf(verb, v))
		}
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(tint.NewTextHandler(&log, nil)).Info("x", "v", v)
	}
	h.search("a log of values", log.String())
}

// checkCoverage searches the log, and checks that this test has tested enough.
func (h *hour) checkCoverage(minutes int) {
	h.search("the log as JSON", h.json.String())
	h.search("the log for people", h.text.String())
	for _, word := range []string{`"request completed"`, `"printer status changed"`, `"reload failed, keeping the old configuration"`, `"configuration loaded"`} {
		if n := strings.Count(h.json.String(), word); n < minutes/4 {
			h.t.Errorf("only %d records of the log are %s", n, word)
		}
	}
	for kind := range echoes {
		if h.wire.sent[kind] == 0 {
			h.t.Errorf("%s was never sent", kind)
		}
	}
	total := h.relay.Total()
	if total.Forbidden+total.OtherMethods+total.Unknown != 0 {
		h.t.Errorf("forbidden requests: %+v", total)
	}
	if total.Status < 5*minutes || total.Ping < minutes || total.Info < minutes/10 {
		h.t.Errorf("too few requests: %+v", total)
	}
	for _, p := range h.relay.Printers() {
		if c, err := h.relay.Counts(p.Name); err != nil || c.MaxConcurrent > 1 {
			h.t.Errorf("%s had two requests in flight: %+v %v", p.Name, c, err)
		}
	}
	h.t.Logf("%d requests to the relay and %d echoes in %d minutes; %d MB were searched", total.Requests, h.wire.asked, minutes, h.searched>>20)
}

// opaqueTransport is a transport whose value shows nothing when it is printed.
type opaqueTransport func(*http.Request) (*http.Response, error)

func (u opaqueTransport) RoundTrip(req *http.Request) (*http.Response, error) { return u(req) }

// withoutProxy returns targets without a proxy: behind a proxy there are no edges.
func withoutProxy(targets []probe.Target) []probe.Target {
	targets = slices.Clone(targets)
	for i := range targets {
		targets[i].Settings.Proxy = nil
	}
	return targets
}
