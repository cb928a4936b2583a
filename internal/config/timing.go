package config

import (
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// durationValue is a duration and where it is set.
type durationValue struct {
	value time.Duration
	text  string               // as written
	node  *yaml.Node           // nil: built in
	path  string               // of its key
	doc   *strictyaml.Document // of node
}

// MaxTimeout is the maximum timeout of a request. Few clients of /probe, and few proxies in front of it, wait for two minutes.
const MaxTimeout = 110 * time.Second

// timing is how often a printer is probed, and the timeout of a request.
type timing struct{ interval, timeout durationValue }

func builtInTiming() timing {
	return timing{durationValue{value: time.Minute, text: defaultInterval}, durationValue{value: 20 * time.Second, text: defaultTimeout}}
}

// override returns t with what m sets. A timeout that exceeds the interval is an error, unless nobody wrote it: then it
// becomes two thirds of the interval.
func (t timing) override(m strictyaml.Mapping) timing {
	interval, timeout := parseDuration(m, keyInterval), parseDuration(m, keyTimeout)
	if t.timeout.node == nil {
		t.timeout = builtInTiming().timeout // not one that was shortened for the interval of defaults
	}
	if interval != nil {
		t.interval = *interval
		if interval.value < time.Second {
			m.Errorf(keyInterval, "must be at least 1s")
			return t
		}
	}
	if timeout != nil {
		t.timeout = *timeout
		switch {
		case timeout.value <= 0:
			m.Errorf(keyTimeout, "must be greater than 0s")
			return t
		case timeout.value > MaxTimeout:
			m.Errorf(keyTimeout, "must be at most %.0fs", MaxTimeout.Seconds())
			return t
		}
	}
	if t.timeout.value <= t.interval.value {
		return t
	}
	switch {
	case t.timeout.node == nil:
		t.timeout.value = t.interval.value * 2 / 3
	case timeout != nil:
		m.Errorf(keyTimeout, "%s does not fit in the interval %s (%s); use a shorter timeout or a longer interval",
			timeout.text, t.interval.text, t.interval.origin())
	case interval != nil:
		m.Errorf(keyInterval, "%s is shorter than the timeout %s (%s); use a longer interval or a shorter timeout",
			interval.text, t.timeout.text, t.timeout.origin())
	}
	return t
}

// origin says where the duration is set.
func (d durationValue) origin() string {
	if d.node == nil {
		return "the default"
	}
	return d.path + ", " + d.doc.Position(d.node)
}

// parseDuration reads a duration in Prometheus' format. It returns nil if the key is not set or has an error.
func parseDuration(m strictyaml.Mapping, key string) *durationValue {
	n := m.Value(key)
	if n == nil {
		return nil
	}
	d, err := model.ParseDuration(n.Value)
	if err == nil {
		return &durationValue{time.Duration(d), n.Value, n, m.PathOf(key), m.Doc}
	}
	if strings.Trim(n.Value, "0123456789") == "" {
		m.Errorf(key, "has no unit; write %ss for seconds", n.Value)
	} else {
		m.Errorf(key, "is not a duration; use a format like 500ms, 30s, 1m30s or 1h")
	}
	return nil
}
