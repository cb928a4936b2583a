package view

import (
	"net/http"
	"slices"
	"testing"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// TestBlockedNote: for the three faults by which something on the way refuses this machine, and no other.
func TestBlockedNote(t *testing.T) {
	blocks := map[string]bool{"blocked_by_edge": true, "proxy_auth_required": true, "captive_portal": true}
	for _, r := range fault.Rows() {
		if note := BlockedNote(r.Fault, 1, 2); blocks[r.Reason] != (note != "") {
			t.Errorf("%s: %q", r.Reason, note)
		}
	}
	const want = "Affects 12 of 1,000 printers. The way from this machine to OctoEverywhere is blocked; connections and printers are not the cause."
	if got := BlockedNote(fault.BlockedByEdge(http.StatusForbidden), 12, 1000); got != want {
		t.Errorf("%q", got)
	}
}

func TestCountReason(t *testing.T) {
	printers := []*probe.Status{printerWithStatus("a", 407), printerWithStatus("b", 511), printerWithStatus("c", 407), printerWithStatus("d", 601)}
	if affected, all := CountReason(slices.Values(printers), "proxy_auth_required"); affected != 2 || all != 4 {
		t.Errorf("%d of %d", affected, all)
	}
}
