package deploy

import (
	"fmt"
	"testing"

	"octoeverywhere_exporter/fault"
)

// alertOn names the alert that a fault of a single printer ends in.
func alertOn(f fault.Fault) string {
	switch f.Reason {
	case "supporter_lapsed":
		return "SupporterLapsed warning"
	case "plugin_update_required", "unknown_command":
		return "PluginOutdated warning"
	case "host_disconnected":
		return "HostDisconnected info"
	case "host_unresponsive":
		return "HostUnresponsive warning"
	case "too_many_clients":
		return "TooManyClients warning"
	case "auth_invalid":
		return "AuthInvalid warning"
	}
	return map[fault.Layer]string{
		fault.Network: "PrinterUnreachable warning", fault.Service: "PrinterUnreachable warning",
		fault.Access: "AccessDenied warning", fault.Plugin: "PluginOffline warning", fault.Printer: "PrinterError warning",
	}[f.Layer]
}

// TestEachFaultHasItsAlert: a printer for each row of the table, among a fleet that is well, makes exactly one alert each,
// and none of them pages. A row that is new and behind which no alert stands is seen here.
func TestEachFaultHasItsAlert(t *testing.T) {
	t.Parallel()
	const minutes = 40
	recorded := tape{}
	want := map[string]int{}
	always := func(series, value string) {
		for m := range minutes + 1 {
			recorded.put(m, series, value)
		}
	}
	put := func(metric, printer, labels, value string) {
		always(fmt.Sprintf(`%s{%s,printer=%q%s}`, metric, scraped, printer, labels), value)
	}
	layer := func(printer string, l fault.Layer, up string) {
		put("octoeverywhere_layer_up", printer, fmt.Sprintf(`,layer=%q`, l), up)
	}
	for i, row := range fault.Rows() {
		name := fmt.Sprintf("faulty-%02d", i)
		for _, l := range fault.Layers {
			if l < row.Layer {
				layer(name, l, "1")
			}
		}
		layer(name, row.Layer, "0")
		put("octoeverywhere_last_error", name, fmt.Sprintf(`,layer=%q,code=%q,reason=%q`, row.Layer, row.CodeLabel(), row.Reason), "1")
		put("octoeverywhere_last_transition_timestamp_seconds", name, "", "0")
		put("octoeverywhere_lost_during_print", name, "", "0")
		want[alertOn(row.Fault)+" "+name] = 1
	}
	for i := range 7 * len(fault.Rows()) {
		for _, l := range []fault.Layer{fault.Service, fault.Plugin} {
			layer(fmt.Sprintf("well-%03d", i), l, "1")
		}
	}
	always("up{"+scraped+"}", "1")
	recorded.check(t, minutes, seen{began: want})
}
