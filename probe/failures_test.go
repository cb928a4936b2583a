package probe

import "testing"

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
