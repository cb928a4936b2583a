package probe

import (
	"strings"
	"testing"

	"octoeverywhere_exporter/fault"
)

// TestNoBackoffWhileAPrintMayBeLost: for 15 minutes, for the faults that a reconnect may end.
func TestNoBackoffWhileAPrintMayBeLost(t *testing.T) {
	quarter := strings.Repeat("s", 15)
	for name, c := range map[string]struct {
		state State
		world world
		want  string // from the first probe that finds the fault
	}{
		"785 while printing":     {Printing, constant(785, 200), quarter + "spspppspppps"},
		"785 while paused":       {Paused, constant(785, 200), quarter + "spspppspppps"},
		"785 while idle":         {Idle, constant(785, 200), "spsppp" + "sppppspppps"},
		"785 when complete":      {Complete, constant(785, 200), "spsppp" + "sppppspppps"},
		"787 while printing":     {Printing, constant(787, 200), quarter + "spspppspppps"},
		"789 while printing":     {Printing, constant(789, 200), "spspppspppppppsppp"},
		"605 while printing":     {Printing, constant(605, 605), "s.s...s....s"},
		"601 while printing":     {Printing, constant(601, 601), quarter + "sssss"},
		"no ping while printing": {Printing, constant(785, 404), quarter + "sps...s....s....s"},
	} {
		l := begin()
		l.now = l.now.Add(-2 * l.Interval) // run begins a minute after this
		s := l.doing(c.state).Status
		if got, _ := run(s, c.world, len(c.want)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestAHostThatHangsWhilePrinting is a fault of status and ping together, and has no backoff either.
func TestAHostThatHangsWhilePrinting(t *testing.T) {
	l := begin().doing(Printing)
	for m := range 20 {
		l.now = l.now.Add(l.Interval)
		q, due := l.Plan(l.now)
		if asked := q == StatusRequest && due.Before(l.now); !asked {
			if m < 16 {
				t.Fatalf("minute %d: %s is due at %v", m, q, due)
			}
			return
		}
		l.Status = l.After([]Result{{Request: StatusRequest, Sent: l.now, Fault: fault.NoAnswer}, {Request: PingRequest, Sent: l.now}})
		if l.Fault.Reason != "host_unresponsive" {
			t.Fatal(l.layers())
		}
	}
	t.Error("there is no backoff after 15 minutes")
}
