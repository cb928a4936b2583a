package probe

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

// clockLayout is how these tests write times of the day.
const clockLayout = "2006-01-02 15:04:05"

func clockTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(clockLayout, "2026-05-01 "+text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// failing is a printer whose last probe ended at a time and found a fault at a layer; 0: none.
func failing(l fault.Layer, at time.Time) *Status {
	return &Status{Interval: time.Minute, LastProbe: at, periodStart: at, Fault: fault.Fault{Layer: l}}
}

// hoursText shows each hour: its beginning, for how long printers were known, and for how long layers failed.
func hoursText(hours []Hour) string {
	var b strings.Builder
	for _, h := range hours {
		fmt.Fprintf(&b, "%s known %v", h.Start.Format("15:04"), h.Known)
		for _, l := range fault.Layers {
			if h.Down[l] > 0 {
				fmt.Fprintf(&b, " %s %v", l, h.Down[l])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestHours(t *testing.T) {
	ok, host, network := fault.Layer(0), fault.Host, fault.Network
	for name, c := range map[string]struct {
		printers []fault.Layer // each was just probed
		samples  string
		want     string
	}{
		"the first sample stands for nothing":   {[]fault.Layer{ok}, "10:00:00", ""},
		"a healthy printer":                     {[]fault.Layer{ok}, "10:00:00 10:00:01 10:00:03", "10:00 known 3s\n"},
		"several":                               {[]fault.Layer{ok, host, host, network}, "10:00:00 10:00:01", "10:00 known 4s network 1s host 2s\n"},
		"two hours":                             {[]fault.Layer{host, ok}, "10:59:50 11:00:20", "10:00 known 20s host 10s\n11:00 known 40s host 20s\n"},
		"ends exactly with the hour":            {[]fault.Layer{ok}, "10:59:50 11:00:00", "10:00 known 10s\n"},
		"no printers":                           {nil, "10:00:00 10:00:01", ""},
		"a minute is no gap":                    {[]fault.Layer{ok}, "10:00:00 10:01:00", "10:00 known 1m0s\n"},
		"the process was suspended":             {[]fault.Layer{ok}, "10:00:00 10:00:01 10:30:00 10:30:01", "10:00 known 2s\n"},
		"the clock was set back":                {[]fault.Layer{ok}, "10:00:00 10:00:01 09:00:00 09:00:01", "09:00 known 1s\n10:00 known 1s\n"},
		"the clock was set back, and was right": {[]fault.Layer{ok}, "10:00:00 10:00:01 08:00:00 08:00:01 10:00:02 10:00:03", "08:00 known 1s\n10:00 known 2s\n"},
	} {
		h := NewHours(24)
		for text := range strings.FieldsSeq(c.samples) {
			at := clockTime(t, text)
			var printers []*Status
			for _, l := range c.printers {
				printers = append(printers, failing(l, at))
			}
			h.Sample(at, slices.Values(printers))
		}
		if got := hoursText(h.All()); got != c.want {
			t.Errorf("%s:\n%snot\n%s", name, got, c.want)
		}
	}
}

// TestHoursCountOnlyWhatIsKnown: a printer that was not probed for too long, or never, or is disabled, is unknown.
func TestHoursCountOnlyWhatIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		printer *life
		known   bool
	}{
		"never probed":          {begin(), false},
		"probed":                {begin().status(601), true},
		"three intervals ago":   {begin().status(601).wait(3 * time.Minute), true},
		"an hour ago":           {begin().status(601).wait(time.Hour), false},
		"disabled":              {begin().status(601).enabled(false), false},
		"enabled, unprobed":     {begin().status(601).enabled(false).enabled(true), false},
		"enabled and probed":    {begin().status(601).enabled(false).enabled(true).status(601), true},
		"in a backoff of pings": {begin().status(785).ping(200).ping(200), true},
	} {
		h := NewHours(24)
		for _, ago := range []time.Duration{time.Second, 0} {
			h.Sample(c.printer.now.Add(-ago), slices.Values([]*Status{&c.printer.Status}))
		}
		if got := len(h.All()) > 0; got != c.known {
			t.Errorf("%s: known %v", name, got)
		}
		periods := c.printer.Periods(c.printer.now)
		if inForce := len(periods) > 0 && !periods[len(periods)-1].Unknown; inForce != c.known {
			t.Errorf("%s: %v is in force", name, periods)
		}
	}
}

// TestHoursAreTheSumOfUptimes: an hour of random faults has what the printers' own periods add up to.
func TestHoursAreTheSumOfUptimes(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	start, end := clockTime(t, "10:00:00"), clockTime(t, "11:00:00")
	lives := make([]*life, 5)
	for i := range lives {
		lives[i] = begin()
	}
	h := NewHours(24)
	codes := []int{200, 200, 200, 601, 785, 604, 600}
	for now := start.Add(-10 * time.Minute); !now.After(end); now = now.Add(time.Minute) {
		var printers []*Status
		for _, l := range lives {
			printers = append(printers, &l.Status)
		}
		h.Sample(now, slices.Values(printers)) // just before the next probe
		for _, l := range lives {
			l.Status = l.Next(Result{Request: StatusRequest, Sent: now, Fault: code2fault(codes[random.IntN(len(codes))])})
		}
	}
	want := Hour{Start: start}
	for _, l := range lives {
		for layer, u := range UptimeOf(l.Periods(end), start, end) {
			want.Down[layer] += u.Down
			if fault.Layer(layer) == fault.Network {
				want.Known += u.Up + u.Down
			}
		}
	}
	if got := h.All()[1]; got != want || got.Down[fault.Host] == 0 {
		t.Errorf("%snot\n%s", hoursText([]Hour{got}), hoursText([]Hour{want}))
	}
}

// TestHoursAreBounded: the newest are kept, whatever the clock has been.
func TestHoursAreBounded(t *testing.T) {
	h := NewHours(3)
	at := clockTime(t, "00:00:00")
	for range 6 * 60 {
		at = at.Add(time.Minute)
		h.Sample(at, slices.Values([]*Status{failing(0, at)}))
	}
	if got, want := hoursText(h.All()), "03:00 known 1h0m0s\n04:00 known 1h0m0s\n05:00 known 1h0m0s\n"; got != want {
		t.Errorf("%snot\n%s", got, want)
	}
	early := at.Add(-12 * time.Hour)
	for range 2 {
		early = early.Add(time.Second)
		h.Sample(early, slices.Values([]*Status{failing(0, early)}))
	}
	if got, want := hoursText(h.All()), "18:00 known 1s\n04:00 known 1h0m0s\n05:00 known 1h0m0s\n"; got != want {
		t.Errorf("%snot\n%s", got, want)
	}
}

// TestHoursAreRestored from JSON, in any order, the newest up to the limit; the current hour goes on.
func TestHoursAreRestored(t *testing.T) {
	h := NewHours(10)
	at := clockTime(t, "00:00:00")
	for range 150 {
		at = at.Add(time.Minute)
		h.Sample(at, slices.Values([]*Status{failing(fault.Plugin, at), failing(0, at)}))
	}
	text, err := json.Marshal(h.All())
	if err != nil {
		t.Fatal(err)
	}
	var stored []Hour
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(stored)
	restored := NewHours(10)
	restored.Restore(stored)
	if d := cmp.Diff(h.All(), restored.All()); d != "" {
		t.Error(d)
	}
	for range 2 {
		at = at.Add(time.Second)
		restored.Sample(at, slices.Values([]*Status{failing(0, at)}))
	}
	if got, want := hoursText(restored.All()), "00:00 known 1h58m0s plugin 59m0s\n01:00 known 2h0m0s plugin 1h0m0s\n02:00 known 1h0m1s plugin 30m0s\n"; got != want {
		t.Errorf("%snot\n%s", got, want)
	}
	few := NewHours(2)
	few.Restore(h.All())
	if got, want := few.All(), h.All()[1:]; !slices.Equal(got, want) {
		t.Errorf("kept are\n%s", hoursText(got))
	}
	few.All()[0].Known = 0
	if few.All()[0].Known == 0 {
		t.Error("All shares memory with its caller")
	}
}

// BenchmarkHours samples a fleet of 10,000 printers.
func BenchmarkHours(b *testing.B) {
	now := time.Now()
	printers := make([]*Status, 10_000)
	for i := range printers {
		s := NewStatus(Target{Name: "a", Interval: 15 * time.Second})
		s = s.Next(Result{Request: StatusRequest, Sent: now, Fault: code2fault([]int{200, 200, 200, 785}[i%4])})
		printers[i] = &s
	}
	all := slices.Values(printers)
	h := NewHours(24)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Microsecond)
		h.Sample(now, all)
	}
}

// TestAPrinterThatIsSwitchedOffHasNotFailed: one that was printing has.
func TestAPrinterThatIsSwitchedOffHasNotFailed(t *testing.T) {
	at := clockTime(t, "10:00:00")
	for last, want := range map[State]string{Idle: "10:00 known 1s\n", Printing: "10:00 known 1s host 1s\n"} {
		s := failing(fault.Host, at)
		s.Fault, s.LastState = fault.FromPlugin(785), last
		h := NewHours(10)
		h.Sample(at, slices.Values([]*Status{s}))
		h.Sample(at.Add(time.Second), slices.Values([]*Status{s}))
		if got := hoursText(h.All()); got != want {
			t.Errorf("%v: %s", last, got)
		}
	}
}
