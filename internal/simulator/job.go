package simulator

import (
	"math"
	"time"
)

// life is the round of prints that a printer goes through: warming up, printing, a rest in which it is first complete
// and then idle. The zero value never prints.
type life struct{ warm, print, rest time.Duration }

// A print of four stops half way for a change of filament.
const (
	pauseLasts  = time.Minute
	resumeLasts = 8 * time.Second
)

// cancelledAt is how far a cancelled print came, cooling how fast heaters lose their heat.
const (
	cancelledAt = 0.6
	cooling     = 4 * time.Minute
)

func (l life) round() time.Duration { return l.warm + l.print + pauseLasts + l.rest }

// job is what a printer does at one moment.
type job struct {
	state    string
	number   int           // counts the prints of a printer; -1 before its first
	active   time.Duration // spent printing
	left     time.Duration // to spend printing; 0 when it is over
	progress float64       // 0 to 1
	age      time.Duration // since the print began
	heat     float64       // of the heaters: 0 is room temperature, 1 is the target
	heated   bool          // targets are set
}

// printing reports whether a print is under way.
func (j job) printing() bool { return j.heated }

// at gives the job after a time in this life; first is the number of the print with which it began.
func (l life) at(key uint64, elapsed time.Duration, first int) job {
	if l.print == 0 {
		return job{state: "idle", number: first - 1}
	}
	number := first + int(elapsed/l.round())
	t := elapsed % l.round()
	if t < l.warm {
		return job{state: "warmingup", number: number, left: l.print, age: t, heat: float64(t) / float64(l.warm), heated: true}
	}
	h := mix(key, forPrint, uint64(number))
	active, state := l.active(t-l.warm, h%4 == 0)
	limit, end := l.print, "complete"
	if h%8 == 3 {
		limit, end = time.Duration(cancelledAt*float64(l.print)), "cancelled"
	}
	if active < limit {
		return job{
			state: state, number: number, active: active, left: l.print - active,
			progress: float64(active) / float64(l.print), age: t, heat: 1, heated: true,
		}
	}
	over := active - limit
	if over >= l.rest/2 {
		return job{state: "idle", number: number, age: t, heat: cooled(over)}
	}
	return job{
		state: end, number: number, active: limit, age: t, heat: cooled(over),
		progress: float64(limit) / float64(l.print),
	}
}

// active is the time spent printing out of the time since a print's first layer, and the state it is in.
func (l life) active(t time.Duration, stops bool) (time.Duration, string) {
	half := l.print / 2
	switch {
	case !stops || t < half:
		return t, "printing"
	case t < half+pauseLasts-resumeLasts:
		return half, "paused"
	case t < half+pauseLasts:
		return half, "resuming"
	}
	return t - pauseLasts, "printing"
}

func cooled(since time.Duration) float64 { return math.Exp(-float64(since) / float64(cooling)) }
