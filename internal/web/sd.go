package web

import (
	"maps"
	"net/http"

	"octoeverywhere_exporter/probe"
)

// discovered is an entry of Prometheus' HTTP service discovery.
// Source: https://prometheus.io/docs/prometheus/latest/http_sd/
type discovered struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// metaPrinter is the printer's name as a label for relabelling.
const metaPrinter = "__meta_octoeverywhere_printer"

// discovery lists the printers for Prometheus.
func (s *site) discovery(w http.ResponseWriter, _ *http.Request) {
	writeList(w, "[", "]\n", s.Fleet.All(), discover)
}

func discover(s *probe.Status) any {
	labels := make(map[string]string, len(s.Labels)+1)
	maps.Copy(labels, s.Labels)
	labels[metaPrinter] = s.Name
	return discovered{[]string{s.Name}, labels}
}
