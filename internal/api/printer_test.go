package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestAnyTimeHasJSON: a clock that is wrong by thousands of years breaks no object.
func TestAnyTimeHasJSON(t *testing.T) {
	for _, year := range []int{-1, 0, 1, 9999, 10_000, 292_277_026} {
		at := time.Date(year, time.December, 31, 23, 59, 59, 0, time.FixedZone("west", -12*3600))
		s := probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute})
		s.LastProbe, s.LastSuccess, s.Since = at, at, at
		s.Print = probe.Print{Start: at, LastSeen: at, LastProgress: at, LostSince: at, End: at}
		s.Errors = probe.ErrorStats{{Code: "601", Last: at}}
		text, err := json.Marshal(DetailsOf(&s, []probe.Result{{Request: probe.StatusRequest, Sent: at}}, at, at))
		if err != nil {
			t.Errorf("year %d: %v", year, err)
		}
		if known := strings.Contains(string(text), `"last_probe"`); known != (at.UTC().Year() >= 0 && at.UTC().Year() <= 9999) {
			t.Errorf("year %d: %s", year, text)
		}
	}
}
