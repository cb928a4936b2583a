package web

import (
	"net/http"
	"time"
)

// Bounds of a response. A client that reads nothing for writeStallTimeout, or has not read all responseTimeout after the
// first write, is disconnected: its request would keep a slot.
const (
	writeStallTimeout = 10 * time.Second
	responseTimeout   = 2 * time.Minute
)

// withWriteDeadlines extends the write deadline of a response as long as the client reads it. Before the first write there
// is none: a request for a probe waits as long as the probe takes, whatever the timeout of the printer is.
func withWriteDeadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Time{}) // a test's recorder has none
		next.ServeHTTP(&deadlineWriter{ResponseWriter: w, control: control}, r)
	})
}

// deadlineWriter sets the write deadline before it writes.
type deadlineWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	end     time.Time // no deadline is later; zero before the first write
	lastSet time.Time // when the deadline was last set
}

// Write sets the deadline at most once per second, because there can be many small writes.
func (w *deadlineWriter) Write(b []byte) (int, error) {
	if now := time.Now(); now.Sub(w.lastSet) > time.Second {
		w.lastSet = now
		if w.end.IsZero() {
			w.end = now.Add(responseTimeout)
		}
		deadline := now.Add(writeStallTimeout)
		if deadline.After(w.end) {
			deadline = w.end
		}
		_ = w.control.SetWriteDeadline(deadline)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer.
func (w *deadlineWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
