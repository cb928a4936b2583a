package view

import (
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

func TestDurations(t *testing.T) {
	for what, c := range map[string]struct {
		say  func(time.Duration) string
		want map[time.Duration]string
	}{
		"length": {Length, map[time.Duration]string{
			0:                                     "0 s",
			59*time.Second + 999*time.Millisecond: "59 s",
			time.Minute:                           "1 min",
			95 * time.Second:                      "1 min 35 s",
			10*time.Minute + 5*time.Second:        "10 min",
			time.Hour + 5*time.Minute:             "1 h 5 min",
			23*time.Hour + 59*time.Minute:         "23 h",
			49 * time.Hour:                        "2 d 1 h",
			400 * 24 * time.Hour:                  "400 d",
		}},
		"minutes": {Minutes, map[time.Duration]string{
			59 * time.Second:                        "59 s",
			119 * time.Second:                       "1 min",
			time.Hour + 5*time.Minute + time.Second: "1 h 5 min",
			49 * time.Hour:                          "2 d 1 h",
		}},
		"rough": {Rough, map[time.Duration]string{
			59 * time.Second:                "59 s",
			119 * time.Second:               "1 min",
			59*time.Minute + 59*time.Second: "59 min",
			23*time.Hour + 59*time.Minute:   "23 h",
			49 * time.Hour:                  "2 d",
		}},
		"brief": {Brief, map[time.Duration]string{
			0: "0 µs", 999 * time.Microsecond: "999 µs", 1500 * time.Microsecond: "1.5 ms", 999 * time.Millisecond: "999 ms",
			1200 * time.Millisecond: "1.2 s", 90 * time.Second: "1 min 30 s",
		}},
	} {
		for d, want := range c.want {
			if got := c.say(d); got != want {
				t.Errorf("%s of %s is %q, not %q", what, d, got, want)
			}
		}
	}
	for seconds, want := range map[float64]string{0: "less than 1 min left", 59.9: "less than 1 min left", 452: "7 min left", 5430: "1 h 30 min left"} {
		if got := Left(seconds); got != want {
			t.Errorf("%g s are %q, not %q", seconds, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0 mice", 1: "1 mouse", 999: "999 mice", 1000: "1,000 mice", 10000: "10,000 mice", 1234567: "1,234,567 mice"} {
		if got := Count(n, "mouse", "mice"); got != want {
			t.Errorf("%d is %q, not %q", n, got, want)
		}
	}
}

// TestStatesAreWords: a label value of several words is none for people.
func TestStatesAreWords(t *testing.T) {
	for _, s := range probe.States {
		want := s.String()
		if want == "warmingup" {
			want = "warming up"
		}
		if got := State(s); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
