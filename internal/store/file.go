package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// format is the version of what the buckets hold.
const format = 1

// lockTimeout is for how long another process may still have the file: one that is about to end.
const lockTimeout = 2 * time.Second

// lockRetryInterval is the time between two attempts to lock the file.
const lockRetryInterval = 50 * time.Millisecond

// maxPopulated is the size up to which a file is read as a whole at the start: 1,000 busy printers need 90 days to fill it.
const maxPopulated = 64 << 20

// The buckets, and the keys of the first one.
var (
	buckets = [][]byte{printersBucket, pastBucket, hoursBucket} // besides the first one

	metaBucket     = []byte("meta")
	printersBucket = []byte("printers")
	pastBucket     = []byte("past")
	hoursBucket    = []byte("hours")

	formatKey = []byte("format")
	hashKey   = []byte("key")
)

func newKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key
}

// openFile opens or creates the file, and reads its key. It fails with an *unusableError where the file has to be set aside, and
// with ErrLocked.
func openFile(path string) (db *bbolt.DB, key []byte, err error) {
	f, err := lockFile(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = checkFile(f, info.Size())
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, judged(err, info)
	}
	if db, err = openDatabase(path, f); err != nil {
		return nil, nil, judged(err, info)
	}
	key, err = readMeta(db)
	if err != nil {
		if unusable, ok := errors.AsType[*unusableError](err); !ok || !unusable.panicked {
			_ = guard(db.Close) // otherwise a transaction can be open, for which Close would wait for ever
		}
		return nil, nil, judged(err, info)
	}
	if db, err = compact(path, db); db == nil {
		return nil, nil, err
	}
	return db, key, nil
}

// judged returns an error with the file that it is about.
func judged(err error, file os.FileInfo) error {
	if unusable, ok := errors.AsType[*unusableError](err); ok {
		unusable.file = file
	}
	return err
}

// lockFile opens or creates the file, and locks it. It waits while another process has the file, which can also replace it.
func lockFile(path string) (*os.File, error) {
	for end := time.Now().Add(lockTimeout); ; time.Sleep(lockRetryInterval) {
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
			return nil, &unusableError{reason: foreign, text: "it is not a regular file"}
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		locked, err := tryLock(f)
		if err == nil && locked && isAt(f, path) {
			return f, nil
		}
		_ = f.Close()
		switch {
		case err != nil:
			return nil, err
		case time.Now().After(end):
			return nil, ErrLocked
		}
	}
}

// isAt reports whether a path leads to an open file.
func isAt(f *os.File, path string) bool {
	a, err := f.Stat()
	b, err2 := os.Stat(path)
	return err == nil && err2 == nil && os.SameFile(a, b)
}

// openDatabase opens the database in a file. bbolt locks the file once more, which changes nothing, and closes it.
func openDatabase(path string, f *os.File) (db *bbolt.DB, err error) {
	err = guard(func() error {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, MmapFlags: mmapFlags(path),
			OpenFile: func(string, int, os.FileMode) (*os.File, error) { return f, nil },
		})
		return err
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, &unusableError{reason: damaged, text: err.Error()}
	}
	return db, err
}

// readMeta checks the format and returns the key. It prepares a new file. It writes nothing to another one, because the disk can
// be full.
func readMeta(db *bbolt.DB) (key []byte, err error) {
	isNew := false
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			meta := tx.Bucket(metaBucket)
			if meta == nil {
				if name, _ := tx.Cursor().First(); name != nil {
					return &unusableError{reason: foreign, text: "it is the database of another program"}
				}
				isNew = true
				return nil
			}
			key = append(key, meta.Get(hashKey)...)
			return checkFormat(tx, meta)
		})
	})
	if err == nil && isNew {
		key = newKey()
		err = guard(func() error { return db.Update(func(tx *bbolt.Tx) error { return create(tx, key) }) })
	}
	return key, err
}

func checkFormat(tx *bbolt.Tx, meta *bbolt.Bucket) error {
	version, err := strconv.Atoi(string(meta.Get(formatKey)))
	switch {
	case err != nil || version < 1:
		return &unusableError{reason: foreign, text: "it is the database of another program"}
	case version > format:
		return &unusableError{reason: newer, text: fmt.Sprintf("its format is %d, and this version knows only %d", version, format)}
	case len(meta.Get(hashKey)) == 0:
		return &unusableError{reason: damaged, text: "it has no key"}
	}
	for _, name := range buckets {
		if tx.Bucket(name) == nil {
			return &unusableError{reason: damaged, text: fmt.Sprintf("it has no bucket %s", name)}
		}
	}
	return nil
}

// create makes the buckets of a new file.
func create(tx *bbolt.Tx, key []byte) error {
	for _, name := range append(buckets, metaBucket) {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	meta := tx.Bucket(metaBucket)
	if err := meta.Put(hashKey, key); err != nil {
		return err
	}
	return meta.Put(formatKey, strconv.AppendInt(nil, format, 10))
}
