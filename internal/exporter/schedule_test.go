package exporter

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// slowRelay responds after 17 seconds.
type slowRelay struct{}

func (slowRelay) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(17 * time.Second)
	body := `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestDroppedTicksAreCounted: ticks at which a probe on demand is in flight are counted as skipped.
func TestDroppedTicksAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newExporter(t, Options{RoundTripper: slowRelay{}, ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml",
			"defaults: {interval: 20s, timeout: 18s}\nprinters: [{name: a, url: 'https://a.octoeverywhere.com'}]\n")})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := e.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		for range 20 {
			if _, _, err := e.fleet.ProbeNow(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		if n := e.schedule.Skipped(); n < 16 || n > 18 { // 340 s have passed
			t.Errorf("%d ticks are counted", n)
		}
		cancel()
		running.Wait()
	})
}
