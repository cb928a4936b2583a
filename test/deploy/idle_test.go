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

// idlePrinters returns the printers of a simulated fleet that do not print within a day, in the order of the fleet. The same
// seed produces the same fleet, so one day in fake time determines them.
func idlePrinters(t *testing.T, printers int, seed uint64) (idle []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		relay := simulator.New(simulator.Options{Printers: printers, Seed: seed})
		prints := map[string]bool{}
		for range 24 * 60 {
			for _, name := range printingPrinters(t, relay) {
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

// printingPrinters returns the printers that are not idle, from the relay's admin API.
func printingPrinters(t *testing.T, relay *simulator.Relay) (names []string) {
	t.Helper()
	page := httptest.NewRecorder()
	relay.Admin().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/faults", nil))
	var response struct {
		Printers []struct{ Name, State string }
	}
	if err := json.Unmarshal(page.Body.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	for _, p := range response.Printers {
		if p.State != "idle" {
			names = append(names, p.Name)
		}
	}
	return names
}
