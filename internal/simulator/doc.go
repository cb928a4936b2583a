// Package simulator simulates OctoEverywhere's relay and the plugins, hosts and printers behind it, for demos, drills and
// load tests without real printers.
//
// A [Relay] responds to `status` and `ping` of every printer and to the service's App Connection Info API as the real
// ones do (formats measured with plugin 5.3.1 and 4.3.20; codes from https://docs.octoeverywhere.com/error-codes/ and
// https://docs.octoeverywhere.com/plugin-api/plugin-api-errors/). Every fault between the exporter and a printer can be
// simulated, from the start ([Options], [Demo]) or at any time ([Relay.SetFault]). A relay serves HTTPS on a loopback
// address ([Relay.Listen]), is an http.Handler, and responds in process ([Relay.Transport]).
//
// Everything that changes with time (prints, temperatures, flapping plugins) is computed from the seed, the printer and
// the time of the request: a relay starts no goroutine, and the same seed gives the same fleet.
package simulator
