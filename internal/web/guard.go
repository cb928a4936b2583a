package web

import (
	"errors"
	"net/http"
	"runtime/debug"
	"strings"

	"octoeverywhere_exporter/internal/view"
)

// contentSecurityPolicy lets pages load the embedded assets and ask this server, and nothing else.
var contentSecurityPolicy = strings.Join([]string{
	"default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'",
	"form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

// WithHeaders sets what every answer has, unless it is set already. Nothing is to be kept by caches: everything is about
// now. The handler of New does that itself; who puts something before it that answers too does it once more.
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

// guarded lets a panic end its request only, and tells of it. The client gets 500, or a broken answer if one had begun.
func guarded(panicked func(route, text string, stack []byte), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := &startedWriter{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler) // on purpose
			}
			panicked(r.Pattern, view.PanicText(p), debug.Stack())
			if started.yes {
				panic(http.ErrAbortHandler) // or the client would take the part for the whole
			}
			http.Error(w, "the exporter made a mistake, which is in its log", http.StatusInternalServerError)
		}()
		next.ServeHTTP(started, r)
	})
}

// startedWriter knows whether an answer has begun.
type startedWriter struct {
	http.ResponseWriter
	yes bool
}

func (w *startedWriter) WriteHeader(status int) {
	w.yes = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *startedWriter) Write(b []byte) (int, error) {
	w.yes = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
