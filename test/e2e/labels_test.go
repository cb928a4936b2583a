package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/config"
)

// TestReservedLabels checks that the labels which cannot be configured are those of all metrics but the exporter's own.
func TestReservedLabels(t *testing.T) {
	labels := map[string]bool{}
	for _, m := range collector.Metrics() {
		if strings.HasPrefix(m.Name, "octoeverywhere_exporter_") {
			continue
		}
		for _, label := range m.Labels {
			labels[label] = true
		}
	}
	if d := cmp.Diff(slices.Sorted(maps.Keys(labels)), config.ReservedLabels()); d != "" {
		t.Error(d)
	}
}
