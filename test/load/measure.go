package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// figures is what was measured with one number of printers. What is "a probe" or "a second" holds for the window.
type figures struct {
	printers                 int
	probes                   float64       // a second
	cpu                      time.Duration // of the exporter's process, a probe
	system                   float64       // part of it that was spent in the kernel
	allocations, allocated   float64       // a probe; a number, and bytes
	resident, residentMost   int64         // bytes, in the window
	descriptors, connections int
	late50, late99           time.Duration // how late probes began, as the exporter says
	off99                    time.Duration // by how much the distances between a well printer's probes were off
	missed                   int           // probes of printers that are well, as the relay saw it
	skipped                  int           // as the exporter says
	simulator, others        float64       // processors that were busy with the relay, and with neither it nor this
	series                   int
	scrapes                  [len(scrapeKinds)]scrapeCost
}

// limit bounds the measuring of one number of printers: nothing of it can go on for ever.
func (o options) limit() time.Duration { return o.takes() + 10*time.Minute }

// measure starts both processes for a number of printers, measures, and ends them.
func measure(ctx context.Context, o options, program, dir string, printers int) (f figures, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.limit(), fmt.Errorf("it was not over after %v", o.limit()))
	defer cancel()
	ctx, l, err := openLab(ctx, o, program, dir, printers)
	if err != nil {
		return figures{}, err
	}
	defer l.close()
	if err := l.settled(ctx, printers); err != nil {
		return figures{}, err
	}
	if err := sleep(ctx, o.warm); err != nil {
		return figures{}, err
	}
	f.printers = printers
	if err := f.measureProbing(ctx, l, o.window); err != nil {
		return figures{}, err
	}
	return f, f.measureScrapes(ctx, l)
}

// measureProbing measures a window in which nobody scrapes.
func (f *figures) measureProbing(ctx context.Context, l *lab, window time.Duration) error {
	var told [3]scraped
	for i := range 2 {
		if err := told[i].read(ctx, l); err != nil {
			return err
		}
	}
	l.client.CloseIdleConnections() // descriptors are those of the exporter's own doing
	if err := l.countAnew(ctx); err != nil {
		return err
	}
	from, before, err := l.spent()
	if err != nil {
		return err
	}
	m, err := watch(ctx, l.exporter.pid, window)
	if err != nil {
		return err
	}
	to, after, err := l.spent()
	if err != nil {
		return err
	}
	visits, err := l.visits(ctx)
	if err != nil {
		return err
	}
	if err := told[2].read(ctx, l); err != nil {
		return err
	}

	f.takeScraped(&told)
	f.takeSpent(before, after, to.Sub(from))
	f.resident, f.residentMost, f.descriptors = m.mean(), m.most, m.descriptors
	r := rhythmOf(visits, from, to, l.interval)
	f.off99, f.missed = p99(r.off), r.missed
	return nil
}

// measureScrapes measures each kind of scrape while probing goes on.
func (f *figures) measureScrapes(ctx context.Context, l *lab) (err error) {
	background := f.cpu.Seconds() * f.probes
	for i, k := range scrapeKinds {
		if f.scrapes[i], err = l.weigh(ctx, k, background); err != nil {
			return err
		}
	}
	return nil
}

// scraped is an exposition and when it was asked for.
type scraped struct {
	exposition
	at time.Time
}

func (s *scraped) read(ctx context.Context, l *lab) (err error) {
	s.at = time.Now()
	s.exposition, err = l.read(ctx)
	return err
}

// takeScraped takes what three expositions tell: two in a row, and one at the end of the window. There is one scrape in
// each of the two spans between them, so that the difference of the spans is probing alone.
func (f *figures) takeScraped(s *[3]scraped) {
	first, begin, end := &s[0], &s[1], &s[2]
	probing := func(read func(*exposition) float64) float64 {
		scrape := read(&begin.exposition) - read(&first.exposition)
		return read(&end.exposition) - read(&begin.exposition) - scrape
	}
	probes := probing(func(e *exposition) float64 { return e.probes })
	f.allocations = probing(func(e *exposition) float64 { return e.allocations }) / probes
	f.allocated = probing(func(e *exposition) float64 { return e.allocated }) / probes
	f.probes = (end.probes - begin.probes) / end.at.Sub(begin.at).Seconds()
	late := end.late.sub(begin.late)
	f.late50, f.late99 = seconds(late.quantile(0.5)), seconds(late.quantile(0.99))
	f.skipped = int(end.skipped - begin.skipped)
	f.series, f.connections = end.series, end.connections
}

// spent is the CPU time that was used by everybody so far.
type spent struct {
	exporter, simulator, own times
	machine                  time.Duration
}

func (l *lab) spent() (at time.Time, s spent, err error) {
	for pid, to := range map[int]*times{l.exporter.pid: &s.exporter, l.simulator.pid: &s.simulator, os.Getpid(): &s.own} {
		if *to, err = timesOf(pid); err != nil {
			return time.Time{}, spent{}, err
		}
	}
	s.machine, err = busy()
	return time.Now(), s, err
}

// takeSpent takes what was used in the window. The number of probes in it is taken from their rate.
func (f *figures) takeSpent(before, after spent, window time.Duration) {
	exporter, simulator := after.exporter.sub(before.exporter), after.simulator.sub(before.simulator).sum()
	own := after.own.sub(before.own).sum()
	f.cpu = time.Duration(float64(exporter.sum()) / (f.probes * window.Seconds()))
	f.system = exporter.system.Seconds() / max(tick, exporter.sum()).Seconds()
	f.simulator = simulator.Seconds() / window.Seconds()
	f.others = max(0, (after.machine-before.machine-exporter.sum()-simulator-own).Seconds()/window.Seconds())
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
