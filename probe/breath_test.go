package probe

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
)

// silent never answers a status, and answers a ping at once.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/octoeverywhere-command-api/ping" {
		return nil, &net.OpError{Op: "read", Err: net.ErrClosed}
	}
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestAQuestionThatWasGivenUpIsOverBeforeTheNext: there is a breath between them, also where little time is left.
func TestAQuestionThatWasGivenUpIsOverBeforeTheNext(t *testing.T) {
	for what, c := range map[string]struct{ interval, timeout, want time.Duration }{
		"time enough": {time.Minute, 20 * time.Second, breath},
		"little time": {time.Second, time.Second, 50 * time.Millisecond}, // a quarter of the 200 ms that are left
	} {
		synctest.Test(t, func(t *testing.T) {
			at := NewAddress(&url.URL{Scheme: "https", Host: "a.octoeverywhere.com"})
			target := Target{Name: "a", Interval: c.interval, Timeout: c.timeout, Address: at, Via: silent{}}
			steps := target.Climb(t.Context(), NewStatus(target), StatusRequest)
			if len(steps) != 2 || !steps[0].Fault.Same(fault.NoAnswer) {
				t.Fatalf("%s: %+v", what, steps)
			}
			if got := steps[1].Asked.Sub(steps[0].Ended()); got != c.want {
				t.Errorf("%s: %v between the questions, want %v", what, got, c.want)
			}
		})
	}
}

// TestAQuestionThatIsRepeatedWaits: net/http asks again by itself, at once, when a kept connection ends under a question.
func TestAQuestionThatIsRepeatedWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr tracer
		tr.begin(nil)
		begin := time.Now()
		tr.hooks().GotConn(httptrace.GotConnInfo{Reused: true})
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("the first connection is waited for %v", waited)
		}
		tr.hooks().GotConn(httptrace.GotConnInfo{})
		if waited := time.Since(begin); waited != breath {
			t.Errorf("the second connection is used after %v, want %v", waited, breath)
		}
	})
}

// TestABreathEndsWithTheExporter: nobody waits for it then.
func TestABreathEndsWithTheExporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		begin := time.Now()
		takeBreath(ctx, breath)
		if time.Since(begin) != 0 {
			t.Error("it goes on")
		}
	})
}
