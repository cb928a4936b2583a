package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/audit"
)

// verdictLog collects the verdicts in an exporter's log, which is in JSON.
type verdictLog struct {
	mu          sync.Mutex
	partialLine []byte // a line that is not complete yet
	verdicts    []audit.Verdict
}

// Write implements io.Writer.
func (v *verdictLog) Write(b []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.partialLine = append(v.partialLine, b...)
	for {
		line, rest, ok := bytes.Cut(v.partialLine, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		v.addLine(line)
		v.partialLine = append(v.partialLine[:0], rest...)
	}
}

// addLine adds the verdict of a line. Only lines about a changed verdict have the attributes "from" and "to".
func (v *verdictLog) addLine(line []byte) {
	var record struct {
		Time              time.Time
		Printer, From, To string
	}
	if json.Unmarshal(line, &record) == nil && record.From != "" && record.To != "" {
		_, reason, _ := strings.Cut(record.To, "/") // "ok" has none
		v.verdicts = append(v.verdicts, audit.Verdict{Printer: record.Printer, Reason: reason, EndedAt: record.Time})
	}
}

func (v *verdictLog) list() []audit.Verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.verdicts)
}

// relayEvents returns the simulator's event log.
func (tb *testbed) relayEvents(ctx context.Context) (events []simulator.Event, err error) {
	resp, err := tb.get(ctx, tb.relayURL+"/log", "", "")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return parseEvents(string(text))
}

// parseEvents parses lines of: time, printer or -, event.
func parseEvents(text string) (events []simulator.Event, err error) {
	for line := range strings.Lines(text) {
		clock, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		printer, what, _ := strings.Cut(rest, " ")
		at, err := time.Parse(time.RFC3339Nano, clock)
		if err != nil {
			return nil, fmt.Errorf("simulator log: %q: %w", line, err)
		}
		events = append(events, simulator.Event{Time: at, Printer: strings.TrimPrefix(printer, "-"), What: what})
	}
	return events, nil
}
