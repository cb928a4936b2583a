package schedule

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSetChangesOnlyWhatChanged(t *testing.T) {
	const changed, end = 5 * time.Minute, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(r.observe)
		s.Set([]Job{
			{Key: "stays", Interval: time.Minute, Run: r.run("stays")},
			{Key: "renewed", Interval: time.Minute, Run: r.run("renewed, old")},
			{Key: "leaves", Interval: time.Minute, Run: r.run("leaves")},
			{Key: "faster", Interval: time.Minute, Run: r.run("faster, slow")},
			{Key: "replaced", Interval: time.Minute, Run: r.run("replaced, old")},
			{Key: "twice", Interval: time.Minute, Run: r.run("twice, first")},
			{Key: "twice", Interval: 30 * time.Second, Run: r.run("twice, last")},
		})
		stop := startRun(t, s)
		time.Sleep(changed)
		synctest.Wait()
		s.Set([]Job{
			{Key: "comes", Interval: 15 * time.Second, Run: r.run("comes")},
			{Key: "twice", Interval: 30 * time.Second, Run: r.run("twice, last")},
			{Key: "replaced", Interval: time.Minute, Run: r.run("replaced, new")},
			{Key: "faster", Interval: 20 * time.Second, Run: r.run("faster, fast")},
			{Key: "stays", Interval: time.Minute, Run: r.run("stays")},
			{Key: "renewed", Interval: time.Minute, Version: 1, Run: r.run("renewed, new")},
		})
		time.Sleep(end - changed)
		stop()

		replaced := wantRuns(6, "replaced", time.Minute, r.start, 0, end)
		want := map[string][]time.Duration{
			"stays":         wantRuns(6, "stays", time.Minute, r.start, 0, end),
			"renewed, old":  wantRuns(6, "renewed", time.Minute, r.start, 0, changed),
			"renewed, new":  wantRuns(3, "renewed", time.Minute, r.start, changed, end),
			"leaves":        wantRuns(6, "leaves", time.Minute, r.start, 0, changed),
			"faster, slow":  wantRuns(6, "faster", time.Minute, r.start, 0, changed),
			"faster, fast":  wantRuns(3, "faster", 20*time.Second, r.start, changed, end),
			"replaced, old": wantRuns(6, "replaced", time.Minute, r.start, 0, changed),
			"replaced, new": replaced[len(wantRuns(6, "replaced", time.Minute, r.start, 0, changed)):],
			"twice, last":   wantRuns(6, "twice", 30*time.Second, r.start, 0, end),
			"comes":         wantRuns(3, "comes", 15*time.Second, r.start, changed, end),
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		runs := 0
		for _, ticks := range want {
			runs += len(ticks)
		}
		if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.delays); diff != "" {
			t.Error("start delays", diff)
		}
	})
}

func TestRepeatedSetKeepsTicks(t *testing.T) {
	const lasting = 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(nil)
		jobs := r.jobs(20, time.Minute)
		s.Set(jobs)
		stop := startRun(t, s)
		for range lasting / time.Second {
			time.Sleep(time.Second)
			s.Set(jobs)
		}
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range jobs {
			want[job.Key] = wantRuns(20, job.Key, time.Minute, r.start, 0, lasting)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestScheduleWithoutJobsWaitsForSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		r := newRecord()
		s := New(nil)
		stop := startRun(t, s)
		time.Sleep(time.Hour)
		s.Set(r.jobs(1, time.Minute))
		time.Sleep(time.Hour)
		s.Set(nil)
		time.Sleep(time.Hour)
		stop()

		want := map[string][]time.Duration{
			"printer-0000": wantRuns(1, "printer-0000", time.Minute, r.start, time.Hour, 2*time.Hour),
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFirstRunsAreSpreadFromTheStartOfRun(t *testing.T) {
	const lasting = 2 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		leaveTick()
		s := New(nil)
		early := newRecord()
		s.Set(early.jobs(100, time.Minute))
		time.Sleep(time.Hour)

		r := newRecord()
		s.Set(r.jobs(200, time.Minute)) // 100 of them are known
		time.Sleep(5 * time.Second)
		r.start = time.Now()
		stop := startRun(t, s)
		time.Sleep(lasting)
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range r.jobs(200, time.Minute) {
			want[job.Key] = wantRuns(200, job.Key, time.Minute, r.start, 0, lasting)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string][]time.Duration{}, early.runs); diff != "" {
			t.Error("replaced jobs ran", diff)
		}
	})
}

// TestAJobThatIsDueLater waits for its next tick, unless it has missed the one at which it was due: then it is run at once.
func TestAJobThatIsDueLater(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	tick := Next("a", time.Minute, now)
	before := tick.Add(-time.Minute) // its last tick before now
	for name, c := range map[string]struct {
		due  time.Time
		want time.Time
	}{
		"at once":            {time.Time{}, First(1, "a", time.Minute, now)},
		"at its last tick":   {before.Add(5 * time.Millisecond), tick},
		"at the tick before": {before.Add(-time.Minute), First(1, "a", time.Minute, now)},
		"just before a tick": {before.Add(-time.Millisecond), First(1, "a", time.Minute, now)},
		"an hour later":      {now.Add(time.Hour), tick},
		"at once, on demand": {now, tick},
		"days ago":           {now.Add(-72 * time.Hour), First(1, "a", time.Minute, now)},
	} {
		s := New(nil)
		s.replace([]Job{{Key: "a", Interval: time.Minute, Due: c.due}}, now)
		if got := s.queue[0].tick; !got.Equal(c.want) {
			t.Errorf("%s: first run %v after now, not %v", name, got.Sub(now), c.want.Sub(now))
		}
		s.restart(now)
		if got := s.queue[0].tick; !got.Equal(c.want) {
			t.Errorf("%s: first run %v after the start, not %v", name, got.Sub(now), c.want.Sub(now))
		}
	}
}
