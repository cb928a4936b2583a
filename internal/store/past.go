package store

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// MaxDays is for how many days the past is kept, and maxEntries how many periods, and how many prints, of a printer.
const (
	MaxDays    = 90
	maxEntries = 1000
)

// Past returns the periods and the prints of a printer that are kept at a time, oldest first; none without a file.
func (s *Store) Past(number uint64, now time.Time) (periods []probe.Verdict, prints []probe.EndedPrint) {
	err := s.view(func(tx *bbolt.Tx) error {
		periods, prints = past(tx.Bucket(pastBucket), number, now, MaxDays)
		return nil
	})
	if err != nil {
		s.failed("reading history failed", err)
	}
	return periods, prints
}

// past returns the entries of a printer of a number of days before now.
func past(b *bbolt.Bucket, number uint64, now time.Time, n int) (periods []probe.Verdict, prints []probe.EndedPrint) {
	var all []entry
	for _, k := range slices.Backward(dayKeys(number, now, n)) {
		all = append(all, parseEntries(k, b.Get(k))...)
	}
	periods, prints = splitEntries(all)
	return periods[max(0, len(periods)-maxEntries):], prints[max(0, len(prints)-maxEntries):]
}

// maxLookBack is how many days of printers are searched at the start for periods that were in force when yesterday began, so that
// a file with months of a large fleet does not delay it: ten days of 10,000 printers.
const maxLookBack = 100_000

// periodsBefore returns by number the periods that were in force when yesterday began, of printers with a later one that does not
// reach back for 24 hours.
func periodsBefore(b *bbolt.Bucket, now time.Time) map[uint64]probe.Verdict {
	missing, before, yesterday := map[uint64]bool{}, map[uint64]probe.Verdict{}, dayKey(now.Add(-recentDays*day), 0)
	c := b.Cursor()
	for k, v := c.Seek(yesterday); k != nil; k, v = c.Next() {
		_, number, _ := parseDayKey(k)
		if _, known := missing[number]; known {
			continue
		}
		if periods, _ := splitEntries(parseEntries(k, v)); len(periods) > 0 {
			missing[number] = periods[0].Since.After(now.Add(-day))
		}
	}
	maps.DeleteFunc(missing, func(_ uint64, missing bool) bool { return !missing })
	k, v := seekBefore(c, yesterday)
	for n := 0; n < maxLookBack && k != nil && len(missing) > 0; n++ {
		if _, number, _ := parseDayKey(k); missing[number] {
			if periods, _ := splitEntries(parseEntries(k, v)); len(periods) > 0 {
				before[number] = periods[len(periods)-1]
				delete(missing, number)
			}
		}
		k, v = c.Prev()
	}
	return before
}

// seekBefore moves a cursor to the last key before a key.
func seekBefore(c *bbolt.Cursor, key []byte) (k, v []byte) {
	if k, _ := c.Seek(key); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// splitEntries returns the periods and the prints, the oldest first: the clock may have been set back.
func splitEntries(entries []entry) (periods []probe.Verdict, prints []probe.EndedPrint) {
	for _, e := range entries {
		if e.print != nil {
			prints = append(prints, *e.print)
		} else {
			periods = append(periods, *e.period)
		}
	}
	slices.SortStableFunc(periods, func(a, b probe.Verdict) int { return a.Since.Compare(b.Since) })
	slices.SortStableFunc(prints, func(a, b probe.EndedPrint) int { return a.End.Compare(b.End) })
	return periods, prints
}

// Days calls a function with the days of all printers that are kept at a time, the newest day first, until it returns false: the
// beginning of the day, the number of the printer, and its periods and prints of that day, the oldest first.
func (s *Store) Days(now time.Time, f func(start time.Time, number uint64, periods []probe.Verdict, prints []probe.EndedPrint) bool) {
	err := s.view(func(tx *bbolt.Tx) error {
		c, oldest := tx.Bucket(pastBucket).Cursor(), dayKey(now.Add(-MaxDays*day), 0)
		for k, v := c.Last(); k != nil && bytes.Compare(k, oldest) >= 0; k, v = c.Prev() {
			start, number, ok := parseDayKey(k)
			if !ok {
				continue
			}
			periods, prints := splitEntries(parseEntries(k, v))
			if !f(start, number, periods, prints) {
				break
			}
		}
		return nil
	})
	if err != nil {
		s.failed("reading history failed", err)
	}
}

// view reads in a transaction. Without a file it does nothing. A file that turns out to be damaged is not used any more, because the
// panic can have left it locked: the next reader would wait forever. The next Sync replaces it.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	db := s.db.Load()
	if db == nil {
		return nil
	}
	err := guard(func() error { return db.View(f) })
	if unusable, ok := errors.AsType[*unusableError](err); ok && s.db.CompareAndSwap(db, nil) {
		s.damage.Store(unusable)
	}
	return err
}

// dayKeys returns the keys of a printer's day that has now and of n days before, the newest first.
func dayKeys(number uint64, now time.Time, n int) [][]byte {
	keys := make([][]byte, 0, n+1)
	for i := range n + 1 {
		keys = append(keys, dayKey(now.Add(-time.Duration(i)*day), number))
	}
	return keys
}

// appendPast adds entries to the past of a printer; those that are there already are left out.
func appendPast(b *bbolt.Bucket, number uint64, entries []entry) error {
	for len(entries) > 0 {
		key := dayKey(entries[0].at, number)
		before := b.Get(key)
		value, n := bytes.Clone(before), 0
		for ; n < len(entries) && bytes.Equal(dayKey(entries[n].at, number), key); n++ {
			line := []byte(entries[n].line())
			if !bytes.HasPrefix(value, line) && !bytes.Contains(value, append([]byte("\n"), line...)) {
				value = append(value, line...)
			}
		}
		if len(value) > len(before) {
			if err := b.Put(key, lastLines(value, 2*maxEntries)); err != nil {
				return err
			}
		}
		entries = entries[n:]
	}
	return nil
}

// lastLines returns the last n lines of a text.
func lastLines(text []byte, n int) []byte {
	for extra := bytes.Count(text, []byte("\n")) - n; extra > 0; extra-- {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	return text
}

// deletePast deletes the past of a printer.
func deletePast(b *bbolt.Bucket, number uint64, now time.Time) error {
	for _, k := range dayKeys(number, now, MaxDays) {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
