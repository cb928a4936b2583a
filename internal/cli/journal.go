package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/coreos/go-systemd/v22/journal"
)

// priorities are the prefixes for the journal of records from a level on, see sd-daemon(3). journald removes them;
// `journalctl -p warning` filters by them.
var priorities = [...]struct {
	minLevel slog.Level
	prefix   string
}{
	{slog.LevelError, "<3>"}, {slog.LevelWarn, "<4>"}, {slog.LevelInfo, "<6>"}, {slog.LevelDebug, "<7>"},
}

// isJournal reports whether w is the systemd journal itself, not something that would show the prefixes.
func isJournal(w io.Writer) bool {
	if w != os.Stderr {
		return false
	}
	yes, err := journal.StderrIsJournalStream()
	return yes && err == nil
}

// withPriority prefixes each line of a text.
func withPriority(prefix, text string) string {
	return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix)
}

// journalHandler has a handler for each priority, which writes it before each record.
type journalHandler [len(priorities)]slog.Handler

func newJournalHandler(w io.Writer, plain func(to io.Writer) slog.Handler) slog.Handler {
	var h journalHandler
	for i, p := range priorities {
		h[i] = plain(prefixingWriter{w, p.prefix})
	}
	return h
}

func (h journalHandler) Enabled(ctx context.Context, l slog.Level) bool { return h[0].Enabled(ctx, l) }

func (h journalHandler) Handle(ctx context.Context, r slog.Record) error {
	for i, p := range priorities {
		if r.Level >= p.minLevel {
			return h[i].Handle(ctx, r)
		}
	}
	return h[len(h)-1].Handle(ctx, r)
}

func (h journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	for i := range h {
		h[i] = h[i].WithAttrs(attrs)
	}
	return h
}

func (h journalHandler) WithGroup(name string) slog.Handler {
	for i := range h {
		h[i] = h[i].WithGroup(name)
	}
	return h
}

// prefixingWriter prefixes each record. It writes a record at once, so that records of several goroutines do not mix.
type prefixingWriter struct {
	w      io.Writer
	prefix string
}

func (p prefixingWriter) Write(record []byte) (int, error) {
	n, err := p.w.Write(append([]byte(p.prefix), record...))
	return max(0, n-len(p.prefix)), err
}
