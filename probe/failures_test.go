package probe

import (
	"testing"
	"time"
)

// TestFailuresAreCounted: a probe that ended with a fault counts, whatever was active before it.
func TestFailuresAreCounted(t *testing.T) {
	l := begin()
	for i, step := range []struct {
		fold func() *life
		want uint64
	}{
		{func() *life { return l.status(200) }, 0},
		{func() *life { return l.status(785) }, 1},
		{func() *life { return l.ping(200) }, 1}, // the host's fault is still active, but this probe found none
		{func() *life { return l.ping(754) }, 1}, // says nothing
		{func() *life { return l.status(601) }, 2},
		{func() *life { return l.status(200) }, 2},
	} {
		if step.fold(); l.Failures != step.want {
			t.Errorf("step %d: %d failures, want %d", i, l.Failures, step.want)
		}
	}
	var recorded uint64
	for _, stat := range l.Errors {
		recorded += stat.Count
	}
	if recorded != l.Failures {
		t.Errorf("%d recorded faults, %d failures", recorded, l.Failures)
	}
}

// TestCountersSaySinceWhenTheyCount: those of probes since this process first saw the printer, that of prints since any process did.
func TestCountersSaySinceWhenTheyCount(t *testing.T) {
	first, second, third := time.Unix(1_800_000_000, 0), time.Unix(1_800_000_100, 0), time.Unix(1_800_000_200, 0)
	target := Target{Name: "a", Interval: time.Minute}
	s := NewStatus(target).CountingFrom(first).CountingFrom(second)
	if s.CountedFrom != first || s.Print.EndedFrom != first {
		t.Errorf("%v %v", s.CountedFrom, s.Print.EndedFrom)
	}
	s.Print.Ended[PrintComplete]++
	restarted := NewStatus(target).Restored(s.Memory(), second).CountingFrom(second)
	if restarted.CountedFrom != second || !restarted.Print.EndedFrom.Equal(first) {
		t.Errorf("after a restart: %v %v", restarted.CountedFrom, restarted.Print.EndedFrom)
	}
	disabled := target
	disabled.Disabled = true
	off := s.Reconfigured(disabled, true).CountingFrom(second)
	on := off.Reconfigured(target, true).CountingFrom(third)
	if !off.CountedFrom.IsZero() || on.CountedFrom != third || on.Print.EndedFrom != first {
		t.Errorf("after it was disabled: %v, enabled again: %v %v", off.CountedFrom, on.CountedFrom, on.Print.EndedFrom)
	}
}
