package simulator

import (
	"math"
	"time"
)

// printCycle is the cycle of prints of a printer: warm-up, printing, and an idle time, in whose first half the state is
// still complete. The zero value never prints.
type printCycle struct{ warmup, printing, idle time.Duration }

// One in four prints pauses halfway for a change of filament.
const (
	pauseDuration  = time.Minute
	resumeDuration = 8 * time.Second
)

// cancelProgress is the progress at which a canceled print ends, coolingTime the time constant of cooling heaters.
const (
	cancelProgress = 0.6
	coolingTime    = 4 * time.Minute
)

func (l printCycle) length() time.Duration { return l.warmup + l.printing + pauseDuration + l.idle }

// job is what a printer does at one time.
type job struct {
	state       string
	printNumber int           // counts the prints of a printer; -1 before the first
	printedFor  time.Duration // time spent printing
	timeLeft    time.Duration // printing time left; 0 after the end
	progress    float64       // 0 to 1
	age         time.Duration // since the print began
	heat        float64       // of the heaters: 0 is room temperature, 1 is the target
	heatersOn   bool          // targets are set
}

// isPrinting reports whether a print is in progress.
func (j job) isPrinting() bool { return j.heatersOn }

// at returns the job at elapsed since the start of the cycle, whose first print has the number first.
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
	printed, state := l.printingTime(t-l.warmup, h%4 == 0)
	printTime, endState := l.printing, "complete"
	if h%8 == 3 {
		printTime, endState = time.Duration(cancelProgress*float64(l.printing)), "cancelled"
	}
	if printed < printTime {
		return job{
			state: state, printNumber: number, printedFor: printed, timeLeft: l.printing - printed,
			progress: float64(printed) / float64(l.printing), age: t, heat: 1, heatersOn: true,
		}
	}
	sinceEnd := printed - printTime
	if sinceEnd >= l.idle/2 {
		return job{state: "idle", printNumber: number, age: t, heat: coolingHeat(sinceEnd)}
	}
	return job{
		state: endState, printNumber: number, printedFor: printTime, age: t, heat: coolingHeat(sinceEnd),
		progress: float64(printTime) / float64(l.printing),
	}
}

// printingTime returns the printing time at t since a print's first layer, and the state.
func (l printCycle) printingTime(t time.Duration, pauses bool) (time.Duration, string) {
	half := l.printing / 2
	switch {
	case !pauses || t < half:
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
