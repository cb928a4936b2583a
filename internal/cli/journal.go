package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/coreos/go-systemd/v22/journal"
)

// priorities are how the journal files a record of a level and of those below the next one, see sd-daemon(3). journald takes
// them off again; `journalctl -p warning` goes by them, and colours too.
var priorities = [...]struct {
	from slog.Level
	mark string
}{
	{slog.LevelError, "<3>"}, {slog.LevelWarn, "<4>"}, {slog.LevelInfo, "<6>"}, {slog.LevelDebug, "<7>"},
}

// isJournal reports whether what is written goes to the systemd journal, and to nothing before it that would show the marks.
func isJournal(w io.Writer) bool {
	if w != os.Stderr {
		return false
	}
	yes, err := journal.StderrIsJournalStream()
	return yes && err == nil
}

// marked puts a mark before each line of a text.
func marked(mark, text string) string {
	return mark + strings.ReplaceAll(text, "\n", "\n"+mark)
}

// journalHandler writes JSON, each record behind its mark.
type journalHandler [len(priorities)]slog.Handler

func newJournalHandler(w io.Writer, options *slog.HandlerOptions) slog.Handler {
	var h journalHandler
	for i, p := range priorities {
		h[i] = slog.NewJSONHandler(markingWriter{w, p.mark}, options)
	}
	return h
}

func (h journalHandler) Enabled(ctx context.Context, l slog.Level) bool { return h[0].Enabled(ctx, l) }

func (h journalHandler) Handle(ctx context.Context, r slog.Record) error {
	for i, p := range priorities {
		if r.Level >= p.from {
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

// markingWriter is written to a line at a time, and passes it on in one piece: another record's does not come between.
type markingWriter struct {
	w    io.Writer
	mark string
}

func (m markingWriter) Write(line []byte) (int, error) {
	n, err := m.w.Write(append([]byte(m.mark), line...))
	return max(0, n-len(m.mark)), err
}
