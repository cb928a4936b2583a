package deploy

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

// idlePrinters names printers of a fleet that never print by themselves, in the order of the fleet. The same seed is the
// same fleet, so that a day of it in fake time shows which these are.
func idlePrinters(t *testing.T, printers int, seed uint64) (idle []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		relay := simulator.New(simulator.Options{Printers: printers, Seed: seed})
		prints := map[string]bool{}
		for range 24 * 60 {
			for _, name := range printing(t, relay) {
				prints[name] = true
			}
			time.Sleep(time.Minute)
		}
		for _, p := range relay.Printers() {
			if !prints[p.Name] {
				idle = append(idle, p.Name)
			}
		}
	})
	return idle
}

// printing names the printers that are not idle, as the relay itself knows it.
func printing(t *testing.T, relay *simulator.Relay) (names []string) {
	t.Helper()
	page := httptest.NewRecorder()
	relay.Admin().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/faults", nil))
	var answer struct {
		Printers []struct{ Name, State string }
	}
	if err := json.Unmarshal(page.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	for _, p := range answer.Printers {
		if p.State != "idle" {
			names = append(names, p.Name)
		}
	}
	return names
}
