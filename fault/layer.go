// Package fault is the table of everything that can go wrong between the exporter and a printer: the layer that fails, the
// reason, the backoff, and what to do about it. Labels, backoff, pages, docs/codes.md and alert rules read this table, and
// nothing repeats it.
package fault

// Layer is a hop on the way to a printer, nearest first. A request reaches a layer only through all before it. `a < b` means
// that a is nearer than b. The zero value is no layer.
type Layer uint8

// The six layers.
const (
	Network Layer = iota + 1 // OctoEverywhere's edge is reachable and lets this machine in: DNS, TCP, TLS, proxies, bot protection
	Service                  // the service responds
	Access                   // the service accepts this connection
	Plugin                   // the plugin is connected and responds
	Host                     // the printer's software responds to the plugin
	Printer                  // the printer is free of an error
)

// Layers lists all layers, nearest first.
var Layers = [...]Layer{Network, Service, Access, Plugin, Host, Printer}

type layerRow struct{ name, question, owner, alert string }

var layerTable = [...]layerRow{
	Network: {"network", "Can this machine reach OctoEverywhere's edge (DNS, TCP, TLS, proxies, bot protection)?", "the exporter's operator", "OctoEverywherePrinterUnreachable"},
	Service: {"service", "Does the service respond?", "OctoEverywhere", "OctoEverywherePrinterUnreachable"},
	Access:  {"access", "Does the service accept this connection (credentials, account)?", "the connection's owner", "OctoEverywhereAccessDenied"},
	Plugin:  {"plugin", "Is the plugin connected, and does it respond?", "the operator of the plugin's computer", "OctoEverywherePluginOffline"},
	Host:    {"host", "Does the printer's software respond to the plugin?", "on-site operator", "OctoEverywhereHostFailing"},
	Printer: {"printer", "Is the printer free of an error?", "on-site operator", "OctoEverywherePrinterError"},
}

func (l Layer) row() layerRow {
	if int(l) < len(layerTable) {
		return layerTable[l]
	}
	return layerRow{}
}

// String returns the layer's label value; "" for no layer.
func (l Layer) String() string { return l.row().name }

// Question returns the question that the layer's state answers.
func (l Layer) Question() string { return l.row().question }

// Owner returns who can fix a fault of the layer.
func (l Layer) Owner() string { return l.row().owner }
