package fleet

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestProgress reports each phase of each request, on dedicated and on shared connections, and what is known between two
// requests.
func TestProgress(t *testing.T) {
	for name, dedicated := range map[string]bool{"dedicated": true, "shared": false} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"Status":785}`))
			}))
			srv.EnableHTTP2 = true
			srv.StartTLS()
			defer srv.Close()
			var mu sync.Mutex
			seen := map[probe.Request][]probe.Phase{}
			var known []*probe.Status
			f := New(Options{DisableSharing: dedicated, Progress: func(p Progress) {
				mu.Lock()
				defer mu.Unlock()
				seen[p.Request] = append(seen[p.Request], p.Phase)
				known = append(known, p.Known)
			}})
			defer f.Close()
			to := at(t, srv, probe.Settings{TLS: srv.Client().Transport.(*http.Transport).TLSClientConfig})
			to.Interval, to.Timeout, to.AppToken = time.Minute, time.Minute, probe.NewSecret("x")
			f.Replace([]probe.Target{to})
			f.Probe(t.Context(), "a", time.Now())
			mu.Lock()
			defer mu.Unlock()
			status := slices.Compact(seen[probe.StatusRequest])
			for _, p := range []probe.Phase{probe.Connecting, probe.Handshaking, probe.Waiting, probe.Receiving, probe.ResponseRead} {
				if !slices.Contains(status, p) {
					t.Errorf("%v is not reported: %v", p, status)
				}
			}
			if status[len(status)-1] != probe.ResponseRead || len(seen) != 2 {
				t.Errorf("%v", seen)
			}
			if known[0] != nil || known[len(known)-1] == nil || known[len(known)-1].Fault.Code != 785 {
				t.Error("what is known before the second request is not reported")
			}
		})
	}
}
