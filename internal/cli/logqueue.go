package cli

import (
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// maxQueuedLog bounds the bytes of records that wait to be written. As many again may be in the write that is under way.
const maxQueuedLog = 1 << 20

// logTimeout is how long the end of the program waits for the reader of the log.
const logTimeout = 500 * time.Millisecond

// logQueue is a writer of log records whose Write never waits: a goroutine of its own writes them to another writer, in
// order. Records that the queue has no room for are dropped and counted, and so are those whose write fails. When a write
// succeeds again, a record tells how many are missing at that place.
type logQueue struct {
	to      io.Writer
	direct  *slog.Logger // writes to `to`, for the record about dropped ones
	dropped atomic.Uint64
	written chan struct{} // closed when the goroutine has ended, after close
	broken  chan struct{} // holds a token when a write has failed

	mu      sync.Mutex
	wake    chan struct{} // holds a token when there are records; closed by close
	closed  bool
	pending []byte
	records int // in pending
	missing int // dropped ones that no record has told of; they came after those in pending
}

// newLogQueue returns a queue in front of a writer. direct must write to the same one.
func newLogQueue(to io.Writer, direct *slog.Logger) *logQueue {
	q := &logQueue{to: to, direct: direct, wake: make(chan struct{}, 1), written: make(chan struct{}), broken: make(chan struct{}, 1)}
	go q.run()
	return q
}

// Dropped returns how many records were dropped since the start.
func (q *logQueue) Dropped() uint64 { return q.dropped.Load() }

// Write takes one record. It never fails.
func (q *logQueue) Write(record []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.pending)+len(record) > maxQueuedLog {
		q.missing++
		q.dropped.Add(1)
		return len(record), nil
	}
	q.pending = append(q.pending, record...)
	q.records++
	select {
	case q.wake <- struct{}{}:
	default: // a token is there already
	}
	return len(record), nil
}

func (q *logQueue) run() {
	defer close(q.written)
	for range q.wake {
		q.writePending()
	}
	q.writePending() // what came between the last token and close
}

// writePending writes all records that are pending, with one system call.
func (q *logQueue) writePending() {
	q.mu.Lock()
	pending, records, missing := q.pending, q.records, q.missing
	q.pending, q.records, q.missing = nil, 0, 0
	q.mu.Unlock()
	if records == 0 {
		return
	}
	if _, err := q.to.Write(pending); err != nil { // as to a pipe whose reader has ended
		select {
		case q.broken <- struct{}{}:
		default: // a token is there already
		}
		q.dropped.Add(uint64(records))
		q.mu.Lock()
		q.missing += records + missing
		q.mu.Unlock()
		return
	}
	if missing > 0 {
		q.direct.Warn("log records dropped: the reader is too slow, or gone", "records", missing)
	}
}

// close writes what is pending, waits for that for logTimeout at most, and reports whether it was enough. Later records are
// dropped. It can be called again.
func (q *logQueue) close() (ok bool) {
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.wake)
	}
	q.mu.Unlock()
	timer := time.NewTimer(logTimeout)
	defer timer.Stop()
	select {
	case <-q.written:
		return true
	case <-timer.C:
		return false
	}
}
