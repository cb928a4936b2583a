package cli

import (
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pieces are what is written, a call an element.
type pieces []string

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, string(b))
	return len(b), nil
}

// TestRecordsAreMarked: each in one piece, by its level, with what its logger adds.
func TestRecordsAreMarked(t *testing.T) {
	var got pieces
	untimed := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}
	log := slog.New(newJournalHandler(&got, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: untimed}))
	log.Debug("no")
	log.Info("a")
	log.With("x", 1).Warn("b")
	log.WithGroup("g").Error("c", "y", 2)
	log.Log(t.Context(), slog.LevelError+4, "d")
	want := pieces{`<6>{"msg":"a"}`, `<4>{"msg":"b","x":1}`, `<3>{"msg":"c","g":{"y":2}}`, `<3>{"msg":"d"}`}
	for i := range want {
		want[i] += "\n"
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var all pieces
	slog.New(newJournalHandler(&all, &slog.HandlerOptions{Level: slog.LevelDebug - 4})).Log(t.Context(), slog.LevelDebug-4, "e")
	if len(all) != 1 || !strings.HasPrefix(all[0], "<7>{") {
		t.Errorf("below debug: %q", all)
	}
}

// narrow takes some bytes, and no more.
type narrow int

func (n narrow) Write([]byte) (int, error) { return int(n), errors.New("full") }

// TestMarksAreNotCounted: who writes a line learns how much of it was taken.
func TestMarksAreNotCounted(t *testing.T) {
	for taken, want := range map[narrow]int{0: 0, 2: 0, 3: 0, 5: 2} {
		if n, err := (markingWriter{taken, "<6>"}).Write([]byte("abc")); n != want || err == nil {
			t.Errorf("of %d bytes: %d, %v", taken, n, err)
		}
	}
}

func TestEachLineIsMarked(t *testing.T) {
	if got := marked("<3>", "a\n  b"); got != "<3>a\n<3>  b" {
		t.Errorf("%q", got)
	}
}
