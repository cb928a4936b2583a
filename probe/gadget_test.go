package probe

import (
	"fmt"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// watched is a good response with a print, and members of the object that describes Gadget.
func watched(t *testing.T, state, job, gadget string) Reading {
	t.Helper()
	f, r := Judge(StatusRequest, attemptOf(200, inResult(`"`+state+`"`, `{`+job+`}`, `,"OctoEverywhereStatus":{"Gadget":{`+gadget+`}}`)))
	if !f.None() {
		t.Fatal(f.Reason)
	}
	return r
}

// TestTheScoreIsOfThisPrint: the plugin keeps it from one print to the next.
func TestTheScoreIsOfThisPrint(t *testing.T) {
	for name, c := range map[string]struct {
		state, job, gadget string
		want               string
	}{
		"younger than the print":        {"printing", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, "6.5"},
		"0 is a score":                  {"printing", `"DurationSec":90`, `"LastScore":0,"TimeSinceLastScoreSec":40`, "0"},
		"while paused":                  {"paused", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, "6.5"},
		"as old as the print":           {"printing", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":90`, ""},
		"older than the print":          {"printing", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":20000`, ""},
		"before the first score":        {"printing", `"DurationSec":90`, `"LastScore":0.0,"TimeSinceLastScoreSec":1790000000.5`, ""},
		"age 0 is not known":            {"printing", `"DurationSec":90`, `"LastScore":0.0,"TimeSinceLastScoreSec":0.0`, ""},
		"without an age":                {"printing", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":null`, ""},
		"a negative age":                {"printing", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":-5`, ""},
		"a negative score":              {"printing", `"DurationSec":90`, `"LastScore":-1,"TimeSinceLastScoreSec":40`, ""},
		"an absurd score":               {"printing", `"DurationSec":90`, `"LastScore":1e9,"TimeSinceLastScoreSec":40`, ""},
		"without a duration":            {"printing", `"Progress":50`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, ""},
		"the duration is not known":     {"printing", `"Progress":50,"DurationSec":0`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, ""},
		"no print is in progress":       {"idle", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, ""},
		"the print is complete":         {"complete", `"DurationSec":90`, `"LastScore":6.5,"TimeSinceLastScoreSec":40`, ""},
		"the score is above every bar ": {"printing", `"DurationSec":90`, `"LastScore":15.5,"TimeSinceLastScoreSec":40`, "15.5"},
	} {
		l := begin().foldReading(StatusRequest, fault.Fault{}, watched(t, c.state, c.job, c.gadget))
		got := ""
		if v, known := l.Number(GadgetScore, l.now); known {
			got = fmt.Sprint(v)
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

// TestWhatGadgetDid: the times of its last pause and warning are those of the print in progress, and do not change while no
// other event follows.
func TestWhatGadgetDid(t *testing.T) {
	at := func(state, pause, warning string) Reading {
		return watched(t, state, `"DurationSec":900`, `"TimeSinceLastPauseSec":`+pause+`,"TimeSinceLastWarnSec":`+warning)
	}
	l := begin()
	check := func(step string, pause, warning time.Duration) { // before now; -1: unknown
		t.Helper()
		for what, c := range map[string]struct {
			event func(time.Time) (time.Time, bool)
			want  time.Duration
		}{"pause": {l.GadgetPause, pause}, "warning": {l.GadgetWarning, warning}} {
			if got, known := c.event(l.now); known != (c.want >= 0) || known && l.now.Sub(got) != c.want {
				t.Errorf("%s: %s is %v ago, %t, not %v", step, what, l.now.Sub(got), known, c.want)
			}
		}
	}
	see := func(r Reading) { l.foldReading(StatusRequest, fault.Fault{}, r) }
	check("never probed", -1, -1)
	see(at("printing", "null", "null"))
	check("nothing yet", -1, -1)
	see(at("printing", "null", "20"))
	check("a warning", -1, 20*time.Second)
	see(at("paused", "10", "81")) // a minute later; the age is rounded
	check("a pause", 10*time.Second, 80*time.Second)
	see(at("paused", "69", "139"))
	check("a minute later", 70*time.Second, 140*time.Second)
	see(at("paused", "129", "5"))
	check("another warning", 130*time.Second, 5*time.Second)
	l.status(785)
	check("lost", -1, -1)
	see(at("idle", "200", "80"))
	check("no print in progress", -1, -1)
	see(at("printing", "-5", "1790000000"))
	check("absurd", -1, -1)
	see(at("printing", "0", "0.0"))
	check("just now", 0, 0)
}
