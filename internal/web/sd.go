package web

import (
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
func (s *site) discovery(w http.ResponseWriter, _ *http.Request) {
	enabled := func(yield func(*probe.Status) bool) {
		for status := range s.Fleet.All() {
			if !status.Disabled && !yield(status) {
				return
			}
		}
	}
	writeList(w, "[", "]\n", enabled, targetGroupOf)
}

func targetGroupOf(s *probe.Status) any {
	labels := make(map[string]string, len(s.Labels)+1)
	maps.Copy(labels, s.Labels)
	labels[metaPrinter] = s.Name
	return targetGroup{[]string{s.Name}, labels}
}
