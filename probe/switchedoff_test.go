package probe

import (
	"reflect"
	"testing"
	"time"
)

// withSharedPower is a printer whose plugin hangs on the printer's switch.
func withSharedPower() *life {
	l := begin()
	l.Status = NewStatus(Target{Name: "a", Interval: time.Minute, PluginSharesPower: true})
	return l
}

func TestSwitchedOffWithItsPlugin(t *testing.T) {
	for name, c := range map[string]struct {
		after *life
		want  bool
	}{
		"idle, then offline":            {withSharedPower().doing(Idle).status(601), true},
		"complete, then offline":        {withSharedPower().doing(Complete).status(601), true},
		"first the printer":             {withSharedPower().doing(Idle).status(785).ping(601), true},
		"only the printer":              {withSharedPower().doing(Idle).status(785), true},
		"printing, then offline":        {withSharedPower().doing(Printing).status(601), false},
		"never seen":                    {withSharedPower().status(601), false},
		"the plugin hangs":              {withSharedPower().doing(Idle).status(602), false},
		"the service fails":             {withSharedPower().doing(Idle).status(600), false},
		"on again":                      {withSharedPower().doing(Idle).status(601).doing(Idle), false},
		"on again, and its code is bad": {withSharedPower().doing(Idle).status(601).status(789), false},
	} {
		if got := c.after.SwitchedOff(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestSharedPowerIsSeenByAReload: it changes what a fault means, at once and without a probe.
func TestSharedPowerIsSeenByAReload(t *testing.T) {
	before, after := Target{Name: "a", Interval: time.Minute}, Target{Name: "a", Interval: time.Minute, PluginSharesPower: true}
	if before.Same(after) || !before.SameEntry(after) {
		t.Errorf("same %t, same entry %t", before.Same(after), before.SameEntry(after))
	}
	l := begin().doing(Idle).status(601)
	if s := l.Reconfigured(after, false); !s.SwitchedOff() || s.Probes != l.Probes {
		t.Errorf("%+v", s)
	}
}

// TestNothingIsKnownOfADisabledPrinter but its past, whatever was known before; enabled again it begins anew.
func TestNothingIsKnownOfADisabledPrinter(t *testing.T) {
	target := Target{Name: "a", Interval: time.Minute}
	off := target
	off.Disabled = true
	if target.SameEntry(off) {
		t.Error("the printer is not probed at once when it is enabled again")
	}
	s := begin().doing(Printing).status(785).Reconfigured(off, true)
	want := NewStatus(off)
	want.Print.Ended[PrintUnknown] = 1
	want.History, want.Prints = s.History, s.Prints
	if len(s.History) != 3 || len(s.Prints) != 1 || s.Prints[0].Outcome != PrintUnknown {
		t.Errorf("the past is %+v, %+v", s.History, s.Prints)
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	if s = s.Reconfigured(target, true); s.Disabled || s.Probes != 0 || s.Print != want.Print {
		t.Errorf("%+v", s)
	}
}

// TestSwitchedOffAfter: only a printer that is known to have been idle is switched off. An error, a job that is gone and warming up
// without a file can also be a pause, a printer that needs attention, or one that homes.
func TestSwitchedOffAfter(t *testing.T) {
	for steps, want := range map[string]bool{
		"klipper idle; 785": true,
		"bambu error job err=Printing_was_paused_by_the_user.; 785":            false,
		"prusa error nojob; 785":                                               false,
		"prusa warmingup nojob; 785":                                           false,
		"klipper printing job; 785; acknowledge; 785":                          false,
		"klipper printing job; 785; wait 721h; 785":                            false,
		"klipper printing job; 2 x klipper error job; 785":                     true,
		"bambu printing job; bambu error job err=Printing_was_cancelled.; 785": true,
		"klipper printing job; klipper complete job; 785":                      true,
	} {
		if got := begin().play(steps).SwitchedOff(); got != want {
			t.Errorf("%s: %t", steps, got)
		}
	}
}

// TestSeenWithoutAState: a status whose state is not known is a status.
func TestSeenWithoutAState(t *testing.T) {
	f, r := Judge(StatusRequest, attemptOf(200, `{"Status":200,"Result":{"JobStatus":{"State":null}}}`))
	l := begin().foldReading(StatusRequest, f, r)
	if !l.Seen() || l.LostDuringPrint() || l.status(785).SwitchedOff() {
		t.Errorf("seen %t, lost %t, off %t", l.Seen(), l.LostDuringPrint(), l.SwitchedOff())
	}
}
