package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"octoeverywhere_exporter/probe"
)

// scrapeTimeoutHeader holds the scrape timeout of Prometheus, in seconds.
const scrapeTimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds"

// maxScrapeTimeout bounds the header; larger numbers would not fit in a time.Duration.
const maxScrapeTimeout = time.Hour

// probe serves the metrics of one printer.
func (s *site) probe(w http.ResponseWriter, r *http.Request) {
	name, ok := targetOf(w, r)
	if !ok {
		return
	}
	trace, err := boolParameter(r, "debug")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx := r.Context()
	if header := r.Header.Get(scrapeTimeoutHeader); header != "" {
		timeout, ok := s.probeTimeout(header)
		if !ok {
			http.Error(w, fmt.Sprintf("invalid header %s %.100q: use a number of seconds", scrapeTimeoutHeader, header), http.StatusBadRequest)
			return
		}
		probeCtx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		ctx = probeCtx
	}
	status, results, err := s.Fleet.Current(ctx, name)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) { // otherwise what is known so far is better than a failed scrape
		s.probeError(w, name, err)
		return
	}
	if trace {
		writeText(w, s.trace(status, results)+"\nMetrics:\n"+s.metricsText(r, status, results))
		return
	}
	s.Metrics.ProbeHandler(status, results).ServeHTTP(w, r)
}

// boolParameter is a parameter that is true or false; false where it is missing.
func boolParameter(r *http.Request, name string) (bool, error) {
	switch value := r.URL.Query().Get(name); value {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	default:
		return false, fmt.Errorf("invalid %s %.100q: use true or false", name, value)
	}
}

// probeTimeout is how long a client waits for a probe within its scrape timeout; false where the header is invalid.
func (s *site) probeTimeout(header string) (time.Duration, bool) {
	seconds, err := strconv.ParseFloat(header, 64)
	if err != nil || !(seconds > 0) {
		return 0, false
	}
	timeout := time.Duration(min(seconds, maxScrapeTimeout.Seconds()) * float64(time.Second))
	return timeout - min(s.TimeoutOffset, timeout/2), true
}

// targetOf is the parameter target. Where it is missing, targetOf writes the error and returns false.
func targetOf(w http.ResponseWriter, r *http.Request) (string, bool) {
	name := r.URL.Query().Get("target")
	if name == "" {
		http.Error(w, "missing parameter target: use the name of a configured printer", http.StatusBadRequest)
		return "", false
	}
	return name, true
}

// probeError writes why a probe has no result.
func (s *site) probeError(w http.ResponseWriter, name string, err error) {
	switch {
	case errors.Is(err, probe.ErrNoSuchPrinter):
		http.Error(w, s.missing(name), http.StatusNotFound)
	case errors.Is(err, probe.ErrDisabled):
		http.Error(w, fmt.Sprintf("printer %q is not probed: it is disabled in the configuration (enabled: false)", name), http.StatusNotFound)
	case errors.Is(err, probe.ErrPanicked):
		http.Error(w, fmt.Sprintf("the probe of %q failed because of a bug in the exporter; see its log", name), http.StatusInternalServerError)
	default:
		http.Error(w, fmt.Sprintf("the probe of %q was canceled", name), http.StatusServiceUnavailable)
	}
}

// missing says why this exporter has no printer of that name.
func (s *site) missing(name string) string {
	if other := s.OtherShard(name); other != "" {
		return fmt.Sprintf("printer %q belongs to %s: send the request to that exporter", name, other)
	}
	return fmt.Sprintf("no printer named %.200q is configured", name)
}

// metricsText is the metrics of a printer in the text format.
func (s *site) metricsText(r *http.Request, status *probe.Status, results []probe.Result) string {
	scrape := r.Clone(r.Context())
	scrape.Header.Del("Accept")
	scrape.Header.Del("Accept-Encoding")
	var response responseBuffer
	s.Metrics.ProbeHandler(status, results).ServeHTTP(&response, scrape)
	return response.String()
}

// responseBuffer keeps a response in memory.
type responseBuffer struct {
	bytes.Buffer
	header http.Header
	status int // 0: not set
}

func (b *responseBuffer) WriteHeader(status int) { b.status = status }

func (b *responseBuffer) Header() http.Header {
	if b.header == nil {
		b.header = http.Header{}
	}
	return b.header
}
