package alerting

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// scenario is an incident and the notifications that a person on call expects of it.
type scenario struct {
	name string
	want counts
	run  func(w *world)
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // memory is cheaper here than processor time
	os.Exit(m.Run())
}

// TestPrints, TestFleets and TestMachinery play all scenarios.
func TestPrints(t *testing.T)    { playAll(t, printScenarios) }
func TestFleets(t *testing.T)    { playAll(t, fleetScenarios) }
func TestMachinery(t *testing.T) { playAll(t, machineryScenarios) }

func playAll(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			in := play(t, s)
			if in.got != s.want {
				t.Errorf("got  %+v\nwant %+v\n%s", in.got, s.want, strings.Join(in.lines, "\n"))
			}
			for _, text := range in.texts {
				if strings.Contains(text, "<no value>") || strings.Contains(text, "error expanding") || strings.Contains(text, "NaN") {
					t.Errorf("text not expanded: %s", text)
				}
			}
			t.Log("\n" + strings.Join(in.lines, "\n"))
		})
	}
}
