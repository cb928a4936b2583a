package web

import (
	"bytes"
	"io"
	"iter"
	"maps"
	"net/http"
)

// targetGroup is an entry of Prometheus' service discovery by HTTP, and of that by files.
// Source: https://prometheus.io/docs/prometheus/latest/http_sd/
type targetGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// metaPrinter is the meta label that holds the printer's name.
const metaPrinter = "__meta_octoeverywhere_printer"

// discovery lists the printers that are probed as targets.
func (s *site) discovery(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = WriteTargets(w, func(yield func(string, map[string]string) bool) {
		for status := range s.printers(r) {
			if !status.Disabled && !yield(status.Name, status.Labels) {
				return
			}
		}
	})
}

// WriteTargets writes printers, given by name and configured labels, as JSON for Prometheus' service discovery: a target each.
func WriteTargets(w io.Writer, printers iter.Seq2[string, map[string]string]) error {
	return writeList(w, "[", "]\n", func(yield func(targetGroup) bool) {
		for name, labels := range printers {
			if !yield(targetGroupOf(name, labels)) {
				return
			}
		}
	}, func(b *bytes.Buffer, g targetGroup) { encode(b, g) })
}

func targetGroupOf(name string, configured map[string]string) targetGroup {
	labels := make(map[string]string, len(configured)+1)
	maps.Copy(labels, configured)
	labels[metaPrinter] = name
	return targetGroup{[]string{name}, labels}
}
