package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// remembered is a history that goes back further than memory does.
type remembered struct {
	History
	periods []probe.Verdict
	prints  []probe.EndedPrint
	err     error
}

func (r remembered) Past(context.Context, string) ([]probe.Verdict, []probe.EndedPrint, error) {
	return r.periods, r.prints, r.err
}

// TestTimelinesOfAPrinter show what is stored: an outage of last week is in two of three.
func TestTimelinesOfAPrinter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		ago := func(d time.Duration) time.Time { return time.Now().Add(-d) }
		o := shop().options()
		o.History = remembered{o.History, []probe.Verdict{
			{Since: ago(40 * day)}, {Fault: fault.FromHTTP(601), Since: ago(6 * day)}, {Since: ago(5 * day)}, {Unknown: true, Since: ago(2 * day)}, {Since: ago(day)},
		}, []probe.EndedPrint{
			{Start: ago(3 * day), End: ago(3*day - time.Hour), Outcome: probe.PrintComplete, Progress: 1},
			{Start: ago(day), End: ago(day - 2*time.Hour), Outcome: probe.PrintFailed, Progress: 0.25},
		}, nil}
		page := get(o, "/printers/idle")
		var rows []string
		for _, m := range regexp.MustCompile(`<tr><th scope="row">(\d+ [hd])</th><td><a href="#history" aria-label="([^"]*)">.*</a></td><td>([^<]*)</td><td>([^<]*)</td>`).FindAllStringSubmatch(page, -1) {
			rows = append(rows, strings.Join(m[1:], "; "))
		}
		if d := cmp.Diff([]string{
			"24 h; Last 24 h: 100% up, 0 outages; 100%; 1 d",
			"7 d; Last 7 d: 83.3% up, 1 outage; 83.3%; 6 d",
			"30 d; Last 30 d: 96.6% up, 1 outage; 96.6%; 29 d",
		}, rows); d != "" {
			t.Error(d)
		}
		if !strings.Contains(page, "<title>plugin offline (601), Dec 26 00:00–Dec 27 00:00</title>") {
			t.Error("the outage is not in a timeline")
		}
		table := between(t, page, `<table class="prints">`, "</table>")
		prints := regexp.MustCompile(`"outcome-\w+">(\w+)</span></td><td>(.*?)</td><td>(.*?)</td>`).FindAllStringSubmatch(table, -1)
		var got []string
		for _, p := range prints {
			got = append(got, strings.Join(p[1:], " "))
		}
		if d := cmp.Diff([]string{"failed 25.0% 2 h", "complete 100% 1 h"}, got); d != "" {
			t.Error(d)
		}
	})
}

// TestAPrinterPageWithoutItsPast: no page is made of half of the truth.
func TestAPrinterPageWithoutItsPast(t *testing.T) {
	o := shop().options()
	for want, err := range map[int]error{http.StatusServiceUnavailable: context.Canceled, http.StatusNotFound: probe.ErrNoSuchPrinter} {
		o.History = remembered{History: o.History, err: err}
		if w := call(o, "GET", "/printers/idle"); w.Code != want {
			t.Errorf("%v: %d", err, w.Code)
		}
	}
}
