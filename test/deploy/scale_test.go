package deploy

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// speedup is the factor by which tests with real servers divide all durations.
const speedup = 30

var (
	// Durations in rules and configurations: after a key, as the range of a selector, or as its offset.
	durations = regexp.MustCompile(`(\b(?:for|keep_firing_for|interval|scrape_interval|scrape_timeout|evaluation_interval|group_wait|group_interval|repeat_interval): |\[|\boffset )((?:\d+[dhms])+)\b`)
	part      = regexp.MustCompile(`(\d+)([dhms])`)
)

// thresholds are the constants at the top of the recording rules that are in seconds.
var thresholds = regexp.MustCompile(`(_seconds\n +expr: vector\()(\d+)\)`)

// accelerate divides all durations in a file by speedup.
func accelerate(text string) string {
	text = thresholds.ReplaceAllStringFunc(text, func(found string) string {
		m := thresholds.FindStringSubmatch(found)
		n, _ := strconv.Atoi(m[2]) // digits
		return fmt.Sprintf("%s%d)", m[1], n/speedup)
	})
	unit := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
	return durations.ReplaceAllStringFunc(text, func(found string) string {
		m := durations.FindStringSubmatch(found)
		var d time.Duration
		for _, p := range part.FindAllStringSubmatch(m[2], -1) {
			n, _ := strconv.Atoi(p[1]) // digits
			d += time.Duration(n) * unit[p[2]]
		}
		return fmt.Sprintf("%s%dms", m[1], (d / speedup).Milliseconds())
	})
}

// TestAccelerate: only durations change.
func TestAccelerate(t *testing.T) {
	got := accelerate(`for: 5m
keep_firing_for: 1h
group_wait: 1m30s
expr: x[6h] offset 5m > 14.4 * 0.005 and time() - y > 43200
- record: octoeverywhere:config:print_lost_after_seconds
  expr: vector(300)
summary: 'for 5m [x]: 30 s'`)
	want := `for: 10000ms
keep_firing_for: 120000ms
group_wait: 3000ms
expr: x[720000ms] offset 10000ms > 14.4 * 0.005 and time() - y > 43200
- record: octoeverywhere:config:print_lost_after_seconds
  expr: vector(10)
summary: 'for 5m [x]: 30 s'`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
