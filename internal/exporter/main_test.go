package exporter

import (
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestMain runs tests at the top of the repository, where the documents are that they compare with.
func TestMain(m *testing.M) { testkit.Main(m, "../..", nil) }
