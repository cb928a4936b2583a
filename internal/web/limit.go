package web

import (
	"fmt"
	"net/http"
	"time"
)

// Bounds of a response that is costly to make or to send. A client that reads nothing for stalled, or has not read all
// after answering, is disconnected: its request would keep a slot.
const (
	stalled   = 10 * time.Second
	answering = 2 * time.Minute
)

// LimitInFlight returns a wrapper whose handlers share a limit of requests in flight; 0: no limit. A request above it is
// reported to rejected and gets 503 with message. If message is empty, so is the body: writing one could block on a slow
// client.
func LimitInFlight(limit int, message string, rejected func()) func(http.Handler) http.Handler {
	if limit <= 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	slots := make(chan struct{}, limit)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
				next.ServeHTTP(w, r)
				if r.ProtoMajor == 2 { // send what is buffered while the slot is held: the client may not read it
					_ = http.NewResponseController(w).Flush()
				}
			default:
				rejected()
				w.Header().Set("Retry-After", "1")
				if message != "" {
					http.Error(w, message, http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Content-Length", "0")
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
	}
}

// limitCostly returns what bounds the costly routes, each response and all of them together.
func limitCostly(o Options) func(http.Handler) http.Handler {
	limit := LimitInFlight(o.MaxRequests, fmt.Sprintf("%d requests are in flight, which is the limit: raise --web.max-requests if all of them are yours", o.MaxRequests), o.Rejected)
	return func(next http.Handler) http.Handler { return limit(patient(next)) }
}

// patient sends an answer as long as the client takes it.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&patientWriter{ResponseWriter: w, control: http.NewResponseController(w), end: time.Now().Add(answering)}, r)
	})
}

type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	end     time.Time // of all patience
	set     time.Time // when the deadline was last moved
}

// Write moves the deadline on, but not for each of many small pieces.
func (w *patientWriter) Write(b []byte) (int, error) {
	if now := time.Now(); now.Sub(w.set) > time.Second {
		w.set = now
		deadline := now.Add(stalled)
		if deadline.After(w.end) {
			deadline = w.end
		}
		_ = w.control.SetWriteDeadline(deadline) // a test's recorder has none
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
