package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/view"
)

func TestTruncate(t *testing.T) {
	for text, want := range map[string]string{"": "", "abcde": "abcde", "☃☃☃☃☃": "☃☃☃☃☃", "abcdef": "abcd…", "☃☃☃☃☃☃": "☃☃☃☃…"} {
		if got := truncate(text, 5); got != want {
			t.Errorf("%q truncated to %q, not %q", text, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 7, 31, 23, 59, 0, 0, time.UTC)
	for at, want := range map[time.Time]timeText{
		{}:                       {},
		now.Add(-time.Hour):      {"2026-07-31T22:59:00Z", "22:59:00 UTC"},
		now.Add(-24 * time.Hour): {"2026-07-30T23:59:00Z", "2026-07-30 23:59 UTC"},
		now.AddDate(-1, 0, 0):    {"2025-07-31T23:59:00Z", "2025-07-31 23:59 UTC"},
	} {
		if d := cmp.Diff(want, clock(at, now)); d != "" {
			t.Error(d)
		}
	}
}

func TestTimeTexts(t *testing.T) {
	now := time.Date(2026, 7, 31, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	const at, before, after = "2026-07-31T10:00:00Z", "2026-07-31T09:59:00Z", "2026-07-31T10:01:00Z"
	for name, c := range map[string]struct{ got, want timeText }{
		"no time ago":             {ago(view.Length, time.Time{}, now), timeText{}},
		"just now":                {ago(view.Length, now, now), timeText{at, "now"}},
		"a minute ago":            {ago(view.Length, now.Add(-time.Minute), now), timeText{before, "1 min ago"}},
		"a clock that jumps back": {ago(view.Length, now.Add(time.Minute), now), timeText{after, "now"}},
		"no time ahead":           {ahead(view.Length, time.Time{}, now), timeText{}},
		"due":                     {ahead(view.Length, now, now), timeText{at, "now"}},
		"overdue":                 {ahead(view.Length, now.Add(-time.Minute), now), timeText{before, "now"}},
		"in a minute":             {ahead(view.Length, now.Add(time.Minute), now), timeText{after, "in 1 min"}},
		"no time elapsed":         {elapsed(time.Time{}, now), timeText{}},
		"a minute elapsed":        {elapsed(now.Add(-time.Minute), now), timeText{before, "1 min"}},
		"a negative duration":     {elapsed(now.Add(time.Minute), now), timeText{after, "0 s"}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
