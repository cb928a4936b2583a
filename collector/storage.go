package collector

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// StorageStats are the figures of the storage of what survives a restart.
type StorageStats struct {
	Size      int64     // of the file in bytes
	LastWrite time.Time // zero: none was successful
	Errors    uint64    // failed attempts to open, read or write the file
	Restored  int       // printers that were read at the start
}

// registerStorage registers the metrics of the storage. They are absent without --storage.path.
func registerStorage(r *prometheus.Registry, stats func() StorageStats) {
	gauge := func(name, help string, read func(StorageStats) float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: ownPrefix + "storage_" + name, Help: help}, func() float64 { return read(stats()) }))
	}
	gauge("size_bytes", "Size of the storage file in bytes; 0 if there is no usable file (--storage.path).", func(s StorageStats) float64 { return float64(s.Size) })
	gauge("last_write_timestamp_seconds", "Unix time of the last successful write to the storage file; 0 before the first one (--storage.path).", func(s StorageStats) float64 {
		if s.LastWrite.IsZero() {
			return 0
		}
		return float64(s.LastWrite.UnixMilli()) / 1e3
	})
	gauge("restored_printers", "Number of printers that were read from the storage file at the start (--storage.path).", func(s StorageStats) float64 { return float64(s.Restored) })
	r.MustRegister(newCounterFunc(ownPrefix+"storage_errors_total",
		"Total number of failed attempts to open, read or write the storage file (--storage.path).",
		func() uint64 { return stats().Errors }))
}
