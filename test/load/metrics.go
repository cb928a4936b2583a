package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// metricsPage is what is read from the exporter's metrics. Counters are totals since the start.
type metricsPage struct {
	series         int
	probes         float64 // of all printers
	probedPrinters int     // printers with at least one probe
	allocations    float64
	allocatedBytes float64
	connections    int // open
	goroutines     int
	nextGC         float64 // bytes
	skipped        float64 // skipped probes
	startDelay     histogram
}

const namespace = "octoeverywhere_"

// parseMetrics parses metrics in the text format.
func parseMetrics(r io.Reader) (e metricsPage, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		e.series++
		name, labels, text := splitSample(line)
		if !isWanted(name) {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return metricsPage{}, fmt.Errorf("metrics: %s: %w", name, err)
		}
		if err := e.addSample(name, labels, value); err != nil {
			return metricsPage{}, err
		}
	}
	return e, lines.Err()
}

// splitSample splits a line of the form name{labels} value.
func splitSample(line string) (name, labels, value string) {
	space := strings.LastIndexByte(line, ' ')
	name, value = line[:max(0, space)], line[space+1:]
	name, labels, _ = strings.Cut(name, "{")
	return name, strings.TrimSuffix(labels, "}"), value
}

// The metrics that are read.
const (
	probesName      = namespace + "probes_total"
	mallocsName     = "go_memstats_mallocs_total"
	allocatedName   = "go_memstats_alloc_bytes_total"
	connectionsName = namespace + "exporter_connections_open"
	goroutinesName  = "go_goroutines"
	nextGCName      = "go_memstats_next_gc_bytes"
	skippedName     = namespace + "exporter_probes_skipped_total"
	startDelayName  = namespace + "exporter_probe_start_delay_seconds_bucket"
)

func isWanted(name string) bool {
	switch name {
	case probesName, mallocsName, allocatedName, connectionsName, goroutinesName, nextGCName, skippedName, startDelayName:
		return true
	}
	return false
}

func (e *metricsPage) addSample(name, labels string, value float64) error {
	switch name {
	case probesName:
		e.probes += value
		if value > 0 {
			e.probedPrinters++
		}
	case mallocsName:
		e.allocations = value
	case allocatedName:
		e.allocatedBytes = value
	case connectionsName:
		e.connections = int(value)
	case nextGCName:
		e.nextGC = value
	case goroutinesName:
		e.goroutines = int(value)
	case skippedName:
		e.skipped = value
	case startDelayName:
		text := strings.TrimSuffix(strings.TrimPrefix(labels, `le="`), `"`)
		bound, err := strconv.ParseFloat(text, 64) // accepts "+Inf"
		if err != nil || math.IsNaN(bound) {
			return fmt.Errorf("metrics: %s{%s}: invalid bucket bound", name, labels)
		}
		e.startDelay = append(e.startDelay, bucket{bound, value})
	}
	return nil
}
