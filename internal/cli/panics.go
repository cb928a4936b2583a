package cli

import (
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/web"
)

// panics contains those of jobs. A mistake of ours that one printer's answer meets would else end the process, and do so again
// after each start: all printers would be unwatched for the sake of one.
type panics struct {
	log   *slog.Logger
	count func(collector.Work)

	mu   sync.Mutex
	told map[job]time.Time // when the log was last told of a job's
}

// job is what a panic is contained in: a probe of a printer, or a try of an edge.
type job struct {
	work collector.Work
	name string
}

// tellAgain is how long nothing more is said of a job that panics each time: it does so at each interval.
const tellAgain = time.Hour

func newPanics(log *slog.Logger, count func(collector.Work)) *panics {
	return &panics{log: log, count: count, told: map[job]time.Time{}}
}

// contain ends a panic of the function that defers it. Nothing is learned from such a run: what is known stays, is not known
// any more after three intervals, and the next run is made when it is due.
func (p *panics) contain(work collector.Work, name string) {
	v := recover()
	if v == nil {
		return
	}
	p.count(work)
	if j := (job{work, name}); p.news(j, time.Now()) {
		p.log.Error("a mistake of the exporter: nothing is learned from this", "during", string(work), "name", name,
			"what", web.DescribePanic(v), "stack", string(debug.Stack()))
	}
}

// news reports whether the log is to be told of a job's panic.
func (p *panics) news(j job, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := func(_ job, at time.Time) bool { return now.Sub(at) >= tellAgain }
	if at, told := p.told[j]; told && !old(j, at) {
		return false
	}
	maps.DeleteFunc(p.told, old) // also of printers that are no more
	p.told[j] = now
	return true
}
