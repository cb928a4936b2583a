package schedule

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newYear has no monotonic reading.
var newYear = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// namings are common schemes of printer names.
var namings = map[string]func(i int) string{
	"numbered":        func(i int) string { return fmt.Sprintf("printer-%d", i) },
	"numbered, zeros": func(i int) string { return fmt.Sprintf("mk4-%04d", i) },
	"number first":    func(i int) string { return fmt.Sprintf("%d.printers.example.org", i) },
	"racks":           func(i int) string { return fmt.Sprintf("farm/rack-%d/row-%d/x1c-%d", i/100, i/10%10, i%10) },
	"hexadecimal":     func(i int) string { return fmt.Sprintf("%08x", uint32(i)*2654435761) },
	"three letters":   func(i int) string { return string([]byte{byte('a' + i/100), byte('a' + i/10%10), byte('a' + i%10)}) },
}

// wantOffset computes a key's offset with the standard library's hash.
func wantOffset(key string, interval time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(key))
	places := math.Ceil(float64(interval) / float64(Resolution))
	return time.Duration(h.Sum64()%uint64(places)) * Resolution
}

// TestTicksDependOnKeyAndIntervalOnly: constants, because another build, machine or process must find the same ticks.
func TestTicksDependOnKeyAndIntervalOnly(t *testing.T) {
	tests := map[string]struct {
		key         string
		interval    time.Duration
		next, first string
	}{
		"a minute":       {"mk4-01", time.Minute, "2026-01-01T00:00:47.25Z", "2026-01-01T00:00:07.25Z"},
		"another key":    {"mk4-02", time.Minute, "2026-01-01T00:00:15.6Z", "2026-01-01T00:00:05.6Z"},
		"15 seconds":     {"mk4-01", 15 * time.Second, "2026-01-01T00:00:02.25Z", "2026-01-01T00:00:07.25Z"},
		"off the grid":   {"mk4-01", 7003 * time.Millisecond, "2026-01-01T00:00:00.544Z", "2026-01-01T00:00:06.6Z"},
		"below the grid": {"mk4-01", 7 * time.Millisecond, "2026-01-01T00:00:00.007Z", "2026-01-01T00:00:00Z"},
		"no name":        {"", time.Minute, "2026-01-01T00:00:21.85Z", "2026-01-01T00:00:01.85Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := []string{
				Next(test.key, test.interval, newYear).Format(time.RFC3339Nano),
				FirstRun(1000, test.key, test.interval, newYear).Format(time.RFC3339Nano),
			}
			if diff := cmp.Diff([]string{test.next, test.first}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNextIsTheFirstTickStrictlyAfter(t *testing.T) {
	intervals := []time.Duration{
		1, 7 * time.Millisecond, Resolution - 1, Resolution, Resolution + 1, 30 * time.Millisecond, time.Second, 7003 * time.Millisecond,
		15 * time.Second, time.Minute, 24 * time.Hour,
	}
	for _, interval := range intervals {
		for i := range 100 {
			key := fmt.Sprintf("printer-%d", i)
			for _, year := range []int{1950, 1970, 2026, 2200} {
				intervals := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano() / int64(interval)
				m := time.Unix(0, intervals*int64(interval)+int64(wantOffset(key, interval)))
				want := []time.Time{m, m.Add(interval), m.Add(interval)}
				got := []time.Time{
					Next(key, interval, m.Add(-1)),
					Next(key, interval, m),
					Next(key, interval, m.Add(interval-1)),
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s every %v: %s", key, interval, diff)
				}
			}
		}
	}
}

func TestOffsetsAreMultiplesOfResolution(t *testing.T) {
	for i := range 1000 {
		key := fmt.Sprintf("printer-%d", i)
		for _, interval := range []time.Duration{Resolution, time.Second, 15 * time.Second, time.Minute} {
			next := Next(key, interval, newYear)
			if off := next.Sub(newYear) % Resolution; off != 0 {
				t.Errorf("%s every %v: offset %v is no multiple of the resolution", key, interval, off)
			}
			first := FirstRun(1000, key, interval, newYear).Sub(newYear)
			if few := FirstRun(20, key, interval, newYear).Sub(newYear); few < 0 || few >= 200*time.Millisecond {
				t.Errorf("%s every %v, one of 20: first run %v after the start", key, interval, few)
			}
			if first < 0 || first%Resolution != 0 || first >= min(interval, 10*time.Second) {
				t.Errorf("%s every %v: first run %v after the start", key, interval, first)
			}
		}
	}
}

// limit returns the number of balls that no bucket reaches, with one chance in a million, when balls are thrown at random:
// the least n with buckets * P(binomial(balls, 1/buckets) >= n) < 1e-6.
func limit(balls, buckets int) int {
	p := 1 / float64(buckets)
	logFactorial := func(n int) float64 { l, _ := math.Lgamma(float64(n + 1)); return l }
	tail := 0.0
	for n := balls; n >= 0; n-- {
		tail += math.Exp(logFactorial(balls) - logFactorial(n) - logFactorial(balls-n) +
			float64(n)*math.Log(p) + float64(balls-n)*math.Log1p(-p))
		if float64(buckets)*tail >= 1e-6 {
			return n + 1
		}
	}
	return 0
}

func TestJobsAreSpread(t *testing.T) {
	const jobs = 1000
	kinds := map[string]struct {
		seconds int
		when    func(key string) time.Time
	}{
		"a minute":     {60, func(key string) time.Time { return Next(key, time.Minute, newYear) }},
		"15 seconds":   {15, func(key string) time.Time { return Next(key, 15*time.Second, newYear) }},
		"a power of 2": {41, func(key string) time.Time { return Next(key, 2048*Resolution, time.Unix(0, 0)) }},
		"first runs":   {10, func(key string) time.Time { return FirstRun(1000, key, time.Minute, newYear) }},
	}
	for kind, k := range kinds {
		for naming, name := range namings {
			t.Run(kind+"/"+naming, func(t *testing.T) {
				buckets := make([]int, k.seconds)
				for i := range jobs {
					buckets[k.when(name(i)).Unix()%int64(k.seconds)]++
				}
				if most, bound := slices.Max(buckets), limit(jobs, k.seconds); most >= bound {
					t.Errorf("%d jobs in one second, must stay below %d: %v", most, bound, buckets)
				}
			})
		}
	}
}

func TestNextKeepsClockReadings(t *testing.T) {
	after := time.Now()
	stripped := after.Round(0)
	next := Next("mk4-01", time.Minute, after)
	type readings struct {
		Distance  time.Duration // by the monotonic clock where there is one
		Monotonic bool
	}
	read := func(next, after time.Time) readings {
		return readings{next.Sub(after), next != next.Round(0)}
	}
	distance := next.Round(0).Sub(stripped)
	want := []readings{{distance, true}, {distance, false}}
	got := []readings{read(next, after), read(Next("mk4-01", time.Minute, stripped), stripped)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWallClockStepMovesThePhaseOnce: a tick that was planned before the clock was set has a wall reading that does not match
// now. now has a monotonic reading, so the intervals are real ones.
func TestWallClockStepMovesThePhaseOnce(t *testing.T) {
	const key, interval = "mk4-01", time.Minute
	const year = 365 * 24 * time.Hour
	type distances struct{ Next, Then time.Duration }
	tests := map[string]struct {
		set  time.Duration // step of the wall clock
		want distances
	}{
		"not set":                  {0, distances{interval, interval}},
		"late by a blink":          {time.Millisecond, distances{interval - time.Millisecond, interval}},
		"back by a blink":          {-time.Millisecond, distances{interval + time.Millisecond, interval}},
		"back by nearly half":      {-interval/2 + 1, distances{interval + interval/2 - 1, interval}},
		"back by half an interval": {-interval / 2, distances{interval / 2, interval}},
		"back by an hour":          {-time.Hour - time.Second, distances{time.Second, interval}},
		"back by 50 years":         {-50*year - time.Second, distances{time.Second, interval}},
		"forward by an hour":       {time.Hour + time.Second, distances{interval - time.Second, interval}},
		"forward by 50 years":      {50*year + time.Second, distances{interval - time.Second, interval}},
	}
	tick := Next(key, interval, time.Now())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			now := tick.Add(test.set)
			next := nextAfter(key, interval, tick.Round(0), now)
			then := nextAfter(key, interval, next, next)
			if diff := cmp.Diff(test.want, distances{next.Sub(now), then.Sub(next)}); diff != "" {
				t.Error(diff)
			}
			if next == next.Round(0) { //nolint:staticcheck // == compares the monotonic reading, too
				t.Error("the monotonic reading is lost")
			}
		})
	}
}

func TestIntervalMustBePositive(t *testing.T) {
	calls := map[string]func(){
		"Next":  func() { Next("mk4-01", 0, newYear) },
		"First": func() { FirstRun(1, "mk4-01", -time.Second, newYear) },
		"Set":   func() { New(nil).Set([]Job{{Key: "mk4-01"}}) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if diff := cmp.Diff(any("schedule: interval is not positive"), recover()); diff != "" {
					t.Error(diff)
				}
			}()
			call()
		})
	}
}
