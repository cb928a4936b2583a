package collector

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
)

// encoding is the format and the compression of an exposition.
type encoding struct {
	format  expfmt.Format
	gzip    bool
	created bool // with created timestamps in OpenMetrics; protobuf always has them
}

// options are those of an encoder of expfmt.
func (e encoding) options() []expfmt.EncoderOption {
	if e.created {
		return []expfmt.EncoderOption{expfmt.WithCreatedLines()}
	}
	return nil
}

// negotiate returns the encoding that the client prefers, as promhttp does. created is that of the encoding.
func negotiate(h http.Header, created bool) encoding {
	return encoding{expfmt.NegotiateAccept(h, expfmt.DefaultOpenMetricsAcceptedFormats()...), acceptsGzip(h), created}
}

// acceptsGzip reports whether the client accepts gzip. Source: RFC 9110 §12.5.3.
func acceptsGzip(h http.Header) bool {
	accepts := false
	for _, field := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(field, ",") {
			name, parameter, _ := strings.Cut(coding, ";")
			weight, weighted := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameter)), "q=")
			q, err := strconv.ParseFloat(weight, 64)
			accepted := !weighted || err == nil && q > 0
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip":
				return accepted
			case "*":
				accepts = accepted
			}
		}
	}
	return accepts
}

// setHeader sets the header of a response that has the encoding.
func (e encoding) setHeader(h http.Header) {
	h.Set("Content-Type", string(e.format))
	h.Set("Vary", "Accept, Accept-Encoding")
	if e.gzip {
		h.Set("Content-Encoding", "gzip")
	}
}
