package probe

import "octoeverywhere_exporter/fault"

// Request is one of the three requests that are ever sent. No other can be: the plugin matches commands by prefix and
// ignores the method, so a wrong path could cancel a print.
type Request uint8

// The requests, the cheapest for the printer's side first.
const (
	InfoRequest   Request = iota + 1 // to the service, the App Connection Info API; reaches no plugin
	PingRequest                      // to the plugin; reaches no host
	StatusRequest                    // to the plugin, which queries the host; wakes the reconnect loop of a plugin that lost its host
)

type requestRow struct {
	name   string
	path   string
	proves fault.Layer // the last layer that a good response proves
}

// Sources: https://docs.octoeverywhere.com/plugin-api/printer-status/ and .../app-connections/apis/info-api/; `ping` has
// been in the plugin since 2023 and is not documented.
var requestTable = [...]requestRow{
	InfoRequest:   {"info", "api/appconnection/info", fault.Access},
	PingRequest:   {"ping", "octoeverywhere-command-api/ping", fault.Plugin},
	StatusRequest: {"status", "octoeverywhere-command-api/status", fault.Printer},
}

// Requests lists all requests.
var Requests = [...]Request{InfoRequest, PingRequest, StatusRequest}

func (q Request) row() requestRow {
	if int(q) < len(requestTable) {
		return requestTable[q]
	}
	return requestRow{}
}

// String returns the request's name, the value of the label `api`.
func (q Request) String() string { return q.row().name }

// Proves returns the last layer that a good response proves to work.
func (q Request) Proves() fault.Layer { return q.row().proves }
