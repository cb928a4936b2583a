package web

import (
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"octoeverywhere_exporter/internal/view"
)

// contentSecurityPolicy lets pages load the embedded assets and send requests to this server, and nothing else.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

// WithHeaders sets the security headers of every response, and Cache-Control: no-store, unless they are set already. New
// applies it itself; a handler in front of it that also responds needs it too.
func WithHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, f := range [...]struct{ name, value string }{
			{"Content-Security-Policy", contentSecurityPolicy},
			{"X-Content-Type-Options", "nosniff"},
			{"X-Frame-Options", "DENY"},
			{"Referrer-Policy", "no-referrer"},
			{"Cache-Control", "no-store"},
		} {
			if _, set := h[f.name]; !set {
				h.Set(f.name, f.value)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// internalError is what a client gets after a panic.
const internalError = "internal error: see the log of the exporter"

// guarded recovers from panics and reports them. The client gets 500, or an aborted response if one was started.
func guarded(panicked func(route, text string, stack []byte), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writer := &startedWriter{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler) // deliberate
			}
			panicked(r.Pattern, view.PanicText(p), debug.Stack())
			if writer.started {
				panic(http.ErrAbortHandler) // otherwise the client would take the part for the whole
			}
			http.Error(w, internalError, http.StatusInternalServerError)
		}()
		next.ServeHTTP(writer, r)
	})
}

// startedWriter notes whether a response was started.
type startedWriter struct {
	http.ResponseWriter
	started bool
}

func (w *startedWriter) WriteHeader(status int) {
	w.started = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *startedWriter) Write(b []byte) (int, error) {
	w.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer.
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
