package web

import (
	"time"

	"octoeverywhere_exporter/internal/view"
)

// timeText is a time for machines and for people. The zero value means there is none.
type timeText struct {
	RFC3339 string
	Text    string
}

// rfc3339 is a time for machines, in UTC.
func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// durationFormat formats a duration for people.
type durationFormat func(time.Duration) string

// ago is the time since t: "5 min ago".
func ago(format durationFormat, t, now time.Time) timeText {
	return relative(t, now.Sub(t), func(d time.Duration) string { return format(d) + " ago" })
}

// ahead is the time until t: "in 5 min".
func ahead(format durationFormat, t, now time.Time) timeText {
	return relative(t, t.Sub(now), func(d time.Duration) string { return "in " + format(d) })
}

// relative is t as a distance d from now; below a second it is "now".
func relative(t time.Time, d time.Duration, format durationFormat) timeText {
	switch {
	case t.IsZero():
		return timeText{}
	case d < time.Second:
		return timeText{rfc3339(t), "now"}
	}
	return timeText{rfc3339(t), format(d)}
}

// clock is the time of day in UTC, with the date if it is another day.
func clock(t, now time.Time) timeText {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.IsZero():
		return timeText{}
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return timeText{rfc3339(t), t.Format("15:04:05 UTC")}
	}
	return timeText{rfc3339(t), t.Format("2006-01-02 15:04 UTC")}
}

// elapsed is the duration since t.
func elapsed(t, now time.Time) timeText {
	if t.IsZero() {
		return timeText{}
	}
	return timeText{rfc3339(t), view.Length(max(0, now.Sub(t)))}
}
