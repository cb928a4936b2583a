package view

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// Length is a duration in at most two units.
func Length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return twoUnits(d/time.Minute, "min", d%time.Minute/time.Second, "s")
	case d < day:
		return twoUnits(d/time.Hour, "h", d%time.Hour/time.Minute, "min")
	default:
		return twoUnits(d/day, "d", d%day/time.Hour, "h")
	}
}

// Minutes is Length without seconds from one minute on.
func Minutes(d time.Duration) string {
	if d < time.Minute {
		return Length(d)
	}
	return Length(d.Truncate(time.Minute))
}

// Rough is a duration in one unit.
func Rough(d time.Duration) string {
	for _, unit := range []time.Duration{day, time.Hour, time.Minute} {
		if d >= unit {
			return Length(d.Truncate(unit))
		}
	}
	return Length(d)
}

// Brief is a duration in microseconds to seconds, as requests take.
func Brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return Length(d)
}

// Left is the time left of a print. Printers do not know it to the second.
func Left(printSeconds float64) string {
	d := seconds(printSeconds)
	if d < time.Minute {
		return "less than 1 min left"
	}
	return Minutes(d) + " left"
}

// twoUnits leaves the small unit out from 10 of the large one on.
func twoUnits(large time.Duration, largeUnit string, small time.Duration, smallUnit string) string {
	if small == 0 || large >= 10 {
		return fmt.Sprintf("%d %s", large, largeUnit)
	}
	return fmt.Sprintf("%d %s %d %s", large, largeUnit, small, smallUnit)
}
