package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/test/testkit"
)

// countingRelay responds to each request after a random time, and counts by path. A canceled request is no longer in flight.
type countingRelay struct {
	mu       sync.Mutex
	inFlight map[string]int
	atOnce   int // the most requests in flight with the same path
	requests map[string]int
}

func (c *countingRelay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.requests[r.URL.Path]++
	c.inFlight[r.URL.Path]++
	c.atOnce = max(c.atOnce, c.inFlight[r.URL.Path])
	c.mu.Unlock()
	select {
	case <-time.After(50*time.Millisecond + rand.N(250*time.Millisecond)):
	case <-r.Context().Done(): // the request has timed out, so the next one is not beside it
	}
	c.mu.Lock()
	c.inFlight[r.URL.Path]--
	c.mu.Unlock()
	_, _ = io.WriteString(w, testkit.StatusResponse)
}

// paths returns how many paths were requested.
func (c *countingRelay) paths() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.requests)
}

// TestHammer: 50 clients request /probe over HTTP and give up at random times. The printers, behind HTTP/2, are slow; half of them
// are also probed by a schedule. A printer gets one request at a time and one per interval, and is probed though nobody waits for
// the result.
func TestHammer(t *testing.T) {
	t.Parallel()
	const printers, clients = 40, 50
	interval, lasts, most := 10*time.Minute, time.Second, 1
	if testkit.Long() {
		interval, lasts, most = 5*time.Second, time.Minute, 14
	}
	relay := &countingRelay{inFlight: map[string]int{}, requests: map[string]int{}}
	edge := httptest.NewUnstartedServer(relay)
	edge.EnableHTTP2 = true
	edge.StartTLS()
	t.Cleanup(edge.Close)
	var config strings.Builder
	fmt.Fprintf(&config, "defaults: {interval: %s, tls_config: {insecure_skip_verify: true}}\nservice: {url: %q}\nprinters:\n", interval, edge.URL)
	for i := range printers {
		fmt.Fprintf(&config, "- {name: p%d, url: \"%s/%[1]d\"}\n", i, edge.URL)
	}
	e, err := exporter.New(exporter.Options{ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", config.String())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Fleet().Close)
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)

	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var all sync.WaitGroup
	for i := 0; i < printers; i += 2 {
		all.Go(func() {
			for tick := time.NewTicker(interval); ctx.Err() == nil; {
				e.Fleet().Probe(t.Context(), fmt.Sprint("p", i), time.Now())
				select {
				case <-tick.C:
				case <-ctx.Done():
				}
			}
		})
	}
	for relay.paths() < printers/2 { // a tick right after a client's probe would make another one
		time.Sleep(time.Millisecond)
	}
	var sent atomic.Int64
	for range clients {
		all.Go(func() {
			for {
				requestAndGiveUp(t, server, fmt.Sprint("/probe?target=p", sent.Add(1)%printers), rand.N(200*time.Millisecond))
				if ctx.Err() != nil {
					return
				}
			}
		})
	}
	all.Wait()
	for relay.paths() < printers || e.Fleet().InFlight() > 0 { // probes that nobody waits for
		time.Sleep(time.Millisecond)
	}

	if relay.atOnce != 1 {
		t.Errorf("%d requests to a printer at once", relay.atOnce)
	}
	for i := range printers {
		status, _ := e.Fleet().Status(fmt.Sprint("p", i))
		if n := relay.requests[fmt.Sprintf("/%d/octoeverywhere-command-api/status", i)]; n < 1 || n > most || !status.Success() {
			t.Errorf("printer %d: %d requests, fault %q", i, n, status.Fault.Reason)
		}
	}
}

// requestAndGiveUp sends a request to /probe. Half of the clients close the connection after a while, the others say how long
// they wait.
func requestAndGiveUp(t *testing.T, server *httptest.Server, path string, after time.Duration) {
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+path, http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	if rand.N(2) == 0 {
		defer time.AfterFunc(after, giveUp).Stop()
	} else {
		req.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", fmt.Sprint(after.Seconds()+0.001))
	}
	resp, err := server.Client().Do(req)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %v", resp, err)
	}
}
