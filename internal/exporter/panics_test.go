package exporter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/testkit"
)

// panickers are ways in which a request can panic.
var panickers = map[string]func(*http.Request) (*http.Response, error){
	"a text": func(r *http.Request) (*http.Response, error) { panic("requesting " + r.URL.String()) },
	"an error": func(r *http.Request) (*http.Response, error) {
		panic(fmt.Errorf("requesting %s: %w", r.URL, errors.ErrUnsupported))
	},
	"an index": func(r *http.Request) (*http.Response, error) { _ = r.URL.Path[len(r.URL.Path)+7]; return nil, nil },
	"a body": func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: panickingBody{r.URL.String()}, Request: r}, nil
	},
}

type panickingBody struct{ text string }

func (m panickingBody) Read([]byte) (int, error) { panic(m.text) }
func (panickingBody) Close() error               { return nil }

// panickingRelay is a relay in this process. While it is armed, requests to some printers panic.
type panickingRelay struct {
	relay     *simulator.Relay
	panickers map[string]func(*http.Request) (*http.Response, error) // by the printer's id

	mu    sync.Mutex
	armed bool
}

func (m *panickingRelay) arm(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.armed = yes
}

func (m *panickingRelay) RoundTrip(req *http.Request) (*http.Response, error) {
	m.mu.Lock()
	armed := m.armed
	m.mu.Unlock()
	id, _, _ := strings.Cut(req.URL.Host, ".")
	if panicker, ok := m.panickers[id]; ok && armed {
		return panicker(req)
	}
	return m.relay.Transport().RoundTrip(req)
}

// panicRecords returns the records of a log about panics, by the name of the job.
func panicRecords(t *testing.T, log string) map[string][]map[string]string {
	t.Helper()
	found := map[string][]map[string]string{}
	for line := range strings.Lines(log) {
		if !strings.Contains(line, `"level":"ERROR"`) {
			continue
		}
		var m map[string]string
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		found[m["name"]] = append(found[m["name"]], m)
	}
	return found
}

// TestPanicEndsItsProbeOnly: a bug that the responses of some printers trigger affects only these printers. Each panic is
// counted; one per hour is logged, with its stack and without its value. Once the bug is no longer triggered, they are
// probed as before.
func TestPanicEndsItsProbeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := simulator.New(simulator.Options{Printers: 12, Seed: 1})
		panicking := &panickingRelay{relay: relay, panickers: map[string]func(*http.Request) (*http.Response, error){}}
		secrets := testkit.NewCanaries()
		names := map[string]bool{}
		for _, p := range relay.Printers() {
			secrets.Add("the id of "+p.Name, p.ID)
			if p.Bearer != "" {
				secrets.Add("the token of "+p.Name, p.Bearer)
			}
		}
		for _, panicker := range panickers {
			p := relay.Printers()[len(names)]
			names[p.Name], panicking.panickers[p.ID] = true, panicker
		}
		var config, log bytes.Buffer
		if err := relay.WriteConfig(&config, simulator.ConfigOptions{ByHost: true}); err != nil {
			t.Fatal(err)
		}
		e := newExporter(t, Options{
			Logger: jsonLogger(&log), RoundTripper: panicking, ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", config.String()),
		})
		handler := e.Handler()
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := e.Run(ctx); err != nil {
				t.Error(err)
			}
		})

		time.Sleep(10 * time.Minute)
		before := probesMade(e)
		panicking.arm(true)
		time.Sleep(50 * time.Minute)
		synctest.Wait()
		for name, n := range probesMade(e) {
			s, _ := e.fleet.Status(name)
			_, known := s.Layer(1, time.Now())
			if names[name] && (n != before[name] || known) || !names[name] && n < before[name]+45 {
				t.Errorf("%s: %d probes at first, then %d; a layer is known: %v", name, before[name], n, known)
			}
		}
		records := panicRecords(t, log.String())
		for name := range names {
			if m := records[name]; len(m) != 1 || m[0]["component"] != "probe" || !strings.Contains(m[0]["stack"], "panics_test.go") || m[0]["panic"] == "" {
				t.Errorf("the log says of %s: %v", name, m)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/probe?target="+name, nil))
			if w.Code != http.StatusInternalServerError {
				t.Errorf("/probe of %s: %d %s", name, w.Code, w.Body)
			}
		}
		counted := metricsOf(handler)
		for _, want := range []string{fmt.Sprintf(`{component="probe"} %d`, (50+1)*len(panickers)), `{component="request"} 0`, "_probes_in_flight 0"} {
			if !strings.Contains(counted, want+"\n") {
				t.Errorf("no %s in %s", want, counted)
			}
		}
		time.Sleep(15 * time.Minute) // more than an hour after the first one
		synctest.Wait()
		if records := panicRecords(t, log.String()); len(records[relay.Printers()[0].Name]) != 2 {
			t.Error("after an hour it is not logged again")
		}

		panicking.arm(false)
		time.Sleep(2 * time.Minute)
		for name, n := range probesMade(e) {
			if n < before[name]+2 {
				t.Errorf("%s is no longer probed", name)
			}
		}
		cancel()
		running.Wait()
		secrets.Absent(t, "the log", log.String())
		for _, p := range relay.Printers() {
			if c, err := relay.Counts(p.Name); err != nil || c.MaxConcurrent > 1 {
				t.Errorf("%s had two requests in flight: %+v %v", p.Name, c, err)
			}
		}
	})
}

func probesMade(e *Exporter) map[string]uint64 {
	probes := map[string]uint64{}
	for s := range e.fleet.All() {
		probes[s.Name] = s.Probes
	}
	return probes
}

func metricsOf(handler http.Handler) string {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

// panickingHandler panics instead of logging that an edge is unreachable.
type panickingHandler struct{ slog.Handler }

func (h panickingHandler) Handle(ctx context.Context, r slog.Record) error {
	if strings.HasPrefix(r.Message, "edge unreachable") {
		panic(io.EOF)
	}
	return h.Handler.Handle(ctx, r)
}

// TestPanicEndsItsEdgeCheckOnly: it is recovered as that of a probe is.
func TestPanicEndsItsEdgeCheckOnly(t *testing.T) {
	var log bytes.Buffer
	e := newExporter(t, Options{
		Logger: slog.New(panickingHandler{jsonLogger(&log).Handler()}),
		ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml",
			"service: {url: 'https://127.0.0.1:1'}\nprinters: [{name: a, url: 'https://127.0.0.1:1/a'}]\n"),
	})
	jobs := e.jobs([]probe.Edge{{Name: e.edges.All()[0].Name}})
	jobs[len(jobs)-1].Run(t.Context(), time.Now())
	if m := panicRecords(t, log.String())["127.0.0.1:1"]; len(m) != 1 || m[0]["component"] != "edge" {
		t.Errorf("the log says %s", log.String())
	}
	if text := metricsOf(e.Handler()); !strings.Contains(text, `{component="edge"} 1`+"\n") {
		t.Error("it is not counted")
	}
}
