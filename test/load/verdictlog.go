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

// verdicts are those that an exporter's log tells of, which is written to it as JSON.
type verdictLog struct {
	mu          sync.Mutex
	partialLine []byte // of a line that is not yet whole
	verdicts    []audit.Verdict
}

// Write takes whole lines and keeps the rest.
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

func (v *verdictLog) addLine(line []byte) {
	var said struct {
		Time                 time.Time
		Msg, Printer, Reason string
	}
	if json.Unmarshal(line, &said) == nil && said.Msg == "verdict changed" {
		v.verdicts = append(v.verdicts, audit.Verdict{Printer: said.Printer, Reason: said.Reason, EndedAt: said.Time})
	}
}

func (v *verdictLog) list() []audit.Verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.verdicts)
}

// events reads the simulator's log of what was done.
func (l *testbed) relayEvents(ctx context.Context) (events []simulator.Event, err error) {
	resp, err := l.get(ctx, l.relayURL+"/log", "", "")
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

// parseEvents reads lines of: time, printer or -, what.
func parseEvents(text string) (events []simulator.Event, err error) {
	for line := range strings.Lines(text) {
		clock, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		printer, what, _ := strings.Cut(rest, " ")
		at, err := time.Parse(time.RFC3339Nano, clock)
		if err != nil {
			return nil, fmt.Errorf("the simulator's log: %q: %w", line, err)
		}
		events = append(events, simulator.Event{Time: at, Printer: strings.TrimPrefix(printer, "-"), What: what})
	}
	return events, nil
}
