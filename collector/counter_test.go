package collector

import (
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
)

// TestCountersSaySinceWhenTheyCount, in protobuf: Prometheus then knows that they were 0 at that time. A counter of a printer
// counts since the printer was first seen, one of the exporter and those of Go and the process since its start.
func TestCountersSaySinceWhenTheyCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := mixed(t)
		begin := time.Now()
		c := New(o)
		counters := 0
		for _, f := range gathered(t, c.Handler()) {
			if f.GetType() != dto.MetricType_COUNTER {
				continue
			}
			for _, m := range f.Metric {
				counters++
				created := m.Counter.GetCreatedTimestamp()
				switch at := created.AsTime(); {
				case created == nil:
					t.Errorf("%s has no created timestamp", f.GetName())
				case at.After(begin), m.Label == nil && !at.Equal(begin):
					t.Errorf("%s counts since %v, the exporter runs since %v", f.GetName(), at, begin)
				}
			}
		}
		if counters < 40 {
			t.Errorf("only %d counters", counters)
		}
	})
}
