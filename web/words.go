package web

import (
	"fmt"
	"strings"
	"time"
)

// moment is a time for machines and for people. The zero value is no time.
type moment struct {
	Stamp string // RFC 3339
	Words string
}

// stamp is a time for machines, in UTC.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ago says how long ago t was; the zero moment where it never was.
func ago(t, now time.Time) moment { return agoIn(length, t, now) }

// agoIn is ago with words of its own for a duration.
func agoIn(words func(time.Duration) string, t, now time.Time) moment {
	switch d := now.Sub(t); {
	case t.IsZero():
		return moment{}
	case d < time.Second:
		return moment{stamp(t), "now"}
	default:
		return moment{stamp(t), words(d) + " ago"}
	}
}

// clock is the time of day in UTC, with the day where that is another; the zero moment where t is none.
func clock(t, now time.Time) moment {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.IsZero():
		return moment{}
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return moment{stamp(t), t.Format("15:04:05 UTC")}
	}
	return moment{stamp(t), t.Format("2006-01-02 15:04 UTC")}
}

// lasting says for how long something has been so since t; the zero moment where that is unknown.
func lasting(t, now time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{stamp(t), length(max(0, now.Sub(t)))}
}

// ahead says how far away t is; the zero moment where it will never be.
func ahead(t, now time.Time) moment { return aheadIn(length, t, now) }

// aheadIn is ahead with words of its own for a duration.
func aheadIn(words func(time.Duration) string, t, now time.Time) moment {
	switch d := t.Sub(now); {
	case t.IsZero():
		return moment{}
	case d < time.Second:
		return moment{stamp(t), "now"}
	default:
		return moment{stamp(t), "in " + words(d)}
	}
}

// rough is a duration in words, of one unit, for where room is scarce.
func rough(d time.Duration) string {
	for _, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		if d >= unit {
			return length(d.Truncate(unit))
		}
	}
	return length(d)
}

// length is a duration in words, of at most two units.
func length(d time.Duration) string {
	const day = 24 * time.Hour
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

// brief is a duration of a part of a second or a few, in words.
func brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return length(d)
}

func two(large time.Duration, unit string, small time.Duration, smaller string) string {
	if small == 0 || large >= 10 {
		return fmt.Sprintf("%d %s", large, unit)
	}
	return fmt.Sprintf("%d %s %d %s", large, unit, small, smaller)
}

// seconds makes a duration of a number that an answer gave.
func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// spaced makes words for people of a label value.
func spaced(word string) string { return strings.ReplaceAll(word, "_", " ") }

// title begins a word with a capital; only for words of ours, which are ASCII.
func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// cut is a text of at most n characters; a longer one ends with an ellipsis.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
