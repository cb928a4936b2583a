package deploy

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// faster by 30: in the tests with real servers a minute is two seconds.
const faster = 30

var (
	// Where rules and configurations have durations: behind a key, or as the range of a selector.
	durations = regexp.MustCompile(`(\b(?:for|keep_firing_for|interval|scrape_interval|scrape_timeout|evaluation_interval|group_wait|group_interval|repeat_interval): |\[)((?:\d+[dhms])+)\b`)
	part      = regexp.MustCompile(`(\d+)([dhms])`)
)

// accelerate gives a file as it is shipped, with all durations divided, and nothing else changed.
func accelerate(text string) string {
	unit := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
	return durations.ReplaceAllStringFunc(text, func(found string) string {
		m := durations.FindStringSubmatch(found)
		var d time.Duration
		for _, p := range part.FindAllStringSubmatch(m[2], -1) {
			n, _ := strconv.Atoi(p[1]) // digits
			d += time.Duration(n) * unit[p[2]]
		}
		return fmt.Sprintf("%s%dms", m[1], (d / faster).Milliseconds())
	})
}

// TestAccelerate: durations, and nothing else.
func TestAccelerate(t *testing.T) {
	got := accelerate(`for: 5m
keep_firing_for: 1h
group_wait: 1m30s
expr: x[6h] > 14.4 * 0.005 and time() - y > 43200
summary: 'for 5m [x]: 30 s'`)
	want := `for: 10000ms
keep_firing_for: 120000ms
group_wait: 3000ms
expr: x[720000ms] > 14.4 * 0.005 and time() - y > 43200
summary: 'for 5m [x]: 30 s'`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
