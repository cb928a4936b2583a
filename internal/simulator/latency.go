package simulator

import (
	"fmt"
	"strings"
	"time"
)

// Latency is how long an answer takes, uniformly between Min and Max. It is written "50ms-300ms", "80ms" or "0".
type Latency struct{ Min, Max time.Duration }

// ParseLatency reads what String writes.
func ParseLatency(text string) (Latency, error) {
	low, high, isRange := strings.Cut(text, "-")
	if !isRange {
		high = low
	}
	var l Latency
	var err error
	if l.Min, err = time.ParseDuration(strings.TrimSpace(low)); err == nil {
		l.Max, err = time.ParseDuration(strings.TrimSpace(high))
	}
	if err != nil {
		return Latency{}, fmt.Errorf("latency %q: want a duration or two of them, as in 80ms or 50ms-300ms", text)
	}
	if l.Min < 0 || l.Max < l.Min {
		return Latency{}, fmt.Errorf("latency %q: the second duration is shorter than the first", text)
	}
	return l, nil
}

// UnmarshalText reads a latency from a flag.
func (l *Latency) UnmarshalText(text []byte) error {
	parsed, err := ParseLatency(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}

// String writes the latency as ParseLatency reads it.
func (l Latency) String() string {
	if l.Min == l.Max {
		return l.Min.String()
	}
	return l.Min.String() + "-" + l.Max.String()
}

// at picks the latency of one answer.
func (l Latency) pick(h uint64) time.Duration {
	return l.Min + time.Duration(fraction(h)*float64(l.Max-l.Min))
}
