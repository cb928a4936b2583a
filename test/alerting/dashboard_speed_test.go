package alerting

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

var measured = flag.Int("dashboard", 0, "number of printers with which the queries of the dashboard are timed, such as 10000")

// TestDashboardSpeed times the queries of the dashboard as Grafana sends them: over six hours, in 1000 steps. A tenth of the
// printers fails, half of the printers print. Some minutes are played, with one scrape and one evaluation of the rules each. Then
// the samples of the last six minutes are repeated for six hours: those of all recorded series, of the exporter, and of the
// printers of which one is selected.
func TestDashboardSpeed(t *testing.T) {
	if *measured == 0 {
		t.Skip("start it with -dashboard=10000; it takes minutes")
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		f := fleet{printers: *measured / 20}
		for i := range 20 {
			f.sites = append(f.sites, fmt.Sprintf("site%02d", i))
		}
		p := w.add(f).prom[0]
		p.records, p.targets[0].whole = true, true
		w.pass(2)
		w.print(f.sites[:10]...)
		w.pass(2)
		for i := range *measured / 10 {
			w.fail([]string{"785", "601", "606", "789"}[i%4], fmt.Sprintf("%s-%d", f.sites[i%20], i/20+1))
		}
		w.pass(12)
		for _, g := range p.groups {
			before := cpuTime(t)
			g.Eval(t.Context(), time.Now())
			t.Logf("%v  evaluation of group %s", (cpuTime(t) - before).Round(time.Millisecond), g.Name())
		}
		w.farms[0].exporters[0].stop()
		p.repeat(6*time.Minute, 6*time.Hour)
		time.Sleep(6 * time.Hour)
		p.timeQueries(readDashboard(t))
	})
}

// repeat copies the samples of the last minutes until they fill the time from now on.
func (p *prometheus) repeat(last, total time.Duration) {
	t := p.t
	t.Helper()
	q, err := p.db.Querier(time.Now().Add(-last).UnixMilli(), time.Now().UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	type sample struct {
		series labels.Labels
		at     int64
		v      float64
	}
	var samples []sample
	set := q.Select(t.Context(), false, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", ".+"))
	for set.Next() {
		l := set.At().Labels()
		if printer := l.Get("printer"); printer != "" && strings.HasPrefix(l.Get("__name__"), "octoeverywhere_") && !strings.HasSuffix(printer, "-1") {
			continue
		}
		for it := set.At().Iterator(nil); it.Next() == chunkenc.ValFloat; {
			at, v := it.At()
			samples = append(samples, sample{l, at, v})
		}
	}
	n := 0
	for shift := last; shift <= total; shift += last {
		app := p.db.AppenderV2(t.Context())
		for _, s := range samples {
			if _, err := app.Append(0, s.series, 0, s.at+shift.Milliseconds(), s.v, nil, nil, storage.AppendV2Options{}); err != nil {
				t.Fatal(err)
			}
			n++
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d series, %d samples of six hours", p.db.Head().NumSeries(), n)
}

// cpuTime is the CPU time that the process has used. It does not depend on what else the machine does.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timeQueries logs the CPU time of the slowest queries, garbage collection included, and fails above one second.
func (p *prometheus) timeQueries(d dashboard) {
	t := p.t
	t.Helper()
	type result struct {
		name string
		took time.Duration
	}
	var results []result
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			expr := variables{".*", ".*", "site00-1"}.fill(target.Expr)
			var took []time.Duration
			for range 3 {
				before := cpuTime(t)
				if target.Instant {
					p.instant(expr)
				} else {
					p.overSixHours(expr)
				}
				took = append(took, cpuTime(t)-before)
			}
			slices.Sort(took)
			results = append(results, result{panel.Title + " " + target.RefID, took[1]})
		}
	}
	slices.SortFunc(results, func(a, b result) int { return cmp.Compare(b.took, a.took) })
	for _, r := range results[:10] {
		t.Logf("%v  %s", r.took.Round(time.Millisecond), r.name)
	}
	t.Logf("%d queries, median %v", len(results), results[len(results)/2].took.Round(100*time.Microsecond))
	if results[0].took > time.Second {
		t.Errorf("%s takes %v", results[0].name, results[0].took)
	}
}

// overSixHours evaluates an expression as Grafana does for a panel that is 1000 pixels wide.
func (p *prometheus) overSixHours(expr string) {
	p.t.Helper()
	q, err := p.engine.NewRangeQuery(p.t.Context(), p.db, nil, expr, time.Now().Add(-6*time.Hour), time.Now(), 6*time.Hour/1000)
	if err != nil {
		p.t.Fatal(err)
	}
	defer q.Close()
	if r := q.Exec(p.t.Context()); r.Err != nil {
		p.t.Fatalf("%v in\n%s", r.Err, expr)
	}
}
