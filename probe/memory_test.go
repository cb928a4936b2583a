package probe

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

// notRemembered are the fields of Status that are not restored from a Memory, each with its reason.
var notRemembered = map[string]string{
	"Name": "configured", "Labels": "configured", "Interval": "configured", "Disabled": "configured",
	"Edge": "configured", "TLS": "configured", "asksInfo": "configured", "pluginSharesPower": "configured",
	"Probes": "a counter of this process", "Failures": "a counter of this process", "CountedFrom": "as Probes", "Reading": "the printer's own words",
	"History": "remembered besides, because it grows", "Prints": "as History",
}

// remembered plays lives that together give every field of Status a value.
func remembered() map[string]*life {
	retry := begin().play("klipper printing job")
	retry.now = retry.now.Add(time.Minute)
	retry.Status = retry.Next(Result{Request: StatusRequest, Sent: retry.now, Took: time.Second, Fault: fault.FromHTTP(429), RetryAfter: 20 * time.Minute})
	connected := withInfo().status(200)
	connected.Status = connected.Next(Result{Request: InfoRequest, Sent: connected.now, Reading: onlineSince(connected.now)})
	gadget := begin()
	gadget.foldReading(StatusRequest, fault.Fault{}, gadgetReading())
	return map[string]*life{
		"never probed":         begin(),
		"a good status":        begin().doing(Idle),
		"a lost print":         begin().play("klipper printing job; 785; 785; 785"),
		"two prints":           begin().play("klipper printing job; klipper complete; klipper printing id=B file=ball p=3 d=60; klipper idle nojob"),
		"access":               withInfo().status(601).info(604),
		"an info that failed":  withInfo().status(200).fold(InfoRequest, fault.UnknownAppToken),
		"785 after 789":        begin().status(789).status(785),
		"ping is unsupported":  begin().status(785).ping(754),
		"ping has no response": begin().status(785).ping(noResponse),
		"a hanging host":       hanging(),
		"other codes":          manyCodes(),
		"Retry-After":          retry,
		"connected":            connected,
		"Gadget":               gadget,
	}
}

// hanging is a printer whose plugin times out, though it responds to ping.
func hanging() *life {
	l := begin()
	l.now = l.now.Add(time.Minute)
	l.Status = l.After([]Result{
		{Request: StatusRequest, Sent: l.now, Fault: fault.FromHTTP(602), Attempt: Attempt{HTTPStatus: 602, Phase: ResponseRead}},
		{Request: PingRequest, Sent: l.now},
	})
	return l
}

// manyCodes is a printer with more codes than are told apart.
func manyCodes() *life {
	l := begin()
	for code := range 30 {
		l.status(900 + code)
	}
	return l
}

func onlineSince(at time.Time) (r Reading) {
	r.set(ConnectionOnline, 1)
	r.set(LastConnection, float64(at.Unix()))
	return r
}

func gadgetReading() Reading {
	r := Reading{State: Printing}
	r.set(gadgetPauseAge, 10)
	r.set(gadgetWarningAge, 20)
	return r
}

// restart writes and reads a memory, and takes what could not be written from the status before.
func (l *life) restart(t *testing.T) Status {
	t.Helper()
	text, err := json.Marshal(l.Memory())
	if err != nil {
		t.Fatal(err)
	}
	var m Memory
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	s := NewStatus(Target{Name: l.Name, Interval: l.Interval})
	s.asksInfo = l.asksInfo
	return s.Restored(m, l.now.Add(time.Second))
}

