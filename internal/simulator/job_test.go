package simulator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// printNumber looks for a print of a kind: how many of its 8 lots are drawn is in life.at.
func printNumber(key uint64, lot func(h uint64) bool) int {
	for n := 1; ; n++ {
		if lot(mix(key, forPrint, uint64(n))) {
			return n
		}
	}
}

func TestAPrintGoesThroughItsStates(t *testing.T) {
	l := life{warm: time.Minute, print: 10 * time.Minute, rest: 4 * time.Minute}
	smooth := func(h uint64) bool { return h%4 != 0 && h%8 != 3 }
	stops := func(h uint64) bool { return h%4 == 0 }
	ends := func(h uint64) bool { return h%8 == 3 }
	for name, x := range map[string]struct {
		lot   func(uint64) bool
		after time.Duration
		want  job
	}{
		"warming up": {smooth, 30 * time.Second, job{
			state: "warmingup", left: l.print, age: 30 * time.Second, heat: 0.5, heated: true,
		}},
		"printing": {smooth, 6 * time.Minute, job{
			state: "printing", active: 5 * time.Minute, left: 5 * time.Minute, progress: 0.5,
			age: 6 * time.Minute, heat: 1, heated: true,
		}},
		"complete": {smooth, 11 * time.Minute, job{
			state: "complete", active: l.print, progress: 1,
			age: 11 * time.Minute, heat: 1,
		}},
		"at rest": {smooth, 15 * time.Minute, job{
			state: "idle", age: 15 * time.Minute, heat: cooled(4 * time.Minute),
		}},
		"paused half way": {stops, 6*time.Minute + 20*time.Second, job{
			state: "paused", active: 5 * time.Minute, left: 5 * time.Minute, progress: 0.5,
			age: 6*time.Minute + 20*time.Second, heat: 1, heated: true,
		}},
		"resuming": {stops, 6*time.Minute + 55*time.Second, job{
			state: "resuming", active: 5 * time.Minute, left: 5 * time.Minute, progress: 0.5,
			age: 6*time.Minute + 55*time.Second, heat: 1, heated: true,
		}},
		"after the pause": {stops, 7*time.Minute + 30*time.Second, job{
			state: "printing", active: 5*time.Minute + 30*time.Second, left: 4*time.Minute + 30*time.Second, progress: 0.55,
			age: 7*time.Minute + 30*time.Second, heat: 1, heated: true,
		}},
		"cancelled at 60%": {ends, 7*time.Minute + 30*time.Second, job{
			state: "cancelled", active: 6 * time.Minute, progress: 0.6,
			age: 7*time.Minute + 30*time.Second, heat: cooled(30 * time.Second),
		}},
	} {
		number := printNumber(1, x.lot)
		x.want.number = number
		got := l.at(1, x.after, number)
		if diff := cmp.Diff(x.want, got, cmp.AllowUnexported(job{}), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestThePrintAfterThisOneIsTheNext(t *testing.T) {
	l := life{warm: time.Minute, print: 10 * time.Minute, rest: 4 * time.Minute}
	if got := l.at(1, 2*l.round()+30*time.Second, 5); got.number != 7 || got.state != "warmingup" {
		t.Errorf("print %d is %s, want 7 warming up", got.number, got.state)
	}
}

func TestPrintsAreStartedByHand(t *testing.T) {
	for name, x := range map[string]struct{ p *printer }{
		"a printer that never prints":        {oneOf("mk4", spec{})},
		"a printer in the middle of a print": {oneOf("mk4", spec{begun: middle})},
	} {
		before := x.p.job(x.p.born).number
		x.p.startPrint(x.p.born)
		got := x.p.job(x.p.born.Add(10 * time.Second))
		if got.number != before+1 || got.state != "warmingup" || got.age != 10*time.Second {
			t.Errorf("%s: print %d is %s for %v, want %d warming up for 10s", name, got.number, got.state, got.age, before+1)
		}
	}
}

func TestAPrinterWithoutPowerLosesItsPrint(t *testing.T) {
	p := oneOf("mk4", spec{begun: middle})
	before := p.job(p.born)
	p.put(Off.behaviour(), p.born)
	p.put(&healthy, p.born.Add(time.Minute))
	after := p.job(p.born.Add(2 * time.Minute))
	if before.state != "printing" || after.state != "idle" || after.number != before.number {
		t.Errorf("print %d was %s, then print %d is %s; want the same one printing, then idle",
			before.number, before.state, after.number, after.state)
	}
	next := p.job(p.born.Add(6*time.Minute + 30*time.Second))
	if next.number != before.number+1 || next.state != "warmingup" {
		t.Errorf("later print %d is %s, want %d warming up", next.number, next.state, before.number+1)
	}
}
