package simulator

import (
	"bytes"
	"net/http"
	"testing"
	"time"
)

// TestDemoPast: the past of the demo leads to its present. No print is in progress where they meet, and what fails permanently
// has failed for at least a few hours, but not all the time.
func TestDemoPast(t *testing.T) {
	end := time.Now()
	past := DemoPast(1, end)
	failed, printed := 0, 0
	for _, p := range Demo(1).Printers() {
		var codes []int
		for before := DemoPastLength; before >= 0; before -= 10 * time.Minute {
			r := past.ResponseAt(p.Name, false, end.Add(-before))
			codes = append(codes, r.HTTPStatus)
			switch {
			case r.TimedOut && past.ResponseAt(p.Name, true, end.Add(-before)).HTTPStatus != http.StatusOK:
				t.Errorf("%s hangs, and does not respond to ping", p.Name)
			case bytes.Contains(r.Body, []byte(`"State": "printing"`)):
				printed++
				if before == 0 || p.Fault == Unreachable && before < 15*time.Hour {
					t.Errorf("%s prints %v before the end", p.Name, before)
				}
			case r.HTTPStatus == 600 && (before < time.Hour || before > 150*time.Hour) && p.Fault != ServiceError:
				t.Errorf("%s has an outage %v before the end", p.Name, before)
			}
		}
		if p.Fault != None && past.byName[p.Name].script[len(past.byName[p.Name].script)-1] != (scriptPhase{p.Fault, 0}) {
			t.Errorf("%s ends with another fault than %s", p.Name, p.Fault)
		}
		for i := 1; i < len(codes); i++ {
			if codes[i] == 600 && codes[i-1] != 600 {
				failed++
			}
		}
	}
	if failed < 24 || printed < 1000 {
		t.Errorf("%d outages of printers, %d responses of printers that print", failed, printed)
	}
}
