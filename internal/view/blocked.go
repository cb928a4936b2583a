package view

import (
	"fmt"
	"iter"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// BlocksMachine reports whether a fault is a response by which something on the way refuses this machine, whatever printer
// the request is for.
func BlocksMachine(f fault.Fault) bool { return f.Layer == fault.Network && f.From == fault.ByHTTP }

// BlockedNote says whom such a fault concerns; "" for any other fault.
func BlockedNote(f fault.Fault, affected, all int) string {
	if !BlocksMachine(f) {
		return ""
	}
	return fmt.Sprintf("Affects %s of %s. The way from this machine to OctoEverywhere is blocked; connections and printers are not the cause.",
		Number(affected), Count(all, "printer", "printers"))
}

// CountReason returns how many of the printers that are probed have an active fault with this reason, and how many there are.
func CountReason(printers iter.Seq[*probe.Status], reason string) (affected, all int) {
	for s := range printers {
		if s.Disabled {
			continue
		}
		all++
		if !s.Fault.None() && s.Fault.Reason == reason {
			affected++
		}
	}
	return affected, all
}
