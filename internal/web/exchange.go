package web

import (
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// exchange is the last probe of a printer step by step, and what is known after it, as text. A result holds nothing
// secret, and neither does this.
func (s *site) exchange(status *probe.Status, steps []probe.Result) string {
	var b strings.Builder
	now := time.Now()
	fmt.Fprintf(&b, "Printer %q\n\n", status.Name)
	if len(steps) == 0 {
		b.WriteString("No exchange is known.\n\n")
	}
	for i, step := range steps {
		writeStep(&b, i+1, step)
	}
	b.WriteString("Known now:\n")
	for _, l := range fault.Layers {
		fmt.Fprintf(&b, "  %-9s %s\n", l, view.MarkOf(status, l, now))
	}
	if next := s.Schedule.NextProbe(status); !next.IsZero() {
		fmt.Fprintf(&b, "  next probe at %s\n", stamp(next))
	}
	b.WriteString("Verdict:\n")
	switch {
	case status.Probes == 0:
		b.WriteString("  not asked yet\n")
	case status.Fault.None():
		fmt.Fprintf(&b, "  no fault, since %s\n", stamp(status.Since))
	default:
		writeFault(&b, status.Fault)
		fmt.Fprintf(&b, "  since    %s\n", stamp(status.Since))
	}
	return b.String()
}

func writeStep(b *strings.Builder, n int, r probe.Result) {
	fmt.Fprintf(b, "%d. %s, asked at %s, took %s", n, r.Request, stamp(r.Asked), rounded(r.Took))
	if r.Attempt.Reused {
		b.WriteString(", on a connection that was kept")
	}
	b.WriteByte('\n')
	for stage, took := range phases(r.Attempt) {
		fmt.Fprintf(b, "  %-8s %s\n", stage, rounded(took))
	}
	if r.Attempt.ErrorKind != "" {
		fmt.Fprintf(b, "  ended    in %s: %s\n", r.Attempt.Phase, r.Attempt.ErrorKind)
	}
	if r.Attempt.HTTPStatus != 0 {
		fmt.Fprintf(b, "  HTTP     %d\n", r.Attempt.HTTPStatus)
	}
	if r.RetryAfter > 0 {
		fmt.Fprintf(b, "  again    in %s at the earliest, as the answer asks\n", rounded(r.RetryAfter))
	}
	switch {
	case r.Canceled:
		b.WriteString("  The exporter itself broke this off: it says nothing of the printer.\n")
	case r.Fault.None():
		b.WriteString("  A good answer.\n")
	default:
		writeFault(b, r.Fault)
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

// rounded leaves of a duration what a person compares.
func rounded(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return d.Round(time.Microsecond)
	}
	return d.Round(100 * time.Microsecond)
}
