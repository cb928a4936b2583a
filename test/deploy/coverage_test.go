package deploy

import (
	"fmt"
	"testing"

	"octoeverywhere_exporter/fault"
)

// alertFor returns the name and severity of the alert for a fault of a single printer.
func alertFor(f fault.Fault) string {
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

// TestEachFaultHasOneAlert: in a fleet of healthy printers and one printer per row of the table of faults, each faulty printer
// fires exactly one alert, and none of them pages.
func TestEachFaultHasOneAlert(t *testing.T) {
	t.Parallel()
	const minutes = 40
	recorded := timeline{}
	want := map[string]int{}
	constant := func(series, value string) {
		for m := range minutes + 1 {
			recorded.add(m, series, value)
		}
	}
	putSeries := func(metric, printer, labels, value string) {
		constant(fmt.Sprintf(`%s{%s,printer=%q%s}`, metric, singleTarget, printer, labels), value)
	}
	putLayer := func(printer string, l fault.Layer, up string) {
		putSeries("octoeverywhere_layer_up", printer, fmt.Sprintf(`,layer=%q`, l), up)
	}
	for i, row := range fault.Rows() {
		name := fmt.Sprintf("faulty-%02d", i)
		for _, l := range fault.Layers {
			if l < row.Layer {
				putLayer(name, l, "1")
			}
		}
		putLayer(name, row.Layer, "0")
		putSeries("octoeverywhere_last_error", name, fmt.Sprintf(`,layer=%q,code=%q,reason=%q`, row.Layer, row.CodeLabel(), row.Reason), "1")
		putSeries("octoeverywhere_last_transition_timestamp_seconds", name, "", "0")
		putSeries("octoeverywhere_lost_during_print", name, "", "0")
		want[alertFor(row.Fault)+" "+name] = 1
	}
	for i := range 7 * len(fault.Rows()) {
		for _, l := range []fault.Layer{fault.Service, fault.Plugin} {
			putLayer(fmt.Sprintf("ok-%03d", i), l, "1")
		}
	}
	constant("up{"+singleTarget+"}", "1")
	recorded.check(t, minutes, alerts{began: want})
}
