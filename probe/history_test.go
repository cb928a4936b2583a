package probe

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// verdicts shows a printer's verdicts, the newest first, each with the time from the beginning of the first one.
func (l *life) verdicts() string {
	var b strings.Builder
	all := l.Verdicts()
	for _, v := range all {
		what := v.Fault.Reason
		switch {
		case v.Unknown:
			what = "unknown"
		case v.Fault.None():
			what = "ok"
		}
		b.WriteString(what + " " + v.Since.Sub(all[len(all)-1].Since).String() + ", ")
	}
	return strings.TrimSuffix(b.String(), ", ")
}

func TestVerdictsAreKeptAcrossSuccesses(t *testing.T) {
	for name, c := range map[string]struct {
		after *life
		want  string
	}{
		"never probed":                     {begin(), ""},
		"ok":                               {begin().status(200).status(200), "ok 0s"},
		"a fault that persists":            {begin().status(601).status(601), "plugin_offline 0s"},
		"a fault that passed":              {begin().status(200).status(601).status(601).status(200), "ok 3m0s, plugin_offline 1m0s, ok 0s"},
		"a fault after another":            {begin().status(601).status(785).ping(200), "host_disconnected 1m0s, plugin_offline 0s"},
		"another number is another":        {begin().status(700).status(701), "unlisted_plugin_code 1m0s, unlisted_plugin_code 0s"},
		"785 behind 789 is no change":      {begin().status(789).status(785).status(785), "auth_invalid 0s"},
		"an access fault from info":        {withInfo().status(601).info(604), "connection_revoked 0s, plugin_offline 0s"},
		"a canceled request is no verdict": {begin().status(200).cancel(), "ok 0s"},
		"a gap":                            {begin().status(601).wait(time.Hour).status(601), "plugin_offline 1h1m0s, unknown 1ms, plugin_offline 0s"},
		"a gap, and another fault after":   {begin().status(601).wait(time.Hour).status(785), "host_disconnected 1h1m0s, unknown 1ms, plugin_offline 0s"},
		"three intervals are no gap":       {begin().status(601).wait(2 * time.Minute).status(601), "plugin_offline 0s"},
		"disabled":                         {begin().status(200).status(601).status(601).enabled(false).wait(time.Hour).enabled(true).status(601), "plugin_offline 1h3m0s, unknown 2m0s, plugin_offline 1m0s, ok 0s"},
	} {
		if got := c.after.verdicts(); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// wait lets time pass.
func (l *life) wait(d time.Duration) *life {
	l.now = l.now.Add(d)
	return l
}

func (l *life) enabled(enabled bool) *life {
	l.Status = l.Reconfigured(Target{Name: "a", Interval: time.Minute, Disabled: !enabled}, true)
	return l
}

// TestAFaultKeepsItsBeginningAcrossAGap, though nothing is known about the gap.
func TestAFaultKeepsItsBeginningAcrossAGap(t *testing.T) {
	l := begin().status(601)
	since := l.now
	if l.wait(time.Hour).status(601); l.Since != since {
		t.Errorf("since %v, not %v", l.Since, since)
	}
}

// cancel is a status request that the exporter itself ended.
func (l *life) cancel() *life {
	l.Status = l.Next(Result{Request: StatusRequest, Sent: l.now.Add(time.Minute), Canceled: true, Fault: fault.FromHTTP(601)})
	return l
}

// TestHistoryIsBounded: of a flapping printer the newest verdicts are kept.
func TestHistoryIsBounded(t *testing.T) {
	l := begin()
	for range 500 {
		l.status(200).status(601)
	}
	if len(l.History) != maxHistory || cap(l.History) != maxHistory || len(l.Verdicts()) != maxHistory+1 {
		t.Errorf("%d of %d verdicts are kept", len(l.History), cap(l.History))
	}
	if bytes := maxHistory * reflect.TypeFor[pastVerdict]().Size(); bytes > 2400 {
		t.Errorf("a printer's history takes %d bytes", bytes)
	}
	all := l.Verdicts()
	if newest, oldest := all[0], all[maxHistory]; newest.Since != l.now || newest.Fault.Reason != "plugin_offline" ||
		l.now.Sub(oldest.Since) != maxHistory*time.Minute || oldest.Fault.Reason != "plugin_offline" {
		t.Errorf("kept are %+v to %+v", oldest, newest)
	}
}

// TestHistoriesAreNotShared: two statuses can be derived from one, as when a compare-and-swap is retried.
func TestHistoriesAreNotShared(t *testing.T) {
	before := begin().status(200).status(601).status(200)
	given := append(History(nil), before.History...)
	one, other := *before, *before
	one.status(785)
	other.status(604)
	if !slices.Equal(given, before.History) {
		t.Errorf("%v became %v", given, before.History)
	}
	if one.verdicts() != "host_disconnected 3m0s, ok 2m0s, plugin_offline 1m0s, ok 0s" {
		t.Error(one.verdicts())
	}
	if other.verdicts() != "connection_revoked 3m0s, ok 2m0s, plugin_offline 1m0s, ok 0s" {
		t.Error(other.verdicts())
	}
}

// TestAnUnchangedVerdictDoesNotAllocate: the history is copied only when the verdict changes.
func TestAnUnchangedVerdictDoesNotAllocate(t *testing.T) {
	s := begin().status(200).status(601).status(200).Status
	at := s.LastProbe
	if n := testing.AllocsPerRun(100, func() {
		at = at.Add(time.Minute)
		s = s.Next(Result{Request: StatusRequest, Sent: at})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSwitchedOffWhileIdle(t *testing.T) {
	for name, c := range map[string]struct {
		after *life
		want  bool
	}{
		"idle":                            {begin().doing(Idle), false},
		"idle, then 785":                  {begin().doing(Idle).status(785), true},
		"and pings go on":                 {begin().doing(Idle).status(785).ping(200), true},
		"complete, then 785":              {begin().doing(Printing).doing(Complete).status(785), true},
		"printing, then 785":              {begin().doing(Printing).status(785), false},
		"never seen, 785 from the start":  {begin().status(785), false},
		"idle, then the computer is off":  {begin().doing(Idle).status(601), false},
		"idle, then its code was changed": {begin().doing(Idle).status(789), false},
		"idle, off, then the plugin, too": {begin().doing(Idle).status(785).ping(601), false},
		"a state that is unknown":         {begin().doing(UnknownState).status(785), false},
	} {
		if got := c.after.SwitchedOff(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPeriodsEndWithWhatIsInForce: the oldest is first, and what was too long ago is unknown since the last probe.
func TestPeriodsEndWithWhatIsInForce(t *testing.T) {
	l := begin().status(200).status(601)
	probed := l.now
	for after, want := range map[time.Duration][]Verdict{
		4 * time.Minute:                 {{Since: probed.Add(-time.Minute)}, {Fault: fault.FromHTTP(601), Since: probed}},
		4*time.Minute + time.Nanosecond: {{Since: probed.Add(-time.Minute)}, {Fault: fault.FromHTTP(601), Since: probed}, {Unknown: true, Since: probed.Add(time.Millisecond)}},
	} {
		if got := l.Periods(probed.Add(after)); !slices.Equal(got, want) {
			t.Errorf("after %v: %+v, not %+v", after, got, want)
		}
	}
}
