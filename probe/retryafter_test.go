package probe

import (
	"net/http"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// attempts are what a printer's requests get, minute by minute.
type attempts func(minute int, q Request) Attempt

// runAttempts probes a printer once per minute and returns one letter per minute, as run does.
func runAttempts(s Status, w attempts, minutes int) (string, Status) {
	start := time.Unix(1_800_000_000, 0)
	requests := make([]byte, minutes)
	for m := range minutes {
		tick := start.Add(time.Duration(m) * time.Minute)
		requests[m] = '.'
		if q, due := s.Plan(tick); due.Before(tick) {
			requests[m] = q.String()[0]
			s = s.Next(Target{}.Result(q, tick.Add(3*time.Millisecond), 200*time.Millisecond, w(m, q)))
		}
	}
	return string(requests), s
}

// wait is a response that asks to wait.
func wait(status int, retryAfter string) Attempt {
	return Attempt{Phase: ResponseRead, HTTPStatus: status, Headers: Headers{RetryAfter: retryAfter}}
}

// TestRetryAfterTakesPrecedence over each backoff, of a 429 and of each 5xx.
func TestRetryAfterTakesPrecedence(t *testing.T) {
	blocked := wait(429, "240")
	blocked.Headers.CFMitigated = "challenge"
	for name, c := range map[string]struct {
		first Attempt // to the first status request; afterwards all is well
		want  string
	}{
		"429":                                  {wait(429, "240"), "s....ss"},
		"500":                                  {wait(500, "240"), "s....ss"},
		"502":                                  {wait(502, "240"), "s....ss"},
		"503":                                  {wait(503, "240"), "s....ss"},
		"599":                                  {wait(599, "240"), "s....ss"},
		"511":                                  {wait(511, "240"), "s....ss"},
		"429 by which the edge blocks us":      {blocked, "s....ss"},
		"less than the interval: no tick lost": {wait(503, "5"), "sssssss"},
		"none, with a backoff":                 {wait(429, ""), "s.sssss"},
		"none, without a backoff":              {wait(503, ""), "sssssss"},
		"404 does not ask to wait":             {wait(404, "240"), "sssssss"},
		"neither does 600":                     {wait(600, "240"), "sssssss"},
		"nor 302":                              {wait(302, "240"), "s.sssss"},
	} {
		got, _ := runAttempts(begin().Status, func(m int, _ Request) Attempt {
			if m == 0 {
				return c.first
			}
			return attemptOf(200, `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`)
		}, len(c.want))
		if got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// TestRetryAfterIsBounded: half an hour, whatever the response says; then it is asked again at the next scheduled time.
func TestRetryAfterIsBounded(t *testing.T) {
	requests, s := runAttempts(begin().Status, func(int, Request) Attempt { return wait(503, "86400") }, 65)
	for m, q := range requests {
		if asked := m == 0 || m == 31 || m == 62; asked != (q == 's') {
			t.Errorf("minute %d: %c", m, q)
		}
	}
	if s.EffectiveInterval() != 30*time.Minute {
		t.Errorf("the interval in force is %v", s.EffectiveInterval())
	}
}

// TestRetryAfterOfAPing delays status, whether the ping counts or not. Ping is not sent either.
func TestRetryAfterOfAPing(t *testing.T) {
	for name, status := range map[string]int{"counts": 503, "is not supported": 500} {
		got, _ := runAttempts(begin().Status, func(_ int, q Request) Attempt {
			if q == PingRequest {
				return wait(status, "300")
			}
			return attemptOf(200, `{"Status":785}`)
		}, 8)
		if want := "sp.....s"; got[:8] != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}

// TestRetryAfterOfInfo delays info, also where it is wanted once more.
func TestRetryAfterOfInfo(t *testing.T) {
	l := withInfo().status(200)
	l.Status = l.Next(Result{Request: InfoRequest, Sent: l.now, Fault: fault.FromHTTP(429), RetryAfter: 20 * time.Minute})
	for m := range 30 {
		l.status(601)
		if wanted := l.wantsInfo(l.now); wanted != (m >= 19) {
			t.Errorf("minute %d: info is wanted: %v", m+1, wanted)
		}
	}
}

// TestAResponseThatAsksToWaitIsNotVerified: it would be another request at once.
func TestAResponseThatAsksToWaitIsNotVerified(t *testing.T) {
	challenge := func(status int) Attempt {
		return Attempt{Phase: ResponseRead, HTTPStatus: status, Headers: Headers{CFMitigated: "challenge"}}
	}
	const healthy = `{"Status":200,"Result":{}}`
	for name, c := range map[string]struct {
		a    Attempt
		want bool
	}{
		"the envelope":                  {attemptOf(200, healthy), true},
		"a fault in the envelope":       {attemptOf(200, `{"Status":404}`), true},
		"6xx":                           {attemptOf(601, ""), true},
		"429":                           {wait(429, ""), true},
		"503 with Retry-After":          {wait(503, "60"), true},
		"503":                           {wait(503, ""), false},
		"404 with Retry-After":          {wait(404, "60"), false},
		"403":                           {attemptOf(403, ""), false},
		"407":                           {attemptOf(407, ""), false},
		"511":                           {attemptOf(511, ""), false},
		"a challenge with 403":          {challenge(403), false},
		"a challenge with 429":          {challenge(429), false},
		"a challenge with 200":          {challenge(200), false},
		"a page":                        {attemptOf(200, "<html>"), false},
		"no response":                   {Attempt{Phase: Waiting, ErrorKind: TimedOut}, false},
		"a proxy that wants a password": {Attempt{Phase: Connecting, ErrorKind: ProxyRefused, ProxyStatus: http.StatusProxyAuthRequired}, false},
	} {
		if got := (Target{}).Result(StatusRequest, time.Unix(0, 0), 0, c.a).FromAPI(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
