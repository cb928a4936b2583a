package transport

import (
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"
)

// TestSecondConnectionWaits: net/http sends a request again, immediately, when a reused connection fails.
func TestSecondConnectionWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr trace
		tr.begin(nil)
		begin := time.Now()
		tr.hooks().GotConn(httptrace.GotConnInfo{Reused: true})
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("the first connection is used after %v", waited)
		}
		tr.hooks().GotConn(httptrace.GotConnInfo{})
		if waited := time.Since(begin); waited != retryDelay {
			t.Errorf("the second connection is used after %v, want %v", waited, retryDelay)
		}
	})
}
