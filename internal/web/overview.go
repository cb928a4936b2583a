package web

import (
	"cmp"
	"iter"
	"net/http"
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// maxOutages is how many outages the overview lists.
const maxOutages = 25

type (
	overviewPage struct {
		frame
		Summary     string
		Tiles       []tile
		Heats       []heat
		Outages     []outageRow
		MoreOutages string // how many further ones there were; "" where none
		Running     string // prints in progress on printers that can be reached
		Lost        string // prints that may be lost
		Prints      []outcomeRow
	}
	outageRow struct {
		printerLink
		Fault    fault.Fault
		Reason   string
		Since    timeText
		Duration string
		Active   bool
	}
	// outcomeRow is how many prints had an outcome, in the last day and as far as they are counted.
	outcomeRow struct{ Name, Recent, All string }
)

// overviewPage shows the fleet as a whole.
func (s *site) overviewPage(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	sel := selectPrinters(s.printers(r), filter{}, now, s.Schedule.NextProbe)
	p := overviewPage{
		frame:   s.liveFrame(r, "Overview", "./", "overview", now),
		Summary: summary(&sel, filter{}),
		Tiles:   tiles(&sel, filter{}),
		Heats:   heatsOf(s.History.Hours(), now),
	}
	p.countPrints(s.printers(r), now)
	p.Kiosk = r.URL.Query().Has("kiosk")
	outages, all := outagesOf(s.printers(r), now)
	for _, o := range outages {
		p.Outages = append(p.Outages, outageRow{
			printerLink: linkOf(o.printer), Fault: o.Fault, Reason: view.Spaced(o.Fault.Reason), Since: clock(o.Since, now),
			Duration: view.Length(o.Length()), Active: o.active,
		})
	}
	if more := all - len(outages); more > 0 {
		p.MoreOutages = view.Number(more)
	}
	s.show(w, http.StatusOK, "overview.html", p)
}

// outage is a time in which a printer had a fault.
type outage struct {
	view.Stretch
	printer *probe.Status
	active  bool
}

// outagesOf are the newest outages of the last day, the active ones first, and how many there were. It is made from what is in
// memory.
func outagesOf(printers iter.Seq[*probe.Status], now time.Time) (newest []outage, all int) {
	newestFirst := func(a, b outage) int {
		if a.active != b.active {
			if a.active {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Since.Compare(a.Since), cmp.Compare(a.printer.Name, b.printer.Name))
	}
	for s := range printers {
		for _, x := range view.StretchesOf(s, s.Periods(now), s.Prints, time.Time{}, now) {
			if x.Kind.IsFault() && now.Sub(x.Until) < recentWindow {
				newest = append(newest, outage{x, s, x.Until.Equal(now)})
				all++
			}
		}
		if len(newest) >= 4*maxOutages {
			slices.SortFunc(newest, newestFirst)
			newest = newest[:maxOutages]
		}
	}
	slices.SortFunc(newest, newestFirst)
	return newest[:min(len(newest), maxOutages)], all
}

// countPrints counts the prints that have not ended, and those that have by outcome.
func (p *overviewPage) countPrints(printers iter.Seq[*probe.Status], now time.Time) {
	running, lost := 0, 0
	recent, all := map[probe.Outcome]int{}, map[probe.Outcome]int{}
	for s := range printers {
		switch {
		case s.LostDuringPrint():
			lost++
		case s.Print.InProgress():
			running++
		}
		for _, ended := range s.Prints {
			if now.Sub(ended.End) < recentWindow {
				recent[ended.Outcome]++
			}
		}
		for _, o := range probe.Outcomes {
			all[o] += int(s.Print.Ended[o])
		}
	}
	p.Running, p.Lost = view.Number(running), view.Number(lost)
	for _, o := range probe.Outcomes {
		p.Prints = append(p.Prints, outcomeRow{o.String(), view.Number(recent[o]), view.Number(all[o])})
	}
}
