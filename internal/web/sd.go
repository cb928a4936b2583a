package web

import (
	"bytes"
	"maps"
	"net/http"

	"octoeverywhere_exporter/probe"
)

// targetGroup is an entry of Prometheus' HTTP service discovery.
// Source: https://prometheus.io/docs/prometheus/latest/http_sd/
type targetGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// metaPrinter is the meta label that holds the printer's name.
const metaPrinter = "__meta_octoeverywhere_printer"

// discovery lists the printers that are probed as targets.
func (s *site) discovery(w http.ResponseWriter, r *http.Request) {
	enabled := func(yield func(*probe.Status) bool) {
		for status := range s.printers(r) {
			if !status.Disabled && !yield(status) {
				return
			}
		}
	}
	writeList(w, "[", "]\n", enabled, func(b *bytes.Buffer, status *probe.Status) { encode(b, targetGroupOf(status)) })
}

func targetGroupOf(s *probe.Status) targetGroup {
	labels := make(map[string]string, len(s.Labels)+1)
	maps.Copy(labels, s.Labels)
	labels[metaPrinter] = s.Name
	return targetGroup{[]string{s.Name}, labels}
}
