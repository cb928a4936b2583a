package web

import (
	"time"

	"octoeverywhere_exporter/internal/view"
)

// moment is a time for machines and for people. The zero value is no time.
type moment struct {
	Stamp string // RFC 3339
	Words string
}

// stamp is a time for machines, in UTC.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// ago says how long ago t was; the zero moment where it never was.
func ago(t, now time.Time) moment { return agoIn(view.Length, t, now) }

// agoIn is ago with words of its own for a duration.
func agoIn(say func(time.Duration) string, t, now time.Time) moment {
	return away(t, now.Sub(t), func(d time.Duration) string { return say(d) + " ago" })
}

// ahead says how far away t is; the zero moment where it will never be.
func ahead(t, now time.Time) moment { return aheadIn(view.Length, t, now) }

// aheadIn is ahead with words of its own for a duration.
func aheadIn(say func(time.Duration) string, t, now time.Time) moment {
	return away(t, t.Sub(now), func(d time.Duration) string { return "in " + say(d) })
}

// away says of a time that it is d away, or that it is now.
func away(t time.Time, d time.Duration, say func(time.Duration) string) moment {
	switch {
	case t.IsZero():
		return moment{}
	case d < time.Second:
		return moment{stamp(t), "now"}
	}
	return moment{stamp(t), say(d)}
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
	return moment{stamp(t), view.Length(max(0, now.Sub(t)))}
}
