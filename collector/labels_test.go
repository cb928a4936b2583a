package collector

import (
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"

	"octoeverywhere_exporter/probe"
)

// TestLabels: each printer's series have all configured labels, sorted and escaped. A configured label never replaces one of
// the metric's own.
func TestLabels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := unplanned(fleet(
			born(t, "b", map[string]string{"site": "lab \"1\"\n", "area": `C:\`, "layer": "first"}),
			born(t, "a", map[string]string{"zone": "\xff"}).responds(601, ""),
			born(t, "a", nil),
		))
		o.LabelNames = func() []string { return []string{"zone", "site", "area", "zone", "layer", "printer"} }
		c := New(o)
		want := lines(`
			probes_total{area="",printer="a",site="",zone="`+"\uFFFD"+`"} 1
			probes_total{area="C:\\",printer="b",site="lab \"1\"\n",zone=""} 0
		`) + lines(`last_error{area="",code="601",layer="plugin",printer="a",reason="plugin_offline",site="",zone="`+"\uFFFD"+`"} 1`)
		got := ""
		for _, name := range []string{"probes_total{", "last_error{"} {
			for line := range strings.Lines(series(exposition(t, c, expfmt.FmtText))) {
				if strings.HasPrefix(line, name) {
					got += line
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestReload: the current configuration's labels and printers are exported.
func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := born(t, "a", map[string]string{"site": "lab"}), born(t, "b", map[string]string{"rack": "2"})
		printers, names := fleet(a, b), []string{"site"}
		o := unplanned(func() iter.Seq[*probe.Status] { return printers() })
		o.LabelNames = func() []string { return names }
		c := New(o)
		check := func(want string) {
			t.Helper()
			if d := cmp.Diff(lines(want), series(exposition(t, c, expfmt.FmtText))); d != "" {
				t.Error(d)
			}
		}
		check(`
			printer_enabled{printer="a",site="lab"} 1
			printer_enabled{printer="b",site=""} 1
			probe_failures_total{printer="a",site="lab"} 0
			probe_failures_total{printer="b",site=""} 0
			probe_interval_seconds{printer="a",site="lab"} 60
			probe_interval_seconds{printer="b",site=""} 60
			probes_total{printer="a",site="lab"} 0
			probes_total{printer="b",site=""} 0
		`)
		printers, names = fleet(b), []string{"rack"}
		check(`
			printer_enabled{printer="b",rack="2"} 1
			probe_failures_total{printer="b",rack="2"} 0
			probe_interval_seconds{printer="b",rack="2"} 60
			probes_total{printer="b",rack="2"} 0
		`)
		printers = fleet()
		check("")
	})
}

func TestGroupsCanBeDisabled(t *testing.T) {
	metrics := Metrics()
	for _, g := range Groups {
		t.Run(string(g), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := born(t, "a", nil).responds(200, printing)
				o := optionsOf(fleet(l))
				o.Disabled = []Group{g}
				left := series(exposition(t, New(o), expfmt.FmtText))
				want := ""
				for line := range strings.Lines(exported(t, l)) {
					name, _, _ := strings.Cut(line, "{")
					if !slices.ContainsFunc(metrics, func(m Metric) bool { return m.Name == prefix+name && m.Group == g }) {
						want += line
					}
				}
				if left == exported(t, l) {
					t.Error("nothing is disabled")
				}
				if d := cmp.Diff(want, left); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// TestTimesAreRelativeToNow: a time is as far from the present wall clock as it is from now.
func TestTimesAreRelativeToNow(t *testing.T) {
	now := time.Now()
	wall := float64(now.UnixMilli()) / 1e3
	v := view{now: now}
	for what, c := range map[string]struct {
		at   time.Time
		want float64
		ok   bool
	}{
		"never":      {time.Time{}, 0, false},
		"now":        {now, wall, true},
		"past":       {now.Add(-time.Hour), wall - 3600, true},
		"future":     {now.Add(90 * time.Second), wall + 90, true},
		"other zone": {now.In(time.FixedZone("", 3600)), wall, true},
	} {
		if got, ok := v.unix(c.at); got != c.want || ok != c.ok {
			t.Errorf("%s: got %f, %t", what, got, ok)
		}
	}
}

func TestNaNIsNotExported(t *testing.T) {
	odd := printerRow{name: "odd", read: func(_ *view, to []sample) []sample {
		return append(to, sample{value: math.NaN()}, sample{value: 1}, sample{value: math.NaN()})
	}}
	s := snapshot{printers: []*probe.Status{{}}}
	var got []float64
	for _, found := range s.samples(&odd) {
		got = append(got, found.value)
	}
	if d := cmp.Diff([]float64{1}, got); d != "" {
		t.Error(d)
	}
}
