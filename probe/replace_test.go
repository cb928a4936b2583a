package probe

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// TestAReloadEndsConnectionsOfOtherSettings: those that were made with settings that no printer has any more, of all kinds.
func TestAReloadEndsConnectionsOfOtherSettings(t *testing.T) {
	for name, alone := range map[string]bool{"shared": false, "own": true} {
		t.Run(name, func(t *testing.T) {
			to, srv := relay(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, idle) }, secureHTTP2)
			f := NewFleet(Hooks{})
			defer f.Close()
			var before *Transport
			for _, key := range []string{"before", "after"} {
				to.Via, to.Settings = nil, Settings{Key: key, TLS: trust(srv), DisableSharing: alone}
				f.Replace([]Target{to})
				if s, _, err := f.ProbeNow(t.Context(), to.Name); err != nil || !s.Success() || f.transports[key].Open() != 1 {
					t.Fatalf("%s: %v, %+v", key, err, s)
				}
				if key == "before" {
					before = f.transports[key]
				}
			}
			for end := time.Now().Add(10 * time.Second); before.Open() > 0; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatal("they stay open")
				}
			}
		})
	}
}
