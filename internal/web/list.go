package web

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"octoeverywhere_exporter/probe"
)

// writeList writes a JSON list with an entry per printer, between before and after. It is written entry by entry, so that
// a large list is never in memory as a whole, and ends early when the client is gone.
func writeList(w http.ResponseWriter, before, after string, printers iter.Seq[*probe.Status], entry func(*probe.Status) any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	separator := before
	for s := range printers {
		if _, err := io.WriteString(w, separator); err != nil {
			return
		}
		if err := encoder.Encode(entry(s)); err != nil {
			return
		}
		separator = ","
	}
	if separator == before {
		_, _ = io.WriteString(w, before)
	}
	_, _ = io.WriteString(w, after)
}