// TestEverythingIsRemembered: each field of Status is restored, or there is a reason why not.
func TestEverythingIsRemembered(t *testing.T) {
	seen := map[string]bool{}
	for name, l := range remembered() {
		restored := l.restart(t)
		for field, v := range reflect.ValueOf(l.Status).Fields() {
			seen[field.Name] = seen[field.Name] || !v.IsZero()
		}
		want := l.Status
		want.Probes, want.Failures, want.Reading, want.History, want.Prints = 0, 0, Reading{}, nil, nil
		for i := range want.Errors {
			want.Errors = slices.Clone(want.Errors)
			want.Errors[i].Count = 0
		}
		if d := cmp.Diff(want, restored, cmp.AllowUnexported(Status{}, evidence{}, Reading{}, texts{})); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
	for field := range reflect.TypeFor[Status]().Fields() {
		if _, not := notRemembered[field.Name]; !not && !seen[field.Name] {
			t.Errorf("no life gives %s a value", field.Name)
		}
	}
}

// TestARestartChangesNoDecision: the next requests are those that would have been made.
func TestARestartChangesNoDecision(t *testing.T) {
	for name, l := range remembered() {
		restored := l.restart(t)
		now := l.now.Add(time.Minute)
		wantRequest, wantDue := l.Plan(now)
		request, due := restored.Plan(now)
		if request != wantRequest || !due.Equal(wantDue) {
			t.Errorf("%s: %v at %v, not %v at %v", name, request, due, wantRequest, wantDue)
		}
		if restored.Seen() != l.Seen() || restored.SwitchedOff() != l.SwitchedOff() || restored.LostDuringPrint() != l.LostDuringPrint() || restored.Success() != l.Success() {
			t.Errorf("%s: other facts", name)
		}
		if restored.ReadingHolds(l.now) {
			t.Errorf("%s: the printer's own words are restored", name)
		}
	}
}

// TestOldEvidenceIsUnknown after a restart that took long.
func TestOldEvidenceIsUnknown(t *testing.T) {
	l := begin().doing(Idle).status(785)
	restored := life{Status: l.restart(t), now: l.now.Add(time.Second)}
	if got := restored.layers(); got != "++++-. 785 host_disconnected" {
		t.Errorf("at once: %s", got)
	}
	if restored.now = l.now.Add(time.Hour); restored.layers() != "...... 785 host_disconnected" {
		t.Errorf("an hour later: %s", restored.layers())
	}
}

// TestTheClockWasSetBack between two runs: nothing is in the future, and no printer rests longer than its backoff.
func TestTheClockWasSetBack(t *testing.T) {
	for name, l := range remembered() {
		now := l.now.Add(-240 * time.Hour)
		m := l.Memory()
		s := NewStatus(Target{Name: "a", Interval: time.Minute}).Restored(m, now)
		after := s.Memory()
		for _, at := range []time.Time{after.LastProbe, after.Since, after.Print.Start, after.Print.LastSeen, after.Print.LostSince, after.Sent, after.ReadAt, after.InfoSent} {
			if at.After(now) {
				t.Errorf("%s: %v is in the future", name, at)
			}
		}
		for _, e := range append(after.Errors, StoredError{}) {
			if e.Last.After(now) {
				t.Errorf("%s: an error at %v", name, e.Last)
			}
		}
		if _, due := s.Plan(now); due.After(now.Add(longBackoffLimit)) || due.After(now.Add(s.backoff)) {
			t.Errorf("%s: rests until %v", name, due)
		}
		if left, wantLeft := after.Print.ExpectedEnd.Sub(after.Print.LastSeen), m.Print.ExpectedEnd.Sub(m.Print.LastSeen); left != wantLeft {
			t.Errorf("%s: the print takes %v more, not %v", name, left, wantLeft)
		}
	}
}

// TestAFaultThatIsNoLongerInTheTable makes the verdict unknown, and nothing else.
func TestAFaultThatIsNoLongerInTheTable(t *testing.T) {
	l := begin().play("klipper printing job; 785")
	m := l.Memory()
	m.Fault.Reason, m.EndpointFault.Reason = "of another version", "of another version"
	s := NewStatus(Target{Name: "a", Interval: time.Minute}).Restored(m, l.now)
	if !s.Fault.None() || s.Probed() || !s.LostDuringPrint() || len(s.Errors) != 1 {
		t.Errorf("%+v", s)
	}
}

// TestWhatIsWrittenSoon: each value of a Memory is in the Essence or may be minutes old after a crash.
func TestWhatIsWrittenSoon(t *testing.T) {
	mayBeOld := []string{
		"LastProbe", "LastSuccess", "Took", "Evidence", "ReadAt", "GadgetPause", "GadgetWarning", "Connection", "ConnectionAt",
		"Sent", "InfoSent", "InfoEnded", "InfoDue", "InfoFault", "InfoInFailure",
		"Print.LastSeen", "Print.LastProgress", "Print.ExpectedEnd", "Print.Progress", "Print.Duration", "Print.Layer", "Print.SuspicionSince", "Print.EndedFrom",
	}
	soon := map[string]string{
		"Fault": "fault", "EndpointFault": "endpointFault", "AccountFault": "accountFault", "Since": "since", "PeriodStart": "periodStart",
		"Disconnects": "disconnects", "Errors": "errors", "ReadState": "readState", "LastState": "lastState", "StateSince": "stateSince",
		"StatusDue": "backoffUntil", "Backoff": "backoff", "NoPing": "noPing", "Unanswered": "unanswered",
		"Print.Job": "job", "Print.File": "file", "Print.Start": "printStart", "Print.End": "printEnd", "Print.LostSince": "lostSince",
		"Print.Outcome": "outcome", "Print.Suspicion": "suspicion", "Print.WasLost": "wasLost", "Print.Ended": "ended",
	}
	fields := map[string]bool{}
	for f := range reflect.TypeFor[Memory]().Fields() {
		if f.Name != "Print" {
			fields[f.Name] = true
		}
	}
	for f := range reflect.TypeFor[Print]().Fields() {
		fields["Print."+f.Name] = true
	}
	for name := range fields {
		in, isSoon := soon[name]
		if _, exists := reflect.TypeFor[Essence]().FieldByName(in); isSoon && !exists {
			t.Errorf("Essence has no %s", in)
		}
		if isSoon == slices.Contains(mayBeOld, name) {
			t.Errorf("%s: decide whether it is written soon", name)
		}
	}
	for name, l := range remembered() {
		if l.Probes > 0 && l.Essence() == (Essence{}) {
			t.Errorf("%s: nothing is essential", name)
		}
	}
	l := begin().doing(Printing)
	before := l.Essence()
	if l.doing(Printing).Essence() != before {
		t.Error("a probe without a change is essential")
	}
	if l.status(785).Essence() == before {
		t.Error("a fault is not essential")
	}
}

// TestAllTimesAreBounded: times has every time of a Memory.
func TestAllTimesAreBounded(t *testing.T) {
	m := Memory{Errors: make([]StoredError, 2), Evidence: make([]StoredEvidence, 2)}
	known := map[*time.Time]bool{}
	for _, at := range m.times() {
		known[at] = true
	}
	var check func(path string, v reflect.Value)
	check = func(path string, v reflect.Value) {
		switch at, isTime := reflect.TypeAssert[*time.Time](v.Addr()); {
		case isTime && !known[at]:
			t.Errorf("%s is not among the times", path)
		case isTime:
		case v.Kind() == reflect.Struct:
			for field, value := range v.Fields() {
				check(path+"."+field.Name, value)
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				check(path, v.Index(i))
			}
		}
	}
	check("Memory", reflect.ValueOf(&m).Elem())
}

// TestSizeOfAStatus: Go's allocator has blocks of 1,792 and of 2,048 bytes, and a fleet has one per printer, besides those that are
// not collected yet.
func TestSizeOfAStatus(t *testing.T) {
	if size := reflect.TypeFor[Status]().Size(); size > 1792 {
		t.Errorf("%d bytes", size)
	}
}
