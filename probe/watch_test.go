package probe

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestWatchTellsEachStage of each question, on connections of a host's own and on shared ones.
func TestWatchTellsEachStage(t *testing.T) {
	for name, alone := range map[string]bool{"alone": true, "shared": false} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"Status":200,"Result":{}}`))
			}))
			srv.EnableHTTP2 = true
			srv.StartTLS()
			defer srv.Close()
			u, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			via := NewTransport(Settings{TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig, DisableSharing: alone})
			defer func() { via.Close(); via.wait() }()
			target := Target{Name: "a", Interval: time.Minute, Timeout: time.Minute, Address: NewAddress(u), Via: via}

			var mu sync.Mutex
			var told []Phase
			steps := target.Climb(Watch(context.Background(), Watcher{Phase: func(q Request, s Phase) {
				mu.Lock()
				defer mu.Unlock()
				if q != PingRequest {
					t.Errorf("told of %v", q)
				}
				told = append(told, s)
			}}), NewStatus(target), PingRequest)
			if !steps[0].Fault.None() {
				t.Fatal(steps[0].Fault)
			}
			mu.Lock()
			defer mu.Unlock()
			told = slices.Compact(told)
			for _, s := range []Phase{Connecting, Handshaking, Waiting, Receiving, ResponseRead} {
				if !slices.Contains(told, s) {
					t.Errorf("not told of %v: %v", s, told)
				}
			}
			if told[len(told)-1] != ResponseRead {
				t.Errorf("the end is not the last: %v", told)
			}
		})
	}
}

// TestWatchTellsWhatIsKnown before the next question is answered.
func TestWatchTellsWhatIsKnown(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"Status":785}`))
	}))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	via := NewTransport(Settings{TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig})
	defer func() { via.Close(); via.wait() }()
	target := Target{
		Name: "a", Interval: time.Minute, Timeout: time.Minute, Address: NewAddress(u), Service: NewAddress(u), AppToken: NewSecret("x"), Via: via,
	}
	var known []Status
	ctx := Watch(context.Background(), Watcher{Phase: func(Request, Phase) {}, Known: func(s Status) { known = append(known, s) }})
	steps := target.Climb(ctx, NewStatus(target), StatusRequest)
	if len(steps) != 2 || len(known) != 1 || known[0].Fault.Code != 785 {
		t.Errorf("%d steps, known: %v", len(steps), known)
	}
}
