package web

import (
	"fmt"
	"net/http"
	"time"
)

// Bounds of an answer whose making or sending costs something. A client that takes nothing for stalled, or has not taken
// all after answering, is left: it keeps others from being answered.
const (
	stalled   = 10 * time.Second
	answering = 2 * time.Minute
)

// limit gives what makes handlers share a number of places; 0: any number. Whoever comes when all are taken is told to come
// again: to let them wait would only move the crowd. refused, unless nil, is told of each.
func limit(most int, refused func()) func(http.Handler) http.Handler {
	if most <= 0 {
		return patient
	}
	places := make(chan struct{}, most)
	crowded := fmt.Sprintf("%d requests are being answered, and no more are at a time: raise --web.max-requests if all of them are yours", most)
	return func(next http.Handler) http.Handler {
		next = patient(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
				next.ServeHTTP(w, r)
			default:
				if refused != nil {
					refused()
				}
				w.Header().Set("Retry-After", "1")
				http.Error(w, crowded, http.StatusServiceUnavailable)
			}
		})
	}
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
