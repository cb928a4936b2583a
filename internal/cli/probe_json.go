package cli

import (
	"encoding/json"
	"io"
	"time"

	"octoeverywhere_exporter/internal/web"
	"octoeverywhere_exporter/probe"
)

// writeProbed writes the results of targets, in their order, as objects of the JSON API. A target that was not probed has
// no verdict.
func writeProbed(w io.Writer, targets []probe.Target, known []probed) error {
	byName := make(map[string]probed, len(known))
	for _, p := range known {
		byName[p.status.Name] = p
	}
	now := time.Now()
	all := struct {
		Printers []web.Object `json:"printers"`
	}{make([]web.Object, len(targets))}
	for i, t := range targets {
		p, ok := byName[t.Name]
		if !ok {
			unprobed := probe.NewStatus(t)
			p.status = &unprobed
		}
		all.Printers[i] = web.ObjectOf(p.status, p.steps, now)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(all)
}
