package config

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v4"
)

// span is a length of time, and where it was said.
type span struct {
	length time.Duration
	text   string     // as written
	at     *yaml.Node // nil: it is built in
	path   string
	in     *document
}

// timing is how often a printer is probed, and how long it may take.
type timing struct{ interval, timeout span }

func builtInTiming() timing {
	return timing{span{length: time.Minute, text: defaultInterval}, span{length: 20 * time.Second, text: defaultTimeout}}
}

// own gives the timing of a block: what it does not say itself is as in t. A timing that does not fit becomes a mistake.
func (t timing) own(b block) timing {
	interval, timeout := b.span(keyInterval), b.span(keyTimeout)
	if t.timeout.at == nil {
		t.timeout = builtInTiming().timeout // not one that was shortened for another interval
	}
	if interval != nil {
		t.interval = *interval
		if interval.length < time.Second {
			b.mistake(keyInterval, "must be at least 1s")
			return t
		}
	}
	if timeout != nil {
		t.timeout = *timeout
		if timeout.length <= 0 {
			b.mistake(keyTimeout, "must be more than 0s")
			return t
		}
	}
	if t.timeout.length <= t.interval.length {
		return t
	}
	switch {
	case t.timeout.at == nil:
		t.timeout.length = t.interval.length * 2 / 3
	case timeout != nil:
		b.mistake(keyTimeout, "%s does not fit in the interval %s%s; write a shorter timeout or a longer interval",
			timeout.text, t.interval.text, t.interval.origin())
	case interval != nil:
		b.mistake(keyInterval, "%s is shorter than the timeout %s%s; write a longer interval, or a timeout that fits beside it",
			interval.text, t.timeout.text, t.timeout.origin())
	}
	return t
}

// origin says where a length of time comes from.
func (s span) origin() string {
	if s.at == nil {
		return ", which is the default"
	}
	return " of " + s.path + " (" + s.in.at(s.at) + ")"
}

// span reads a length of time as Prometheus writes it. It gives nil where there is none without mistake.
func (b block) span(name string) *span {
	n := b.value(name)
	if n == nil {
		return nil
	}
	d, err := model.ParseDuration(n.Value)
	if err == nil {
		return &span{time.Duration(d), n.Value, n, b.pathOf(name), b.in}
	}
	if strings.Trim(n.Value, "0123456789") == "" {
		b.mistake(name, "a number without a unit; write %ss if seconds are meant", n.Value)
	} else {
		b.mistake(name, "is no length of time; write it as 500ms, 30s, 1m30s or 1h")
	}
	return nil
}
