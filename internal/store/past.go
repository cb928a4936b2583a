package store

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// How much of the past is kept of a printer.
const (
	maxDays    = 90
	maxEntries = 1000 // periods, and prints
)

// Past returns the periods and the prints of a printer that are kept, oldest first; none without a file.
func (s *Store) Past(number uint64) (periods []probe.Verdict, prints []probe.EndedPrint) {
	err := s.view(func(tx *bbolt.Tx) error {
		periods, prints = past(tx, number, time.Time{})
		return nil
	})
	if err != nil {
		s.failed("reading history failed", err)
	}
	return periods, prints
}

// past returns the newest entries of a printer, from the day on that has since.
func past(tx *bbolt.Tx, number uint64, since time.Time) (periods []probe.Verdict, prints []probe.EndedPrint) {
	for k, v := range days(tx.Bucket(pastBucket), number, since) {
		for _, e := range parseEntries(k, v) {
			if e.print != nil {
				prints = append(prints, *e.print)
			} else {
				periods = append(periods, *e.period)
			}
		}
	}
	slices.SortStableFunc(periods, func(a, b probe.Verdict) int { return a.Since.Compare(b.Since) }) // the clock may have been set back
	slices.SortStableFunc(prints, func(a, b probe.EndedPrint) int { return a.End.Compare(b.End) })
	return periods[max(0, len(periods)-maxEntries):], prints[max(0, len(prints)-maxEntries):]
}

// view reads in a transaction. Without a file it does nothing.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.db == nil {
		return nil
	}
	return guard(func() error { return s.db.View(f) })
}

// days yields the days of a printer, from the one on that has since. The bucket must not be changed meanwhile.
func days(b *bbolt.Bucket, number uint64, since time.Time) func(yield func(k, v []byte) bool) {
	return func(yield func(k, v []byte) bool) {
		c, prefix := b.Cursor(), numberKey(number)
		for k, v := c.Seek(dayKey(number, since)); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// appendPast adds entries to the past of a printer; those that are there already are left out.
func appendPast(b *bbolt.Bucket, number uint64, entries []entry) error {
	for len(entries) > 0 {
		key := dayKey(number, entries[0].at)
		before := b.Get(key)
		value, n := bytes.Clone(before), 0
		for ; n < len(entries) && bytes.Equal(dayKey(number, entries[n].at), key); n++ {
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
func deletePast(b *bbolt.Bucket, number uint64) error {
	var all error
	for _, k := range dayKeys(b, number, time.Time{}) {
		all = errors.Join(all, b.Delete(k))
	}
	return all
}

// dayKeys returns the keys of a printer's days, from the one on that has since.
func dayKeys(b *bbolt.Bucket, number uint64, since time.Time) (keys [][]byte) {
	for k := range days(b, number, since) {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}
