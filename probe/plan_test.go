package probe

import (
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// world returns the codes with which a printer responds in a minute to status and to ping.
type world func(minute int) (status, ping int)

// constant is a world that never changes.
func constant(status, ping int) world { return func(int) (int, int) { return status, ping } }

// until is one world before a minute and another one from then on.
func until(end int, a, b world) world {
	return func(m int) (int, int) {
		if m < end {
			return a(m)
		}
		return b(m)
	}
}

// run probes a printer as planned, once per minute, and returns one letter per minute: s for status, p for ping, a dot for no
// request.
func run(s Status, w world, minutes int) (string, Status) {
	start := time.Unix(1_800_000_000, 0)
	var requests strings.Builder
	for m := range minutes {
		scheduled := start.Add(time.Duration(m) * time.Minute)
		q, due := s.Plan(scheduled)
		if !due.Before(scheduled) {
			requests.WriteByte('.')
			continue
		}
		status, ping := w(m)
		code := status
		if q == PingRequest {
			code = ping
		}
		requests.WriteString(q.String()[:1])
		s = s.Next(Result{Request: q, Sent: scheduled.Add(3 * time.Millisecond), Took: 200 * time.Millisecond, Fault: code2fault(code)})
	}
	return requests.String(), s
}

// TestPlannedRequests: the cheapest request that can detect a change.
func TestPlannedRequests(t *testing.T) {
	for name, c := range map[string]struct {
		world world
		want  string // one letter per minute
	}{
		"healthy: status at the interval": {
			constant(200, 200), "ssssssssss",
		},
		"the host is gone: status backs off up to 5 minutes, ping keeps the interval": {
			constant(785, 200), "spsppp" + "sppppspppps",
		},
		"the host comes back: seen at the next status": {
			until(9, constant(785, 200), constant(200, 200)), "spsppp" + "sppppssssss",
		},
		"the host rejects the plugin: the same, up to 30 minutes": {
			constant(789, 200), "sp" + "sppp" + "sppppppp" + "sppppppppppppppp" + "s" + strings.Repeat("p", 29) + "sppp",
		},
		"789 and 785 alternate: the backoff of 789 continues": {
			func(m int) (int, int) { return map[int]int{0: 789, 2: 785, 6: 789, 14: 785}[m], 200 }, "sp" + "sppp" + "sppppppp" + "sppppppppppppppp" + "s",
		},
		"the plugin is offline: status at the interval": {
			constant(601, 601), "sssss",
		},
		"the host is gone, then the plugin: status again when the plugin is back": {
			until(7, constant(785, 200), until(10, constant(601, 601), constant(785, 200))), "spsppp" + "sp" + "sss" + "psppp",
		},
		"a plugin that hangs: at the interval": {
			constant(602, 602), "sssss",
		},
		"no such connection: long backoff, nothing in between": {
			constant(603, 603), "s." + "s..." + "s......." + "s..............." + "s" + strings.Repeat(".", 29) + "s...",
		},
		"credentials are wrong: long backoff": {
			constant(606, 606), "s.s...s.......s",
		},
		"the owner is no supporter: short backoff": {
			constant(605, 605), "s.s...s....s....s",
		},
		"short and long backoff of one layer continue from each other": {
			until(3, constant(605, 605), constant(604, 604)), "s.s...s.......s",
		},
		"the backoff of one layer does not lengthen that of another": {
			until(6, constant(605, 605), constant(785, 200)), "s.s...spsppps",
		},
		"too many requests, without Retry-After: short backoff": {
			constant(429, 429), "s.s...s....s",
		},
		"an old plugin that does not know ping: no more pings": {
			constant(785, 754), "sp" + "s..." + "s...." + "s....s",
		},
		"ping is tried again after the plugin was offline": {
			until(10, constant(785, 754), until(12, constant(601, 601), constant(785, 754))), "sp" + "s..." + "s...." + "s" + "sp" + "s...",
		},
		"a plugin that is too old for status: short backoff": {
			constant(754, 200), "s.s...s....s",
		},
		"the printer has an error: at the interval": {
			constant(786, 200), "sssss",
		},
	} {
		if got, _ := run(begin().Status, c.world, len(c.want)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestBackoffIsWholeIntervals: it never exceeds its limit, whatever the interval.
func TestBackoffIsWholeIntervals(t *testing.T) {
	for interval, want := range map[time.Duration][]time.Duration{
		time.Second:      {2 * time.Second, 4 * time.Second, 8 * time.Second},
		45 * time.Second: {90 * time.Second, 180 * time.Second, 270 * time.Second, 270 * time.Second},
		4 * time.Minute:  {4 * time.Minute, 4 * time.Minute},
		time.Hour:        {time.Hour, time.Hour},
	} {
		s := NewStatus(Target{Interval: interval})
		now := time.Unix(1_800_000_000, 0)
		for _, d := range want {
			s = s.Next(Result{Request: StatusRequest, Sent: now, Fault: fault.FromPlugin(785)})
			if s.backoff != d {
				t.Errorf("interval %v: %v, not %v", interval, s.backoff, d)
			}
		}
	}
}

func TestRetryAfterIsParsed(t *testing.T) {
	sent := time.Unix(1_800_000_000, 0)
	for name, c := range map[string]struct {
		header string
		want   time.Duration // until status is due, which is requested at the next scheduled time
	}{
		"seconds":                         {"90", 90 * time.Second},
		"less than the interval":          {"5", 5 * time.Second},
		"a date":                          {sent.Add(10 * time.Minute).UTC().Format(time.RFC1123), 10 * time.Minute},
		"at most 30 minutes":              {"86400", 30 * time.Minute},
		"a date that has passed: short":   {sent.Add(-time.Minute).UTC().Format(time.RFC1123), time.Minute},
		"none: short":                     {"", time.Minute},
		"nonsense: short":                 {"soon", time.Minute},
		"a negative number: short":        {"-5", time.Minute},
		"a number without end":            {strings.Repeat("9", 400), 30 * time.Minute},
		"a date of the old form, RFC 850": {sent.Add(3 * time.Minute).UTC().Format(time.RFC850), 3 * time.Minute},
	} {
		s := NewStatus(Target{Interval: time.Minute})
		s = s.Next(Result{Request: StatusRequest, Sent: sent, Fault: fault.FromHTTP(429), RetryAfter: parseRetryAfter(c.header, sent)})
		if q, due := s.Plan(sent); q != StatusRequest || !due.Equal(sent.Add(c.want)) {
			t.Errorf("%s: %s after %v, not %v", name, q, due.Sub(sent), c.want)
		}
	}
}

// TestAChangedEntryIsProbedAtOnce: a new credential ends the backoff, and the status stays.
func TestAChangedEntryIsProbedAtOnce(t *testing.T) {
	_, s := run(begin().Status, constant(606, 606), 20)
	if _, due := s.Plan(time.Unix(1_800_000_000, 0)); due.IsZero() {
		t.Fatal("there is no backoff")
	}
	s = s.renewed().configured(Target{Name: "a", Interval: time.Minute, Authorization: NewSecret("new")})
	if q, due := s.Plan(time.Unix(1_800_000_000, 0)); q != StatusRequest || !due.IsZero() {
		t.Errorf("%s is due after %v", q, due)
	}
	if s.Fault.Code != 606 || s.Probes == 0 {
		t.Errorf("the status is lost: %+v", s.Fault)
	}
}

// TestEffectiveInterval: it is the time between two requests of any kind.
func TestEffectiveInterval(t *testing.T) {
	for name, c := range map[string]struct {
		world   world
		minutes int
		want    time.Duration
	}{
		"never probed":            {constant(200, 200), 0, time.Minute},
		"healthy":                 {constant(200, 200), 5, time.Minute},
		"ping goes on":            {constant(785, 200), 30, time.Minute},
		"no ping":                 {constant(785, 754), 30, 5 * time.Minute},
		"revoked":                 {constant(604, 604), 1, 2 * time.Minute},
		"revoked for a long time": {constant(604, 604), 120, 30 * time.Minute},
	} {
		if _, s := run(begin().Status, c.world, c.minutes); s.EffectiveInterval() != c.want {
			t.Errorf("%s: %v, not %v", name, s.EffectiveInterval(), c.want)
		}
	}
}

// TestALostPrinterIsRarelyWokenUp: status wakes the plugin's reconnect loop, ping does not.
func TestALostPrinterIsRarelyWokenUp(t *testing.T) {
	requests, _ := run(begin().Status, constant(785, 200), 60)
	if n := strings.Count(requests, "s"); n > 15 {
		t.Errorf("%d status in an hour: %s", n, requests)
	}
	if strings.Contains(requests, ".") {
		t.Errorf("a minute without a request: %s", requests)
	}
}

func TestInfoIsRequestedRarely(t *testing.T) {
	at := func(m int) time.Time { return time.Unix(1_800_000_000, 0).Add(time.Duration(m) * time.Minute) }
	for name, c := range map[string]struct {
		world world
		want  string // i where info follows
	}{
		"healthy: every five minutes":             {constant(200, 200), "i....i....i...."},
		"the plugin fails: once more":             {until(2, constant(200, 200), constant(601, 601)), "i.i....i....i"},
		"it fails right after info was requested": {until(1, constant(200, 200), constant(601, 601)), "ii....i....i"},
		"the service fails: once more":            {until(2, constant(200, 200), constant(600, 600)), "i.i....i"},
		"codes that change do not repeat it":      {func(m int) (int, int) { return []int{601, 612}[m%2], 0 }, "i....i....i"},
		"the host fails: the plugin is connected": {until(2, constant(200, 200), constant(785, 200)), "i....i....i"},
		"it fails again: once more again":         {func(m int) (int, int) { return []int{200, 200, 601}[m%3], 0 }, "i.i..i..i"},
	} {
		s := withInfo().Status
		var requests strings.Builder
		for m := range len(c.want) {
			q, due := s.Plan(at(m))
			if !due.Before(at(m)) {
				t.Fatalf("%s: nothing is due in minute %d", name, m)
			}
			code, ping := c.world(m)
			if q == PingRequest {
				code = ping
			}
			steps := []Result{{Request: q, Sent: at(m), Fault: code2fault(code)}}
			next, wanted := s.Following(steps, at(m))
			if wanted && next == InfoRequest {
				requests.WriteByte('i')
				steps = append(steps, Result{Request: InfoRequest, Sent: at(m)})
			} else {
				requests.WriteByte('.')
			}
			s = s.After(steps)
		}
		if requests.String() != c.want {
			t.Errorf("%s: %s, not %s", name, requests.String(), c.want)
		}
	}
	if next, wanted := begin().Following([]Result{{Request: StatusRequest}}, at(0)); wanted {
		t.Errorf("without an app token %s is requested", next)
	}
}
