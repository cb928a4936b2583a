package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

// figures is what was measured with one number of printers. What is "a probe" or "a second" holds for the window.
type measurement struct {
	printers                           int
	probesPerSecond                    float64       // a second
	cpuPerProbe                        time.Duration // of the exporter's process, a probe
	systemRatio                        float64       // part of it that was spent in the kernel
	allocationsPerProbe, bytesPerProbe float64       // a probe; a number, and bytes
	meanResident, maxResident          int64         // bytes, in the window
	descriptors, connections           int
	startDelayP50, startDelayP99       time.Duration // how late probes began, as the exporter says
	jitterP99                          time.Duration // by how much the distances between a well printer's probes were off
	missedProbes                       int           // probes of printers that are well, as the relay saw it
	skippedProbes                      int           // as the exporter says
	simulatorCPUs, otherCPUs           float64       // processors that were busy with the relay, and with neither it nor this
	series                             int
	scrapes                            [len(scrapeKinds)]scrapeCost
}

// limit bounds the measuring of one number of printers: nothing of it can go on for ever.
func (o options) timeLimit() time.Duration { return o.duration() + 10*time.Minute }

// measure starts both processes for a number of printers, measures, and ends them.
func measure(ctx context.Context, o options, program, dir string, printers int) (f measurement, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeLimit(), fmt.Errorf("it was not over after %v", o.timeLimit()))
	defer cancel()
	ctx, l, err := startTestbed(ctx, o, program, dir, printers)
	if err != nil {
		return measurement{}, err
	}
	defer l.close()
	if err := l.waitForFirstProbes(ctx, printers); err != nil {
		return measurement{}, err
	}
	if err := sleepContext(ctx, o.warmup); err != nil {
		return measurement{}, err
	}
	f.printers = printers
	if err := f.measureProbing(ctx, l, o.window); err != nil {
		return measurement{}, err
	}
	return f, f.measureScrapes(ctx, l)
}

// measureProbing measures a window in which nobody scrapes.
func (f *measurement) measureProbing(ctx context.Context, l *testbed, window time.Duration) error {
	var told [3]timedScrape
	for i := range 2 {
		if err := told[i].scrape(ctx, l); err != nil {
			return err
		}
	}
	l.client.CloseIdleConnections() // descriptors are those of the exporter's own doing
	if err := l.resetCounts(ctx); err != nil {
		return err
	}
	from, before, err := l.cpuUsage()
	if err != nil {
		return err
	}
	m, err := watchProcess(ctx, l.exporter.pid, window)
	if err != nil {
		return err
	}
	to, after, err := l.cpuUsage()
	if err != nil {
		return err
	}
	visits, err := l.healthyCounts(ctx)
	if err != nil {
		return err
	}
	if err := told[2].scrape(ctx, l); err != nil {
		return err
	}

	f.applyScrapes(&told)
	f.applyCPU(before, after, to.Sub(from))
	f.meanResident, f.maxResident, f.descriptors = m.meanResident(), m.maxResident, m.descriptors
	r := analyzeTiming(visits, from, to, l.interval)
	f.jitterP99, f.missedProbes = p99(r.jitter), r.missed
	return nil
}

// measureScrapes measures each kind of scrape while probing goes on.
func (f *measurement) measureScrapes(ctx context.Context, l *testbed) (err error) {
	background := f.cpuPerProbe.Seconds() * f.probesPerSecond
	for i, k := range scrapeKinds {
		if f.scrapes[i], err = l.measureScrape(ctx, k, background); err != nil {
			return err
		}
	}
	return nil
}

// scraped is an exposition and when it was asked for.
type timedScrape struct {
	metricsPage
	at time.Time
}

func (s *timedScrape) scrape(ctx context.Context, l *testbed) (err error) {
	s.at = time.Now()
	s.metricsPage, err = l.scrapeMetrics(ctx)
	return err
}

// takeScraped takes what three expositions tell: two in a row, and one at the end of the window. There is one scrape in
// each of the two spans between them, so that the difference of the spans is probing alone.
func (f *measurement) applyScrapes(s *[3]timedScrape) {
	first, begin, end := &s[0], &s[1], &s[2]
	probing := func(read func(*metricsPage) float64) float64 {
		scrape := read(&begin.metricsPage) - read(&first.metricsPage)
		return read(&end.metricsPage) - read(&begin.metricsPage) - scrape
	}
	probes := probing(func(e *metricsPage) float64 { return e.probes })
	f.allocationsPerProbe = probing(func(e *metricsPage) float64 { return e.allocations }) / probes
	f.bytesPerProbe = probing(func(e *metricsPage) float64 { return e.allocatedBytes }) / probes
	f.probesPerSecond = (end.probes - begin.probes) / end.at.Sub(begin.at).Seconds()
	late := end.startDelay.sub(begin.startDelay)
	f.startDelayP50, f.startDelayP99 = seconds(late.quantile(0.5)), seconds(late.quantile(0.99))
	f.skippedProbes = int(end.skipped - begin.skipped)
	f.series, f.connections = end.series, end.connections
}

// spent is the CPU time that was used by everybody so far.
type cpuSnapshot struct {
	exporter, simulator, self cpuTimes
	machine                   time.Duration
}

func (l *testbed) cpuUsage() (at time.Time, s cpuSnapshot, err error) {
	for pid, to := range map[int]*cpuTimes{l.exporter.pid: &s.exporter, l.simulator.pid: &s.simulator, os.Getpid(): &s.self} {
		if *to, err = readCPUTimes(pid); err != nil {
			return time.Time{}, cpuSnapshot{}, err
		}
	}
	s.machine, err = readBusyTime()
	return time.Now(), s, err
}

// takeSpent takes what was used in the window. The number of probes in it is taken from their rate.
func (f *measurement) applyCPU(before, after cpuSnapshot, window time.Duration) {
	exporter, simulator := after.exporter.sub(before.exporter), after.simulator.sub(before.simulator).sum()
	own := after.self.sub(before.self).sum()
	f.cpuPerProbe = time.Duration(float64(exporter.sum()) / (f.probesPerSecond * window.Seconds()))
	f.systemRatio = exporter.system.Seconds() / max(clockTick, exporter.sum()).Seconds()
	f.simulatorCPUs = simulator.Seconds() / window.Seconds()
	f.otherCPUs = max(0, (after.machine-before.machine-exporter.sum()-simulator-own).Seconds()/window.Seconds())
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
