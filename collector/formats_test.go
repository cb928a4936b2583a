package collector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"octoeverywhere_exporter/probe"
)

const (
	wantsProtobuf    = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
	wantsOpenMetrics = "application/openmetrics-text;version=1.0.0"
)

// mixed is a fleet in which every per-printer metric has a series.
func mixed(t *testing.T) Options {
	odd := map[string]string{"site": "lab \"1\"\n", "area": `C:\`}
	o := labeled(fleet(
		born(t, "lost", nil).responds(200, printing).plugin("785"),
		born(t, "offline", odd).responds(200, idle).responds(601, ""),
		born(t, "refused", nil).responds(601, "").plugin("789"),
		born(t, "broken", odd).responds(200, broken),
		born(t, "printing", odd).responds(200, idle).responds(200, printing).informs(online),
		born(t, "new", nil),
	), "site", "area", "zone")
	o.Edges = edgeStatuses{shown()}
	o.Version, o.Revision, o.GoVersion, o.ShardTotal = "1.2.3", "abc", "go1.26", 1
	return o
}

// shown is an edge that was reached.
func shown() probe.EdgeStatus {
	s := probe.EdgeStatus{Name: "octoeverywhere.com", At: time.Now(), Expiry: time.Unix(1_900_000_000, 0)}
	s.Attempt.Durations[probe.Resolving], s.Attempt.Durations[probe.Connecting], s.Attempt.Durations[probe.Handshaking] = time.Millisecond, 2*time.Millisecond, 3*time.Millisecond
	return s
}

// scraped returns the response of a handler.
func scraped(t *testing.T, h http.Handler, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	return w.Result()
}

func textOf(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// gathered returns the families of a scrape in protobuf.
func gathered(t *testing.T, h http.Handler) []*dto.MetricFamily {
	t.Helper()
	r := scraped(t, h, wantsProtobuf)
	return decoded(t, r.Body, expfmt.ResponseFormat(r.Header))
}

func decoded(t *testing.T, r io.Reader, format expfmt.Format) []*dto.MetricFamily {
	t.Helper()
	decoder := expfmt.NewDecoder(r, format)
	var all []*dto.MetricFamily
	for {
		f := &dto.MetricFamily{}
		switch err := decoder.Decode(f); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, f)
	}
}

// TestTextIsThatOfExpfmt: the text is byte for byte what expfmt writes.
func TestTextIsThatOfExpfmt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(mixed(t))
		s := snapshot{next: c.options.Schedule.NextProbe}
		s.take(c.options.Fleet.All(), c.labelNames())
		for what, e := range map[string]encoding{
			"text": {format: expfmt.FmtText}, "OpenMetrics": {format: expfmt.FmtOpenMetrics_1_0_0},
			"created timestamps": {format: expfmt.FmtOpenMetrics_1_0_0, created: true}, "none in text": {format: expfmt.FmtText, created: true},
		} {
			var want, got bytes.Buffer
			encoder := expfmt.NewEncoder(&want, e.format, e.options()...)
			var f families
			f.begin(&s)
			for i := range c.rows {
				family := f.fill(&c.rows[i])
				if len(family.Metric) == 0 {
					t.Errorf("%s has no series in the fleet", c.rows[i].name)
					continue
				}
				if err := encoder.Encode(family); err != nil {
					t.Fatal(err)
				}
			}
			if err := encoder.(expfmt.Closer).Close(); err != nil {
				t.Fatal(err)
			}
			if err := c.write(t.Context(), &got, e, c.options.Fleet.All(), nil); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.String(), got.String()); d != "" {
				t.Errorf("%s: %s", what, d)
			}
			if created := strings.Count(got.String(), "_created{"); (created > 0) != (what == "created timestamps") {
				t.Errorf("%s: %d created timestamps", what, created)
			}
		}
	})
}

// TestValuesAreWrittenAsByExpfmt: so are values.
func TestValuesAreWrittenAsByExpfmt(t *testing.T) {
	for _, v := range []float64{0, 1, -1, 2, 60, 0.475, 1e5, 1e6, 1e21, 1_800_000_000.123, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1)} {
		name, gauge := "v", dto.MetricType_GAUGE
		f := &dto.MetricFamily{Name: &name, Type: &gauge, Metric: []*dto.Metric{{Gauge: &dto.Gauge{Value: &v}}}}
		for _, format := range []expfmt.Format{expfmt.FmtText, expfmt.FmtOpenMetrics_1_0_0} {
			var want bytes.Buffer
			if err := expfmt.NewEncoder(&want, format).Encode(f); err != nil {
				t.Fatal(err)
			}
			w := textWriter{openMetrics: format == expfmt.FmtOpenMetrics_1_0_0}
			got := "# TYPE v gauge\nv " + string(w.appendValue(nil, v)) + "\n"
			if d := cmp.Diff(want.String(), got); d != "" {
				t.Error(d)
			}
		}
	}
}

// TestFamiliesAreSound: families, labels and series are sorted and unique; all series of a family have the same labels; the
// linter finds nothing.
func TestFamiliesAreSound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := gathered(t, New(mixed(t)).Handler())
		if !slices.IsSortedFunc(all, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) }) {
			t.Error("families are not sorted")
		}
		seen := map[string]bool{}
		for _, f := range all {
			labels := labelNames(f.Metric[0])
			for _, m := range f.Metric {
				if !slices.Equal(labelNames(m), labels) {
					t.Errorf("%s: labels %v and %v", f.GetName(), labelNames(m), labels)
				}
				key := fmt.Sprint(f.GetName(), m.Label)
				if seen[key] {
					t.Errorf("%s comes twice", key)
				}
				seen[key] = true
			}
			if !slices.IsSorted(labels) || len(slices.Compact(slices.Clone(labels))) != len(labels) {
				t.Errorf("%s: labels are not sorted or not unique: %v", f.GetName(), labels)
			}
		}
		gatherer := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return all, nil })
		problems, err := testutil.GatherAndLint(gatherer)
		if err != nil || len(problems) > 0 {
			t.Error(problems, err)
		}
	})
}

func labelNames(m *dto.Metric) []string {
	var names []string
	for _, l := range m.Label {
		names = append(names, l.GetName())
	}
	return names
}

// TestMetricsAreThoseExported: Metrics lists exactly what is exported, with its types and labels.
func TestMetricsAreThoseExported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type shape struct {
			Type   string
			Labels []string
		}
		o := mixed(t)
		o.LabelNames, o.Storage = func() []string { return nil }, emptyFleet{}.storage
		o.Latency = NewLatency()
		for s := range o.Fleet.All() {
			o.Latency.Probed(s.Name, []probe.Result{{Request: probe.StatusRequest, Sent: time.Now(), Took: time.Second}})
		}
		want, got := map[string]shape{}, map[string]shape{}
		for _, m := range Metrics() {
			if m.Of == "probe" {
				continue // see TestBlackboxMetrics
			}
			want[m.Name] = shape{m.Type, slices.Sorted(slices.Values(m.Labels))}
			if m.Help == "" || m.Type == "" {
				t.Errorf("%s has no help or no type", m.Name)
			}
		}
		for _, f := range gathered(t, New(o).Handler()) {
			if strings.HasPrefix(f.GetName(), prefix) {
				got[f.GetName()] = shape{kindWord(f.GetType()), labelNames(f.Metric[0])}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

func TestFormatsAreNegotiated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(mixed(t)).Handler()
		got := map[string]string{}
		for _, accept := range []string{"", "*/*", wantsOpenMetrics, wantsProtobuf, "text/plain;version=0.0.4", "image/png"} {
			got[accept] = scraped(t, h, accept).Header.Get("Content-Type")
		}
		text, open := "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
		want := map[string]string{
			"": text, "*/*": text, wantsOpenMetrics: open, "text/plain;version=0.0.4": text, "image/png": text,
			wantsProtobuf: "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestFormatsHaveTheSameSeries: whatever the format and the compression.
func TestFormatsHaveTheSameSeries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(mixed(t))
		want := exposition(t, c, expfmt.FmtText)
		for what, e := range map[string]encoding{
			"compressed": {format: expfmt.FmtText, gzip: true},
			"protobuf":   {format: expfmt.FmtProtoDelim},
			"both":       {format: expfmt.FmtProtoDelim, gzip: true},
		} {
			var b bytes.Buffer
			if err := c.write(t.Context(), &b, e, c.options.Fleet.All(), nil); err != nil {
				t.Fatal(err)
			}
			if got := asText(t, &b, e); got != want {
				t.Errorf("%s: %s", what, cmp.Diff(want, got))
			}
		}
	})
}

func TestOpenMetricsEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := textOf(t, scraped(t, New(mixed(t)).Handler(), wantsOpenMetrics))
		if strings.Count(got, "# EOF\n") != 1 || !strings.HasSuffix(got, "\n# EOF\n") {
			t.Errorf("ends with %q", got[max(0, len(got)-100):])
		}
	})
}

func TestHistogramsAreNativeAndClassic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		c := New(o)
		o.Recorder.RequestDone(probe.StatusRequest, 120*time.Millisecond)
		o.Recorder.ProbeStarted(-time.Second)
		type histogram struct {
			Count       uint64
			Sum         float64
			Classic     int
			Native      bool
			BelowMedium uint64 // observations of at most 0.1 s
		}
		got := map[string]histogram{}
		for _, f := range gathered(t, c.Handler()) {
			if f.GetType() != dto.MetricType_HISTOGRAM || !strings.HasPrefix(f.GetName(), prefix) {
				continue
			}
			for _, m := range f.Metric {
				h := m.Histogram
				below := slices.IndexFunc(h.Bucket, func(b *dto.Bucket) bool { return b.GetUpperBound() == 0.1 })
				name := strings.TrimPrefix(f.GetName(), prefix)
				for _, l := range m.Label {
					name += " " + l.GetValue()
				}
				got[name] = histogram{h.GetSampleCount(), h.GetSampleSum(), len(h.Bucket), h.Schema != nil, h.Bucket[below].GetCumulativeCount()}
			}
		}
		want := map[string]histogram{
			"request_duration_seconds info":      {0, 0, 13, true, 0},
			"request_duration_seconds ping":      {0, 0, 13, true, 0},
			"request_duration_seconds status":    {1, 0.12, 13, true, 0},
			"exporter_probe_start_delay_seconds": {1, 0, 12, true, 1},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestPromtoolFindsNothing checks the text with Prometheus' own tool.
func TestPromtoolFindsNothing(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("promtool is not installed (Debian: prometheus)")
		}
		t.Skip("promtool is not installed (Debian: prometheus)")
	}
	var text string
	synctest.Test(t, func(t *testing.T) { text = textOf(t, scraped(t, New(mixed(t)).Handler(), "text/plain;version=0.0.4")) })
	check := exec.CommandContext(t.Context(), promtool, "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
