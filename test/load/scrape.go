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
func (tb *testbed) measureScrape(ctx context.Context, k scrapeKind, background float64) (c scrapeCost, err error) {
	before, err := readCPUTimes(tb.exporter.pid)
	if err != nil {
		return scrapeCost{}, err
	}
	begin := time.Now()
	var durations []time.Duration
	var scrapeErr error
	var scraping sync.WaitGroup
	scraping.Go(func() { c.bytes, durations, scrapeErr = tb.scrapeFor(ctx, k, tb.interval/2) })
	m, err := watchProcess(ctx, tb.exporter.pid, tb.interval)
	scraping.Wait()
	if err := cmp.Or(scrapeErr, err); err != nil {
		return scrapeCost{}, err
	}
	after, err := readCPUTimes(tb.exporter.pid)
	if err != nil {
		return scrapeCost{}, err
	}
	probing := time.Duration(background * float64(time.Since(begin)))
	c.cpu = (after.sub(before).sum() - probing) / time.Duration(len(durations))
	slices.Sort(durations)
	c.duration = durations[len(durations)/2]
	c.maxResident = m.maxResident
	return c, nil
}

// scrapeFor scrapes for d, at least once. It returns the size of a scrape in bytes, and the durations.
func (tb *testbed) scrapeFor(ctx context.Context, k scrapeKind, d time.Duration) (bytes int64, durations []time.Duration, err error) {
	for end := time.Now().Add(d); len(durations) == 0 || len(durations) < maxScrapes && time.Now().Before(end); {
		begin := time.Now()
		if bytes, err = tb.scrape(ctx, k); err != nil {
			return 0, nil, err
		}
		durations = append(durations, time.Since(begin))
		if err := sleepContext(ctx, scrapePause); err != nil {
			return 0, nil, err
		}
	}
	return bytes, durations, nil
}

// scrape runs the concurrent scrapes of a kind, and returns the size of one in bytes.
func (tb *testbed) scrape(ctx context.Context, k scrapeKind) (int64, error) {
	sizes, errs := make([]int64, k.concurrency), make([]error, k.concurrency)
	var all sync.WaitGroup
	for i := range k.concurrency {
		all.Go(func() { sizes[i], errs[i] = tb.download(ctx, k.accept, k.encoding) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return sizes[0], nil
}
