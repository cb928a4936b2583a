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
type verdicts struct {
	mu   sync.Mutex
	rest []byte // of a line that is not yet whole
	all  []audit.Verdict
}

// Write takes whole lines and keeps the rest.
func (v *verdicts) Write(b []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rest = append(v.rest, b...)
	for {
		line, rest, ok := bytes.Cut(v.rest, []byte("\n"))
		if !ok {
			return len(b), nil
		}
		v.take(line)
		v.rest = append(v.rest[:0], rest...)
	}
}

func (v *verdicts) take(line []byte) {
	var said struct {
		Time                 time.Time
		Msg, Printer, Reason string
	}
	if json.Unmarshal(line, &said) == nil && said.Msg == "printer status changed" {
		v.all = append(v.all, audit.Verdict{Printer: said.Printer, Reason: said.Reason, At: said.Time})
	}
}

func (v *verdicts) list() []audit.Verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.all)
}

// events reads the simulator's log of what was done.
func (l *lab) events(ctx context.Context) (events []simulator.Event, err error) {
	resp, err := l.get(ctx, l.relay+"/log", "", "")
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
