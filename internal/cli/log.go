package cli

import (
	"io"
	stdlog "log"
	"log/slog"
	"os"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// newLogger returns a logger to w that never waits for w, and the queue in between. format auto is tint on a terminal and JSON
// elsewhere.
func newLogger(w io.Writer, level slog.Level, format string) (*slog.Logger, *logQueue) {
	q := newLogQueue(w, slog.New(newLogHandler(w, w, level, format)))
	return slog.New(newLogHandler(q, w, level, format)), q
}

// newLogHandler returns a handler that writes to a writer what suits the destination w. JSON and logfmt for the systemd journal have
// a priority before each record.
func newLogHandler(to, w io.Writer, level slog.Level, format string) slog.Handler {
	format = formatFor(w, format)
	if format == formatTint {
		return tint.NewTextHandler(to, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !styleOf(w).Color})
	}
	plain := func(to io.Writer) slog.Handler {
		options := &slog.HandlerOptions{Level: level}
		if format == "logfmt" {
			return slog.NewTextHandler(to, options)
		}
		return slog.NewJSONHandler(to, options)
	}
	if isJournal(w) {
		return newJournalHandler(to, plain)
	}
	return plain(to)
}

// formatTint is the format for people.
const formatTint = "tint"

// formatFor returns the format of the log to w for a value of --log.format.
func formatFor(w io.Writer, format string) string {
	if format != "auto" {
		return format
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return formatTint
	}
	return "json"
}

// discardStandardLog drops what libraries write to the standard logger. net/http logs there what an edge sends without a
// request, which may be our own credentials, and one line per HTTP/2 frame of an unknown type.
func discardStandardLog() { stdlog.SetOutput(io.Discard) }
