package collector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errTest = errors.New("a test")

// numbered writes so many pages, each full of its number.
func numbered(pages int, made *int) func(io.Writer) error {
	return func(w io.Writer) error {
		for i := range pages {
			*made = i + 1
			if _, err := w.Write(bytes.Repeat([]byte{byte(i)}, pageSize)); err != nil {
				return err
			}
		}
		return nil
	}
}

// joined is one more reader of a stream.
func joined(t *testing.T, s *stream) *reader {
	t.Helper()
	r, ok := s.join()
	if !ok {
		t.Fatal("it is too late to join")
	}
	return r
}

// rest reads what is left for a reader: the numbers of the pages, and how it ends.
func rest(r *reader) (pages []int, outcome error) {
	for {
		p, err := r.page()
		if err != nil {
			return pages, err
		}
		if len(p) != pageSize || p[0] != p[pageSize-1] {
			return pages, errors.New("a page is not as it was made")
		}
		pages = append(pages, int(p[0]))
	}
}

func upTo(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

// TestTenReadersCostOne: those who join read the same, each at its own pace, and it is made once.
func TestTenReadersCostOne(t *testing.T) {
	begun := 0
	s := newStream(newPages(), func(w io.Writer) error {
		begun++
		return numbered(20, new(int))(w)
	})
	var readers []*reader
	for range 10 {
		readers = append(readers, joined(t, s))
	}
	var all sync.WaitGroup
	for i, r := range readers {
		all.Go(func() {
			defer r.leave()
			pages, err := rest(r)
			if d := cmp.Diff(upTo(20), pages); d != "" || !errors.Is(err, io.EOF) {
				t.Errorf("reader %d: %v %s", i, err, d)
			}
		})
	}
	all.Wait()
	if begun != 1 {
		t.Errorf("made %d times", begun)
	}
}

// TestSlowReaderHoldsUpNobody: another one reads to the end, and the slow one still gets it all.
func TestSlowReaderHoldsUpNobody(t *testing.T) {
	s := newStream(newPages(), numbered(3*kept/2, new(int)))
	slow, fast := joined(t, s), joined(t, s)
	first, err := slow.page()
	if err != nil {
		t.Fatal(err)
	}
	if pages, err := rest(fast); !errors.Is(err, io.EOF) || !cmp.Equal(upTo(3*kept/2), pages) {
		t.Errorf("fast: %v %v", err, pages)
	}
	fast.leave()
	if first[0] != 0 || first[pageSize-1] != 0 {
		t.Error("the page that is being read was used again")
	}
	if pages, err := rest(slow); !errors.Is(err, io.EOF) || !cmp.Equal(upTo(3 * kept / 2)[1:], pages) {
		t.Errorf("slow: %v %v", err, pages)
	}
	slow.leave()
}

// TestPagesAreMadeWhenTheyAreWanted: and what was read is not kept for ever.
func TestPagesAreMadeWhenTheyAreWanted(t *testing.T) {
	made := 0
	s := newStream(newPages(), numbered(2*kept, &made))
	r := joined(t, s)
	defer r.leave()
	for i := range 2 * kept {
		if _, err := r.page(); err != nil {
			t.Fatal(err)
		}
		if made != i+1 {
			t.Fatalf("page %d is read, and %d are made", i, made)
		}
		if len(s.pages) > kept+1 {
			t.Fatalf("%d pages are kept", len(s.pages))
		}
	}
	if len(s.pages) > 2 {
		t.Errorf("%d pages are kept for a single reader who has read them", len(s.pages))
	}
}

// TestJoiningHasItsTime: who comes later gets an exposition of that later moment.
func TestJoiningHasItsTime(t *testing.T) {
	for what, c := range map[string]struct {
		pages  int
		before func(s *stream)
		want   bool
	}{
		"at once":              {2, func(*stream) {}, true},
		"while it is made":     {2 * kept, func(s *stream) { readPages(s, kept) }, true},
		"when it is long":      {2 * kept, func(s *stream) { readPages(s, kept+2) }, false},
		"when it is over":      {2, func(s *stream) { readPages(s, 3) }, false},
		"when values are old":  {2, func(*stream) { time.Sleep(joinable + time.Millisecond) }, false},
		"when all have left":   {2, func(s *stream) { s.readers[0].leave() }, false},
		"when it goes on late": {2, func(*stream) { time.Sleep(joinable) }, true},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStream(newPages(), numbered(c.pages, new(int)))
				first := joined(t, s)
				c.before(s)
				late, ok := s.join()
				if ok != c.want {
					t.Errorf("got %t", ok)
				}
				if ok {
					late.leave()
				}
				first.leave()
			})
		})
	}
}

