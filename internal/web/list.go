package web

import (
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"octoeverywhere_exporter/probe"
)

// writeList answers with a JSON list of what entry makes of each printer, with text around it. It is written entry by
// entry, so that a large one is never in memory as a whole, and ends early when nobody reads it any more.
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
