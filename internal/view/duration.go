package view

import (
	"fmt"
	"time"
)

const day = 24 * time.Hour

// Length is a duration in words, of at most two units.
func Length(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return two(d/time.Minute, "min", d%time.Minute/time.Second, "s")
	case d < day:
		return two(d/time.Hour, "h", d%time.Hour/time.Minute, "min")
	default:
		return two(d/day, "d", d%day/time.Hour, "h")
	}
}

// Minutes is Length in whole minutes from one minute on, for what lasts: seconds beside minutes are noise there.
func Minutes(d time.Duration) string {
	if d < time.Minute {
		return Length(d)
	}
	return Length(d.Truncate(time.Minute))
}

// Rough is a duration in words, of one unit, for where room is scarce.
func Rough(d time.Duration) string {
	for _, unit := range []time.Duration{day, time.Hour, time.Minute} {
		if d >= unit {
			return Length(d.Truncate(unit))
		}
	}
	return Length(d)
}

// Brief is a duration of a part of a second or a few, in words.
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

// Left is how long a print still takes, in words; seconds are more than a printer knows.
func Left(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return "less than 1 min left"
	}
	return Minutes(d) + " left"
}

func two(large time.Duration, unit string, small time.Duration, smaller string) string {
	if small == 0 || large >= 10 {
		return fmt.Sprintf("%d %s", large, unit)
	}
	return fmt.Sprintf("%d %s %d %s", large, unit, small, smaller)
}
