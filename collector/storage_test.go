package collector

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestStorageMetrics(t *testing.T) {
	stats := StorageStats{}
	r := prometheus.NewPedanticRegistry()
	registerStorage(r, func() StorageStats { return stats })
	want := `
# HELP octoeverywhere_exporter_storage_errors_total Total number of failed attempts to open, read or write the storage file (--storage.path).
# TYPE octoeverywhere_exporter_storage_errors_total counter
octoeverywhere_exporter_storage_errors_total E
# HELP octoeverywhere_exporter_storage_last_write_timestamp_seconds Unix time of the last successful write to the storage file; 0 before the first one (--storage.path).
# TYPE octoeverywhere_exporter_storage_last_write_timestamp_seconds gauge
octoeverywhere_exporter_storage_last_write_timestamp_seconds W
# HELP octoeverywhere_exporter_storage_restored_printers Number of printers that were read from the storage file at the start (--storage.path).
# TYPE octoeverywhere_exporter_storage_restored_printers gauge
octoeverywhere_exporter_storage_restored_printers R
# HELP octoeverywhere_exporter_storage_size_bytes Size of the storage file in bytes; 0 if there is no usable file (--storage.path).
# TYPE octoeverywhere_exporter_storage_size_bytes gauge
octoeverywhere_exporter_storage_size_bytes S
`
	for _, c := range []struct {
		stats  StorageStats
		values string
	}{
		{StorageStats{}, "E 0 W 0 R 0 S 0"},
		{StorageStats{Size: 65536, LastWrite: time.UnixMilli(1_800_000_000_500), Errors: 2, Restored: 24}, "E 2 W 1.8000000005e+09 R 24 S 65536"},
	} {
		stats = c.stats
		values := strings.Fields(c.values)
		text := want
		for i := 0; i < len(values); i += 2 {
			text = strings.Replace(text, " "+values[i]+"\n", " "+values[i+1]+"\n", 1)
		}
		if err := testutil.GatherAndCompare(r, strings.NewReader(text)); err != nil {
			t.Error(err)
		}
	}
}
