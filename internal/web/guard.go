package web

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
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

// guarded recovers from panics and reports them. The client gets 500, or an aborted response if one was started.
func guarded(panicked func(route, what string, stack []byte), next http.Handler) http.Handler {
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
			if panicked != nil {
				panicked(r.Pattern, DescribePanic(p), debug.Stack())
			}
			if writer.started {
				panic(http.ErrAbortHandler) // otherwise the client would take the part for the whole
			}
			http.Error(w, "internal error: see the log of the exporter", http.StatusInternalServerError)
		}()
		next.ServeHTTP(writer, r)
	})
}

// DescribePanic describes the value of a panic. Only errors of the Go runtime are known to hold no address and no
// credential; of other values it gives the type.
func DescribePanic(p any) string {
	if err, ok := p.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("value of type %T, redacted because it may hold a secret", p)
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
