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

// newLogger returns a logger to w. format auto is tint on a terminal and JSON elsewhere; JSON to the systemd journal has a
// priority before each record.
func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	f, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(f.Fd()))
	if format == "json" || format == "auto" && !terminal {
		options := &slog.HandlerOptions{Level: level}
		if isJournal(w) {
			return slog.New(newJournalHandler(w, options))
		}
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !styleOf(w).Colour}))
}

// discardStandardLog drops what libraries write to the standard logger. net/http logs there what an edge sends without a
// request, which may be our own credentials, and one line per HTTP/2 frame of an unknown type.
func discardStandardLog() { stdlog.SetOutput(io.Discard) }
