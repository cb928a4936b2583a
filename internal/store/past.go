package store

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// How much of the past is kept of a printer.
const (
	maxAge     = 90 * 24 * time.Hour
	maxEntries = 1000 // periods, and prints
)

// recentPast returns the periods and the prints of the last day, as many as are kept in memory.
func recentPast(tx *bbolt.Tx, number uint64, now time.Time) ([]probe.Verdict, []probe.EndedPrint) {
	return past(tx, number, now.Add(-24*time.Hour), now.Add(maxAge), 100)
}

// Past returns the periods and the prints of a printer that overlap the time from since to until, oldest first, 1,000 of each
// at most; none without a file. The first period may have begun before since.
func (s *Store) Past(number uint64, since, until time.Time) (periods []probe.Verdict, prints []probe.EndedPrint) {
	err := s.view(func(tx *bbolt.Tx) error {
		periods, prints = past(tx, number, since, until, maxEntries)
		return nil
	})
	if err != nil {
		s.failed("reading history failed", err)
	}
	return periods, prints
}

// past is Past with another limit.
func past(tx *bbolt.Tx, number uint64, since, until time.Time, limit int) (periods []probe.Verdict, prints []probe.EndedPrint) {
	backward(tx.Bucket(periodsBucket), number, until, func(k, v []byte) bool {
		p, ok := parsePeriod(k, v)
		if ok {
			periods = append(periods, p)
		}
		return len(periods) < limit && (!ok || p.Since.After(since))
	})
	backward(tx.Bucket(printsBucket), number, until.Add(maxAge), func(k, v []byte) bool {
		p, ok := parsePrint(k, v)
		if ok && p.Start.Before(until) && !p.End.Before(since) {
			prints = append(prints, p)
		}
		return len(prints) < limit && (!ok || !p.End.Before(since))
	})
	slices.Reverse(periods)
	slices.Reverse(prints)
	return periods, prints
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

// backward calls f with the entries of a printer that begin before a time, the newest first, until f returns false.
func backward(b *bbolt.Bucket, number uint64, before time.Time, f func(k, v []byte) bool) {
	c, prefix := b.Cursor(), numberKey(number)
	k, v := c.Seek(timeKey(number, before))
	if k == nil {
		k, v = c.Last()
	}
	for k != nil && bytes.Compare(k, timeKey(number, before)) >= 0 {
		k, v = c.Prev()
	}
	for ; bytes.HasPrefix(k, prefix) && f(k, v); k, v = c.Prev() {
	}
}
