package web

import (
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// trace is the last probe of a printer request by request, and the status after it, as text.
func (s *site) trace(status *probe.Status, results []probe.Result) string {
	var b strings.Builder
	now := time.Now()
	fmt.Fprintf(&b, "Printer %q\n\n", status.Name)
	if len(results) == 0 {
		b.WriteString("No requests yet.\n\n")
	}
	for i, r := range results {
		writeRequest(&b, i+1, view.TraceOf(r))
	}
	b.WriteString("Layers:\n")
	for _, l := range fault.Layers {
		fmt.Fprintf(&b, "  %-9s %s\n", l, view.MarkOf(status, l, now))
	}
	b.WriteString("Status:\n")
	if status.Fault.None() {
		fmt.Fprintf(&b, "  %s\n", view.Headline(status))
	} else {
		writeFault(&b, status.Fault)
	}
	if !status.Since.IsZero() {
		fmt.Fprintf(&b, "  since    %s\n", rfc3339(status.Since))
	}
	if next := s.Schedule.NextProbe(status); !next.IsZero() {
		fmt.Fprintf(&b, "  next probe at %s\n", rfc3339(next))
	}
	return b.String()
}

func writeRequest(b *strings.Builder, n int, t view.RequestTrace) {
	fmt.Fprintf(b, "%d. %s at %s: %s\n", n, t.Request, rfc3339(t.Start), t.Result)
	for _, p := range t.Phases {
		fmt.Fprintf(b, "  %-8s %s\n", p.Phase, p.Brief())
	}
	for _, note := range t.Notes {
		fmt.Fprintf(b, "  %s\n", note)
	}
	if t.Fault.None() {
		fmt.Fprintf(b, "  %s\n", t.Outcome)
	} else {
		writeFault(b, t.Fault)
	}
	b.WriteByte('\n')
}

func writeFault(b *strings.Builder, f fault.Fault) {
	fmt.Fprintf(b, "  layer    %s\n", f.Layer)
	if code := f.CodeLabel(); code != "" {
		fmt.Fprintf(b, "  code     %s\n", code)
	}
	fmt.Fprintf(b, "  reason   %s\n  meaning  %s\n  remedy   %s\n  owner    %s\n", f.Reason, f.Meaning, f.Remedy, f.Layer.Owner())
}
