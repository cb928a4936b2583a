package cli

import (
	"fmt"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/internal/console"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// probeView shows probes in flight and their results.
type probeView struct {
	stdio
	targets []probe.Target
	json    bool
	style   console.Style
	list    console.List
	screen  *screen
	pending map[string]bool // names of printers without a result
	results []probed
	faulty  int
}

func newView(s stdio, targets []probe.Target, asJSON bool) *probeView {
	v := &probeView{
		stdio: s, targets: targets, json: asJSON, style: styleOf(s.out), screen: newScreen(s.err), pending: map[string]bool{},
	}
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.Name
		v.pending[t.Name] = true
	}
	v.list = console.NewList(v.style, names)
	return v
}

// redrawInterval is how often the progress is redrawn.
const redrawInterval = 100 * time.Millisecond

// show shows results until the channel is closed, and returns those of completed probes.
func (v *probeView) show(results <-chan probed, progress *atomic.Pointer[console.ProbeProgress]) []probed {
	begin := time.Now()
	tick := time.NewTicker(redrawInterval)
	defer tick.Stop()
	for {
		select {
		case p, more := <-results:
			v.screen.clear()
			if !more {
				v.finish()
				return v.results
			}
			v.add(p)
		case <-tick.C:
			v.draw(progress.Load(), time.Since(begin))
		}
	}
}

// draw shows the progress: the layers of a single printer, otherwise how many printers are done.
func (v *probeView) draw(progress *console.ProbeProgress, elapsed time.Duration) {
	if len(v.targets) > 1 {
		v.screen.draw(v.screen.style.FleetProgress(len(v.targets)-len(v.pending), v.faulty, len(v.targets), v.last()))
		return
	}
	p := console.ProbeProgress{}
	if progress != nil {
		p = *progress
	}
	p.Elapsed = elapsed
	v.screen.draw(v.screen.style.ProbeLines(v.targets[0].Name, p, time.Now())...)
}

// last returns the only printer that is pending; "" if there are several.
func (v *probeView) last() string {
	if len(v.pending) > 1 {
		return ""
	}
	for name := range v.pending {
		return name
	}
	return ""
}

// add adds a result; with several printers it is shown at once.
func (v *probeView) add(p probed) {
	delete(v.pending, p.status.Name)
	if !p.status.Probed() {
		return
	}
	v.results = append(v.results, p)
	if view.IsFaulty(p.status) {
		v.faulty++
	}
	if len(v.targets) > 1 && !v.json {
		_ = v.list.Line(v.out, p.status, time.Now())
	}
}

// finish shows all results.
func (v *probeView) finish() {
	switch {
	case v.json:
		_ = writeProbed(v.out, v.targets, v.results)
	case len(v.targets) > 1:
		statuses := make([]*probe.Status, len(v.results))
		for i, p := range v.results {
			statuses[i] = p.status
		}
		_ = v.style.Summary(v.out, statuses, len(v.targets)-len(v.results))
	case len(v.results) == 1:
		_ = v.style.Printer(v.out, v.results[0].status, v.results[0].steps, time.Now())
	default:
		fmt.Fprintln(v.err, "interrupted: no result for", v.targets[0].Name)
	}
}
