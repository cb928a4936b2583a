package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestReloadUnderLoad: the configuration changes five times per second, validly and invalidly, while ten clients scrape. No
// scrape fails, no printer that stays is missing or loses a count, none has two requests in flight, and all resources are
// released.
func TestReloadUnderLoad(t *testing.T) {
	printers, lasts, scrapesEvery := 200, 5*time.Second, 250*time.Millisecond
	if testkit.Long() {
		printers, lasts, scrapesEvery = 1000, time.Minute, time.Second
	}
	relay := simulator.New(simulator.Options{Printers: printers, Seed: 3, Latency: simulator.Latency{Min: 20 * time.Millisecond, Max: 200 * time.Millisecond}})
	srv := listen(t, relay, "127.0.0.1:0")
	r := &reloading{t: t, dir: t.TempDir(), relay: relay, srv: srv, r: rand.New(rand.NewPCG(4, 5))}
	r.swap(r.text())
	p := testkit.ServeWrapped(t, r.withoutOverride(), "serve", "--web.enable-lifecycle", "--web.enable-pprof", "--config.file="+filepath.Join(r.dir, "config.yaml"))
	r.p = p
	p.Until("all are probed", func() bool { return len(p.Metrics("octoeverywhere_probe_success{", "} 1")) == printers })

	scrapers := make([]*scraper, 10)
	scrape := func(lasts time.Duration, meanwhile func(end time.Time)) {
		ctx, cancel := context.WithTimeout(t.Context(), lasts)
		defer cancel()
		var all sync.WaitGroup
		for _, s := range scrapers {
			all.Go(func() { s.run(ctx, scrapesEvery) })
		}
		end, _ := ctx.Deadline()
		meanwhile(end)
		all.Wait()
	}
	for i := range scrapers {
		scrapers[i] = &scraper{url: p.URL, format: formats[i%len(formats)], stays: r.stable(), counters: map[string]float64{}}
	}
	scrape(time.Second, func(time.Time) {}) // allocates what ten scrapes need
	before := r.resources()
	scrape(lasts, r.storm)

	r.restore()
	p.Until("all are probed again", func() bool { return len(p.Metrics("octoeverywhere_probe_success{", "} 1")) == printers })
	after := r.resources()
	for end := time.Now().Add(30 * time.Second); !after.like(before) && time.Now().Before(end); after = r.resources() {
		time.Sleep(500 * time.Millisecond)
	}
	t.Logf("%d reloads, of which %d were invalid; before: %v, after: %v", r.good+r.bad, r.bad, before, after)
	if !after.like(before) {
		t.Errorf("resources of reloads are not released:\n%s", after.stacks)
	}
	scrapes := 0
	for _, s := range scrapers {
		scrapes += s.scrapes
		for _, problem := range s.problems {
			t.Error(problem)
		}
	}
	t.Logf("%d scrapes of %d printers", scrapes, printers)
	for _, one := range relay.Printers() {
		c, err := relay.Counts(one.Name)
		canceled := c.Ping > 0 // a status, which the relay counts until it notices
		if err != nil || c.MaxConcurrent != 1 && !canceled || c.Forbidden+c.OtherMethods != 0 || c.Requests == 0 {
			t.Errorf("%+v %v", c, err)
		}
	}
	if least := int(lasts / (2 * time.Second)); r.good+r.bad < least || r.bad == 0 {
		t.Errorf("only %d reloads", r.good+r.bad)
	}
	if out := p.Output(); strings.Contains(out, "panic") || strings.Contains(out, "DATA RACE") {
		t.Error(out)
	}
}

// resources are what the exporter holds.
type resources struct {
	heap, descriptors float64
	goroutines        int // without idle workers, of which some are kept
	stacks            string
}

func (c resources) String() string {
	return fmt.Sprintf("%.1f MB in the heap, %.0f descriptors, %d goroutines", c.heap/1e6, c.descriptors, c.goroutines)
}

// like reports whether c is no more than before, up to fluctuations.
func (c resources) like(before resources) bool {
	return c.heap < 1.2*before.heap+1e6 && c.descriptors <= before.descriptors+3 && c.goroutines <= before.goroutines+6
}

var stack = regexp.MustCompile(`(?m)^(\d+) @ .*\n(?:#.*\n)+`)

func (r *reloading) resources() (c resources) {
	r.t.Helper()
	testkit.CloseIdleConnections()
	for range 2 { // pools survive the first collection
		if status, text := r.p.Get("/debug/pprof/heap?gc=1"); status != http.StatusOK {
			r.t.Fatal(status, text)
		}
	}
	value := func(name string) (v float64) {
		_, err := fmt.Sscan(r.p.Metrics(name + " ")[0][len(name)+1:], &v)
		r.must(err)
		return v
	}
	c.heap, c.descriptors = value("go_memstats_heap_alloc_bytes"), value("process_open_fds")
	_, c.stacks = r.p.Get("/debug/pprof/goroutine?debug=1")
	for _, m := range stack.FindAllStringSubmatch(c.stacks, -1) {
		n, err := strconv.Atoi(m[1])
		r.must(err)
		if !strings.Contains(m[0], "schedule.(*workerPool)") {
			c.goroutines += n
		}
	}
	return c
}
