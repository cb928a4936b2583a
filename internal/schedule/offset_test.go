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

// namingSchemes are names of printers as users choose them.
var namingSchemes = map[string]func(i int) string{
	"numbered":        func(i int) string { return fmt.Sprintf("printer-%d", i) },
	"numbered, zeros": func(i int) string { return fmt.Sprintf("mk4-%04d", i) },
	"number first":    func(i int) string { return fmt.Sprintf("%d.printers.example.org", i) },
	"racks":           func(i int) string { return fmt.Sprintf("farm/rack-%d/row-%d/x1c-%d", i/100, i/10%10, i%10) },
	"hexadecimal":     func(i int) string { return fmt.Sprintf("%08x", uint32(i)*2654435761) },
	"three letters":   func(i int) string { return string([]byte{byte('a' + i/100), byte('a' + i/10%10), byte('a' + i%10)}) },
}

// wantOffset is the offset of a key in an interval, computed with the standard library's hash.
func wantOffset(key string, interval time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(key))
	slots := math.Ceil(float64(interval) / float64(Resolution))
	return time.Duration(h.Sum64()%uint64(slots)) * Resolution
}

// TestTicksDependOnKeyAndInterval compares with literal times: another build, machine or process must compute the same ticks.
func TestTicksDependOnKeyAndInterval(t *testing.T) {
	tests := map[string]struct {
		key         string
		interval    time.Duration
		next, first string
	}{
		"a minute":     {"mk4-01", time.Minute, "2026-01-01T00:00:47.25Z", "2026-01-01T00:00:07.25Z"},
		"another key":  {"mk4-02", time.Minute, "2026-01-01T00:00:15.6Z", "2026-01-01T00:00:05.6Z"},
		"15 seconds":   {"mk4-01", 15 * time.Second, "2026-01-01T00:00:02.25Z", "2026-01-01T00:00:07.25Z"},
		"odd interval": {"mk4-01", 7003 * time.Millisecond, "2026-01-01T00:00:00.544Z", "2026-01-01T00:00:06.6Z"},
		"below 50ms":   {"mk4-01", 7 * time.Millisecond, "2026-01-01T00:00:00.007Z", "2026-01-01T00:00:00Z"},
		"empty key":    {"", time.Minute, "2026-01-01T00:00:21.85Z", "2026-01-01T00:00:01.85Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := []string{
				Next(test.key, test.interval, newYear).Format(time.RFC3339Nano),
				First(1000, test.key, test.interval, newYear).Format(time.RFC3339Nano),
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

func TestTicksAreMultiplesOfTheResolution(t *testing.T) {
	for i := range 1000 {
		key := fmt.Sprintf("printer-%d", i)
		for _, interval := range []time.Duration{Resolution, time.Second, 15 * time.Second, time.Minute} {
			next := Next(key, interval, newYear)
			if off := next.Sub(newYear) % Resolution; off != 0 {
				t.Errorf("%s every %v: %v after a multiple of the resolution", key, interval, off)
			}
			first := First(1000, key, interval, newYear).Sub(newYear)
			if few := First(20, key, interval, newYear).Sub(newYear); few < 0 || few >= 200*time.Millisecond {
				t.Errorf("%s every %v, one of 20: first run %v after the start", key, interval, few)
			}
			if first < 0 || first%Resolution != 0 || first >= min(interval, 10*time.Second) {
				t.Errorf("%s every %v: first run %v after the start", key, interval, first)
			}
		}
	}
}

// limit is the size that no bucket reaches with a probability of 1 - 1e-6 if balls are distributed at random: the least n with
// buckets * P(binomial(balls, 1/buckets) >= n) < 1e-6.
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

func TestJobsAreSpreadEvenly(t *testing.T) {
	const jobs = 1000
	kinds := map[string]struct {
		seconds int
		when    func(key string) time.Time
	}{
		"a minute":     {60, func(key string) time.Time { return Next(key, time.Minute, newYear) }},
		"15 seconds":   {15, func(key string) time.Time { return Next(key, 15*time.Second, newYear) }},
		"a power of 2": {41, func(key string) time.Time { return Next(key, 2048*Resolution, time.Unix(0, 0)) }},
		"first runs":   {10, func(key string) time.Time { return First(1000, key, time.Minute, newYear) }},
	}
	for kind, k := range kinds {
		for naming, name := range namingSchemes {
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

func TestNextKeepsTheMonotonicReading(t *testing.T) {
	after := time.Now()
	stripped := after.Round(0)
	next := Next("mk4-01", time.Minute, after)
	type readings struct {
		Wait      time.Duration // by the monotonic clock if there is one
		Monotonic bool
	}
	read := func(next, after time.Time) readings {
		return readings{next.Sub(after), next != next.Round(0)}
	}
	wait := next.Round(0).Sub(stripped)
	want := []readings{{wait, true}, {wait, false}}
	got := []readings{read(next, after), read(Next("mk4-01", time.Minute, stripped), stripped)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWallClockJumps checks that a jump of the wall clock moves the ticks once and never stalls a job. A tick without a monotonic
// reading is one that was computed before the jump; now has one, so the waits are real.
func TestWallClockJumps(t *testing.T) {
	const key, interval = "mk4-01", time.Minute
	const year = 365 * 24 * time.Hour
	type waits struct{ Next, Then time.Duration }
	tests := map[string]struct {
		step time.Duration // of the wall clock
		want waits
	}{
		"no step":                  {0, waits{interval, interval}},
		"late by a millisecond":    {time.Millisecond, waits{interval - time.Millisecond, interval}},
		"back by a millisecond":    {-time.Millisecond, waits{interval + time.Millisecond, interval}},
		"back by nearly half":      {-interval/2 + 1, waits{interval + interval/2 - 1, interval}},
		"back by half an interval": {-interval / 2, waits{interval / 2, interval}},
		"back by an hour":          {-time.Hour - time.Second, waits{time.Second, interval}},
		"back by 50 years":         {-50*year - time.Second, waits{time.Second, interval}},
		"forward by an hour":       {time.Hour + time.Second, waits{interval - time.Second, interval}},
		"forward by 50 years":      {50*year + time.Second, waits{interval - time.Second, interval}},
	}
	tick := Next(key, interval, time.Now())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			now := tick.Add(test.step)
			next := following(key, interval, tick.Round(0), now)
			then := following(key, interval, next, next)
			if diff := cmp.Diff(test.want, waits{next.Sub(now), then.Sub(next)}); diff != "" {
				t.Error(diff)
			}
			if next == next.Round(0) { //nolint:staticcheck // == is meant to compare the monotonic readings
				t.Error("the monotonic reading is lost")
			}
		})
	}
}

func TestIntervalMustBePositive(t *testing.T) {
	calls := map[string]func(){
		"Next":  func() { Next("mk4-01", 0, newYear) },
		"First": func() { First(1, "mk4-01", -time.Second, newYear) },
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
