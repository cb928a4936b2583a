package exporter

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// TestManyReloadsTakeTwo: callers that come during a run share the next one, and get its result. A caller after that gets a new one.
func TestManyReloadsTakeTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, runs := make(chan error), 0
		s := newSharedRun(func() error { runs++; return <-release })
		var first, second error
		var others [50]error
		var group sync.WaitGroup
		group.Go(func() { first = s.do() })
		synctest.Wait()
		for i := range others {
			group.Go(func() { others[i] = s.do() })
		}
		synctest.Wait()
		isFirst, isSecond := errors.New("first"), errors.New("second")
		release <- isFirst
		synctest.Wait()
		group.Go(func() { second = s.do() }) // during the second run
		synctest.Wait()
		release <- isSecond
		release <- nil
		group.Wait()
		if runs != 3 || !errors.Is(first, isFirst) || second != nil {
			t.Errorf("%d runs; the first caller gets %v, the last one %v", runs, first, second)
		}
		for i, err := range others {
			if !errors.Is(err, isSecond) {
				t.Errorf("caller %d gets %v", i, err)
			}
		}
	})
}

// TestPanicOfASharedRun: the caller that runs the function gets its panic, the others an error, and the next call works.
func TestPanicOfASharedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps := make(chan func())
		s := newSharedRun(func() error { (<-steps)(); return nil })
		var group sync.WaitGroup
		panics := 0
		var shared error
		group.Go(func() { _ = s.do() })
		synctest.Wait()
		group.Go(func() {
			defer func() {
				if recover() != nil {
					panics++
				}
			}()
			_ = s.do()
		})
		synctest.Wait()
		group.Go(func() { shared = s.do() })
		synctest.Wait()
		steps <- func() {}
		steps <- func() { panic("bug") }
		group.Wait()
		if panics != 1 || !errors.Is(shared, errRunPanicked) {
			t.Errorf("%d panics; the other caller gets %v", panics, shared)
		}
		group.Go(func() { steps <- func() {} })
		if err := s.do(); err != nil {
			t.Error(err)
		}
		group.Wait()
	})
}
