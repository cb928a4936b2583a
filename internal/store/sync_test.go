package store

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/fault"
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

// TestAGonePrinterLeavesNothing, and what is known of its neighbors stays.
func TestAGonePrinterLeavesNothing(t *testing.T) {
	s, _ := open(t, t.TempDir())
	f := newFarm(s, 3)
	f.probe(printing(), 0, 1, 2).probe(complete(), 0, 1, 2).probe(fails(785), 0, 1, 2)
	s.Sync(f.now, f.all())
	f.records = slices.Delete(f.records, 1, 2)
	s.Sync(f.now, f.all())
	for number, want := range map[uint64]int{1: 2, 2: 0, 3: 2} {
		periods, prints := s.Past(number, f.now)
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
	put := func(number uint64, n int, step time.Duration) {
		var entries []entry
		for i := range n {
			at := f.now.Add(time.Duration(i-n) * step)
			entries = append(entries, entry{at: at, period: &probe.Verdict{Since: at}}, entry{at: at, print: &probe.EndedPrint{Start: at, End: at, Outcome: probe.PrintComplete}})
		}
		if err := s.update(func(tx *bbolt.Tx) error { return appendPast(tx.Bucket(pastBucket), number, entries) }); err != nil {
			t.Fatal(err)
		}
	}
	put(1, 180, day)
	put(2, 5000, 10*time.Minute)
	s.written[2].added = 5000
	for range 4 {
		f.probe(printing(), 0, 1)
		s.nextFull = f.now
		s.Sync(f.now, f.all())
	}
	periods, prints := s.Past(1, f.now)
	if first := f.now.Sub(periods[0].Since); len(periods) < MaxDays || first > (MaxDays+1)*day {
		t.Errorf("%d periods from %v ago", len(periods), first)
	}
	if len(prints) < MaxDays || len(prints) > MaxDays+2 {
		t.Errorf("%d prints", len(prints))
	}
	if periods, prints = s.Past(2, f.now); len(periods) != maxEntries || len(prints) != maxEntries {
		t.Errorf("%d periods and %d prints", len(periods), len(prints))
	}
	if n := keys(t, s, pastBucket); n > MaxDays+2+10 {
		t.Errorf("%d days are in the file", n)
	}
}

// TestLines: what is written of an entry is what is read.
func TestLines(t *testing.T) {
	at := begin.Add(12345 * time.Millisecond)
	for line, e := range map[string]entry{
		"28812345 ok\n":                               {at: at, period: &probe.Verdict{Since: at}},
		"28812345 unknown\n":                          {at: at, period: &probe.Verdict{Since: at, Unknown: true}},
		"28812345 plugin 785 host_disconnected\n":     {at: at, period: &probe.Verdict{Since: at, Fault: fault.FromPlugin(785)}},
		"28812345 exporter 0 resolve_failed\n":        {at: at, period: &probe.Verdict{Since: at, Fault: fault.ResolveFailed}},
		"28812345 print 1799999000500 failed 0.475\n": {at: at, print: &probe.EndedPrint{Start: time.UnixMilli(1_799_999_000_500), End: at, Outcome: probe.PrintFailed, Progress: .475}},
	} {
		if got := e.line(); got != line {
			t.Errorf("%q, not %q", got, line)
		}
		read := parseEntries(dayKey(at, 7), []byte(line))
		if len(read) != 1 || read[0].line() != line || !read[0].at.Equal(at) {
			t.Errorf("%q is read as %+v", line, read)
		}
	}
	for _, bad := range []string{"", "\n", "x ok\n", "-1 ok\n", "5\n", "5 print\n", "5 print 1 nonsense 0\n", "5 print x failed 0\n", "5 print 1 failed x\n"} {
		if read := parseEntries(dayKey(at, 7), []byte(bad)); len(read) != 0 {
			t.Errorf("%q is read as %+v", bad, read)
		}
	}
	for _, foreign := range []string{"5 plugin 785 no_such_reason\n", "5 plugin x host_disconnected\n"} {
		if read := parseEntries(dayKey(at, 7), []byte(foreign)); len(read) != 1 || !read[0].period.Unknown {
			t.Errorf("%q is read as %+v", foreign, read)
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

// BenchmarkMonth simulates a month of a fleet in which each printer has four changes of status and three prints per day. Its metrics
// are how much of the file is used, and how much was allocated.
func BenchmarkMonth(b *testing.B) {
	const printers = 300
	for b.Loop() {
		s, _ := open(b, b.TempDir())
		f := newFarm(s, printers)
		for i := range f.records {
			rare := target(i)
			rare.Interval = day // no gap is seen between two changes
			f.records[i].Status = new(probe.NewStatus(rare))
		}
		s.Sync(f.now, f.all())
		steps := []func() probe.Result{printing, complete, func() probe.Result { return fails(785) }, printing, complete, func() probe.Result { return fails(601) }, printing, complete}
		for n := range 30 * len(steps) {
			at := begin.Add(time.Duration(n) * day / time.Duration(len(steps)))
			for p := range f.records {
				f.now = at.Add(time.Duration(p) * time.Second)
				f.probe(steps[n%len(steps)](), p)
				if p%10 == 0 {
					s.Sync(f.now, f.all())
				}
			}
			s.Sync(f.now, f.all())
		}
		if err := s.view(func(tx *bbolt.Tx) error {
			used := tx.Size() - int64(s.db.Load().Stats().FreePageN*s.db.Load().Info().PageSize)
			b.ReportMetric(float64(used)/printers, "bytes/printer")
			b.ReportMetric(float64(tx.Size())/printers, "with_free_bytes/printer")
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad opens and reads the file of fleets in which each printer had a day of changes.
func BenchmarkLoad(b *testing.B) {
	for _, printers := range []int{10_000, 50_000} {
		b.Run(strconv.Itoa(printers), func(b *testing.B) {
			dir := b.TempDir()
			s, _ := open(b, dir)
			f := newFarm(s, printers)
			all := make([]int, printers)
			for i := range all {
				all[i] = i
			}
			for range 4 {
				f.probe(printing(), all...).probe(fails(785), all...)
			}
			s.Sync(f.now, f.all())
			b.ReportMetric(float64(s.Stats().Size)/float64(printers), "bytes/printer")
			for b.Loop() {
				s = reopen(b, s, dir)
				if len(s.Load(f.now.Add(time.Second))) != printers {
					b.Fatal("records are missing")
				}
			}
		})
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

// TestHoursBeforeOneInTheFuture, in which the clock was wrong, are written.
func TestHoursBeforeOneInTheFuture(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	now := begin.UTC().Truncate(time.Hour)
	hours := []probe.Hour{{Start: now, Known: time.Hour}, {Start: now.Add(3000 * day), Known: time.Hour}}
	all := func() []probe.Hour { return hours }
	s.SyncHours(now, all)
	s = reopen(t, s, dir)
	s.LoadHours()
	for range 3 {
		now = now.Add(time.Hour)
		hours = slices.Insert(hours, len(hours)-1, probe.Hour{Start: now, Known: time.Hour})
		s.SyncHours(now, all)
	}
	s = reopen(t, s, dir)
	if d := cmp.Diff(hours, s.LoadHours()); d != "" {
		t.Error(d)
	}
}

// TestHoursInANewFile: all are written, not only the newest.
func TestHoursInANewFile(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	now := begin.UTC().Truncate(time.Hour)
	var hours []probe.Hour
	for range 5 {
		hours = append(hours, probe.Hour{Start: now, Known: time.Hour})
		s.SyncHours(now, func() []probe.Hour { return hours })
		now = now.Add(time.Hour)
	}
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	s.SyncHours(now, func() []probe.Hour { return hours })
	s = reopen(t, s, dir)
	if d := cmp.Diff(hours, s.LoadHours()); d != "" {
		t.Error(d)
	}
}
