package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// past runs an exporter of n simulated printers until the test ends.
type past struct {
	*exporter.Exporter
	t     *testing.T
	relay *simulator.Relay
	names []string
}

func startPast(t *testing.T, n int, storage string) past {
	t.Helper()
	p := past{t: t, relay: simulator.New(simulator.Options{Printers: n, Seed: 1})}
	var config bytes.Buffer
	if err := p.relay.WriteConfig(&config, simulator.ConfigOptions{ByHost: true}); err != nil {
		t.Fatal(err)
	}
	var err error
	p.Exporter, err = exporter.New(exporter.Options{
		ConfigFile: testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", config.String()), RoundTripper: p.relay.Transport(), StoragePath: storage,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, printer := range p.relay.Printers() {
		p.names = append(p.names, printer.Name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return p
}

// get requests a path and reads the response into v.
func (p past) get(path string, v any) (status int) {
	p.t.Helper()
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
		p.t.Fatalf("%s: %v: %s", path, err, w.Body)
	}
	return w.Code
}

// pages reads all pages of a printer's history.
func (p past) pages(name, parameters string) (all api.History) {
	p.t.Helper()
	for path := "/api/v1/printers/" + name + "/history?" + parameters; ; {
		var h api.History
		if status := p.get(path, &h); status != 200 {
			p.t.Fatalf("%s: %d", path, status)
		}
		all.Changes, all.Prints = append(all.Changes, h.Changes...), append(all.Prints, h.Prints...)
		if h.Next.IsZero() {
			return all
		}
		path = "/api/v1/printers/" + name + "/history?" + parameters + "&until=" + url.QueryEscape(h.Next.Format(time.RFC3339Nano))
	}
}

// TestThePastCanBeRead: an outage of the service and one of a plugin appear in the history of the printers and of the fleet,
// and so do prints.
func TestThePastCanBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startPast(t, 8, "")
		set := func(f simulator.Fault) {
			if err := p.relay.SetFault(p.names[0], f); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(2 * time.Hour)
		set(simulator.Offline)
		time.Sleep(30 * time.Minute)
		set(simulator.None)
		time.Sleep(30 * time.Minute)
		p.relay.ServiceDown()
		time.Sleep(10 * time.Minute)
		p.relay.ServiceUp()
		time.Sleep(50 * time.Minute)

		whole := p.pages(p.names[0], "")
		var found []string
		for i, c := range whole.Changes {
			found = append(found, c.Reason)
			if i > 0 && !c.Until.Equal(whole.Changes[i-1].Since) {
				t.Errorf("%v until %v, not %v", c.Reason, c.Until, whole.Changes[i-1].Since)
			}
		}
		if d := cmp.Diff([]string{"", "upstream_error", "", "plugin_offline", ""}, withoutServiceErrors(found)); d != "" {
			t.Errorf("changes of %s: %s", p.names[0], d)
		}
		p.checkPrints()
		p.checkUptime()
		p.checkHours()
		p.checkEvents()
	})
}

// checkPrints looks for printers that have ended several prints, and reads their history page by page.
func (p past) checkPrints() {
	p.t.Helper()
	found := 0
	for _, name := range p.names {
		whole := p.pages(name, "")
		for i, ended := range whole.Prints {
			if !ended.End.After(ended.Start) || ended.Outcome == "" || i > 0 && ended.End.After(whole.Prints[i-1].Start) {
				p.t.Errorf("%s: print %d of %+v", name, i, whole.Prints)
			}
		}
		if len(whole.Prints) < 2 {
			continue
		}
		found++
		for _, parameters := range []string{"limit=1", "limit=2", "limit=3"} {
			if d := cmp.Diff(whole, p.pages(name, parameters)); d != "" {
				p.t.Errorf("%s: %s: %s", name, parameters, d)
			}
		}
	}
	if found == 0 {
		p.t.Error("no printer has ended two prints")
	}
}

// withoutServiceErrors joins changes between the two ways in which the service is down.
func withoutServiceErrors(reasons []string) (joined []string) {
	for _, r := range reasons {
		r = strings.Replace(r, "service_error", "upstream_error", 1)
		if len(joined) == 0 || joined[len(joined)-1] != r {
			joined = append(joined, r)
		}
	}
	return joined
}

// checkUptime compares ratios with how long the outages were: 30 and 10 minutes of four hours, each noticed within a minute.
func (p past) checkUptime() {
	p.t.Helper()
	var h api.History
	p.get("/api/v1/printers/"+p.names[0]+"/history?limit=1", &h)
	near := func(got, want float64) bool { return got > want-0.02 && got < want+0.02 }
	if u := h.Uptime["24h"]; u["network"] != 1 || !near(u["service"], 23./24) || !near(u["plugin"], 200./230) || !near(h.UptimeKnown["24h"]/14400, 1) {
		p.t.Errorf("uptime %v, known for %v", u, h.UptimeKnown)
	}
}

// checkHours compares the hours of the fleet with the outages: they are in the third and the fourth hour.
func (p past) checkHours() {
	p.t.Helper()
	var h api.FleetHistory
	p.get("/api/v1/history?until="+time.Now().UTC().Format(time.RFC3339), &h)
	if len(h.Hours) != 4 {
		p.t.Fatalf("%d hours", len(h.Hours))
	}
	for i, want := range []struct{ known, service, plugin float64 }{{28800, 4800, 0}, {28800, 0, 1800}, {28800, 0, 0}, {28800, 0, 0}} {
		got := h.Hours[i]
		near := func(got, want float64) bool { return got >= want-480 && got <= want+480 } // each printer is probed once per minute
		if !near(got.Known, want.known) || !near(got.Down["service"], want.service) || !near(got.Down["plugin"], want.plugin) || got.Down["network"] != 0 {
			p.t.Errorf("hour %d is %+v", i, got)
		}
	}
}

// TestHistoryRejectsWhatItCannotServe: wrong parameters, and printers that do not exist.
func TestHistoryRejectsWhatItCannotServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := startPast(t, 1, "")
		for path, want := range map[string]int{
			"/api/v1/history?since=yesterday":                       400,
			"/api/v1/history?from=2026-01-02T15:04:05Z":             400,
			"/api/v1/history?limit=1&limit=2":                       400,
			"/api/v1/history?limit=0":                               400,
			"/api/v1/printers/" + p.names[0] + "/history?until=now": 400,
			"/api/v1/printers/nothing/history":                      404,
		} {
			var failed struct{ Error string }
			if status := p.get(path, &failed); status != want || failed.Error == "" {
				t.Errorf("%s: %d %q", path, status, failed.Error)
			}
		}
	})
}
