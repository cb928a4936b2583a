package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// record is what was run when, as distances from when it was made.
type record struct {
	start time.Time

	mu       sync.Mutex
	runs     map[string][]time.Duration
	lateness map[time.Duration]int
}

func newRecord() *record {
	return &record{
		start:    time.Now(),
		runs:     make(map[string][]time.Duration),
		lateness: make(map[time.Duration]int),
	}
}

func (r *record) observe(lateness time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lateness[lateness]++
}

// note is a Job's Run that writes down the moment it was given, under a label.
func (r *record) note(label string) func(context.Context, time.Time) {
	return func(_ context.Context, moment time.Time) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.runs[label] = append(r.runs[label], moment.Sub(r.start))
	}
}

// jobs are n jobs with one interval that are noted under their keys.
func (r *record) jobs(n int, interval time.Duration) []Job {
	jobs := make([]Job, n)
	for i := range jobs {
		key := fmt.Sprintf("printer-%04d", i)
		jobs[i] = Job{Key: key, Interval: interval, Run: r.note(key)}
	}
	return jobs
}

// runsFrom gives the runs of a job that is one of n new ones by definition: the first one, then the key's own moments up to until, counting
// both set and until from start.
func runsFrom(n int, key string, interval time.Duration, start time.Time, set, until time.Duration) []time.Duration {
	first := set + offset(key, min(interval, 10*time.Second, time.Duration(n)*10*time.Millisecond))
	runs := []time.Duration{first}
	own := time.Unix(0, 0).Add(offset(key, interval)).Sub(start)
	for own += interval * ((first-own)/interval + 1); own <= until; own += interval {
		runs = append(runs, own)
	}
	return runs
}

// run starts s in the bubble, and gives the function that ends it and waits.
func run(t *testing.T, s *Schedule) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// aside moves the bubble's clock, which begins on a whole day, to where no interval and no grid begins.
func aside() { time.Sleep(3*time.Second + 217*time.Millisecond) }

func TestEveryJobRunsAtItsOwnMoments(t *testing.T) {
	tests := map[string]struct {
		jobs     int
		interval time.Duration
		lasting  time.Duration
	}{
		"on the grid":  {200, 15 * time.Second, 10 * time.Minute},
		"off the grid": {20, 7003 * time.Millisecond, 10 * time.Minute},
		"at the grid":  {5, Grid, 10 * time.Second},
		"a day":        {5, 24 * time.Hour, 30 * 24 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				aside()
				r := newRecord()
				s := New(r.observe)
				jobs := r.jobs(test.jobs, test.interval)
				s.Set(jobs)
				clear(jobs) // Set keeps its own
				stop := run(t, s)
				time.Sleep(test.lasting)
				stop()

				runs := 0
				want := make(map[string][]time.Duration)
				for _, job := range r.jobs(test.jobs, test.interval) {
					want[job.Key] = runsFrom(test.jobs, job.Key, job.Interval, r.start, 0, test.lasting)
					runs += len(want[job.Key])
				}
				if diff := cmp.Diff(want, r.runs); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.lateness); diff != "" {
					t.Error("lateness", diff)
				}
			})
		})
	}
}

// The same hour once more, told as a user would count it.
func TestAllAreAskedInTenSecondsAndThenOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(1000, time.Minute))
		stop := run(t, s)
		time.Sleep(time.Hour)
		stop()

		if len(r.runs) != 1000 {
			t.Errorf("%d of 1000 jobs ran", len(r.runs))
		}
		for key, runs := range r.runs {
			if runs[0] >= 10*time.Second {
				t.Errorf("%s ran %v after the start", key, runs[0])
			}
			if own := len(runs) - 1; own != 59 && own != 60 {
				t.Errorf("%s ran %d times in the hour after its first run", key, own)
			}
			for i := 2; i < len(runs); i++ {
				if distance := runs[i] - runs[i-1]; distance != time.Minute {
					t.Fatalf("%s: %v between runs %d and %d", key, distance, i-1, i)
				}
			}
		}
	})
}

