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

// hour is the whole program in fake time, with secrets everywhere and everything going wrong.
type hour struct {
	t         *testing.T
	secrets   *testkit.Canaries
	relay     *simulator.Relay
	wire      *wiretap
	config    everySecret
	exporter  *exporter.Exporter
	path      string // of the configuration
	handler   http.Handler
	json, ink bytes.Buffer // the log, in both formats
	shown     int          // bytes that were searched
}

// everyAnswer are all formats in which metrics come.
var everyAnswer = []string{
	"", "application/openmetrics-text;version=1.0.0", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
	"text/plain;version=1.0.0;escaping=allow-utf-8",
}

// TestAnHourShowsNoSecret: all faults of the simulator and all echoes, one after the other, at printers whose entries hold a
// secret in each place; reloads, good ones and those with every slip; and all the time everything that can be seen is looked
// at: pages, metrics, JSON, debug output, profiles, the log, values that are printed, the stacks of all goroutines.
// CANARY_HOURS makes it longer.
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
			h.afflict(minute)
			time.Sleep(time.Minute)
			if minute%2 == 1 {
				h.reload(minute)
			}
			if minute%10 == 7 {
				h.look()
			}
		}
		cancel()
		running.Wait()
		h.look()
		h.judge(minutes)
	})
}

func newHour(t *testing.T) *hour {
	t.Helper()
	h := &hour{t: t, secrets: testkit.NewCanaries()}
	h.relay = simulator.New(simulator.Options{Printers: len(simulator.Faults()) + 8, Seed: 1, Latency: simulator.Latency{Min: 50 * time.Millisecond, Max: 300 * time.Millisecond}})
	addSecrets(h.secrets, h.relay.Printers())
	h.wire = &wiretap{relay: h.relay, t: t, echoing: map[string]bool{}, heard: map[string]int{}}
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
		Logger:     slog.New(slog.NewMultiHandler(slog.NewJSONHandler(&h.json, debug), tint.NewTextHandler(&h.ink, &tint.Options{Level: slog.LevelDebug}))),
		ConfigFile: path, Build: exporter.Build{Version: "test"}, RoundTripper: unseen(h.wire.RoundTrip), EnableLifecycle: true, EnablePprof: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.handler = h.exporter.Handler()
	return h
}

// afflict gives each printer another fault, and the service its own now and then.
func (h *hour) afflict(minute int) {
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

// reload takes a configuration with a slip, by request or because it changed, and then a good one with other credentials.
func (h *hour) reload(minute int) {
	names := make([]string, 0, len(slips))
	for name := range slips {
		names = append(names, name)
	}
	slices.Sort(names)
	name := names[minute/2%len(names)]
	testkit.WriteFile(h.t, h.config.dir, "config.yaml", "%s", slips[name])
	time.Sleep(16 * time.Second) // the exporter looks every 15 s
	if code, text := h.ask("POST", "/-/reload"); code != http.StatusInternalServerError {
		h.t.Errorf("a reload with %s: %d %s", name, code, text)
	}
	h.config.write(h.t, minute)
	if code, text := h.ask("POST", "/-/reload"); code != http.StatusOK {
		h.t.Errorf("a good reload: %d %s", code, text)
	}
}

// ask makes a request, looks for secrets in all of the answer, and gives it.
func (h *hour) ask(method, target string, header ...string) (int, string) {
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
	h.shown += len(text)
	h.secrets.Absent(h.t, where, text)
}

// look looks at everything that can be seen of the program.
func (h *hour) look() {
	h.t.Helper()
	for _, accept := range everyAnswer {
		if code, text := h.ask("GET", "/metrics", "Accept", accept); code != http.StatusOK || len(text) < 10_000 {
			h.t.Errorf("metrics as %s: %d, %d bytes", accept, code, len(text))
		}
	}
	for i, p := range h.relay.Printers() {
		for _, line := range testkit.Routes(h.t, p.Name) {
			method, target, _ := strings.Cut(line, " ")
			if target == "/-/reload" || i > 0 && !strings.Contains(target, p.Name) {
				continue
			}
			if code, text := h.ask(method, target); code != http.StatusOK {
				h.t.Errorf("%s: %d %s", line, code, text)
			}
		}
		h.ask("GET", "/probe?target="+p.Name+"&debug=true")
	}
	h.ask("GET", "/?layer=any&q=a")
	for _, profile := range []string{"goroutine?debug=1", "goroutine?debug=2", "heap?debug=1", "allocs?debug=1", "block?debug=1", "mutex?debug=1", "threadcreate?debug=1", "cmdline", "goroutine", "heap"} {
		h.ask("GET", "/debug/pprof/"+profile)
	}
	stacks := make([]byte, 4<<20)
	h.search("the stacks of all goroutines", string(stacks[:runtime.Stack(stacks, true)]))
	h.print()
}

// print prints everything that a person who debugs the program might print, in every way.
func (h *hour) print() {
	h.t.Helper()
	loaded, sources, err := config.Load(h.path)
	if err != nil {
		h.t.Fatal(err)
	}
	values := map[string]any{"the configuration": *loaded, "a pointer to the configuration": loaded, "sources": sources, "entries": h.exporter.Fleet().Entries(), "edges": probe.EdgesOf(direct(loaded.Targets))}
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

// judge looks at the log, and at what was asked.
func (h *hour) judge(minutes int) {
	h.search("the log as JSON", h.json.String())
	h.search("the log for people", h.ink.String())
	for _, word := range []string{`"request completed"`, `"printer status changed"`, `"reload failed, keeping the old configuration"`, `"configuration loaded"`} {
		if n := strings.Count(h.json.String(), word); n < minutes/4 {
			h.t.Errorf("only %d lines of the log are of %s: the test tests little", n, word)
		}
	}
	for kind := range echoes {
		if h.wire.heard[kind] == 0 {
			h.t.Errorf("%s was never heard", kind)
		}
	}
	total := h.relay.Total()
	if total.Forbidden+total.OtherMethods+total.Unknown != 0 {
		h.t.Errorf("what must not be asked was: %+v", total)
	}
	if total.Status < 5*minutes || total.Ping < minutes || total.Info < minutes/10 {
		h.t.Errorf("little was asked: %+v", total)
	}
	for _, p := range h.relay.Printers() {
		if c, err := h.relay.Counts(p.Name); err != nil || c.MaxConcurrent > 1 {
			h.t.Errorf("%s was asked twice at a time: %+v %v", p.Name, c, err)
		}
	}
	h.t.Logf("%d questions to the relay and %d echoes in %d minutes; %d MB were searched", total.Requests, h.wire.asked, minutes, h.shown>>20)
}

// unseen is a transport that nothing can be seen of when it is printed.
type unseen func(*http.Request) (*http.Response, error)

func (u unseen) RoundTrip(req *http.Request) (*http.Response, error) { return u(req) }

// direct are targets without a proxy: behind one nothing is known of edges.
func direct(targets []probe.Target) []probe.Target {
	targets = slices.Clone(targets)
	for i := range targets {
		targets[i].Settings.Proxy = nil
	}
	return targets
}
