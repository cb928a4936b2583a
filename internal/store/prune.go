package store

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// prunedParts is into how many parts the printers are divided, of which each full write prunes one: all are pruned once a day.
const prunedParts = int(day / fullInterval)

// prune deletes what is too old or too much of the past of the next printers.
func (s *Store) prune(tx *bbolt.Tx, now time.Time) error {
	c := tx.Bucket(printersBucket).Cursor()
	k, _ := c.Seek(numberKey(s.nextPruned))
	for range len(s.written)/prunedParts + 1 {
		if k == nil {
			if k, _ = c.First(); k == nil {
				return nil
			}
		}
		if err := prunePrinter(tx.Bucket(pastBucket), parseNumber(k), now); err != nil {
			return err
		}
		k, _ = c.Next()
	}
	s.nextPruned = 0
	if len(k) == 8 {
		s.nextPruned = parseNumber(k)
	}
	return nil
}

// prunePrinter deletes the days of a printer that have only what is too old or too much. The last period before that stays: it is
// the one that was in force.
func prunePrinter(b *bbolt.Bucket, number uint64, now time.Time) error {
	oldest, entries := dayOf(now.Add(-maxDays*day)), 0
	for _, k := range slices.Backward(dayKeys(b, number, time.Time{})) {
		start, ok := parseDay(k)
		value := b.Get(k)
		switch {
		case !ok, entries >= 2*maxEntries, start.Before(oldest) && entries > 0:
			if err := b.Delete(k); err != nil {
				return err
			}
		case start.Before(oldest):
			if err := b.Put(k, bytes.Clone(lastLines(value, 1))); err != nil {
				return err
			}
		}
		entries += bytes.Count(value, []byte("\n"))
	}
	return nil
}
