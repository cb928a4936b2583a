package exporter

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// TestManyErrorsAreFewRecords: a configuration with thousands of errors does not fill the log.
func TestManyErrorsAreFewRecords(t *testing.T) {
	var b bytes.Buffer
	LogError(slog.New(slog.NewJSONHandler(&b, nil)), "reload failed", make(strictyaml.Errors, 20000))
	if got := b.String(); strings.Count(got, "\n") != 1001 || !strings.HasSuffix(got, `"msg":"reload failed","error":"and 19000 more errors"}`+"\n") {
		t.Errorf("the log is %d bytes: %.2000s", len(got), got)
	}
}
