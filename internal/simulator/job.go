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

func (c printCycle) length() time.Duration { return c.warmup + c.printing + pauseDuration + c.idle }

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
func (c printCycle) at(key uint64, elapsed time.Duration, first int) job {
	if c.printing == 0 {
		return job{state: "idle", printNumber: first - 1}
	}
	number := first + int(elapsed/c.length())
	t := elapsed % c.length()
	if t < c.warmup {
		return job{state: "warmingup", printNumber: number, timeLeft: c.printing, age: t, heat: float64(t) / float64(c.warmup), heatersOn: true}
	}
	h := hashOf(key, purposePrint, uint64(number))
	printed, state := c.printingTime(t-c.warmup, h%4 == 0)
	printTime, endState := c.printing, "complete"
	if h%8 == 3 {
		printTime, endState = time.Duration(cancelProgress*float64(c.printing)), "cancelled"
	}
	if printed < printTime {
		return job{
			state: state, printNumber: number, printedFor: printed, timeLeft: c.printing - printed,
			progress: float64(printed) / float64(c.printing), age: t, heat: 1, heatersOn: true,
		}
	}
	sinceEnd := printed - printTime
	if sinceEnd >= c.idle/2 {
		return job{state: "idle", printNumber: number, age: t, heat: coolingHeat(sinceEnd)}
	}
	return job{
		state: endState, printNumber: number, printedFor: printTime, age: t, heat: coolingHeat(sinceEnd),
		progress: float64(printTime) / float64(c.printing),
	}
}

// printingTime returns the printing time at t since a print's first layer, and the state.
func (c printCycle) printingTime(t time.Duration, pauses bool) (time.Duration, string) {
	half := c.printing / 2
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
