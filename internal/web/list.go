package web

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"

	"octoeverywhere_exporter/probe"
)

// writeJSON writes a value as JSON. Nothing is written if it cannot be encoded.
func writeJSON(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	encode(&b, v)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b.Bytes())
}

// writeList writes a JSON list with an entry per printer, between before and after. It is written entry by entry, so that
// a large list is never in memory as a whole, and ends early when the client is gone.
func writeList(w http.ResponseWriter, before, after string, printers iter.Seq[*probe.Status], appendEntry func(*bytes.Buffer, *probe.Status)) {
	w.Header().Set("Content-Type", "application/json")
	var b bytes.Buffer
	separator := before
	for s := range printers {
		b.Reset()
		b.WriteString(separator)
		appendEntry(&b, s)
		if _, err := w.Write(b.Bytes()); err != nil {
			return
		}
		separator = ","
	}
	if separator == before {
		_, _ = io.WriteString(w, before)
	}
	_, _ = io.WriteString(w, after)
}

// encode appends a value as JSON. It panics if the value has no JSON, which is a bug: the panic is logged, and no client takes
// a part of the response for all of it.
func encode(b *bytes.Buffer, v any) {
	if err := json.NewEncoder(b).Encode(v); err != nil {
		panic(err)
	}
}
