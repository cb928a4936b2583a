package web

import (
	"fmt"
	"net/http"
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

// limitRoutes returns the wrapper of the limited routes, which bounds the time of each response, too.
func limitRoutes(o Options) func(http.Handler) http.Handler {
	limit := LimitInFlight(o.MaxRequests, fmt.Sprintf("%d requests are in flight, which is the limit: raise --web.max-requests if all of them are yours", o.MaxRequests), o.Rejected)
	return func(next http.Handler) http.Handler { return limit(withWriteDeadlines(next)) }
}
