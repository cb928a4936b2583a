package collector

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
)

// wire is how an exposition travels.
type wire struct {
	format expfmt.Format
	gzip   bool
}

// negotiate chooses what the client likes best, as promhttp does.
func negotiate(h http.Header) wire {
	return wire{expfmt.NegotiateAccept(h, expfmt.DefaultOpenMetricsAcceptedFormats()...), acceptsGzip(h)}
}

// acceptsGzip reports whether the client reads gzip. Source: RFC 9110 §12.5.3.
func acceptsGzip(h http.Header) bool {
	accepts := false
	for _, field := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(field, ",") {
			name, parameter, _ := strings.Cut(coding, ";")
			weight, weighted := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q=")
			q, err := strconv.ParseFloat(weight, 64)
			wanted := !weighted || err == nil && q > 0
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip":
				return wanted
			case "*":
				accepts = wanted
			}
		}
	}
	return accepts
}

// describe tells the client what it gets.
func (on wire) describe(h http.Header) {
	h.Set("Content-Type", string(on.format))
	h.Set("Vary", "Accept, Accept-Encoding")
	if on.gzip {
		h.Set("Content-Encoding", "gzip")
	}
}
