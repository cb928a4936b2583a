package probe

import (
	"encoding/json"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// FuzzRestored: whatever a file says, the printer is probed as any other: nothing panics, no time is in the future, and no rest is
// longer than the longest backoff.
func FuzzRestored(f *testing.F) {
	for _, l := range remembered() {
		text, err := json.Marshal(l.Memory())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, text string) {
		var m Memory
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		s := NewStatus(Target{Name: "a", Interval: time.Minute}).Restored(m, now)
		if _, due := s.Plan(now); due.After(now.Add(longBackoffLimit)) {
			t.Errorf("rests until %v", due)
		}
		if s.LastProbe.After(now) || s.Since.After(now) || s.Print.Start.After(now) || s.Print.LostSince.After(now) {
			t.Error("a time is in the future")
		}
		for _, r := range []Result{
			{Request: StatusRequest, Reading: Reading{State: Printing}},
			{Request: StatusRequest, Fault: fault.FromPlugin(785)},
			{Request: PingRequest},
			{Request: StatusRequest, Fault: fault.FromHTTP(601)},
			{Request: InfoRequest, Fault: fault.FromHTTP(604)},
			{Request: StatusRequest, Reading: Reading{State: Idle}},
		} {
			now := now.Add(time.Minute)
			r.Sent = now
			s = s.Next(r)
			_, _ = s.Plan(now)
			_ = s.Essence()
			if again := NewStatus(Target{Name: "a", Interval: time.Minute}).Restored(s.Memory(), now); again.Fault != s.Fault {
				t.Errorf("%v is restored as %v", s.Fault, again.Fault)
			}
		}
	})
}
