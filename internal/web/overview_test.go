package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

func TestOverview(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := shop()
		complete := strings.Replace(printing, `"printing"`, `"complete"`, 1)
		f.add("done", nil, statusResult(5*time.Minute, 200, printing), statusResult(4*time.Minute, 200, complete), statusResult(3*time.Minute, 601, ""), statusResult(2*time.Minute, 200, idle))
		page := get(f.options(), "/overview")
		sameAsFile(t, "overview.html", between(t, page, `<section id="outages"`, "</main>"))
	})
}

// TestHeatMaps: a column per hour and per day, in UTC; hours before them are left out, and hours of the future.
func TestHeatMaps(t *testing.T) {
	now := time.Date(2026, 5, 10, 10, 30, 0, 0, time.UTC)
	at := func(ago time.Duration, known, down time.Duration) probe.Hour {
		h := probe.Hour{Start: now.Truncate(time.Hour).Add(-ago), Known: known}
		h.Down[fault.Host] = down
		return h
	}
	hours := []probe.Hour{
		at(31*24*time.Hour, time.Hour, time.Hour),
		at(25*time.Hour, time.Hour, 0),
		at(24*time.Hour, time.Hour, 3*time.Minute),
		at(23*time.Hour, time.Hour, 36*time.Second),
		at(2*time.Hour, 10*time.Hour, time.Hour),
		at(time.Hour, time.Hour, time.Hour),
		at(0, time.Minute, 0),
		at(-time.Hour, time.Hour, time.Hour),
		at(-24*time.Hour, time.Hour, time.Hour),
	}
	var got []string
	for _, m := range heatsOf(hours, now) {
		cells := []string{m.Heads[0] + "–" + m.Heads[len(m.Heads)-1]}
		for i, c := range m.Rows[4].Cells {
			if c.Level != "nothing-known" {
				cells = append(cells, fmt.Sprintf("%s %s %s", m.Heads[i], c.Level, c.Text))
			}
		}
		got = append(got, strings.Join(cells, "; "))
	}
	want := []string{
		"11–10; 11 low 1.0% down; 08 much 10.0% down; 09 most 100% down; 10 none 0% down",
		"11–10; 9 some 2.0% down; 10 much 18.2% down",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTheOverviewIsBounded, whatever the number of printers and of outages. The newest outages are on it, active ones first.
func TestTheOverviewIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flapping(100)
		f.add("last", nil, statusResult(2*time.Minute, 200, idle), statusResult(time.Minute, 604, ""), statusResult(30*time.Second, 200, idle))
		f.add("active", nil, statusResult(20*time.Hour, 604, ""), statusResult(time.Second, 604, ""))
		page := get(f.options(), "/overview")
		table := between(t, page, `<section id="outages"`, "</section>")
		names := rowNames(table)
		if len(names) != maxOutages || names[0] != "active" || names[1] != "last" {
			t.Errorf("%d outages: %v", len(names), names)
		}
		if !regexp.MustCompile(`<p>And [\d,]+ more\.</p>`).MatchString(table) || len(page) > 100_000 {
			t.Errorf("%d bytes: %s", len(page), table)
		}
	})
}

// TestAWallDisplay: the parameter needs no value.
func TestAWallDisplay(t *testing.T) {
	o := shop().options()
	for target, want := range map[string]bool{"/overview": false, "/overview?kiosk": true, "/overview?kiosk=": true} {
		w := call(o, "GET", target)
		if got := strings.Contains(w.Body.String(), `<body class="kiosk">`); w.Code != 200 || got != want {
			t.Errorf("%s: %d %v", target, w.Code, got)
		}
	}
}

// BenchmarkOverview renders the overview of 10,000 printers.
func BenchmarkOverview(b *testing.B) {
	h := New(many(10_000).options())
	for b.Loop() {
		serve(h, "/overview")
	}
}
