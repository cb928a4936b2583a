package web

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"
)

// writeJSON writes a value as JSON. Nothing is written if it cannot be encoded.
func writeJSON(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	encode(&b, v)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b.Bytes())
}

// writeList writes a JSON list with an entry per item, between before and after. It is written entry by entry, so that a large
// list is never in memory as a whole, and ends with the first error, as when the client is gone.
func writeList[T any](w io.Writer, before, after string, items iter.Seq[T], appendEntry func(*bytes.Buffer, T)) error {
	var b bytes.Buffer
	separator := before
	for item := range items {
		b.Reset()
		b.WriteString(separator)
		appendEntry(&b, item)
		if _, err := w.Write(b.Bytes()); err != nil {
			return err
		}
		separator = ","
	}
	if separator == before {
		after = before + after
	}
	_, err := io.WriteString(w, after)
	return err
}

// encode appends a value as JSON. It panics if the value has no JSON, which is a bug: the panic is logged, and no client takes
// a part of the response for all of it.
func encode(b *bytes.Buffer, v any) {
	if err := json.NewEncoder(b).Encode(v); err != nil {
		panic(err)
	}
}
