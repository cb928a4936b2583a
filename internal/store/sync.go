package store

import (
	"errors"
	"hash/maphash"
	"iter"
	"runtime"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// written is the state of a printer at its last write, reduced to what tells whether another one is needed.
type written struct {
	status    *probe.Status // as last seen; written or not
	identity  probe.Identity
	removedAt time.Time
	essence   uint64
	lastStart time.Time // of the newest period in the file
	lastEnd   time.Time // of the newest print in the file
	changed   bool      // since the last write
	added     int       // entries of the past since it was last pruned, about
	seen      uint64    // the number of the walk that found the printer
}

// change is a record to be written.
type change struct {
	record  probe.Record
	essence uint64
	written *written
}

// batchSize is how many records are written per transaction. bbolt keeps all pages that a transaction changes in memory, and their
// old versions in the file.
const batchSize = 250

// yieldEvery is the number of records between two yields to probes that are due: a full write of a large fleet takes half a second.
const yieldEvery = 8

// pastFill is the fill factor of pages when they are split: later keys are nearly always appended.
const pastFill = 0.9

// Sync writes what has changed: at once what is essential, at fullInterval all else. It is meant to be called every second, with
// the records of all printers. It returns whether it has written. A failure is counted and logged, and everything is written
// once writing is possible again.
func (s *Store) Sync(now time.Time, records iter.Seq[probe.Record]) bool {
	if !s.ready(now) {
		return false
	}
	full := !now.Before(s.nextFull)
	changes, gone := s.changes(records, full)
	if full {
		s.nextFull = now.Add(fullInterval)
	}
	if len(changes) == 0 && len(gone) == 0 {
		return false
	}
	if err := s.writeAll(now, changes, gone, full); err != nil {
		for _, c := range changes {
			c.written.status = nil // it is to be looked at again
		}
		s.writeFailed(now, err)
		return false
	}
	return true
}

// writeAll writes in transactions of batchSize records.
func (s *Store) writeAll(now time.Time, changes []change, gone []uint64, full bool) error {
	for batch := range slices.Chunk(changes, batchSize) {
		if err := s.update(func(tx *bbolt.Tx) error { return write(tx, s.packer, now, batch) }); err != nil {
			return err
		}
		s.writeSucceeded(now, batch)
	}
	for batch := range slices.Chunk(gone, batchSize) {
		if err := s.update(func(tx *bbolt.Tx) error { return remove(tx, now, batch) }); err != nil {
			return err
		}
		for _, number := range batch {
			delete(s.written, number)
		}
	}
	if !full {
		return nil
	}
	return s.update(func(tx *bbolt.Tx) error { return pruneOld(tx.Bucket(pastBucket), now) })
}

// changes returns the records to be written, and the numbers of the printers that are gone.
func (s *Store) changes(records iter.Seq[probe.Record], full bool) (changes []change, gone []uint64) {
	s.walk++
	for r := range records {
		w := s.written[r.Number]
		if w == nil {
			w = &written{changed: true}
			s.written[r.Number] = w
		}
		w.seen = s.walk
		essential := w.identity != r.Identity || !w.removedAt.Equal(r.RemovedAt)
		if w.status == r.Status && !essential && (!full || !w.changed) {
			continue
		}
		w.status, w.changed = r.Status, true
		essence := maphash.Comparable(s.seed, r.Status.Essence())
		if full || essential || essence != w.essence {
			changes = append(changes, change{r, essence, w})
		}
	}
	for number, w := range s.written {
		if w.seen != s.walk {
			gone = append(gone, number)
		}
	}
	return changes, gone
}

// update writes in one transaction.
func (s *Store) update(f func(*bbolt.Tx) error) error {
	db := s.db.Load()
	if db == nil {
		return errNoFile // a reader has found it to be damaged
	}
	return guard(func() error { return db.Update(f) })
}

// write writes changed printers with what is new of their past.
func write(tx *bbolt.Tx, p *packer, now time.Time, changes []change) error {
	printers, past := tx.Bucket(printersBucket), tx.Bucket(pastBucket)
	past.FillPercent = pastFill
	for i, c := range changes {
		if i%yieldEvery == 0 {
			runtime.Gosched()
		}
		value, err := p.pack(storedPrinter{c.record.Identity, c.record.RemovedAt, c.record.Status.Memory()})
		if err != nil {
			return err
		}
		if err := printers.Put(numberKey(c.record.Number), value); err != nil {
			return err
		}
		entries := c.newEntries()
		if err := appendPast(past, c.record.Number, entries); err != nil {
			return err
		}
		if c.written.added += len(entries); c.written.added > maxEntries {
			c.written.added = 0
			if err := prunePrinter(past, c.record.Number, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove deletes printers that are gone.
func remove(tx *bbolt.Tx, now time.Time, gone []uint64) error {
	printers, past := tx.Bucket(printersBucket), tx.Bucket(pastBucket)
	for _, number := range gone {
		if err := errors.Join(printers.Delete(numberKey(number)), deletePast(past, number, now)); err != nil {
			return err
		}
	}
	return nil
}

// newEntries returns what has happened since the last write, in the order of time.
func (c *change) newEntries() (entries []entry) {
	for _, v := range c.record.Status.Verdicts() {
		if v.Since.Before(c.written.lastStart) {
			break
		}
		entries = append(entries, entry{at: v.Since, period: &v})
	}
	for _, p := range slices.Backward(c.record.Status.Prints) {
		if !p.End.After(c.written.lastEnd) {
			break
		}
		entries = append(entries, entry{at: p.End, print: &p})
	}
	slices.Reverse(entries) // of two periods that begin at the same time, the newer one is last
	slices.SortStableFunc(entries, func(a, b entry) int { return a.at.Compare(b.at) })
	return entries
}

func (s *Store) writeSucceeded(now time.Time, changes []change) {
	for _, c := range changes {
		w := c.written
		w.identity, w.removedAt, w.essence, w.changed = c.record.Identity, c.record.RemovedAt, c.essence, false
		if v := c.record.Status.Verdicts(); len(v) > 0 {
			w.lastStart = v[0].Since
		}
		if n := len(c.record.Status.Prints); n > 0 {
			w.lastEnd = c.record.Status.Prints[n-1].End
		}
	}
	if !s.nextTry.IsZero() {
		s.log.Info("writing the storage file succeeded again", "file", s.path)
		s.nextTry = time.Time{}
	}
	s.lastWrite.Store(now.UnixMilli())
	s.updateSize()
}
