package store

import (
	"errors"
	"os"
	"time"

	"go.etcd.io/bbolt"
)

// ready reports whether the file can be written. A file that was deleted, and one that could not be replaced, is made again. One
// that was replaced by another file is left alone, because that may be a backup for the next start.
func (s *Store) ready(now time.Time) bool {
	if s.opened == nil || now.Before(s.nextTry) {
		return false
	}
	if damage := s.damage.Load(); damage != nil {
		return s.replace(now, damage)
	}
	if s.db.Load() == nil {
		return s.renew(now)
	}
	at, err := os.Stat(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		s.failed("storage file was deleted, making a new one", err)
		_ = s.close()
		return s.renew(now)
	case err == nil && !os.SameFile(at, s.opened):
		s.opened = nil
		s.size.Store(0)
		s.failed("storage file was replaced, keeping state in memory only until the restart", errors.Join(errReplaced, s.close()))
		return false
	}
	return true
}

var (
	errReplaced = errors.New("another file is at its path")
	errNoFile   = errors.New("there is no file")
)

// writeFailed logs the first of several failures. A damaged file is replaced.
func (s *Store) writeFailed(now time.Time, err error) {
	if unusable, ok := errors.AsType[*unusableError](err); ok {
		s.replace(now, unusable)
		return
	}
	if s.nextTry.IsZero() {
		s.failed("writing the storage file failed, keeping state in memory", err)
	} else {
		s.errors.Add(1)
	}
	s.nextTry, s.nextFull = now.Add(retryInterval), now
}

// replace makes a new file in place of one that turned out to be damaged. The old one is not closed: a panic can leave a
// transaction open, for which Close would wait forever.
func (s *Store) replace(now time.Time, why *unusableError) bool {
	s.db.Store(nil)
	s.damage.Store(nil)
	if err := s.setAside(why); err != nil {
		s.writeFailed(now, err)
		return false
	}
	return s.renew(now)
}

// renew makes a new file. All records are written to it by the next Sync.
func (s *Store) renew(now time.Time) bool {
	s.written, s.nextFull, s.hoursWritten = map[uint64]*written{}, time.Time{}, time.Time{}
	key := s.key
	err := s.open()
	if err == nil {
		err = s.keepKey(key)
	}
	if err != nil {
		_ = s.close() // without that key the records in it are of no use
		s.writeFailed(now, err)
	}
	return err == nil
}

// keepKey writes the key that identities have been made with.
func (s *Store) keepKey(key []byte) error {
	s.key = key
	return s.update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(hashKey, key) })
}
