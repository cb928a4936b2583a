package web

import (
	"cmp"
	"fmt"
	"net/http"
)

// defaultMetricsPath is the path of the metrics unless Options.MetricsPath is set.
const defaultMetricsPath = "/metrics"

// limitInFlight returns a wrapper whose handlers share a limit of requests in flight; 0: no limit. A request above it is
// reported to rejected and gets 503 with message. If message is empty, so is the body: writing one could block on a slow
// client.
func limitInFlight(limit int, message string, rejected func()) func(http.Handler) http.Handler {
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

// reservedShare is the share of the requests in flight that is reserved for the metrics, and as much for health checks.
const reservedShare = 8

// LimitServer returns a wrapper that limits the requests in flight on a listener to the number of its connections; 0: no
// limit. An eighth of it serves only the metrics, another one only health checks, so that no other request can keep them
// waiting. prefix and metricsPath are as in Options.
func LimitServer(connections int, prefix, metricsPath string, rejected func()) func(http.Handler) http.Handler {
	if connections <= 0 {
		return limitInFlight(0, "", nil)
	}
	reserved := max(1, connections/reservedShare)
	limitMetrics, limitHealth := limitInFlight(reserved, "", rejected), limitInFlight(reserved, "", rejected)
	limitOthers := limitInFlight(max(1, connections-2*reserved), "", rejected)
	metricsPath = prefix + cmp.Or(metricsPath, defaultMetricsPath)
	return func(next http.Handler) http.Handler {
		metrics, health, others := limitMetrics(next), limitHealth(next), limitOthers(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case metricsPath:
				metrics.ServeHTTP(w, r)
			case prefix + healthyPath, prefix + readyPath:
				health.ServeHTTP(w, r)
			default:
				others.ServeHTTP(w, r)
			}
		})
	}
}

// limitCostly returns a wrapper for handlers that share MaxRequests, which bounds the time of each response, too.
func limitCostly(o Options) func(http.Handler) http.Handler {
	limit := limitInFlight(o.MaxRequests, fmt.Sprintf("%d requests are in flight, which is the limit: raise --web.max-requests if all of them are yours", o.MaxRequests), o.Rejected)
	return func(next http.Handler) http.Handler { return limit(withWriteDeadlines(next)) }
}
