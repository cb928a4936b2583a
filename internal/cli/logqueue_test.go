package cli

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// gate is a writer that can be closed for a while, or fail.
type gate struct {
	writes
	open chan struct{} // a write waits until it can receive; nil: it does not wait
	err  error
}

func (g *gate) Write(b []byte) (int, error) {
	if g.open != nil {
		<-g.open
	}
	if g.err != nil {
		return 0, g.err
	}
	return g.writes.Write(b)
}

// untimedLogger writes level, message and attributes.
func untimedLogger(to *gate) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

const droppedRecords = `level=WARN msg="log records dropped: the reader is too slow, or gone" records=`

// TestLogQueueKeepsOrder: nothing is lost while the log is read.
func TestLogQueueKeepsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var to gate
		q := newLogQueue(&to, untimedLogger(&to))
		var want string
		for i := range 1000 {
			record := strings.Repeat("x", i%100) + "\n"
			want += record
			if n, err := q.Write([]byte(record)); n != len(record) || err != nil {
				t.Errorf("%d %v", n, err)
			}
		}
		for range 2 {
			if !q.close() {
				t.Error("close fails")
			}
		}
		if got := strings.Join(to.writes, ""); got != want || q.Dropped() != 0 {
			t.Errorf("%d records are dropped\n%s", q.Dropped(), cmp.Diff(want, got))
		}
		if _, err := q.Write([]byte("late\n")); err != nil || q.Dropped() != 1 {
			t.Errorf("after close: %v", err)
		}
	})
}

// TestLogQueueDropsWhileNobodyReads: it never waits. When the log is read again, it tells how many records are missing.
func TestLogQueueDropsWhileNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := gate{open: make(chan struct{})}
		q := newLogQueue(&to, untimedLogger(&to))
		_, _ = q.Write([]byte("first\n"))
		synctest.Wait() // its write hangs
		const size, sent = 1 << 10, 1500
		for range sent {
			_, _ = q.Write([]byte(strings.Repeat("x", size-1) + "\n"))
		}
		const kept = maxQueuedLog / size
		if q.Dropped() != sent-kept {
			t.Errorf("%d records are dropped, want %d", q.Dropped(), sent-kept)
		}
		if q.close() {
			t.Error("close does not tell that the log is not read")
		}
		close(to.open)
		if !q.close() {
			t.Error("close fails while the log is read")
		}
		want := writes{"first\n", strings.Repeat(strings.Repeat("x", size-1)+"\n", kept), droppedRecords + "476\n"}
		if d := cmp.Diff(want, to.writes); d != "" {
			t.Error(d)
		}
	})
}

// TestLogQueueSurvivesFailedWrites: as to a pipe whose reader has ended.
func TestLogQueueSurvivesFailedWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := gate{err: errors.New("broken pipe")}
		q := newLogQueue(&to, untimedLogger(&to))
		for range 3 {
			_, _ = q.Write([]byte("x\n"))
			synctest.Wait()
		}
		to.err = nil
		_, _ = q.Write([]byte("y\n"))
		if !q.close() || q.Dropped() != 3 {
			t.Errorf("%d records are dropped", q.Dropped())
		}
		if d := cmp.Diff(writes{"y\n", droppedRecords + "3\n"}, to.writes); d != "" {
			t.Error(d)
		}
	})
}
