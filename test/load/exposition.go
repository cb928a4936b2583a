package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// exposition is what is read from the exporter's metrics.
type exposition struct {
	series      int
	probes      float64 // made so far, of all printers
	probed      int     // printers that were probed
	allocations float64 // so far
	allocated   float64 // bytes, so far
	connections int     // open
	goroutines  int
	nextGC      float64 // bytes
	skipped     float64 // probes, so far
	late        histogram
}

const ours = "octoeverywhere_"

// readExposition reads metrics in the text format.
func readExposition(r io.Reader) (e exposition, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		e.series++
		name, labels, text := split(line)
		if !wanted(name) {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return exposition{}, fmt.Errorf("metrics: %s: %w", name, err)
		}
		if err := e.take(name, labels, value); err != nil {
			return exposition{}, err
		}
	}
	return e, lines.Err()
}

// split takes a sample apart: name{labels} value.
func split(line string) (name, labels, value string) {
	space := strings.LastIndexByte(line, ' ')
	name, value = line[:max(0, space)], line[space+1:]
	name, labels, _ = strings.Cut(name, "{")
	return name, strings.TrimSuffix(labels, "}"), value
}

// The metrics that are read.
const (
	probesName      = ours + "probes_total"
	mallocsName     = "go_memstats_mallocs_total"
	allocatedName   = "go_memstats_alloc_bytes_total"
	connectionsName = ours + "exporter_connections_open"
	goroutinesName  = "go_goroutines"
	nextGCName      = "go_memstats_next_gc_bytes"
	skippedName     = ours + "exporter_probes_skipped_total"
	lateName        = ours + "exporter_probe_start_delay_seconds_bucket"
)

func wanted(name string) bool {
	switch name {
	case probesName, mallocsName, allocatedName, connectionsName, goroutinesName, nextGCName, skippedName, lateName:
		return true
	}
	return false
}

func (e *exposition) take(name, labels string, value float64) error {
	switch name {
	case probesName:
		e.probes += value
		if value > 0 {
			e.probed++
		}
	case mallocsName:
		e.allocations = value
	case allocatedName:
		e.allocated = value
	case connectionsName:
		e.connections = int(value)
	case nextGCName:
		e.nextGC = value
	case goroutinesName:
		e.goroutines = int(value)
	case skippedName:
		e.skipped = value
	case lateName:
		text := strings.TrimSuffix(strings.TrimPrefix(labels, `le="`), `"`)
		most, err := strconv.ParseFloat(text, 64) // "+Inf" as well
		if err != nil || math.IsNaN(most) {
			return fmt.Errorf("metrics: %s{%s}: no bound of a bucket", name, labels)
		}
		e.late = append(e.late, bucket{most, value})
	}
	return nil
}
