package e2e

import (
	"testing"

	"octoeverywhere_exporter/collector"
	"octoeverywhere_exporter/internal/config"
)

// TestLabelsOfMetricsCannotBeConfigured compares the labels of per-printer and edge metrics with the names that the
// configuration rejects.
func TestLabelsOfMetricsCannotBeConfigured(t *testing.T) {
	for _, m := range collector.Metrics() {
		if m.Of == "exporter" {
			continue
		}
		for _, label := range m.Labels {
			if config.CheckLabel(label) == nil {
				t.Errorf("%s has the label %s, which can be configured", m.Name, label)
			}
		}
	}
}
