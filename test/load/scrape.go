package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// scrapeKind is a way to scrape the metrics.
type scrapeKind struct {
	name, accept, encoding string
	concurrency            int
}

// Accept headers. Prometheus prefers OpenMetrics, or protobuf if it ingests native histograms.
const (
	acceptText        = "text/plain;version=0.0.4"
	acceptOpenMetrics = "application/openmetrics-text;version=1.0.0"
	acceptProtobuf    = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
)

// scrapeKinds has protobuf last, because its memory is not released at once.
var scrapeKinds = [...]scrapeKind{
	{"text", acceptText, "identity", 1},
	{"text, gzip", acceptText, "gzip", 1},
	{"OpenMetrics, gzip", acceptOpenMetrics, "gzip", 1},
	{"ten concurrent: text, gzip", acceptText, "gzip", 10},
	{"protobuf, gzip", acceptProtobuf, "gzip", 1},
}

// scrapeCost is the cost of one scrape. With concurrent scrapes it is the sum of all.
type scrapeCost struct {
	bytes    int64         // transferred per scrape
	cpu      time.Duration // of the exporter's process, without probing
	duration time.Duration // median

	maxResident int64 // bytes
}

// Limits of scrapeFor: the number of scrapes, and the pause after each.
const (
	maxScrapes  = 200
	scrapePause = 20 * time.Millisecond
)

// measureScrape scrapes for half an interval. It measures a whole interval, in which each printer is probed once, and
// subtracts the cost of probing: background is that cost in CPUs.
func (l *testbed) measureScrape(ctx context.Context, k scrapeKind, background float64) (c scrapeCost, err error) {
	before, err := readCPUTimes(l.exporter.pid)
	if err != nil {
		return scrapeCost{}, err
	}
	begin := time.Now()
	var walls []time.Duration
	var failed error
	var scraping sync.WaitGroup
	scraping.Go(func() { c.bytes, walls, failed = l.scrapeFor(ctx, k, l.interval/2) })
	m, err := watchProcess(ctx, l.exporter.pid, l.interval)
	scraping.Wait()
	if err := cmp.Or(failed, err); err != nil {
		return scrapeCost{}, err
	}
	after, err := readCPUTimes(l.exporter.pid)
	if err != nil {
		return scrapeCost{}, err
	}
	probing := time.Duration(background * float64(time.Since(begin)))
	c.cpu = (after.sub(before).sum() - probing) / time.Duration(len(walls))
	slices.Sort(walls)
	c.duration = walls[len(walls)/2]
	c.maxResident = m.maxResident
	return c, nil
}

// scrapeFor scrapes for d, at least once. It returns the size of a scrape in bytes, and the durations.
func (l *testbed) scrapeFor(ctx context.Context, k scrapeKind, d time.Duration) (bytes int64, walls []time.Duration, err error) {
	for end := time.Now().Add(d); len(walls) == 0 || len(walls) < maxScrapes && time.Now().Before(end); {
		begin := time.Now()
		if bytes, err = l.scrape(ctx, k); err != nil {
			return 0, nil, err
		}
		walls = append(walls, time.Since(begin))
		if err := sleepContext(ctx, scrapePause); err != nil {
			return 0, nil, err
		}
	}
	return bytes, walls, nil
}

// scrape runs the concurrent scrapes of a kind, and returns the size of one in bytes.
func (l *testbed) scrape(ctx context.Context, k scrapeKind) (int64, error) {
	sizes, errs := make([]int64, k.concurrency), make([]error, k.concurrency)
	var all sync.WaitGroup
	for i := range k.concurrency {
		all.Go(func() { sizes[i], errs[i] = l.download(ctx, k.accept, k.encoding) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return sizes[0], nil
}
