package simulator

import (
	"math"
	"time"
)

// life is the round of prints that a printer goes through: warming up, printing, a rest in which it is first complete
// and then idle. The zero value never prints.
type printCycle struct{ warmup, printing, idle time.Duration }

// A print of four stops half way for a change of filament.
const (
	pauseDuration  = time.Minute
	resumeDuration = 8 * time.Second
)

// cancelledAt is how far a cancelled print came, cooling how fast heaters lose their heat.
const (
	cancelProgress = 0.6
	coolingTime    = 4 * time.Minute
)

func (l printCycle) length() time.Duration { return l.warmup + l.printing + pauseDuration + l.idle }

// job is what a printer does at one moment.
type job struct {
	state       string
	printNumber int           // counts the prints of a printer; -1 before its first
	printedFor  time.Duration // spent printing
	timeLeft    time.Duration // to spend printing; 0 when it is over
	progress    float64       // 0 to 1
	age         time.Duration // since the print began
	heat        float64       // of the heaters: 0 is room temperature, 1 is the target
	heatersOn   bool          // targets are set
}

// printing reports whether a print is under way.
func (j job) isPrinting() bool { return j.heatersOn }

// at gives the job after a time in this life; first is the number of the print with which it began.
func (l printCycle) at(key uint64, elapsed time.Duration, first int) job {
	if l.printing == 0 {
		return job{state: "idle", printNumber: first - 1}
	}
	number := first + int(elapsed/l.length())
	t := elapsed % l.length()
	if t < l.warmup {
		return job{state: "warmingup", printNumber: number, timeLeft: l.printing, age: t, heat: float64(t) / float64(l.warmup), heatersOn: true}
	}
	h := hashOf(key, purposePrint, uint64(number))
	active, state := l.printingTime(t-l.warmup, h%4 == 0)
	limit, end := l.printing, "complete"
	if h%8 == 3 {
		limit, end = time.Duration(cancelProgress*float64(l.printing)), "cancelled"
	}
	if active < limit {
		return job{
			state: state, printNumber: number, printedFor: active, timeLeft: l.printing - active,
			progress: float64(active) / float64(l.printing), age: t, heat: 1, heatersOn: true,
		}
	}
	over := active - limit
	if over >= l.idle/2 {
		return job{state: "idle", printNumber: number, age: t, heat: coolingHeat(over)}
	}
	return job{
		state: end, printNumber: number, printedFor: limit, age: t, heat: coolingHeat(over),
		progress: float64(limit) / float64(l.printing),
	}
}

// active is the time spent printing out of the time since a print's first layer, and the state it is in.
func (l printCycle) printingTime(t time.Duration, stops bool) (time.Duration, string) {
	half := l.printing / 2
	switch {
	case !stops || t < half:
		return t, "printing"
	case t < half+pauseDuration-resumeDuration:
		return half, "paused"
	case t < half+pauseDuration:
		return half, "resuming"
	}
	return t - pauseDuration, "printing"
}

func coolingHeat(since time.Duration) float64 {
	return math.Exp(-float64(since) / float64(coolingTime))
}
