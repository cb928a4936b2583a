package collector

import (
	"errors"
	"io"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// stream is one exposition on its way to all who asked for it at about the same time. It is made page by page when the
// fastest reader wants more, so that a slow reader holds up nobody, and a page goes when all have read it: the text of
// 10,000 printers is 40 MB, and is never there as a whole. When slow readers make all streams together hold too much,
// those who lag behind are cut off.
type stream struct {
	begun time.Time
	pool  *pages

	mu      sync.Mutex
	next    func() ([]byte, bool)
	stop    func()
	outcome error     // of the making, once it is over; io.EOF: the text is whole
	ended   bool      // there will be no more pages
	pages   [][]byte  // those that somebody may still want
	gone    int       // how many came before them
	readers []*reader // empty: all have left, and nobody may join
	torn    bool      // somebody was cut off, who may still look at a page
}

// reader is somebody who reads a stream.
type reader struct {
	*stream
	at  int // the page that is being read
	cut bool
}

// pages are where streams take their pages from, and how many all of them hold.
type pages struct {
	pool sync.Pool
	held atomic.Int64
}

func newPages() *pages { return &pages{pool: sync.Pool{New: func() any { return new(page) }}} }

const (
	pageSize = 64 << 10
	// kept is how many pages are kept for readers who may yet join: 8 MB, a compressed exposition of 25,000 printers.
	kept = 128
	// joinable is how long after its beginning a stream's values are still those of the moment.
	joinable = 500 * time.Millisecond
	// plenty is how many pages all streams together hold, 64 MB, before readers who lag far behind are cut off.
	plenty = 1024
	far    = 16
)

var (
	errBroken = errors.New("making the exposition broke off")
	errSlow   = errors.New("read too slowly")
)

// newStream is a stream of what write writes.
func newStream(pool *pages, write func(io.Writer) error) *stream {
	s := &stream{begun: time.Now(), pool: pool, outcome: errBroken}
	s.next, s.stop = iter.Pull(func(yield func([]byte) bool) {
		w := &pageWriter{pool: &pool.pool, yield: yield}
		err := write(w)
		if err == nil {
			err = w.finish()
		}
		if err == nil {
			err = io.EOF
		}
		s.outcome = err
	})
	return s
}

// join gives a new reader from the beginning, false when it is too late for one.
func (s *stream) join() (*reader, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.gone > 0 || time.Since(s.begun) > joinable {
		return nil, false
	}
	r := &reader{stream: s, at: -1}
	s.readers = append(s.readers, r)
	return r, true
}

// page gives the next page, good until the one after it; io.EOF after the last one, another error when the making failed.
func (r *reader) page() ([]byte, error) {
	s := r.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.cut {
		return nil, errSlow
	}
	r.at++
	if s.gone+len(s.pages) > kept || time.Since(s.begun) > joinable {
		s.drop()
	}
	if r.at == s.gone+len(s.pages) && !s.ended {
		if s.pool.held.Load() >= plenty {
			s.cutOff()
		}
		s.ended = true // unless there is one more; next may panic
		if p, more := s.next(); more {
			s.ended, s.pages = false, append(s.pages, p)
			s.pool.held.Add(1)
		}
	}
	if r.at >= s.gone+len(s.pages) {
		return nil, s.outcome
	}
	return s.pages[r.at-s.gone], nil
}

// leave ends the reading; when all have left, so does the making.
func (r *reader) leave() {
	s := r.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readers = slices.DeleteFunc(s.readers, func(o *reader) bool { return o == r })
	if len(s.readers) == 0 {
		s.ended = true
		s.drop()
		s.stop()
	}
}

// cutOff ends the reading of those who lag far behind.
func (s *stream) cutOff() {
	s.readers = slices.DeleteFunc(s.readers, func(r *reader) bool {
		r.cut = s.gone+len(s.pages)-r.at > far
		s.torn = s.torn || r.cut
		return r.cut
	})
	s.drop()
}

// drop lets go of the pages that all readers have read.
func (s *stream) drop() {
	read := len(s.pages)
	for _, r := range s.readers {
		read = min(read, max(0, r.at-s.gone))
	}
	if !s.torn {
		for _, p := range s.pages[:read] {
			s.pool.pool.Put((*page)(p[:pageSize]))
		}
	}
	s.pool.held.Add(int64(-read))
	s.pages = slices.Delete(s.pages, 0, read)
	s.gone += read
}

type page [pageSize]byte

// pageWriter yields what is written in pages.
type pageWriter struct {
	pool  *sync.Pool
	yield func([]byte) bool
	page  []byte
}

var errUnread = errors.New("all readers have left")

func (w *pageWriter) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		if w.page == nil {
			w.page = w.pool.Get().(*page)[:0]
		}
		n := min(len(b), pageSize-len(w.page))
		w.page, b = append(w.page, b[:n]...), b[n:]
		if len(w.page) == pageSize {
			if err := w.finish(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

// finish yields the last page.
func (w *pageWriter) finish() error {
	if w.page == nil {
		return nil
	}
	p := w.page
	w.page = nil
	if !w.yield(p) {
		return errUnread
	}
	return nil
}
