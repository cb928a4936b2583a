package exporter

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/web"
)

// TestStuckScheduleIsNotHealthy: on both listeners after about a minute, until probes are started again.
func TestStuckScheduleIsNotHealthy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := simulated(t, 3, Options{Logger: jsonLogger(&log)})
		defer e.fleet.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		expect := func(what string, want int) {
			t.Helper()
			for name, h := range map[string]http.Handler{"pages": e.Handler(), "health": web.Health(e.liveness.ok, nil)} {
				r := httptest.NewRecorder()
				h.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/-/healthy", nil))
				if r.Code != want || want != http.StatusOK && !strings.Contains(r.Body.String(), "scheduled probes are not starting") {
					t.Errorf("%s: %s: %d %s", what, name, r.Code, r.Body)
				}
			}
		}
		expect("before Run", http.StatusOK)
		go e.liveness.watch(ctx) // the schedule does not run: it is stuck
		time.Sleep(50 * time.Second)
		expect("after 50 s", http.StatusOK)
		time.Sleep(30 * time.Second)
		expect("after 80 s", http.StatusServiceUnavailable)
		time.Sleep(time.Hour)
		expect("after an hour", http.StatusServiceUnavailable)

		ended := make(chan struct{})
		go func() { e.schedule.Run(ctx); close(ended) }()
		time.Sleep(lookInterval + time.Millisecond)
		expect("when it runs", http.StatusOK)
		time.Sleep(time.Hour)
		expect("an hour later", http.StatusOK)
		cancel()
		<-ended
		for text, want := range map[string]int{`"level":"ERROR","msg":"scheduled probes are not starting`: 1, `"msg":"scheduled probes are starting again"`: 1} {
			if n := strings.Count(log.String(), text); n != want {
				t.Errorf("%s is logged %d times:\n%s", text, n, log.String())
			}
		}
	})
}

// TestSuspensionIsHealthy: a process that was suspended for an hour looks once and finds the schedule late, as do those of a machine
// that is overloaded at times.
func TestSuspensionIsHealthy(t *testing.T) {
	late := time.Hour
	l := &liveness{late: func() time.Duration { return late }, log: jsonLogger(new(bytes.Buffer))}
	for range 100 {
		late = time.Hour
		for range maxMisses - 1 {
			l.look()
		}
		late = maxLate
		l.look()
		if !l.ok() {
			t.Fatal("it is not healthy")
		}
	}
}
