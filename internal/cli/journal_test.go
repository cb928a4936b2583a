package cli

import (
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writes are the texts of all calls of Write.
type writes []string

func (p *writes) Write(b []byte) (int, error) {
	*p = append(*p, string(b))
	return len(b), nil
}

// TestJournalPriorities: each record is written at once, with the priority of its level and the attributes of its logger.
func TestJournalPriorities(t *testing.T) {
	var got writes
	untimed := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(newJournalHandler(&got, func(to io.Writer) slog.Handler {
		return slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: untimed})
	}))
	log.Debug("no")
	log.Info("a")
	log.With("x", 1).Warn("b")
	log.WithGroup("g").Error("c", "y", 2)
	log.Log(t.Context(), slog.LevelError+4, "d")
	want := writes{`<6>{"msg":"a"}`, `<4>{"msg":"b","x":1}`, `<3>{"msg":"c","g":{"y":2}}`, `<3>{"msg":"d"}`}
	for i := range want {
		want[i] += "\n"
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var all writes
	slog.New(newJournalHandler(&all, func(to io.Writer) slog.Handler {
		return slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug - 4})
	})).Log(t.Context(), slog.LevelDebug-4, "e")
	if len(all) != 1 || !strings.HasPrefix(all[0], "<7>{") {
		t.Errorf("below debug: %q", all)
	}
}

// fullAfter is a writer that is full after some bytes.
type fullAfter int

func (n fullAfter) Write([]byte) (int, error) { return int(n), errors.New("full") }

// TestPrefixIsNotCounted: Write returns the number of bytes of the record.
func TestPrefixIsNotCounted(t *testing.T) {
	for taken, want := range map[fullAfter]int{0: 0, 2: 0, 3: 0, 5: 2} {
		if n, err := (prefixingWriter{taken, "<6>"}).Write([]byte("abc")); n != want || err == nil {
			t.Errorf("of %d bytes: %d, %v", taken, n, err)
		}
	}
}

func TestEachLineHasAPriority(t *testing.T) {
	if got := withPriority("<3>", "a\n  b"); got != "<3>a\n<3>  b" {
		t.Errorf("%q", got)
	}
}
