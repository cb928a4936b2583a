package cli

import (
	"io"
	stdlog "log"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

// newLogger writes for people on a terminal, and JSON for machines elsewhere; to the journal with priorities.
func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	f, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(f.Fd()))
	if format == "json" || format == "auto" && !terminal {
		options := &slog.HandlerOptions{Level: level}
		if toJournal(w) {
			return slog.New(newJournalHandler(w, options))
		}
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !styleOf(w).Colour}))
}

// silence keeps what libraries write to the standard logger out of ours. net/http writes there what an edge sends without
// being asked, which may be our own credentials sent back, and a line for each HTTP/2 frame that it does not know, as
// many as there are. What such an answer means, its verdict says.
func silence() { stdlog.SetOutput(io.Discard) }

// logChange writes the one line that a changed verdict is worth. That a printer is well at first is no news.
func logChange(log *slog.Logger) func(before, after *probe.Status) {
	return func(before, after *probe.Status) {
		level := slog.LevelInfo
		if before.Probes == 0 && after.Fault.None() {
			level = slog.LevelDebug
		}
		attrs := []any{"printer", after.Name, "from", view.StatusWord(before), "to", view.StatusWord(after), "reason", after.Fault.Reason}
		if code := after.Fault.CodeLabel(); code != "" {
			attrs = append(attrs, "code", code)
		}
		if after.LostDuringPrint() {
			attrs = append(attrs, "lost_during_print", true)
		}
		log.Log(nil, level, "verdict changed", attrs...) //nolint:staticcheck // no context: it belongs to no request
	}
}

// logProbe writes a line a question, for who wants to see each.
func logProbe(log *slog.Logger) func(probe.Target, []probe.Result) {
	return func(t probe.Target, steps []probe.Result) {
		for _, r := range steps {
			log.Debug("asked", "printer", t.Name, "api", r.Request.String(), "took", r.Took.Round(time.Microsecond),
				"http_status", r.Attempt.HTTPStatus, "stage", r.Attempt.Phase.String(), "cause", string(r.Attempt.ErrorKind),
				"layer", r.Fault.Layer.String(), "code", r.Fault.CodeLabel(), "reason", r.Fault.Reason)
		}
	}
}

// logEdge writes a line when an edge fails or comes back: it explains the network faults of many printers.
func logEdge(log *slog.Logger) func(before, after probe.EdgeStatus) {
	return func(before, after probe.EdgeStatus) {
		switch {
		case !after.Up():
			log.Warn("edge is down: network faults of its printers are explained by it",
				"edge", after.Name, "reason", after.Fault.Reason, "cause", string(after.Attempt.ErrorKind))
		case before.Known():
			log.Info("edge is up again", "edge", after.Name)
		}
	}
}
