package alerting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/prometheus/notifier"

	"octoeverywhere_exporter/fault"
)

// TestEachFaultHasOneAlert: in a healthy fleet with one faulty printer per number of the table of faults, each faulty printer has
// exactly one alert, the one of its layer, and nobody is woken.
func TestEachFaultHasOneAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		rows := map[string]fault.Row{} // by printer
		sent := map[string][]string{}
		table := slices.DeleteFunc(fault.Rows(), func(r fault.Row) bool { return reported(r) == "" })
		f := w.add(fleet{printers: 8 * len(table)})
		f.prom[0].send = func(alerts []*notifier.Alert) {
			for _, a := range alerts {
				name := strings.TrimPrefix(a.Labels.Get("alertname"), "OctoEverywhere") + " " + a.Labels.Get("severity")
				if p := a.Labels.Get("printer"); !slices.Contains(sent[p], name) {
					sent[p] = append(sent[p], name)
				}
			}
		}
		w.pass(5)
		for i, r := range table {
			name := fmt.Sprintf("a-%d", i+1)
			rows[name] = r
			w.fail(reported(r), name)
		}
		w.pass(55)
		for name, r := range rows {
			if want := []string{alertFor(r)}; !slices.Equal(sent[name], want) {
				t.Errorf("%s %d %s: %q, not %q", r.From, r.Code, r.Reason, sent[name], want)
			}
		}
		if of := sent[""]; !slices.Equal(of, []string{"Watchdog none"}) {
			t.Errorf("alerts of the fleet: %q", of)
		}
		if len(table) < 30 {
			t.Errorf("only %d faults", len(table))
		}
	})
}

// reported returns the fault of the relay that leads to a row; "" for rows that are not a number in a response.
func reported(r fault.Row) string {
	code := map[string]int{"unlisted_service_code": 650, "redirected": 302, "upstream_error": 500, "unexpected_http_status": 418, "command_error": 450, "unlisted_plugin_code": 799}[r.Reason]
	if !r.Unlisted() {
		code = r.Low
	}
	switch {
	case r.From == fault.ByExporter || code == 0:
		return ""
	case r.From == fault.ByPlugin:
		return fmt.Sprint(byPlugin, code)
	}
	return fmt.Sprint(code)
}

// alertFor returns the alert for a fault of a single printer that was idle, and its severity.
func alertFor(r fault.Row) string {
	name := strings.TrimPrefix(r.Alert(), "OctoEverywhere")
	if name == "PrinterOff" {
		return name + " info"
	}
	return name + " warning"
}
