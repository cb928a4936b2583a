package collector

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"octoeverywhere_exporter/probe"
)

// TestANewMetricTouchesOnlyItsRow adds rows: labels, document and all formats have them.
func TestANewMetricTouchesOnlyItsRow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(labeled(fleet(born(t, "a", nil).responds(200, printing)), "heater"))
		c.rows = append(temperatureRows([]probe.Sensor{{Name: "second", Actual: probe.BedActual, Target: probe.BedTarget}}),
			fieldRow("new_ratio", Print, probe.Progress, "A number of a response.", noPrint),
			printerRow{
				name: prefix + "new_total", kind: dto.MetricType_COUNTER, labels: []string{"heater"}, help: "A new counter.",
				read: func(_ *view, to []sample) []sample { return append(to, sample{7, [maxLabels]string{"bed"}}) },
			},
		)
		sortRows(c.rows)
		c.reserved = reservedLabels(c.rows)
		want := lines(`
			new_ratio{printer="a"} 0.475
			new_total{heater="bed",printer="a"} 7
			temperature_celsius{printer="a",sensor="second"} 59.8
			temperature_target_celsius{printer="a",sensor="second"} 60
		`)
		text := exposition(t, c, expfmt.FmtText)
		if got := series(text); got != want {
			t.Errorf("exported is\n%s", got)
		}
		if got := asText(t, strings.NewReader(exposition(t, c, expfmt.FmtProtoDelim)), encoding{format: expfmt.FmtProtoDelim}); got != text {
			t.Errorf("in protobuf it is\n%s", got)
		}
		document := markdown(metricsOf("printer", []string{printerLabel}, c.rows))
		for _, row := range []string{
			"| `octoeverywhere_new_ratio` | A number of a response. *Absent " + noPrint + ".* |\n",
			"| `octoeverywhere_new_total{heater}` | A new counter. |\n",
			"- `--no-collector.print` removes `",
		} {
			if !strings.Contains(document, row) {
				t.Errorf("the document does not have %s", row)
			}
		}
	})
}

// pageRecorder records the sizes of the writes to a client, and fails after some.
type pageRecorder struct {
	httptest.ResponseRecorder
	sizes []int
	limit int
}

func (r *pageRecorder) Write(b []byte) (int, error) {
	if len(r.sizes) == r.limit {
		return 0, io.ErrClosedPipe
	}
	r.sizes = append(r.sizes, len(b))
	return len(b), nil
}

// TestExpositionsAreWrittenInPages: no scrape holds the whole text.
func TestExpositionsAreWrittenInPages(t *testing.T) {
	c := New(optionsOf(busy(3000)))
	for _, compression := range []string{"identity", "gzip"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		r.Header.Set("Accept-Encoding", compression)
		w := &pageRecorder{limit: 1 << 20}
		c.Handler().ServeHTTP(w, r)
		if len(w.sizes) < 2 || slices.Max(w.sizes) > 2*pageSize {
			t.Errorf("%s: %d pages of up to %d bytes", compression, len(w.sizes), slices.Max(w.sizes))
		}
	}
}

// TestAClientThatDisconnectsAbortsTheScrape: nothing more is made for it.
func TestAClientThatDisconnectsAbortsTheScrape(t *testing.T) {
	c := New(optionsOf(busy(3000)))
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("the handler ended with %v", err)
		}
	}()
	c.Handler().ServeHTTP(&pageRecorder{limit: 1}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
}

// panickingSchedule panics when it is asked about a printer.
type panickingSchedule struct {
	Schedule
	name string
}

func (p panickingSchedule) NextProbe(s *probe.Status) time.Time {
	if s.Name == p.name {
		panic("about " + s.Name)
	}
	return p.Schedule.NextProbe(s)
}

// TestABrokenPrinterHidesNoOther: a metric of a printer that ends in a panic is reported and left out. All other series are there.
func TestABrokenPrinterHidesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		whole := New(o)
		var reported []string
		o.Schedule = panickingSchedule{o.Schedule, "lost"}
		o.Panicked = func(printer string, _ any, stack []byte) {
			if len(stack) > 0 {
				reported = append(reported, printer)
			}
		}
		broken := New(o)
		for _, format := range []expfmt.Format{expfmt.FmtText, expfmt.FmtProtoDelim} {
			reported = nil
			want, left := exposition(t, whole, expfmt.FmtText), ""
			for line := range strings.Lines(want) {
				if !strings.HasPrefix(line, prefix+"next_probe") || !strings.Contains(line, `printer="lost"`) {
					left += line
				}
			}
			got := asText(t, strings.NewReader(exposition(t, broken, format)), encoding{format: format})
			if d := cmp.Diff(left, got); d != "" || want == left || !slices.Equal(reported, []string{"lost"}) {
				t.Errorf("%s: reported %v: %s", format, reported, d)
			}
		}
	})
}
