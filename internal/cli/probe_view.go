package cli

import (
	"fmt"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/internal/console"
	"octoeverywhere_exporter/probe"
)

// probeView shows probes while they are made, and what came of them.
type probeView struct {
	streams
	targets []probe.Target
	json    bool
	style   console.Style
	list    console.List
	screen  *screen
	waiting map[string]bool // printers that are not known yet
	known   []probed
	faulty  int
}

func newView(s streams, targets []probe.Target, asJSON bool) *probeView {
	v := &probeView{
		streams: s, targets: targets, json: asJSON, style: styleOf(s.out), screen: newScreen(s.err), waiting: map[string]bool{},
	}
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.Name
		v.waiting[t.Name] = true
	}
	v.list = console.NewList(v.style, names)
	return v
}

// redrawn is how often what goes on is drawn anew.
const redrawn = 100 * time.Millisecond

// show shows results until there are no more, and gives those of which something is known.
func (v *probeView) show(results <-chan probed, progress *atomic.Pointer[console.ProbeProgress]) []probed {
	begin := time.Now()
	tick := time.NewTicker(redrawn)
	defer tick.Stop()
	for {
		select {
		case p, more := <-results:
			v.screen.clear()
			if !more {
				v.finish()
				return v.known
			}
			v.take(p)
		case <-tick.C:
			v.draw(progress.Load(), time.Since(begin))
		}
	}
}

// draw shows the progress: the layers of a single printer, otherwise how many printers are done.
func (v *probeView) draw(progress *console.ProbeProgress, elapsed time.Duration) {
	if len(v.targets) > 1 {
		v.screen.draw(v.screen.style.FleetProgress(len(v.targets)-len(v.waiting), v.faulty, len(v.targets), v.last()))
		return
	}
	p := console.ProbeProgress{}
	if progress != nil {
		p = *progress
	}
	p.Elapsed = elapsed
	v.screen.draw(v.screen.style.ProbeLines(v.targets[0].Name, p, time.Now())...)
}

// last is the printer that all wait for, "" while there are several.
func (v *probeView) last() string {
	if len(v.waiting) > 1 {
		return ""
	}
	for name := range v.waiting {
		return name
	}
	return ""
}

// take notes a result; of several printers it is shown at once.
func (v *probeView) take(p probed) {
	delete(v.waiting, p.status.Name)
	if p.status.Probes == 0 {
		return
	}
	v.known = append(v.known, p)
	if !p.status.Fault.None() {
		v.faulty++
	}
	if len(v.targets) > 1 && !v.json {
		_ = v.list.Line(v.out, p.status, time.Now())
	}
}

// finish shows all that is known.
func (v *probeView) finish() {
	switch {
	case v.json:
		_ = writeProbed(v.out, v.targets, v.known)
	case len(v.targets) > 1:
		statuses := make([]*probe.Status, len(v.known))
		for i, p := range v.known {
			statuses[i] = p.status
		}
		_ = v.style.Summary(v.out, statuses, len(v.targets)-len(v.known))
	case len(v.known) == 1:
		_ = v.style.Printer(v.out, v.known[0].status, v.known[0].steps, time.Now())
	default:
		fmt.Fprintln(v.err, "interrupted: nothing is known of", v.targets[0].Name)
	}
}
