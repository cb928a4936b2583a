package web

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// flapping is a fleet whose printers change their status all the time, each for another reason.
func flapping(n int) *fleet {
	f := &fleet{}
	for i := range n {
		labels := map[string]string{"site": "building-7", "model": "voron-2.4-350", "group": fmt.Sprintf("farm-%02d", i%20)}
		var results []probe.Result
		for ago := 24 * time.Hour; ago > 0; ago -= 90 * time.Minute {
			results = append(results, statusResult(ago, 200, code(785+i%5)), statusResult(ago-time.Minute, 200, printing), statusResult(ago-3*time.Minute, 601, ""))
		}
		f.add(fmt.Sprintf("voron-%05d", i), labels, results...)
	}
	return f
}

// TestPageSizeWithManyOutages: timelines do not make the page larger than its bound. One printer alone has a fine one.
func TestPageSizeWithManyOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := flapping(rowsPerPage)
		page := get(f.options(), "/")
		if n := strings.Count(page, `<svg class="strip"`); n != rowsPerPage || len(page) >= maxFleetPage {
			t.Errorf("%d timelines in %d bytes", n, len(page))
		}
		one := between(t, get(f.options(), "/?q=voron-00007"), `<svg class="strip"`, "</svg>")
		if n := strings.Count(one, "<rect"); n < maxSegments/3 || n > maxSegments {
			t.Errorf("%d segments", n)
		}
	})
}

// TestTimelineOfTheTable: an outage of a minute is visible and has its name, and a printer that is switched off is not down.
func TestTimelineOfTheTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		var results, off []probe.Result
		for ago := 12 * time.Hour; ago > 0; ago -= time.Minute {
			if ago == 6*time.Hour {
				results = append(results, statusResult(ago, 601, ""))
			} else {
				results = append(results, statusResult(ago, 200, idle))
			}
			if ago <= 6*time.Hour {
				off = append(off, statusResult(ago, 200, code(785)))
			} else {
				off = append(off, statusResult(ago, 200, idle))
			}
		}
		f.add("outage", nil, results...)
		f.add("off", nil, off...)
		f.add("new", nil)
		page := get(f.options(), "/")
		texts := map[string][]string{}
		for _, m := range regexp.MustCompile(`(?s)<a href="printers/(\w+)#timeline" aria-label="([^"]*)">(.*?)</a> ?([0-9.%]*)`).FindAllStringSubmatch(page, -1) {
			texts[m[1]] = []string{m[2], m[4]}
			for _, title := range regexp.MustCompile(`#k-(\w+)\)" x="([^"]*)" width="([^"]*)"><title>([^<]*)`).FindAllStringSubmatch(m[3], -1) {
				texts[m[1]] = append(texts[m[1]], strings.Join(title[1:], " "))
			}
		}
		want := map[string][]string{
			"outage": {
				"Last 24 h: 99.9% up, 1 outage", "99.9%",
				"ok 50% 25% OK, 12:00–18:00", "plugin 75% 0.3472% plugin offline (601), 18:00–18:01", "ok 75.35% 24.65% OK, 18:01–00:00",
			},
			"off": {"Last 24 h: 100% up, 0 outages", "100%", "ok 50% 25% OK, 12:00–18:00", "off 75% 25% Off, 18:00–00:00"},
			"new": {"Last 24 h: no data", ""},
		}
		if d := cmp.Diff(want, texts); d != "" {
			t.Error(d)
		}
	})
}

// unreadable is a history whose Past must not be read.
type unreadable struct {
	History
	*testing.T
}

func (u unreadable) Past(context.Context, string) ([]probe.Verdict, []probe.EndedPrint, error) {
	u.Error("the stored past of a printer is read")
	return nil, nil, nil
}

// TestPagesOfManyPrintersReadNoStoredPast: it would be months of each printer.
func TestPagesOfManyPrintersReadNoStoredPast(t *testing.T) {
	o := shop().options()
	o.History = unreadable{o.History, t}
	for _, target := range []string{"/", "/?layer=any", "/overview"} {
		if w := call(o, "GET", target); w.Code != 200 {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// TestEmptyFiltersHaveNoTiles: a filter that selects nothing says so, and there are no counts of 0 of 0.
func TestEmptyFiltersHaveNoTiles(t *testing.T) {
	page := get(shop().options(), "/?q=nobody")
	if strings.Contains(page, `class="tiles"`) || !strings.Contains(page, "No printers match.") || !strings.Contains(page, "None of 10 printers matches.") {
		t.Error(page)
	}
}

// TestTheBarHasTheStatusOfAllPrinters, whatever the filter and the page.
func TestTheBarHasTheStatusOfAllPrinters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		empty := &fleet{}
		fresh := &fleet{}
		fresh.add("new", nil)
		for _, c := range []struct {
			*fleet
			target, want string
		}{
			{shop(), "/?q=idle", `<b id="health" class="chip is-down" data-live>6 down</b>`},
			{shop(), "/printers/idle", `<b id="health" class="chip is-down" data-live>6 down</b>`},
			{night(), "/", `<b id="health" class="chip is-ok" data-live>OK</b>`},
			{empty, "/", `<b id="health" class="chip is-off" data-live>Unknown</b>`},
			{fresh, "/", `<b id="health" class="chip is-off" data-live>Unknown</b>`},
		} {
			if got := between(t, get(c.options(), c.target), `<b id="health"`, "</b>"); got != c.want {
				t.Errorf("%s: %s", c.target, got)
			}
		}
	})
}
