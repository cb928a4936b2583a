package store

import (
	"bytes"
	"time"

	"go.etcd.io/bbolt"
)

// maxPruned is how many old days a full write deletes at most.
const maxPruned = 5000

// pruneOld deletes days that are too old. A period that began before is known to the printer's Memory if it is still in force.
func pruneOld(b *bbolt.Bucket, now time.Time) error {
	oldest := dayKey(now.Add(-MaxDays*day), 0)
	_, err := deleteKeys(b, func(c *bbolt.Cursor) (keys [][]byte) {
		for k, _ := c.First(); k != nil && bytes.Compare(k, oldest) < 0 && len(keys) < maxPruned; k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		return keys
	})
	return err
}

// prunePrinter deletes the days of a printer before its newest entries.
func prunePrinter(b *bbolt.Bucket, number uint64, now time.Time) error {
	entries := 0
	for _, k := range dayKeys(number, now, MaxDays) {
		if entries >= 2*maxEntries {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		entries += bytes.Count(b.Get(k), []byte("\n"))
	}
	return nil
}

// deleteKeys deletes the keys that a function finds, and returns how many: a cursor is not valid after a change.
func deleteKeys(b *bbolt.Bucket, find func(*bbolt.Cursor) [][]byte) (n int, err error) {
	keys := find(b.Cursor())
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}
