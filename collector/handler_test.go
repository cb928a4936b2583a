package collector

import (
	"context"
	"errors"
	"io"
	"iter"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

var errTest = errors.New("a test")

func TestGzipIsNegotiated(t *testing.T) {
	for accepts, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "deflate, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false,
		"identity": false, "*": true, "*;q=0": false, "gzip;q=0, *": false, "*;q=0, gzip": true, "zstd, br": false, "gzip;q=odd": false,
	} {
		if got := acceptsGzip(http.Header{"Accept-Encoding": {accepts}}); got != want {
			t.Errorf("%q: got %t", accepts, got)
		}
	}
}

// TestHandlerOverHTTP: a real client, which accepts gzip by itself, reads the complete exposition, and Vary is set for caches.
func TestHandlerOverHTTP(t *testing.T) {
	c := New(optionsOf(busy(1000)))
	server := httptest.NewServer(c.Handler())
	defer server.Close()
	for what, compressed := range map[string]bool{"plain": false, "compressed": true} {
		client := &http.Client{Transport: &http.Transport{DisableCompression: !compressed}}
		r, err := client.Get(server.URL + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(t, r)
		_ = r.Body.Close()
		client.CloseIdleConnections()
		type response struct {
			Status       int
			Uncompressed bool
			Vary         string
			Printers     int
			Whole        bool
		}
		got := response{
			r.StatusCode, r.Uncompressed, r.Header.Get("Vary"), strings.Count(text, "\n"+prefix+"probes_total{"),
			strings.HasPrefix(text, "# HELP go_") && strings.Contains(text, "\nprocess_"),
		}
		if d := cmp.Diff(response{200, compressed, "Accept, Accept-Encoding", 1000, true}, got); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
}

// TestScrapesWhileThePrintersChange is for the race detector: everything at once, and each exposition is complete.
func TestScrapesWhileThePrintersChange(t *testing.T) {
	var statuses [50]atomic.Pointer[probe.Status]
	for i := range statuses {
		s := probe.NewStatus(probe.Target{Name: "p" + time.Duration(i).String(), Interval: time.Minute})
		statuses[i].Store(&s)
	}
	o := optionsOf(func() iter.Seq[*probe.Status] {
		return func(yield func(*probe.Status) bool) {
			for i := range statuses {
				if !yield(statuses[i].Load()) {
					return
				}
			}
		}
	})
	c := New(o)
	ctx, cancel := context.WithCancel(t.Context())
	var probing, scraping sync.WaitGroup
	probing.Go(func() {
		bodies := []string{printing, `{"Status":785}`, idle, `{"Status":601}`}
		for n := 0; ctx.Err() == nil; n++ {
			f, reading := probe.Judge(probe.StatusRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: 200, Body: []byte(bodies[n%len(bodies)])})
			s := statuses[n%len(statuses)].Load().Next(probe.Result{Request: probe.StatusRequest, Sent: time.Now(), Fault: f, Reading: reading})
			statuses[n%len(statuses)].Store(&s)
			o.Recorder.RequestDone(probe.StatusRequest, time.Millisecond)
			o.Recorder.ProbeStarted(time.Millisecond)
			o.Recorder.Reloaded(n%2 == 0, time.Now())
		}
	})
	for i := range 8 {
		scraping.Go(func() {
			for range 4 {
				accept := []string{"text/plain", wantsOpenMetrics, wantsProtobuf}[i%3]
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
				r.Header.Set("Accept", accept)
				w := httptest.NewRecorder()
				c.Handler().ServeHTTP(w, r)
				if w.Code != 200 || accept == wantsOpenMetrics && !strings.HasSuffix(w.Body.String(), "\n# EOF\n") {
					t.Errorf("%s: %d, %d bytes", accept, w.Code, w.Body.Len())
				}
				if strings.Contains(w.Body.String(), "} NaN") {
					t.Error("there is NaN")
				}
			}
		})
	}
	scraping.Wait()
	cancel()
	probing.Wait()
}

// TestAFailedGatherIsAnError: a scrape without the exporter's own metrics would look complete.
func TestAFailedGatherIsAnError(t *testing.T) {
	c := New(optionsOf(fleet()))
	desc := prometheus.NewDesc("broken", "Breaks.", nil, nil)
	if err := c.registry.Register(failing{desc}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), errTest.Error()) {
		t.Errorf("got %d: %s", w.Code, w.Body)
	}
}

