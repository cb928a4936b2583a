// Package fault is the table of all that can go wrong between the exporter and a printer: which layer it means, what it
// is called, how gently to ask again, and what a person can do about it. Everything that names a fault (labels, pauses,
// pages, docs/codes.md, alert rules) reads this table; nothing repeats it.
package fault

// Layer is a hop on the way to a printer, nearest first. A request reaches a layer only through all before it, so
// `a < b` reads "a is nearer than b". The zero value is no layer.
type Layer uint8

// The six layers.
const (
	Network Layer = iota + 1 // OctoEverywhere's edge is reached: DNS, TCP, TLS
	Service                  // the service answers
	Access                   // the service lets this connection through
	Plugin                   // the plugin is connected and answers
	Host                     // the printer's software answers the plugin
	Printer                  // the printer is free of an error
)

// Layers are all layers, nearest first.
var Layers = [...]Layer{Network, Service, Access, Plugin, Host, Printer}

type layerWords struct{ name, question, owner string }

var layerTable = [...]layerWords{
	Network: {"network", "Do we reach OctoEverywhere's edge (DNS, TCP, TLS)?", "you or your ISP"},
	Service: {"service", "Does the service answer?", "OctoEverywhere"},
	Access:  {"access", "Does it let this connection through (credentials, account)?", "the connection's owner"},
	Plugin:  {"plugin", "Is the plugin connected, and does it answer?", "whoever runs the plugin's computer"},
	Host:    {"host", "Does the printer's software answer the plugin?", "whoever stands at the printer"},
	Printer: {"printer", "Is the printer free of an error?", "whoever stands at the printer"},
}

func (l Layer) words() layerWords {
	if int(l) < len(layerTable) {
		return layerTable[l]
	}
	return layerWords{}
}

// String is the layer's label value; "" for no layer.
func (l Layer) String() string { return l.words().name }

// Question is what the layer answers, as one sentence.
func (l Layer) Question() string { return l.words().question }

// Owner says who mends the layer.
func (l Layer) Owner() string { return l.words().owner }
