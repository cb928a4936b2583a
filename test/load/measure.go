package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"time"
)

// measurement is the result for one number of printers. Rates and costs per probe are those of the window.
type measurement struct {
	printers                           int
	probesPerSecond                    float64
	cpuPerProbe                        time.Duration // of the exporter's process
	systemRatio                        float64       // ratio of CPU time spent in the kernel
	allocationsPerProbe, bytesPerProbe float64
	meanResident, maxResident          int64 // bytes, in the window
	descriptors, connections           int
	startDelayP50, startDelayP99       time.Duration // between scheduled time and start of a probe, from the exporter's metrics
	jitterP99                          time.Duration // deviation from the interval between probes of a healthy printer
	missedProbes                       int           // of healthy printers, as the relay counts them
	skippedProbes                      int           // from the exporter's metrics
	simulatorCPUs, otherCPUs           float64       // CPUs used by the relay, and by other processes than the relay, the exporter and this one
	series                             int
	scrapes                            [len(scrapeKinds)]scrapeCost
}

// timeLimit bounds the measurement of one number of printers.
func (o options) timeLimit() time.Duration { return o.duration() + 10*time.Minute }

// measure starts both processes for a number of printers, measures, and stops them.
func measure(ctx context.Context, o options, program, dir string, printers int) (f measurement, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeLimit(), fmt.Errorf("timeout after %v", o.timeLimit()))
	defer cancel()
	ctx, tb, err := startTestbed(ctx, o, program, dir, printers)
	if err != nil {
		return measurement{}, err
	}
	defer tb.close()
	if err := tb.waitForFirstProbes(ctx, printers); err != nil {
		return measurement{}, err
	}
	if err := sleepContext(ctx, o.warmup); err != nil {
		return measurement{}, err
	}
	f.printers = printers
	if err := f.measureProbing(ctx, tb, o.window); err != nil {
		return measurement{}, err
	}
	return f, f.measureScrapes(ctx, tb)
}

// measureProbing measures a window without scrapes.
func (f *measurement) measureProbing(ctx context.Context, tb *testbed, window time.Duration) error {
	var scrapes [3]timedScrape
	for i := range 2 {
		if err := scrapes[i].scrape(ctx, tb); err != nil {
			return err
		}
	}
	tb.client.CloseIdleConnections() // descriptors of scrapes do not count
	if err := tb.resetCounts(ctx); err != nil {
		return err
	}
	from, before, err := tb.cpuUsage()
	if err != nil {
		return err
	}
	m, err := watchProcess(ctx, tb.exporter.pid, window)
	if err != nil {
		return err
	}
	to, after, err := tb.cpuUsage()
	if err != nil {
		return err
	}
	counts, err := tb.healthyCounts(ctx)
	if err != nil {
		return err
	}
	if err := scrapes[2].scrape(ctx, tb); err != nil {
		return err
	}

	f.applyScrapes(&scrapes)
	f.applyCPU(before, after, to.Sub(from))
	f.meanResident, f.maxResident, f.descriptors = m.meanResident(), m.maxResident, m.descriptors
	r := analyzeTiming(counts, from, to, tb.interval)
	f.jitterP99, f.missedProbes = p99(r.jitter), r.missed
	return nil
}

// measureScrapes measures each kind of scrape while the exporter probes.
func (f *measurement) measureScrapes(ctx context.Context, tb *testbed) (err error) {
	background := f.cpuPerProbe.Seconds() * f.probesPerSecond
	for i, k := range scrapeKinds {
		if f.scrapes[i], err = tb.measureScrape(ctx, k, background); err != nil {
			return err
		}
	}
	return nil
}

// timedScrape is a scrape and when it started.
type timedScrape struct {
	metricsPage
	at time.Time
}

func (s *timedScrape) scrape(ctx context.Context, tb *testbed) (err error) {
	s.at = time.Now()
	s.metricsPage, err = tb.scrapeMetrics(ctx)
	return err
}

// applyScrapes computes rates from three scrapes: two in a row, and one at the end of the window. Both intervals between
// them contain one scrape, so that their difference is the cost of probing alone.
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

// cpuSnapshot is the CPU time used so far.
type cpuSnapshot struct {
	exporter, simulator, self cpuTimes
	machine                   time.Duration
}

func (tb *testbed) cpuUsage() (at time.Time, s cpuSnapshot, err error) {
	for pid, to := range map[int]*cpuTimes{tb.exporter.pid: &s.exporter, tb.simulator.pid: &s.simulator, os.Getpid(): &s.self} {
		if *to, err = readCPUTimes(pid); err != nil {
			return time.Time{}, cpuSnapshot{}, err
		}
	}
	s.machine, err = readBusyTime()
	return time.Now(), s, err
}

// applyCPU computes the CPU use in the window. The number of probes is computed from their rate.
func (f *measurement) applyCPU(before, after cpuSnapshot, window time.Duration) {
	exporter, simulator := after.exporter.sub(before.exporter), after.simulator.sub(before.simulator).sum()
	own := after.self.sub(before.self).sum()
	f.cpuPerProbe = time.Duration(float64(exporter.sum()) / (f.probesPerSecond * window.Seconds()))
	f.systemRatio = exporter.system.Seconds() / max(clockTick, exporter.sum()).Seconds()
	f.simulatorCPUs = simulator.Seconds() / window.Seconds()
	f.otherCPUs = max(0, (after.machine-before.machine-exporter.sum()-simulator-own).Seconds()/window.Seconds())
}

// seconds converts s to a duration. NaN is unknown, a negative duration.
func seconds(s float64) time.Duration {
	if math.IsNaN(s) {
		return -1
	}
	return time.Duration(s * float64(time.Second))
}
