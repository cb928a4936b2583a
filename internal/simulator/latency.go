package simulator

import (
	"fmt"
	"strings"
	"time"
)

// Latency is how long a response takes, uniformly distributed between Min and Max. Its text form is "50ms-300ms", "80ms"
// or "0".
type Latency struct{ Min, Max time.Duration }

// ParseLatency parses the text form.
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
		return Latency{}, fmt.Errorf("latency %q: use a duration or a range, such as 80ms or 50ms-300ms", text)
	}
	if l.Min < 0 || l.Max < l.Min {
		return Latency{}, fmt.Errorf("latency %q: the second duration is shorter than the first", text)
	}
	return l, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Latency) UnmarshalText(text []byte) error {
	parsed, err := ParseLatency(string(text))
	if err == nil {
		*l = parsed
	}
	return err
}

// String returns the text form.
func (l Latency) String() string {
	if l.Min == l.Max {
		return l.Min.String()
	}
	return l.Min.String() + "-" + l.Max.String()
}

// pick returns the latency of one response.
func (l Latency) pick(h uint64) time.Duration {
	return l.Min + time.Duration(fraction(h)*float64(l.Max-l.Min))
}
