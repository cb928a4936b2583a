package store

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

const fileName = "state.db"

// How long writes are put off.
const (
	fullInterval  = 5 * time.Minute // between two writes of everything that has changed
	retryInterval = time.Minute     // after a write that failed
)

// Store writes to state.db what is remembered of printers, and reads it. Sync and Close are called by one goroutine, all else by
// any.
type Store struct {
	log  *slog.Logger
	path string
	key  []byte

	db     atomic.Pointer[bbolt.DB]      // nil: there is no usable file
	damage atomic.Pointer[unusableError] // that a reader has found

	opened    os.FileInfo // the file; nil: it is not used any more, or was not usable at the start
	packer    *packer
	seed      maphash.Seed        // of the hashes of essences
	written   map[uint64]*written // by number; nothing else is in the file
	walk      uint64              // the number of the last walk over all records
	nextFull  time.Time
	nextTry   time.Time // after a failure; zero: the last write succeeded
	nextHours time.Time

	hoursWritten time.Time // when hours were last written; zero: none is in the file

	restored  int
	size      atomic.Int64
	lastWrite atomic.Int64 // Unix time in milliseconds; 0: never
	errors    atomic.Uint64
}

// Stats are the figures of a Store.
type Stats struct {
	Size      int64     // of the file in bytes; 0 without one
	LastWrite time.Time // zero: none was successful
	Errors    uint64    // failed attempts to open, read or write the file
	Restored  int       // printers that were read at the start
}

// Stats returns the present figures.
func (s *Store) Stats() Stats {
	stats := Stats{Size: s.size.Load(), Errors: s.errors.Load(), Restored: s.restored}
	if at := s.lastWrite.Load(); at != 0 {
		stats.LastWrite = time.UnixMilli(at)
	}
	return stats
}

// Key returns the key of the keyed hashes in identities.
func (s *Store) Key() []byte { return s.key }

// ErrLocked says that another process has opened the file.
var ErrLocked = errors.New("another process uses it; each exporter needs a folder of its own")

// Open opens or creates state.db in a folder, which is created if only it is missing. It fails with ErrLocked only. A file that
// cannot be read is set aside. Without a usable file nothing survives, and a record is logged.
func Open(dir string, log *slog.Logger) (*Store, error) {
	s := &Store{log: log, path: filepath.Join(dir, fileName), key: newKey(), seed: maphash.MakeSeed(), packer: newPacker(), written: map[uint64]*written{}}
	err := s.open()
	switch {
	case errors.Is(err, ErrLocked):
		return nil, fmt.Errorf("storage.path %s: %s: %w", dir, fileName, ErrLocked)
	case err != nil:
		s.failed("storage unavailable, keeping state in memory only", err)
	}
	return s, nil
}

// failed counts and logs a failure.
func (s *Store) failed(message string, err error) {
	s.errors.Add(1)
	s.log.Error(message, "file", s.path, "error", err)
}

// open opens the file, or a new one where it is unusable.
func (s *Store) open() error {
	if err := os.Mkdir(filepath.Dir(s.path), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	db, key, err := openFile(s.path)
	if unusable, ok := errors.AsType[*unusableError](err); ok {
		if err := s.setAside(unusable); err != nil {
			return err
		}
		db, key, err = openFile(s.path)
	}
	if err != nil {
		return err
	}
	s.key = key
	s.db.Store(db)
	s.updateSize()
	s.opened, err = os.Stat(s.path)
	return err
}

// setAside renames a file that cannot be used, so that a new one can be made. An older file that was set aside for the same
// reason is replaced. It does nothing if another process has replaced the file in the meantime.
func (s *Store) setAside(why *unusableError) error {
	aside := s.path + "." + why.reason
	if at, err := os.Stat(s.path); why.file != nil && (err != nil || !os.SameFile(at, why.file)) {
		return nil //nolint:nilerr // there is nothing to set aside any more
	}
	if err := os.Remove(aside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(s.path, aside); err != nil {
		return err
	}
	s.errors.Add(1)
	s.log.Error("storage file unusable, starting without it", "file", s.path, "renamed_to", aside, "error", why)
	return nil
}

func (s *Store) updateSize() {
	if info, err := os.Stat(s.path); err == nil {
		s.size.Store(info.Size())
	}
}

// Close writes everything that has changed and closes the file. The Store must not be used any more.
func (s *Store) Close(now time.Time, records iter.Seq[probe.Record], hours func() []probe.Hour) {
	s.nextFull, s.nextTry, s.nextHours = time.Time{}, time.Time{}, time.Time{}
	s.Sync(now, records)
	if hours != nil {
		s.SyncHours(now, hours)
	}
	if err := s.close(); err != nil {
		s.failed("closing the storage file failed", err)
	}
}

// close closes the file without writing.
func (s *Store) close() error {
	db := s.db.Swap(nil)
	if db == nil {
		return nil
	}
	return guard(db.Close) // waits for readers
}