func TestSlowJobSkipsMomentsAndDelaysNobody(t *testing.T) {
	const interval, lasting = 10 * time.Second, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(r.observe)
		jobs := r.jobs(50, interval)
		slow := jobs[0].Run
		jobs[0].Run = func(ctx context.Context, moment time.Time) {
			slow(ctx, moment)
			time.Sleep(35 * time.Second)
		}
		s.Set(jobs)
		stop := run(t, s)
		time.Sleep(lasting)
		stop()

		want := make(map[string][]time.Duration)
		runs, skipped := 0, uint64(0)
		for i, job := range jobs {
			ends := time.Duration(-1)
			for _, moment := range runsFrom(50, job.Key, interval, r.start, 0, lasting) {
				if moment < ends {
					skipped++
					continue
				}
				want[job.Key] = append(want[job.Key], moment)
				runs++
				if i == 0 {
					ends = moment + 35*time.Second
				}
			}
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.lateness); diff != "" {
			t.Error("lateness", diff)
		}
		if s.Skipped() != skipped || skipped < 40 {
			t.Errorf("%d moments skipped, want %d and at least 40", s.Skipped(), skipped)
		}
	})
}

func TestSetChangesOnlyWhatChanged(t *testing.T) {
	const changed, end = 5 * time.Minute, 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(r.observe)
		s.Set([]Job{
			{Key: "stays", Interval: time.Minute, Run: r.note("stays")},
			{Key: "renewed", Interval: time.Minute, Run: r.note("renewed, old")},
			{Key: "leaves", Interval: time.Minute, Run: r.note("leaves")},
			{Key: "faster", Interval: time.Minute, Run: r.note("faster, slow")},
			{Key: "replaced", Interval: time.Minute, Run: r.note("replaced, old")},
			{Key: "twice", Interval: time.Minute, Run: r.note("twice, first")},
			{Key: "twice", Interval: 30 * time.Second, Run: r.note("twice, last")},
		})
		stop := run(t, s)
		time.Sleep(changed)
		synctest.Wait()
		s.Set([]Job{
			{Key: "comes", Interval: 15 * time.Second, Run: r.note("comes")},
			{Key: "twice", Interval: 30 * time.Second, Run: r.note("twice, last")},
			{Key: "replaced", Interval: time.Minute, Run: r.note("replaced, new")},
			{Key: "faster", Interval: 20 * time.Second, Run: r.note("faster, fast")},
			{Key: "stays", Interval: time.Minute, Run: r.note("stays")},
			{Key: "renewed", Interval: time.Minute, Version: 1, Run: r.note("renewed, new")},
		})
		time.Sleep(end - changed)
		stop()

		replaced := runsFrom(6, "replaced", time.Minute, r.start, 0, end)
		want := map[string][]time.Duration{
			"stays":         runsFrom(6, "stays", time.Minute, r.start, 0, end),
			"renewed, old":  runsFrom(6, "renewed", time.Minute, r.start, 0, changed),
			"renewed, new":  runsFrom(3, "renewed", time.Minute, r.start, changed, end),
			"leaves":        runsFrom(6, "leaves", time.Minute, r.start, 0, changed),
			"faster, slow":  runsFrom(6, "faster", time.Minute, r.start, 0, changed),
			"faster, fast":  runsFrom(3, "faster", 20*time.Second, r.start, changed, end),
			"replaced, old": runsFrom(6, "replaced", time.Minute, r.start, 0, changed),
			"replaced, new": replaced[len(runsFrom(6, "replaced", time.Minute, r.start, 0, changed)):],
			"twice, last":   runsFrom(6, "twice", 30*time.Second, r.start, 0, end),
			"comes":         runsFrom(3, "comes", 15*time.Second, r.start, changed, end),
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		runs := 0
		for _, moments := range want {
			runs += len(moments)
		}
		if diff := cmp.Diff(map[time.Duration]int{0: runs}, r.lateness); diff != "" {
			t.Error("lateness", diff)
		}
	})
}

