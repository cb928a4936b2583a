package store

import (
	"bytes"
	"time"

	"go.etcd.io/bbolt"
)

// prunedParts is into how many parts the printers are divided, of which each full write prunes one: all are pruned once a day.
const prunedParts = int(24 * time.Hour / fullInterval)

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
		for _, name := range [...][]byte{periodsBucket, printsBucket} {
			if err := prunePrinter(tx.Bucket(name), k, now.Add(-maxAge)); err != nil {
				return err
			}
		}
		k, _ = c.Next()
	}
	s.nextPruned = 0
	if len(k) == 8 {
		s.nextPruned = parseNumber(k)
	}
	return nil
}

// prunePrinter deletes the oldest entries of a printer: all but maxEntries, and those that were followed by another one before
// oldest.
func prunePrinter(b *bbolt.Bucket, prefix []byte, oldest time.Time) error {
	keys := keysFrom(b, prefix, prefix)
	for i, k := range keys {
		old := false
		if i+1 < len(keys) {
			next, ok := parseTimeKey(keys[i+1])
			old = ok && next.Before(oldest)
		}
		if !old && len(keys)-i <= maxEntries {
			return nil
		}
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// deletePast deletes all entries of a printer.
func deletePast(b *bbolt.Bucket, number uint64) error {
	_, err := deleteAfter(b, number, time.Time{})
	return err
}

// deleteAfter deletes the entries of a printer that are later than a time, and returns whether there was any.
func deleteAfter(b *bbolt.Bucket, number uint64, at time.Time) (deleted bool, err error) {
	prefix := numberKey(number)
	for _, k := range keysFrom(b, prefix, timeKey(number, at.Add(time.Millisecond))) {
		if err := b.Delete(k); err != nil {
			return deleted, err
		}
		deleted = true
	}
	return deleted, nil
}

// keysFrom returns the keys with a prefix that are not before first.
func keysFrom(b *bbolt.Bucket, prefix, first []byte) (keys [][]byte) {
	c := b.Cursor()
	for k, _ := c.Seek(first); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}
