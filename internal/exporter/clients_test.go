package exporter

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// slowPrinters responds to requests after random times, of which some are longer than the timeout. It counts by path.
type slowPrinters struct {
	mu       sync.Mutex
	random   *rand.Rand
	inFlight map[string]int
	most     int
	requests map[string]int
}

func (p *slowPrinters) RoundTrip(r *http.Request) (*http.Response, error) {
	printer, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/p/"), "/")
	p.mu.Lock()
	p.requests[printer+" "+r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]++
	p.inFlight[printer]++
	p.most = max(p.most, p.inFlight[printer])
	takes := time.Duration(p.random.Int64N(int64(6 * time.Second)))
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.inFlight[printer]--
		p.mu.Unlock()
	}()
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Reused: true})
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(takes):
	}
	body := `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// TestClientsThatGiveUp: 50 clients request /probe of four slow printers and give up at random times, for ten minutes. A
// printer gets one request at a time, and no more than the schedule alone would send; no scrape fails, and each printer is
// probed at each tick that is not dropped.
func TestClientsThatGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const printers, clients, ticks = 4, 50, 60
		const interval = 10 * time.Second
		config := "service: {url: http://127.0.0.1:1}\ndefaults: {interval: 10s, timeout: 5s}\nprinters:\n"
		for i := range printers {
			config += fmt.Sprintf("  - {name: p%d, url: http://127.0.0.1:1/p/%[1]d, authorization: {credentials: token}}\n", i)
		}
		slow := &slowPrinters{random: rand.New(rand.NewPCG(1, 2)), inFlight: map[string]int{}, requests: map[string]int{}}
		e := newExporter(t, Options{ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", config), RoundTripper: slow, MaxRequests: clients})
		ctx, cancel := context.WithTimeout(t.Context(), ticks*interval)
		defer cancel()
		var all sync.WaitGroup
		all.Go(func() {
			if err := e.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		for i := range clients {
			r := rand.New(rand.NewPCG(3, uint64(i)))
			all.Go(func() {
				for ctx.Err() == nil {
					scrape(ctx, t, e.Handler(), r, r.IntN(printers))
					time.Sleep(time.Duration(r.Int64N(int64(6 * time.Second))))
				}
			})
		}
		all.Wait()
		if slow.most != 1 {
			t.Errorf("%d requests to a printer at once", slow.most)
		}
		for i := range printers {
			s, _ := e.Fleet().Status(fmt.Sprint("p", i))
			sent := slow.requests[fmt.Sprint(i, " status")] + slow.requests[fmt.Sprint(i, " ping")]
			if s.Probes < ticks*19/20 || s.Probes > ticks+1 || sent > int(s.Probes)*3/2 { // a status request that times out is followed by a ping
				t.Errorf("printer %d: %d probes and %d requests in %d intervals", i, s.Probes, sent, ticks)
			}
		}
	})
}

// scrape requests /probe of a printer. Half of the clients close their connection, the others have a scrape timeout.
func scrape(ctx context.Context, t *testing.T, h http.Handler, r *rand.Rand, printer int) {
	timeout := time.Duration(r.Int64N(int64(4 * time.Second)))
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("/probe?target=p%d", printer), nil)
	if r.IntN(2) == 0 {
		defer time.AfterFunc(timeout, giveUp).Stop()
	} else {
		req.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", fmt.Sprint(timeout.Seconds()+0.1))
	}
	w := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil && (p != http.ErrAbortHandler || ctx.Err() == nil) { //nolint:errorlint // for a client that has gone; net/http does not unwrap it
			panic(p)
		}
	}()
	h.ServeHTTP(w, req)
	if w.Code != http.StatusOK && ctx.Err() == nil {
		t.Errorf("/probe: %d %s", w.Code, w.Body)
	}
}
