package probe

import "octoeverywhere_exporter/fault"

// Request is one of the three things that are ever asked. There is no way to ask for anything else: the plugin matches
// commands by prefix and ignores the method, so that a wrong path could cancel a print.
type Request uint8

// The requestTable, in rising burden to the printer's side.
const (
	InfoRequest   Request = iota + 1 // of the service: the App Connection Info API; no burden at all
	PingRequest                      // of the plugin: does it answer; no burden
	StatusRequest                    // of the plugin, which asks the host; wakes the reconnect loop of a plugin that lost its host
)

type requestRow struct {
	name   string
	path   string
	proves fault.Layer // the last layer that a good answer proves
}

// Sources: https://docs.octoeverywhere.com/plugin-api/printer-status/ and .../app-connections/apis/info-api/; `ping` is
// in the plugin since 2023 and not in the documentation.
var requestTable = [...]requestRow{
	InfoRequest:   {"info", "api/appconnection/info", fault.Access},
	PingRequest:   {"ping", "octoeverywhere-command-api/ping", fault.Plugin},
	StatusRequest: {"status", "octoeverywhere-command-api/status", fault.Printer},
}

// Requests are all requestTable.
var Requests = [...]Request{InfoRequest, PingRequest, StatusRequest}

func (q Request) row() requestRow {
	if int(q) < len(requestTable) {
		return requestTable[q]
	}
	return requestRow{}
}

// String is the question's name, the label `api`.
func (q Request) String() string { return q.row().name }

// Proves is the last layer that a good answer shows to work.
func (q Request) Proves() fault.Layer { return q.row().proves }
