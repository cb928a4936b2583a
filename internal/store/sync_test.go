package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// TestWhatIsWrittenWhen: essential changes at once, progress and evidence every five minutes, and nothing without a change.
func TestWhatIsWrittenWhen(t *testing.T) {
	s, _ := open(t, t.TempDir())
	f := newFarm(s, 3)
	s.Load(f.now)
	for i, step := range []struct {
		change func()
		want   bool
	}{
		{func() {}, true}, // new printers
		{func() {}, false},
		{func() { f.probe(printing(), 0, 1, 2) }, true},
		{func() { f.probe(printing(), 0, 1, 2) }, false}, // progress
		{func() { f.probe(fails(789), 1) }, true},
		{func() { f.probe(fails(789), 1) }, true}, // the backoff grows
		{func() { f.now = f.now.Add(fullInterval) }, true},
		{func() { f.now = f.now.Add(fullInterval) }, false},
		{func() { f.records[2].Identity.Name = "another" }, true},
		{func() { f.records[2].RemovedAt = f.now }, true},
		{func() { f.records = f.records[:2] }, true},
		{func() {}, false},
	} {
		step.change()
		if got := s.Sync(f.now, f.all()); got != step.want {
			t.Errorf("step %d: written is %t", i, got)
		}
	}
	if keys(t, s, printersBucket) != 2 {
		t.Errorf("%d printers", keys(t, s, printersBucket))
	}
}

// TestAGonePrinterLeavesNothing, and what is known of its neighbours stays.
func TestAGonePrinterLeavesNothing(t *testing.T) {
	s, _ := open(t, t.TempDir())
	f := newFarm(s, 3)
	f.probe(printing(), 0, 1, 2).probe(complete(), 0, 1, 2).probe(fails(785), 0, 1, 2)
	s.Sync(f.now, f.all())
	f.records = slices.Delete(f.records, 1, 2)
	s.Sync(f.now, f.all())
	for number, want := range map[uint64]int{1: 2, 2: 0, 3: 2} {
		periods, prints := s.Past(number, begin, f.now.Add(time.Hour))
		if len(periods) != want || len(prints) != want/2 {
			t.Errorf("printer %d has %d periods and %d prints", number, len(periods), len(prints))
		}
	}
}

// TestDamageDuringARun: the file is replaced, and has everything that is in memory.
func TestDamageDuringARun(t *testing.T) {
	dir := t.TempDir()
	s, log := open(t, dir)
	f := newFarm(s, 300)
	f.probe(printing(), 0)
	s.Sync(f.now, f.all())
	key := s.Key()
	overwrite(t, filepath.Join(dir, fileName), 8192, make([]byte, s.Stats().Size-8192))
	f.probe(fails(785), 0)
	for range 3 {
		f.now = f.now.Add(fullInterval)
		s.Sync(f.now, f.all())
	}
	if _, err := os.Stat(filepath.Join(dir, fileName+"."+damaged)); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	s = reopen(t, s, dir)
	if got := s.Load(f.now); len(got) != 300 || !got[0].Status.LostDuringPrint() || string(s.Key()) != string(key) {
		t.Errorf("%d records\n%s", len(got), log)
	}
}

// TestThePastIsBounded: the newest thousand periods stay, and those of the last 90 days.
func TestThePastIsBounded(t *testing.T) {
	s, _ := open(t, t.TempDir())
	f := newFarm(s, 2)
	f.probe(printing(), 0, 1)
	s.Sync(f.now, f.all())
	at := f.now.Add(-2 * maxAge)
	put := func(number uint64, n int, step time.Duration) {
		if err := s.update(func(tx *bbolt.Tx) error {
			var all error
			for i := range n {
				key := timeKey(number, at.Add(time.Duration(i)*step))
				all = errors.Join(all, tx.Bucket(periodsBucket).Put(key, []byte("plugin 785 host_disconnected")),
					tx.Bucket(printsBucket).Put(key, []byte(`{"start":"2026-01-01T00:00:00Z","outcome":1}`)))
			}
			return all
		}); err != nil {
			t.Fatal(err)
		}
	}
	put(1, 180, 24*time.Hour)
	put(2, 3000, time.Minute)
	for range 4 {
		f.probe(printing(), 0, 1)
		s.nextFull = f.now
		s.Sync(f.now, f.all())
	}
	periods, prints := s.Past(1, at, f.now)
	if first := periods[0].Since; len(periods) != 91 || first.After(f.now.Add(-maxAge)) || first.Before(f.now.Add(-maxAge-25*time.Hour)) {
		t.Errorf("%d periods from %v", len(periods), f.now.Sub(first))
	}
	if len(prints) < 88 || len(prints) > 91 {
		t.Errorf("%d prints", len(prints))
	}
	if n := keys(t, s, periodsBucket); n != 91+2 {
		t.Errorf("%d periods are in the file", n)
	}
}