type failing struct{ *prometheus.Desc }

func (f failing) Describe(ch chan<- *prometheus.Desc) { ch <- f.Desc }
func (f failing) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.NewInvalidMetric(f.Desc, errTest)
}

// TestATruncatedExpositionIsAnError: a panic while it is written aborts the connection.
func TestATruncatedExpositionIsAnError(t *testing.T) {
	o := optionsOf(busy(3000))
	o.Schedule = nextProbes(func(*probe.Status) time.Time { panic(errTest) })
	c := New(o)
	server := httptest.NewUnstartedServer(c.Handler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	r, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if len(b) == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the client read %d bytes and saw %v", len(b), err)
	}
}

func TestOwnMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		o.ShardIndex, o.ShardTotal = 1, 3
		o.Tags, o.ExternalURL = "netgo", "https://example.com/oe/"
		down := probe.EdgeStatus{Name: "down.example", At: time.Now(), Fault: fault.Fault{Layer: fault.Network}}
		down.Attempt.Durations[probe.Resolving] = time.Millisecond
		o.Edges = edgeStatuses{shown(), down, {Name: "new.example"}}
		c := New(o)
		o.Recorder.Reloaded(true, time.Unix(1_800_000_000, 0))
		o.Recorder.Reloaded(false, time.Unix(1_800_000_060, 0))
		o.Recorder.WebConfigRead(true)
		o.Recorder.Panicked(ProbeComponent)
		o.Recorder.RequestRejected()
		want := `
# HELP octoeverywhere_edge_certificate_expiry_timestamp_seconds Unix time when the earliest certificate of the edge's last chain expires.
# TYPE octoeverywhere_edge_certificate_expiry_timestamp_seconds gauge
octoeverywhere_edge_certificate_expiry_timestamp_seconds{edge="octoeverywhere.com"} 1.9e+09
# HELP octoeverywhere_edge_phase_duration_seconds Duration of a phase of the last new connection to the edge in seconds.
# TYPE octoeverywhere_edge_phase_duration_seconds gauge
octoeverywhere_edge_phase_duration_seconds{edge="down.example",phase="resolve"} 0.001
octoeverywhere_edge_phase_duration_seconds{edge="octoeverywhere.com",phase="connect"} 0.002
octoeverywhere_edge_phase_duration_seconds{edge="octoeverywhere.com",phase="resolve"} 0.001
octoeverywhere_edge_phase_duration_seconds{edge="octoeverywhere.com",phase="tls"} 0.003
# HELP octoeverywhere_edge_up Whether a new connection to the edge (DNS, TCP, TLS) succeeded (1) or not (0).
# TYPE octoeverywhere_edge_up gauge
octoeverywhere_edge_up{edge="down.example"} 0
octoeverywhere_edge_up{edge="octoeverywhere.com"} 1
# HELP octoeverywhere_exporter_build_info What this exporter was built from, and for which platform; always 1.
# TYPE octoeverywhere_exporter_build_info gauge
octoeverywhere_exporter_build_info{branch="",goarch="GOARCH",goos="GOOS",goversion="go1.26",revision="abc",tags="netgo",version="1.2.3"} 1
# HELP octoeverywhere_exporter_config_last_reload_success_timestamp_seconds Unix time when the configuration was last read successfully; 0 before that.
# TYPE octoeverywhere_exporter_config_last_reload_success_timestamp_seconds gauge
octoeverywhere_exporter_config_last_reload_success_timestamp_seconds 1.8e+09
# HELP octoeverywhere_exporter_config_last_reload_successful Whether the last attempt to read the configuration was successful (1) or not (0).
# TYPE octoeverywhere_exporter_config_last_reload_successful gauge
octoeverywhere_exporter_config_last_reload_successful 0
# HELP octoeverywhere_exporter_connections_open Number of open connections to OctoEverywhere.
# TYPE octoeverywhere_exporter_connections_open gauge
octoeverywhere_exporter_connections_open 3
# HELP octoeverywhere_exporter_connections_shared Whether printers share the edge's HTTP/2 connections (1), or each has its own because the edge responds differently on shared ones (0).
# TYPE octoeverywhere_exporter_connections_shared gauge
octoeverywhere_exporter_connections_shared{edge="octoeverywhere.com"} 1
octoeverywhere_exporter_connections_shared{edge="octoeverywhere.net"} 0
# HELP octoeverywhere_exporter_http_requests_rejected_total Total number of requests to the exporter that were rejected (503) because too many were in flight: more than --web.max-requests, or than --web.max-connections on one address.
# TYPE octoeverywhere_exporter_http_requests_rejected_total counter
octoeverywhere_exporter_http_requests_rejected_total 1
# HELP octoeverywhere_exporter_info Where people reach this exporter (--web.external-url); always 1.
# TYPE octoeverywhere_exporter_info gauge
octoeverywhere_exporter_info{external_url="https://example.com/oe/"} 1
# HELP octoeverywhere_exporter_log_dropped_total Total number of log records that were dropped because they were not read fast enough, or not at all.
# TYPE octoeverywhere_exporter_log_dropped_total counter
octoeverywhere_exporter_log_dropped_total 0
# HELP octoeverywhere_exporter_panics_total Total number of recovered panics, by component. Each is a bug of the exporter; its log has the stack.
# TYPE octoeverywhere_exporter_panics_total counter
octoeverywhere_exporter_panics_total{component="edge"} 0
octoeverywhere_exporter_panics_total{component="probe"} 1
octoeverywhere_exporter_panics_total{component="request"} 0
octoeverywhere_exporter_panics_total{component="storage"} 0
# HELP octoeverywhere_exporter_printers Number of printers that this exporter probes.
# TYPE octoeverywhere_exporter_printers gauge
octoeverywhere_exporter_printers 6
# HELP octoeverywhere_exporter_probes_in_flight Number of probes in flight.
# TYPE octoeverywhere_exporter_probes_in_flight gauge
octoeverywhere_exporter_probes_in_flight 1
# HELP octoeverywhere_exporter_probes_skipped_total Total number of scheduled probes that were skipped because the previous probe of that printer was still in flight.
# TYPE octoeverywhere_exporter_probes_skipped_total counter
octoeverywhere_exporter_probes_skipped_total 2
# HELP octoeverywhere_exporter_shard_info Which shard this exporter is (0 is the first), and how many there are; always 1.
# TYPE octoeverywhere_exporter_shard_info gauge
octoeverywhere_exporter_shard_info{index="1",total="3"} 1
# HELP octoeverywhere_exporter_shards Total number of shards (--shard.total).
# TYPE octoeverywhere_exporter_shards gauge
octoeverywhere_exporter_shards 3
# HELP octoeverywhere_exporter_web_config_last_reload_successful Whether --web.config.file and the files that it names were valid when they were last read (1) or not (0): then TLS keeps the last valid certificate. 1 without such a file.
# TYPE octoeverywhere_exporter_web_config_last_reload_successful gauge
octoeverywhere_exporter_web_config_last_reload_successful 1
`
		var names []string
		for _, m := range Metrics() {
			if m.Of != "printer" && m.Type != "histogram" {
				names = append(names, m.Name)
			}
		}
		if err := testutil.GatherAndCompare(c.registry, strings.NewReader(strings.NewReplacer("GOARCH", runtime.GOARCH, "GOOS", runtime.GOOS).Replace(want)), names...); err != nil {
			t.Error(err)
		}
	})
}

// TestWithoutRuntime: only the metrics of Go and of the process are left out.
func TestWithoutRuntime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		names := func(c *Collector) (own, runtime []string) {
			families, err := c.registry.Gather()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range families {
				if strings.HasPrefix(f.GetName(), "go_") || strings.HasPrefix(f.GetName(), "process_") {
					runtime = append(runtime, f.GetName())
				} else {
					own = append(own, f.GetName())
				}
			}
			return own, runtime
		}
		with, runtimeMetrics := names(New(o))
		o.WithoutRuntime = true
		without, left := names(New(o))
		if d := cmp.Diff(with, without); d != "" || len(runtimeMetrics) < 20 || len(left) != 0 {
			t.Errorf("%s %v %v", d, runtimeMetrics, left)
		}
	})
}
