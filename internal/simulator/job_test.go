package simulator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// findPrintNumber returns the first print whose hash matches, see printCycle.at.
func findPrintNumber(key uint64, match func(h uint64) bool) int {
	for n := 1; ; n++ {
		if match(hashOf(key, purposePrint, uint64(n))) {
			return n
		}
	}
}

func TestPrintStates(t *testing.T) {
	l := printCycle{warmup: time.Minute, printing: 10 * time.Minute, idle: 4 * time.Minute}
	smooth := func(h uint64) bool { return h%4 != 0 && h%8 != 3 }
	stops := func(h uint64) bool { return h%4 == 0 }
	ends := func(h uint64) bool { return h%8 == 3 }
	for name, x := range map[string]struct {
		match func(uint64) bool
		after time.Duration
		want  job
	}{
		"warming up": {smooth, 30 * time.Second, job{
			state: "warmingup", timeLeft: l.printing, age: 30 * time.Second, heat: 0.5, heatersOn: true,
		}},
		"printing": {smooth, 6 * time.Minute, job{
			state: "printing", printedFor: 5 * time.Minute, timeLeft: 5 * time.Minute, progress: 0.5,
			age: 6 * time.Minute, heat: 1, heatersOn: true,
		}},
		"complete": {smooth, 11 * time.Minute, job{
			state: "complete", printedFor: l.printing, progress: 1,
			age: 11 * time.Minute, heat: 1,
		}},
		"idle": {smooth, 15 * time.Minute, job{
			state: "idle", age: 15 * time.Minute, heat: coolingHeat(4 * time.Minute),
		}},
		"paused halfway": {stops, 6*time.Minute + 20*time.Second, job{
			state: "paused", printedFor: 5 * time.Minute, timeLeft: 5 * time.Minute, progress: 0.5,
			age: 6*time.Minute + 20*time.Second, heat: 1, heatersOn: true,
		}},
		"resuming": {stops, 6*time.Minute + 55*time.Second, job{
			state: "resuming", printedFor: 5 * time.Minute, timeLeft: 5 * time.Minute, progress: 0.5,
			age: 6*time.Minute + 55*time.Second, heat: 1, heatersOn: true,
		}},
		"after the pause": {stops, 7*time.Minute + 30*time.Second, job{
			state: "printing", printedFor: 5*time.Minute + 30*time.Second, timeLeft: 4*time.Minute + 30*time.Second, progress: 0.55,
			age: 7*time.Minute + 30*time.Second, heat: 1, heatersOn: true,
		}},
		"cancelled at 60%": {ends, 7*time.Minute + 30*time.Second, job{
			state: "cancelled", printedFor: 6 * time.Minute, progress: 0.6,
			age: 7*time.Minute + 30*time.Second, heat: coolingHeat(30 * time.Second),
		}},
	} {
		number := findPrintNumber(1, x.match)
		x.want.printNumber = number
		got := l.at(1, x.after, number)
		if diff := cmp.Diff(x.want, got, cmp.AllowUnexported(job{}), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPrintsAreNumbered(t *testing.T) {
	l := printCycle{warmup: time.Minute, printing: 10 * time.Minute, idle: 4 * time.Minute}
	if got := l.at(1, 2*l.length()+30*time.Second, 5); got.printNumber != 7 || got.state != "warmingup" {
		t.Errorf("print %d is %s, want 7 warming up", got.printNumber, got.state)
	}
}

func TestStartPrint(t *testing.T) {
	for name, x := range map[string]struct{ p *printer }{
		"a printer that never prints":        {printerOfModel("mk4", spec{})},
		"a printer in the middle of a print": {printerOfModel("mk4", spec{cycleOffset: midPrintOffset})},
	} {
		before := x.p.job(x.p.createdAt).printNumber
		x.p.startPrint(x.p.createdAt)
		got := x.p.job(x.p.createdAt.Add(10 * time.Second))
		if got.printNumber != before+1 || got.state != "warmingup" || got.age != 10*time.Second {
			t.Errorf("%s: print %d is %s for %v, want %d warming up for 10s", name, got.printNumber, got.state, got.age, before+1)
		}
	}
}

func TestSwitchedOffPrinterLosesItsPrint(t *testing.T) {
	p := printerOfModel("mk4", spec{cycleOffset: midPrintOffset})
	before := p.job(p.createdAt)
	p.setFault(Off.behavior(), p.createdAt)
	p.setFault(&healthy, p.createdAt.Add(time.Minute))
	after := p.job(p.createdAt.Add(2 * time.Minute))
	if before.state != "printing" || after.state != "idle" || after.printNumber != before.printNumber {
		t.Errorf("print %d was %s, then print %d is %s; want the same one printing, then idle",
			before.printNumber, before.state, after.printNumber, after.state)
	}
	next := p.job(p.createdAt.Add(6*time.Minute + 30*time.Second))
	if next.printNumber != before.printNumber+1 || next.state != "warmingup" {
		t.Errorf("later print %d is %s, want %d warming up", next.printNumber, next.state, before.printNumber+1)
	}
}
