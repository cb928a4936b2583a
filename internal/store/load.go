package store

import (
	"bytes"
	"errors"
	"hash/maphash"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// Load returns what is remembered of all printers, as it is known at a time. It must be called before Sync, once. A record that
// cannot be read is left out.
func (s *Store) Load(now time.Time) []probe.Record {
	if s.db.Load() == nil {
		return nil
	}
	var records []probe.Record
	var broken [][]byte
	s.nextFull = now.Add(fullInterval)
	packed := newUnpacker()
	err := s.view(func(tx *bbolt.Tx) error {
		before := periodsBefore(tx.Bucket(pastBucket), now)
		c := tx.Bucket(printersBucket).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			stored, err := packed.unpack(v)
			if len(k) != 8 || err != nil {
				broken = append(broken, bytes.Clone(k))
				continue
			}
			records = append(records, s.restore(tx, parseNumber(k), &stored, before, now))
		}
		return nil
	})
	if err != nil {
		s.writeFailed(now, err)
		return nil
	}
	if len(broken) > 0 {
		s.errors.Add(1)
		s.log.Error("storage file has unreadable records, starting without them", "file", s.path, "records", len(broken))
	}
	s.restored = len(records)
	if err := s.update(func(tx *bbolt.Tx) error { return s.repair(tx, broken, now) }); err != nil && !errors.Is(err, errUnchanged) {
		s.writeFailed(now, err)
	}
	return records
}

// errUnchanged ends a transaction that has nothing to write.
var errUnchanged = errors.New("nothing is to be written")

// repair deletes printers that cannot be read, and what would have happened after now.
func (s *Store) repair(tx *bbolt.Tx, broken [][]byte, now time.Time) error {
	past := tx.Bucket(pastBucket)
	for _, key := range broken {
		err := tx.Bucket(printersBucket).Delete(key)
		if len(key) == 8 {
			err = errors.Join(err, deletePast(past, parseNumber(key), now)) // the number may be given to another printer
		}
		if err != nil {
			return err
		}
	}
	deleted, err := s.deleteFuture(past, now)
	if err == nil && deleted+len(broken) == 0 {
		return errUnchanged
	}
	return err
}

// recentDays is of how many days besides today the past is read into memory: of yesterday, because memory has the last 24 hours.
const recentDays = 1

// restore returns the record of a printer with its recent past. before has the periods before that.
func (s *Store) restore(tx *bbolt.Tx, number uint64, stored *storedPrinter, before map[uint64]probe.Verdict, now time.Time) probe.Record {
	periods, prints := past(tx.Bucket(pastBucket), number, now.Add(day), recentDays+1)
	if v, ok := before[number]; ok {
		periods = slices.Insert(periods, 0, v)
	}
	for i := range periods {
		periods[i].Since = earlier(periods[i].Since, now)
	}
	for i := range prints {
		prints[i].Start, prints[i].End = earlier(prints[i].Start, now), earlier(prints[i].End, now)
	}
	status := probe.NewStatus(probe.Target{}).Restored(stored.Memory, now).WithPast(periods, prints)
	w := &written{identity: stored.Identity, removedAt: stored.RemovedAt, essence: maphash.Comparable(s.seed, status.Essence())}
	if v := status.Verdicts(); len(v) > 0 {
		w.lastStart = v[0].Since
	}
	if len(prints) > 0 {
		w.lastEnd = prints[len(prints)-1].End
	}
	s.written[number] = w
	return probe.Record{Number: number, Identity: stored.Identity, RemovedAt: stored.RemovedAt, Status: &status}
}

// deleteFuture deletes today and tomorrow where something would have happened after now: the clock was set back. The next Sync
// writes what is kept of them in memory, where it happened now. Later days stay, and are not read before they come: more likely
// the clock is not set yet, as on computers that have none of their own and begin in 1970.
func (s *Store) deleteFuture(b *bbolt.Bucket, now time.Time) (deleted int, err error) {
	return deleteKeys(b, func(c *bbolt.Cursor) (keys [][]byte) {
		end := dayKey(now.Add(2*day), 0)
		for k, v := c.Seek(dayKey(now, 0)); k != nil && bytes.Compare(k, end) < 0; k, v = c.Next() {
			if !slices.ContainsFunc(parseEntries(k, v), func(e entry) bool { return e.at.After(now) }) {
				continue
			}
			keys = append(keys, bytes.Clone(k))
			if _, number, _ := parseDayKey(k); s.written[number] != nil {
				w := s.written[number]
				w.lastStart, w.lastEnd, w.essence = time.Time{}, time.Time{}, 0
			}
		}
		return keys
	})
}

func earlier(a, b time.Time) time.Time {
	if a.After(b) {
		return b
	}
	return a
}