func readPages(s *stream, n int) {
	for range n {
		_, _ = s.readers[0].page() // it fails after the last one, as it should
	}
}

// TestMakingEndsWhenAllHaveLeft: nothing goes on for nobody.
func TestMakingEndsWhenAllHaveLeft(t *testing.T) {
	var outcome error
	s := newStream(newPages(), func(w io.Writer) error {
		outcome = numbered(10, new(int))(w)
		return outcome
	})
	a, b := joined(t, s), joined(t, s)
	if _, err := a.page(); err != nil {
		t.Fatal(err)
	}
	a.leave()
	if outcome != nil {
		t.Errorf("it ended while there was a reader: %v", outcome)
	}
	b.leave()
	if !errors.Is(outcome, errUnread) {
		t.Errorf("it ended with %v", outcome)
	}
}

// TestFailureIsSeenByAll: nobody takes a part for the whole.
func TestFailureIsSeenByAll(t *testing.T) {
	for what, c := range map[string]struct {
		fail func() error
		want error
	}{
		"error": {func() error { return fmt.Errorf("making: %w", errTest) }, errTest},
		"panic": {func() error { panic(errTest) }, errBroken},
	} {
		t.Run(what, func(t *testing.T) {
			s := newStream(newPages(), func(w io.Writer) error {
				if err := numbered(1, new(int))(w); err != nil {
					return err
				}
				return c.fail()
			})
			a, b := joined(t, s), joined(t, s)
			for _, r := range []*reader{a, b, a} {
				func() {
					defer func() { _ = recover() }() // the first one to meet it panics as well
					if pages, err := rest(r); !errors.Is(err, c.want) {
						t.Errorf("%v after pages %v", err, pages)
					}
				}()
			}
			if _, err := b.page(); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			a.leave()
			b.leave()
		})
	}
}

// TestSlowReadersHoldLittle: fifty of them, each beside a fast one who has read all of it. A slow reader alone holds what
// it reads, and no more pages for others once it is too late to join.
func TestSlowReadersHoldLittle(t *testing.T) {
	const long = 4 * kept
	synctest.Test(t, func(t *testing.T) {
		pool := newPages()
		var most int64
		var slow []*reader
		cut := 0
		for range 50 {
			s := newStream(pool, numbered(long, new(int)))
			r, fast := joined(t, s), joined(t, s)
			if _, err := r.page(); err != nil {
				t.Fatal(err)
			}
			for {
				if _, err := fast.page(); err != nil {
					break
				}
				most = max(most, pool.held.Load())
			}
			fast.leave()
			slow = append(slow, r)
		}
		if limit := int64(plenty + 50*(far+1)); most > limit {
			t.Errorf("%d pages were held, more than %d", most, limit)
		}
		for _, r := range slow {
			if _, err := rest(r); errors.Is(err, errSlow) {
				cut++
			} else if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			r.leave()
		}
		if cut == 0 || cut == len(slow) {
			t.Errorf("%d of %d were cut off: not those, and only those, who made it too much", cut, len(slow))
		}
		if n := pool.held.Load(); n != 0 {
			t.Errorf("%d pages are held when all have left", n)
		}

		alone := joined(t, newStream(pool, numbered(long, new(int))))
		defer alone.leave()
		time.Sleep(joinable + 1)
		for range kept {
			if _, err := alone.page(); err != nil {
				t.Fatal(err)
			}
		}
		if n := pool.held.Load(); n > 1 {
			t.Errorf("a slow reader alone holds %d pages", n)
		}
	})
}