func TestSetAgainAndAgainKeepsMoments(t *testing.T) {
	const lasting = 10 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(nil)
		jobs := r.jobs(20, time.Minute)
		s.Set(jobs)
		stop := run(t, s)
		for range lasting / time.Second {
			time.Sleep(time.Second)
			s.Set(jobs)
		}
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range jobs {
			want[job.Key] = runsFrom(20, job.Key, time.Minute, r.start, 0, lasting)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestScheduleWithoutJobsWaitsForSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(nil)
		stop := run(t, s)
		time.Sleep(time.Hour)
		s.Set(r.jobs(1, time.Minute))
		time.Sleep(time.Hour)
		s.Set(nil)
		time.Sleep(time.Hour)
		stop()

		want := map[string][]time.Duration{
			"printer-0000": runsFrom(1, "printer-0000", time.Minute, r.start, time.Hour, 2*time.Hour),
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFirstRunsAreSpreadHoweverLongBeforeRunTheyWereSet(t *testing.T) {
	const lasting = 2 * time.Minute
	synctest.Test(t, func(t *testing.T) {
		aside()
		s := New(nil)
		early := newRecord()
		s.Set(early.jobs(100, time.Minute))
		time.Sleep(time.Hour)

		r := newRecord()
		s.Set(r.jobs(200, time.Minute)) // of which 100 are known
		time.Sleep(5 * time.Second)
		r.start = time.Now()
		stop := run(t, s)
		time.Sleep(lasting)
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range r.jobs(200, time.Minute) {
			want[job.Key] = runsFrom(200, job.Key, time.Minute, r.start, 0, lasting)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string][]time.Duration{}, early.runs); diff != "" {
			t.Error("replaced jobs ran", diff)
		}
	})
}

func TestJobThatLeavesIsNotCutShortAndNotRunTwiceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(nil)
		var ended []string
		job := Job{Key: "mk4-01", Interval: Grid, Run: func(ctx context.Context, _ time.Time) {
			time.Sleep(10*time.Second + time.Millisecond)
			ended = append(ended, fmt.Sprint("after ", time.Since(r.start), ", ", ctx.Err()))
		}}
		s.Set([]Job{job})
		stop := run(t, s)
		time.Sleep(time.Second)
		s.Set(nil)
		time.Sleep(time.Second)
		job.Run = r.note("back")
		job.Interval = time.Second
		s.Set([]Job{job})
		time.Sleep(10 * time.Second)
		stop()

		if diff := cmp.Diff([]string{"after 10.001s, <nil>"}, ended); diff != "" {
			t.Error(diff)
		}
		var want []time.Duration
		for _, moment := range runsFrom(1, "mk4-01", time.Second, r.start, 2*time.Second, 12*time.Second) {
			if moment > 10*time.Second {
				want = append(want, moment)
			}
		}
		if diff := cmp.Diff(map[string][]time.Duration{"back": want}, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRunReturnsWhenAllRunsHaveEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type word struct{}
		type ending struct {
			After time.Duration
			Cause error
			Word  any
		}
		aside()
		s := New(nil)
		start := time.Now()
		endings := make(chan ending, 10)
		s.Set([]Job{{Key: "mk4-01", Interval: time.Second, Run: func(ctx context.Context, _ time.Time) {
			<-ctx.Done()
			time.Sleep(5 * time.Second)
			endings <- ending{time.Since(start), ctx.Err(), ctx.Value(word{})}
		}}})
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), word{}, "kept"), time.Minute)
		defer cancel()
		s.Run(ctx)

		if took := time.Since(start); took != 65*time.Second {
			t.Errorf("Run returned after %v", took)
		}
		close(endings)
		var got []ending
		for e := range endings {
			got = append(got, e)
		}
		want := []ending{{65 * time.Second, context.DeadlineExceeded, "kept"}}
		if diff := cmp.Diff(want, got, cmp.Comparer(errors.Is)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNothingStartsOnceTheContextIsDone(t *testing.T) {
	for range 100 { // select takes any of what is ready
		synctest.Test(t, func(t *testing.T) {
			r := newRecord()
			s := New(nil)
			s.Set([]Job{{Key: "mk4-01", Interval: Grid, Run: r.note("mk4-01")}})
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			s.Run(ctx)
			if diff := cmp.Diff(map[string][]time.Duration{}, r.runs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestScheduleRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		aside()
		r := newRecord()
		s := New(nil)
		s.Set(r.jobs(10, time.Minute))
		run(t, s)()
		time.Sleep(time.Hour)
		stop := run(t, s)
		time.Sleep(time.Minute)
		stop()

		want := make(map[string][]time.Duration)
		for _, job := range r.jobs(10, time.Minute) {
			want[job.Key] = runsFrom(10, job.Key, time.Minute, r.start, time.Hour, time.Hour+time.Minute)
		}
		if diff := cmp.Diff(want, r.runs); diff != "" {
			t.Error(diff)
		}
	})
}
