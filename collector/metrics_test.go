package collector

import (
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

func TestMetricsDocumentIsUpToDate(t *testing.T) {
	testkit.Same(t, "../docs/metrics.md", Markdown())
}
