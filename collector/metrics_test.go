package collector

import (
	"testing"

	"octoeverywhere_exporter/golden"
)

func TestMetricsDocumentIsUpToDate(t *testing.T) {
	golden.Same(t, "../docs/metrics.md", Markdown())
}
