package probe

import (
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// world says how a printer answers in a minute: with which code a status, and with which a ping.
type world func(minute int) (status, ping int)

// steady is a world that never changes.
func steady(status, ping int) world { return func(int) (int, int) { return status, ping } }

// until is one world before a minute and another one from then on.
func until(end int, a, b world) world {
	return func(m int) (int, int) {
		if m < end {
			return a(m)
		}
		return b(m)
	}
}

// watch probes a printer as planned at each minute, and writes down a letter a minute: s for status, p for ping, a point
// for nothing.
func watch(s Status, w world, minutes int) (string, Status) {
	start := time.Unix(1_800_000_000, 0)
	var asked strings.Builder
	for m := range minutes {
		moment := start.Add(time.Duration(m) * time.Minute)
		q, due := s.Plan(moment)
		if !due.Before(moment) {
			asked.WriteByte('.')
			continue
		}
		status, ping := w(m)
		code := status
		if q == PingRequest {
			code = ping
		}
		asked.WriteString(q.String()[:1])
		s = s.Next(Result{Request: q, Asked: moment.Add(3 * time.Millisecond), Took: 200 * time.Millisecond, Fault: code2fault(code)})
	}
	return asked.String(), s
}

// TestTheLightestQuestionThatCanChangeWhatIsKnown reads like the rule of the ladder.
func TestTheLightestQuestionThatCanChangeWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		world world
		want  string // a letter a minute
	}{
		"healthy: status at the interval": {
			steady(200, 200), "ssssssssss",
		},
		"the host is gone: status doubles its distance up to 5 minutes, ping keeps the interval": {
			steady(785, 200), "spsppp" + "sppppspppps",
		},
		"the host comes back: seen when status is next asked": {
			until(9, steady(785, 200), steady(200, 200)), "spsppp" + "sppppssssss",
		},
		"the host lets nobody in: the same, up to 30 minutes": {
			steady(789, 200), "sp" + "sppp" + "sppppppp" + "sppppppppppppppp" + "s" + strings.Repeat("p", 29) + "sppp",
		},
		"789 and 785 in turns: the pause of 789 goes on": {
			func(m int) (int, int) { return map[int]int{0: 789, 2: 785, 6: 789, 14: 785}[m], 200 }, "sp" + "sppp" + "sppppppp" + "sppppppppppppppp" + "s",
		},
		"the plugin is offline: status at the interval": {
			steady(601, 601), "sssss",
		},
		"the host is gone, then the plugin: status again when the plugin is back": {
			until(7, steady(785, 200), until(10, steady(601, 601), steady(785, 200))), "spsppp" + "sp" + "sss" + "psppp",
		},
		"a plugin that hangs: at the interval": {
			steady(602, 602), "sssss",
		},
		"no such connection: rare, nothing in between": {
			steady(603, 603), "s." + "s..." + "s......." + "s..............." + "s" + strings.Repeat(".", 29) + "s...",
		},
		"credentials are wrong: rare": {
			steady(606, 606), "s.s...s.......s",
		},
		"the owner is no supporter: gentle": {
			steady(605, 605), "s.s...s....s....s",
		},
		"gentle and rare of one layer go on from where they were": {
			until(3, steady(605, 605), steady(604, 604)), "s.s...s.......s",
		},
		"a pause of one layer does not lengthen that of another": {
			until(6, steady(605, 605), steady(785, 200)), "s.s...spsppps",
		},
		"too many requests, without Retry-After: gentle": {
			steady(429, 429), "s.s...s....s",
		},
		"an old plugin that does not know ping: do without, and remember": {
			steady(785, 754), "sp" + "s..." + "s...." + "s....s",
		},
		"an old plugin is asked anew after it was away": {
			until(10, steady(785, 754), until(12, steady(601, 601), steady(785, 754))), "sp" + "s..." + "s...." + "s" + "sp" + "s...",
		},
		"a plugin that is too old for status: gentle": {
			steady(754, 200), "s.s...s....s",
		},
		"the printer has an error: at the interval": {
			steady(786, 200), "sssss",
		},
	} {
		if got, _ := watch(begin().Status, c.world, len(c.want)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestPausesAreWholeIntervals: a pause never runs over its limit, whatever the interval.
func TestPausesAreWholeIntervals(t *testing.T) {
	for interval, want := range map[time.Duration][]time.Duration{
		time.Second:      {2 * time.Second, 4 * time.Second, 8 * time.Second},
		45 * time.Second: {90 * time.Second, 180 * time.Second, 270 * time.Second, 270 * time.Second},
		4 * time.Minute:  {4 * time.Minute, 4 * time.Minute},
		time.Hour:        {time.Hour, time.Hour},
	} {
		s := NewStatus(Target{Interval: interval})
		now := time.Unix(1_800_000_000, 0)
		for _, d := range want {
			s = s.Next(Result{Request: StatusRequest, Asked: now, Fault: fault.FromPlugin(785)})
			if s.backoff != d {
				t.Errorf("interval %v: %v, not %v", interval, s.backoff, d)
			}
		}
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	asked := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		header string
		want   time.Duration // until status is due, at the earliest
	}{
		"seconds":                         {"90", 90 * time.Second},
		"less than the interval":          {"5", time.Minute},
		"a date":                          {asked.Add(10 * time.Minute).UTC().Format(time.RFC1123), 10 * time.Minute},
		"at most 30 minutes":              {"86400", 30 * time.Minute},
		"a date that has passed: gentle":  {asked.Add(-time.Minute).UTC().Format(time.RFC1123), time.Minute},
		"nothing: gentle":                 {"", time.Minute},
		"nonsense: gentle":                {"soon", time.Minute},
		"a negative number: gentle":       {"-5", time.Minute},
		"a number without end: gentle":    {strings.Repeat("9", 400), time.Minute},
		"a date of the old form, RFC 850": {asked.Add(3 * time.Minute).UTC().Format(time.RFC850), 3 * time.Minute},
	} {
		s := NewStatus(Target{Interval: time.Minute})
		s = s.Next(Result{Request: StatusRequest, Asked: asked, Fault: fault.FromHTTP(429), RetryAfter: retryAfter(c.header, asked)})
		if q, due := s.Plan(asked); q != StatusRequest || !due.Equal(asked.Add(c.want)) {
			t.Errorf("%s: %s after %v, not %v", name, q, due.Sub(asked), c.want)
		}
	}
}

// TestAChangedEntryIsAskedAtOnce: a new credential ends the pause, and what is known stays.
func TestAChangedEntryIsAskedAtOnce(t *testing.T) {
	_, s := watch(begin().Status, steady(606, 606), 20)
	if _, due := s.Plan(time.Unix(1_800_000_000, 0)); due.IsZero() {
		t.Fatal("no pause stands")
	}
	s = s.renewed().configured(Target{Name: "a", Interval: time.Minute, Authorization: NewSecret("new")})
	if q, due := s.Plan(time.Unix(1_800_000_000, 0)); q != StatusRequest || !due.IsZero() {
		t.Errorf("%s is due after %v", q, due)
	}
	if s.Fault.Code != 606 || s.Probes == 0 {
		t.Errorf("what was known is lost: %+v", s.Fault)
	}
}

// TestDistanceSaysWhatIsGoingToHappen: it is the time between two questions of any kind.
func TestDistanceSaysWhatIsGoingToHappen(t *testing.T) {
	for name, c := range map[string]struct {
		world   world
		minutes int
		want    time.Duration
	}{
		"never asked":             {steady(200, 200), 0, time.Minute},
		"healthy":                 {steady(200, 200), 5, time.Minute},
		"ping goes on":            {steady(785, 200), 30, time.Minute},
		"no ping":                 {steady(785, 754), 30, 5 * time.Minute},
		"revoked":                 {steady(604, 604), 1, 2 * time.Minute},
		"revoked for a long time": {steady(604, 604), 120, 30 * time.Minute},
	} {
		if _, s := watch(begin().Status, c.world, c.minutes); s.EffectiveInterval() != c.want {
			t.Errorf("%s: %v, not %v", name, s.EffectiveInterval(), c.want)
		}
	}
}

// TestWakeUpsOfALostPrinter is what the ladder is for: status wakes the plugin's reconnect loop, ping does not.
func TestWakeUpsOfALostPrinter(t *testing.T) {
	asked, _ := watch(begin().Status, steady(785, 200), 60)
	if n := strings.Count(asked, "s"); n > 15 {
		t.Errorf("%d status in an hour: %s", n, asked)
	}
	if strings.Contains(asked, ".") {
		t.Errorf("a minute without a question: %s", asked)
	}
}

func TestInfoIsAskedRarely(t *testing.T) {
	at := func(m int) time.Time { return time.Unix(1_800_000_000, 0).Add(time.Duration(m) * time.Minute) }
	for name, c := range map[string]struct {
		world world
		want  string // i where info follows
	}{
		"healthy: every five minutes":             {steady(200, 200), "i....i....i...."},
		"the plugin fails: once more":             {until(2, steady(200, 200), steady(601, 601)), "i.i....i....i"},
		"it fails right after info was asked":     {until(1, steady(200, 200), steady(601, 601)), "ii....i....i"},
		"the service fails: once more":            {until(2, steady(200, 200), steady(600, 600)), "i.i....i"},
		"codes that change do not start it anew":  {func(m int) (int, int) { return []int{601, 612}[m%2], 0 }, "i....i....i"},
		"the host fails: the plugin is connected": {until(2, steady(200, 200), steady(785, 200)), "i....i....i"},
		"it fails again: once more again":         {func(m int) (int, int) { return []int{200, 200, 601}[m%3], 0 }, "i.i..i..i"},
	} {
		s := withInfo().Status
		var asked strings.Builder
		for m := range len(c.want) {
			q, due := s.Plan(at(m))
			if !due.Before(at(m)) {
				t.Fatalf("%s: nothing is due in minute %d", name, m)
			}
			code, ping := c.world(m)
			if q == PingRequest {
				code = ping
			}
			steps := []Result{{Request: q, Asked: at(m), Fault: code2fault(code)}}
			next, wanted := s.follow(steps, at(m))
			if wanted && next == InfoRequest {
				asked.WriteByte('i')
				steps = append(steps, Result{Request: InfoRequest, Asked: at(m)})
			} else {
				asked.WriteByte('.')
			}
			s = s.After(steps)
		}
		if asked.String() != c.want {
			t.Errorf("%s: %s, not %s", name, asked.String(), c.want)
		}
	}
	if next, wanted := begin().follow([]Result{{Request: StatusRequest}}, at(0)); wanted {
		t.Errorf("without an app token %s is asked", next)
	}
}