func TestThePastIsReadByTime(t *testing.T) {
	s, _ := open(t, t.TempDir())
	f := newFarm(s, 3)
	for range 4 { // a minute each
		f.probe(printing(), 0, 1).probe(fails(785), 1).probe(complete(), 1).probe(fails(601), 2)
	}
	s.Sync(f.now, f.all())
	minute := func(n int) time.Time { return begin.Add(time.Duration(n) * time.Minute) }
	for name, c := range map[string]struct {
		since, until    time.Time
		periods, prints int
	}{
		"everything":                  {begin, f.now.Add(time.Hour), 9, 4},
		"nothing yet":                 {begin.Add(-time.Hour), begin, 0, 0},
		"later: the last period":      {f.now.Add(time.Hour), f.now.Add(2 * time.Hour), 1, 0},
		"the second round":            {minute(5), minute(9), 3, 1},
		"a print that goes on":        {minute(6), minute(6).Add(time.Second), 2, 1},
		"between, one period goes on": {minute(8), minute(8).Add(time.Second), 1, 0},
	} {
		periods, prints := s.Past(2, c.since, c.until)
		if len(periods) != c.periods || len(prints) != c.prints {
			t.Errorf("%s: %d periods and %d prints", name, len(periods), len(prints))
		}
		if !slices.IsSortedFunc(periods, func(a, b probe.Verdict) int { return a.Since.Compare(b.Since) }) {
			t.Errorf("%s: not sorted", name)
		}
	}
}

// TestAFileShrinks at the start when most of it is free.
func TestAFileShrinks(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 20_000)
	s.Sync(f.now, f.all())
	before := s.Stats().Size
	f.records = f.records[:10]
	s.Sync(f.now, f.all())
	s = reopen(t, s, dir)
	if after := s.Stats().Size; after > before/10 {
		t.Errorf("%d bytes of %d", after, before)
	}
	if got := len(s.Load(f.now)); got != 10 {
		t.Errorf("%d records", got)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName+".compact")); err == nil {
		t.Error("the copy is left behind")
	}
	if s, err := Open(dir, discard); err == nil {
		t.Errorf("the new file is not locked: %v", s)
	}
}

func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	s, _ := open(b, dir)
	f := newFarm(s, 10_000)
	for i := range f.records {
		f.probe(printing(), i).probe(fails(785), i)
	}
	s.Sync(f.now, f.all())
	b.ReportMetric(float64(s.Stats().Size)/1e4, "bytes/printer")
	for b.Loop() {
		s = reopen(b, s, dir)
		if len(s.Load(f.now)) != 10_000 {
			b.Fatal("records are missing")
		}
	}
}

func BenchmarkSync(b *testing.B) {
	s, _ := open(b, b.TempDir())
	f := newFarm(s, 10_000)
	s.Sync(f.now, f.all())
	b.Run("idle", func(b *testing.B) {
		for b.Loop() {
			s.Sync(f.now, f.all())
		}
	})
	b.Run("a_full_write", func(b *testing.B) {
		all := make([]int, len(f.records))
		for i := range all {
			all[i] = i
		}
		for b.Loop() {
			f.probe(printing(), all...)
			f.now = f.now.Add(fullInterval)
			s.Sync(f.now, f.all())
		}
	})
}

// TestHoursOfTheFleet are written once a minute, and those that are too old are deleted.
func TestHoursOfTheFleet(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	var hours []probe.Hour
	for i := range 5 {
		start := begin.UTC().Truncate(time.Hour).Add(time.Duration(i) * time.Hour)
		hours = append(hours, probe.Hour{Start: start, Known: time.Hour, Down: [7]time.Duration{5: time.Duration(i)}})
		s.SyncHours(start, func() []probe.Hour { return hours })
		s.SyncHours(start.Add(hoursInterval/2), func() []probe.Hour { t.Error("too early"); return nil })
	}
	s.SyncHours(begin.Add(24*time.Hour), func() []probe.Hour { return hours[2:] })
	s = reopen(t, s, dir)
	if d := cmp.Diff(hours[2:], s.LoadHours()); d != "" {
		t.Error(d)
	}
}
