package cli

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

	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
)

// mines are ways in which asking a printer meets a mistake of ours.
var mines = map[string]func(*http.Request) (*http.Response, error){
	"a text": func(r *http.Request) (*http.Response, error) { panic("asking " + r.URL.String()) },
	"an error": func(r *http.Request) (*http.Response, error) {
		panic(fmt.Errorf("asking %s: %w", r.URL, errors.ErrUnsupported))
	},
	"an index": func(r *http.Request) (*http.Response, error) { _ = r.URL.Path[len(r.URL.Path)+7]; return nil, nil },
	"a body": func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: mined{r.URL.String()}, Request: r}, nil
	},
}

type mined struct{ text string }

func (m mined) Read([]byte) (int, error) { panic(m.text) }
func (mined) Close() error               { return nil }

// minefield is a relay in process. Some printers' questions end in a panic of ours while it is armed.
type minefield struct {
	relay *simulator.Relay
	mines map[string]func(*http.Request) (*http.Response, error) // by the printer's id

	mu    sync.Mutex
	armed bool
}

func (m *minefield) arm(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.armed = yes
}

func (m *minefield) RoundTrip(req *http.Request) (*http.Response, error) {
	m.mu.Lock()
	armed := m.armed
	m.mu.Unlock()
	id, _, _ := strings.Cut(req.URL.Host, ".")
	if mine, ok := m.mines[id]; ok && armed {
		return mine(req)
	}
	return m.relay.Transport().RoundTrip(req)
}

// mistakes are the lines of a log that tell of a panic, by the name of what it ended.
func mistakes(t *testing.T, log string) map[string][]map[string]string {
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

// TestAPanicEndsItsProbeOnly: a mistake of ours that some printers' answers meet costs the knowledge of these printers, and
// nothing else. It is counted each time and logged once an hour, with its place and without its value; and when it is met no
// more, all is as before.
func TestAPanicEndsItsProbeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := simulator.New(simulator.Options{Printers: 12, Seed: 1})
		field := &minefield{relay: relay, mines: map[string]func(*http.Request) (*http.Response, error){}}
		secrets := newCanaries()
		secrets.addAll(relay.Printers())
		names := map[string]bool{}
		for _, mine := range mines {
			p := relay.Printers()[len(names)]
			names[p.Name], field.mines[p.ID] = true, mine
		}
		var config, log bytes.Buffer
		if err := relay.WriteConfig(&config, simulator.ConfigOptions{ByHost: true}); err != nil {
			t.Fatal(err)
		}
		a := newApp(newLogger(&log, slog.LevelDebug, "json"), file(t, t.TempDir(), "config.yaml", "%s", config.String()), shard.Shard{}, build{}, nil)
		a.via = field
		if err := a.reload(); err != nil {
			t.Fatal(err)
		}
		a.schedule.Set(a.jobs(nil)) // edges are real
		handler := a.handler(defaultLimits, build{})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { a.schedule.Run(ctx) })

		time.Sleep(10 * time.Minute)
		before := probesMade(a)
		field.arm(true)
		time.Sleep(50 * time.Minute)
		synctest.Wait()
		for name, n := range probesMade(a) {
			s, _ := a.fleet.Status(name)
			_, known := s.Layer(1, time.Now())
			if names[name] && (n != before[name] || known) || !names[name] && n < before[name]+45 {
				t.Errorf("%s: %d probes at first, then %d; anything is known of it: %v", name, before[name], n, known)
			}
		}
		told := mistakes(t, log.String())
		for name := range names {
			if m := told[name]; len(m) != 1 || m[0]["during"] != "probe" || !strings.Contains(m[0]["stack"], "panics_test.go") || m[0]["what"] == "" {
				t.Errorf("the log says of %s: %v", name, m)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/probe?target="+name, nil))
			if w.Code != http.StatusInternalServerError {
				t.Errorf("/probe of %s: %d %s", name, w.Code, w.Body)
			}
		}
		counted := metricsOf(handler)
		for _, want := range []string{fmt.Sprintf(`{during="probe"} %d`, 50*len(mines)), fmt.Sprintf(`{during="request"} %d`, len(mines)), "_probes_under_way 0"} {
			if !strings.Contains(counted, want+"\n") {
				t.Errorf("no %s in %s", want, counted)
			}
		}
		time.Sleep(15 * time.Minute) // more than an hour after the first one
		synctest.Wait()
		if told := mistakes(t, log.String()); len(told[relay.Printers()[0].Name]) != 2 {
			t.Error("after an hour the log is not told again")
		}

		field.arm(false)
		time.Sleep(2 * time.Minute)
		for name, n := range probesMade(a) {
			if n < before[name]+2 {
				t.Errorf("%s is not probed any more", name)
			}
		}
		cancel()
		running.Wait()
		secrets.absent(t, "the log", log.String())
		for _, p := range relay.Printers() {
			if c, err := relay.Counts(p.Name); err != nil || c.MaxConcurrent > 1 {
				t.Errorf("%s was asked twice at a time: %+v %v", p.Name, c, err)
			}
		}
	})
}

func probesMade(a *app) map[string]uint64 {
	probes := map[string]uint64{}
	for s := range a.fleet.All() {
		probes[s.Name] = s.Probes
	}
	return probes
}

func metricsOf(handler http.Handler) string {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

// TestAPanicEndsItsTryOfAnEdgeOnly: it is contained as that of a probe is.
func TestAPanicEndsItsTryOfAnEdgeOnly(t *testing.T) {
	var log bytes.Buffer
	a := newApp(newLogger(&log, slog.LevelDebug, "json"), file(t, t.TempDir(), "config.yaml",
		"service: {url: 'https://127.0.0.1:1'}\nprinters: [{name: a, url: 'https://127.0.0.1:1/a'}]\n"), shard.Shard{}, build{}, nil)
	a.edges = probe.NewEdges(func(probe.EdgeStatus, probe.EdgeStatus) { panic(io.EOF) }, nil)
	if err := a.reload(); err != nil {
		t.Fatal(err)
	}
	jobs := a.jobs([]probe.Edge{{Name: a.edges.All()[0].Name}})
	jobs[len(jobs)-1].Run(t.Context(), time.Now())
	if m := mistakes(t, log.String())["127.0.0.1:1"]; len(m) != 1 || m[0]["during"] != "edge" {
		t.Errorf("the log says %s", log.String())
	}
	if text := metricsOf(a.handler(defaultLimits, build{})); !strings.Contains(text, `{during="edge"} 1`+"\n") {
		t.Error("it is not counted")
	}
}

// TestAPanicOfACommandShowsNoSecret: not even at the very end.
func TestAPanicOfACommandShowsNoSecret(t *testing.T) {
	secrets := newCanaries()
	var said bytes.Buffer
	code := func() (code int) {
		defer func() { code = endBy(recover(), &said) }()
		panic("https://" + mark + ".octoeverywhere.com")
	}()
	if code != exitMistake || !strings.Contains(said.String(), "value of type string") || !strings.Contains(said.String(), "panics_test.go") {
		t.Errorf("%d: %s", code, said.String())
	}
	secrets.absent(t, "what a command says", said.String())
	if code := endBy(exited(3), &said); code != 3 {
		t.Errorf("kong's %d", code)
	}
}
