// Package simulator stands in for OctoEverywhere's relay and for the plugins, hosts and printers behind it, so that the
// exporter can be shown, drilled and loaded without a single real printer.
//
// A [Relay] answers `status` and `ping` of every printer and the service's App Connection Info API as the real ones do
// (shapes measured against plugin 5.3.1 and 4.3.20; codes from https://docs.octoeverywhere.com/error-codes/ and
// https://docs.octoeverywhere.com/plugin-api/plugin-api-errors/), and every fault that can stand between the exporter
// and a printer can be put on: from the start ([Options], [Demo]) or at any time ([Relay.SetFault]). It serves HTTPS on
// a loopback address ([Relay.Listen]), is an http.Handler, and answers in process ([Relay.Transport]).
//
// Whatever changes with time (prints, temperatures, flapping plugins) is computed from the seed, the printer and the
// time at the moment it is asked for: a relay starts no goroutine, and the same seed is the same fleet.
package simulator
