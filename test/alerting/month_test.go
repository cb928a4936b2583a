package alerting

import (
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestMonth: a healthy fleet prints every day and is switched off every night, half of it with the computers of its plugins. In a
// month, nobody gets a page or a ticket. By default, two days of a smaller fleet are played.
func TestMonth(t *testing.T) {
	t.Parallel()
	days, perSite := 2, 6
	if os.Getenv("LONG_TESTS") != "" {
		days, perSite = 30, 100
	}
	sites := strings.Fields("a b c d e f g h i j")
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		w.coarse = true
		w.add(fleet{printers: perSite, sites: sites, interval: 5 * time.Minute, shares: true})
		w.pass(30)
		for day := range days {
			w.print("all")
			w.each(func(p *printer) { p.lasts = 9 * time.Hour }, "all")
			w.pass(9 * 60)
			w.each(func(p *printer) { p.state = "complete" }, "all")
			w.pass(60)
			w.fail("785", sites[:5]...)
			w.fail("601", sites[5:]...)
			w.pass(14 * 60)
			w.fail("", "all")
			if got := w.am.received.got; got.pages+got.tickets > 0 {
				t.Fatalf("day %d: %+v\n%s", day, got, strings.Join(w.am.received.lines, "\n"))
			}
			t.Logf("day %d of %d: %+v", day+1, days, w.am.received.got)
		}
		w.pass(60)
		synctest.Wait()
		if got := w.am.received.got; got.pages+got.tickets > 0 || got.chats < days {
			t.Errorf("%+v\n%s", got, strings.Join(w.am.received.lines, "\n"))
		}
	})
}
