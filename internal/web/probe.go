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

// scrapeTimeout is the header in which Prometheus says how long it waits, in seconds.
const scrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds"

// scrapeOffset is what of that time is left to the way back.
const scrapeOffset = 500 * time.Millisecond

// maxScrapeTimeout bounds what the header may say; larger numbers would not fit in a time.Duration.
const maxScrapeTimeout = time.Hour

// probe answers a scrape of one printer.
func (s *site) probe(w http.ResponseWriter, r *http.Request) {
	name, ok := target(w, r)
	if !ok {
		return
	}
	ctx := r.Context()
	if header := r.Header.Get(scrapeTimeout); header != "" {
		limit, ok := scrapeLimit(header)
		if !ok {
			http.Error(w, fmt.Sprintf("the header %s is %q, which is no number of seconds", scrapeTimeout, header), http.StatusBadRequest)
			return
		}
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = limited
	}
	status, steps, err := s.Fleet.Current(ctx, name)
	if err != nil {
		s.refuse(w, name, err)
		return
	}
	if r.URL.Query().Get("debug") == "true" {
		writeText(w, s.exchange(status, steps)+"\nMetrics:\n"+s.metricsText(r, status))
		return
	}
	s.Metrics.ProbeHandler(status).ServeHTTP(w, r)
}

// scrapeLimit is the time that a scrape leaves for a probe, false where the header makes no sense.
func scrapeLimit(header string) (time.Duration, bool) {
	seconds, err := strconv.ParseFloat(header, 64)
	if err != nil || !(seconds > 0) {
		return 0, false
	}
	limit := time.Duration(min(seconds, maxScrapeTimeout.Seconds()) * float64(time.Second))
	if limit > scrapeOffset {
		limit -= scrapeOffset
	}
	return limit, true
}

// target is the name of the printer that a request asks for; where it asks for none, false, and that is answered.
func target(w http.ResponseWriter, r *http.Request) (string, bool) {
	name := r.URL.Query().Get("target")
	if name == "" {
		http.Error(w, "the parameter target is missing: the name of a configured printer", http.StatusBadRequest)
		return "", false
	}
	return name, true
}

// refuse answers with the reason why there is no result.
func (s *site) refuse(w http.ResponseWriter, name string, err error) {
	switch {
	case errors.Is(err, probe.ErrNoSuchPrinter):
		http.Error(w, s.missing(name), http.StatusNotFound)
	case errors.Is(err, context.DeadlineExceeded):
		http.Error(w, fmt.Sprintf("the probe of %q was not over in the time that the scrape leaves for it: raise scrape_timeout", name),
			http.StatusGatewayTimeout)
	default:
		http.Error(w, fmt.Sprintf("the probe of %q was broken off", name), http.StatusServiceUnavailable)
	}
}

// missing says why there is no printer of that name here.
func (s *site) missing(name string) string {
	if other := s.OtherShard(name); other != "" {
		return fmt.Sprintf("printer %q is configured, but belongs to %s: ask that exporter", name, other)
	}
	return fmt.Sprintf("no printer named %q is configured", name)
}

// metricsText is what a scrape of the printer would get, as text.
func (s *site) metricsText(r *http.Request, status *probe.Status) string {
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept")
	plain.Header.Del("Accept-Encoding")
	var text body
	s.Metrics.ProbeHandler(status).ServeHTTP(&text, plain)
	return text.String()
}

// body is a response of which only the body and the status are kept.
type body struct {
	bytes.Buffer
	header http.Header
	status int // 0: none was set
}

func (b *body) WriteHeader(status int) { b.status = status }

func (b *body) Header() http.Header {
	if b.header == nil {
		b.header = http.Header{}
	}
	return b.header
}
