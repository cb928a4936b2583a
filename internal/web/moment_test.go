package web

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTextsAreCut(t *testing.T) {
	for text, want := range map[string]string{"": "", "abcde": "abcde", "☃☃☃☃☃": "☃☃☃☃☃", "abcdef": "abcd…", "☃☃☃☃☃☃": "☃☃☃☃…"} {
		if got := cut(text, 5); got != want {
			t.Errorf("%q is cut to %q, not %q", text, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 7, 31, 23, 59, 0, 0, time.UTC)
	for at, want := range map[time.Time]moment{
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

func TestMoments(t *testing.T) {
	now := time.Date(2026, 7, 31, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	const at, before, after = "2026-07-31T10:00:00Z", "2026-07-31T09:59:00Z", "2026-07-31T10:01:00Z"
	for name, c := range map[string]struct{ got, want moment }{
		"never was":          {ago(time.Time{}, now), moment{}},
		"just now":           {ago(now, now), moment{at, "now"}},
		"a minute ago":       {ago(now.Add(-time.Minute), now), moment{before, "1 min ago"}},
		"a clock that jumps": {ago(now.Add(time.Minute), now), moment{after, "now"}},
		"never will be":      {ahead(time.Time{}, now), moment{}},
		"due":                {ahead(now, now), moment{at, "now"}},
		"overdue":            {ahead(now.Add(-time.Minute), now), moment{before, "now"}},
		"in a minute":        {ahead(now.Add(time.Minute), now), moment{after, "in 1 min"}},
		"not begun":          {lasting(time.Time{}, now), moment{}},
		"for a minute":       {lasting(now.Add(-time.Minute), now), moment{before, "1 min"}},
		"for no time":        {lasting(now.Add(time.Minute), now), moment{after, "0 s"}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
