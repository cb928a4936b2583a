package store

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
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
	if err := checkFile(path); err != nil {
		return nil, nil, err
	}
	db, err = openDatabase(path)
	if err != nil {
		return nil, nil, err
	}
	key, err = readMeta(db)
	if err != nil {
		_ = guard(db.Close)
		return nil, nil, err
	}
	if db, err = compact(path, db); db == nil {
		return nil, nil, err
	}
	return db, key, nil
}

func openDatabase(path string) (db *bbolt.DB, err error) {
	err = guard(func() error {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType, MmapFlags: mmapFlags(path),
		})
		return err
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		return nil, &unusableError{damaged, err.Error()}
	}
	return db, err
}

// The beginning of a bbolt file: two meta pages, of which each has a header of 16 bytes.
const (
	pageHeader = 16
	metaSize   = 64
	magic      = 0xED0CDAED
)

// checkFile checks what bbolt does not check before it reads: that the file is a regular one, that it is a database, and that
// it is as long as the database is.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &unusableError{foreign, "it is not a regular file"}
	case info.Size() == 0:
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	first := make([]byte, pageHeader+metaSize)
	if _, err := io.ReadFull(f, first); err != nil {
		return &unusableError{foreign, "it is too short for a database"}
	}
	size := int64(binary.NativeEndian.Uint32(first[pageHeader+8:]))
	second := make([]byte, pageHeader+metaSize)
	if size < 1<<9 || size > 1<<16 {
		size = int64(os.Getpagesize())
	}
	_, _ = f.ReadAt(second, size)
	end, valid := int64(0), false
	for _, page := range [...][]byte{first, second} {
		m := page[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(m[:56])
		if binary.NativeEndian.Uint32(m) != magic || binary.NativeEndian.Uint64(m[56:]) != sum.Sum64() {
			continue
		}
		if pages := binary.NativeEndian.Uint64(m[40:]); pages < 1<<40 {
			end, valid = max(end, int64(pages)*size), true
		}
	}
	switch {
	case !valid && binary.NativeEndian.Uint32(first[pageHeader:]) != magic:
		return &unusableError{foreign, "it is not a database"}
	case !valid:
		return &unusableError{damaged, "its first pages are damaged"}
	case end > info.Size():
		return &unusableError{damaged, fmt.Sprintf("it has %d bytes of %d", info.Size(), end)}
	}
	return nil
}

// readMeta checks the format and returns the key. It prepares a new file.
func readMeta(db *bbolt.DB) (key []byte, err error) {
	err = guard(func() error {
		return db.Update(func(tx *bbolt.Tx) error {
			meta := tx.Bucket(metaBucket)
			if meta == nil {
				if name, _ := tx.Cursor().First(); name != nil {
					return &unusableError{foreign, "it is the database of another program"}
				}
				return create(tx)
			}
			version, err := strconv.Atoi(string(meta.Get(formatKey)))
			switch {
			case err != nil || version < 1:
				return &unusableError{foreign, "it is the database of another program"}
			case version > format:
				return &unusableError{newer, fmt.Sprintf("its format is %d, and this version knows only %d", version, format)}
			}
			for _, name := range buckets {
				if tx.Bucket(name) == nil {
					return &unusableError{damaged, fmt.Sprintf("it has no bucket %s", name)}
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			key = append(key, tx.Bucket(metaBucket).Get(hashKey)...)
			return nil
		})
	})
	if err == nil && len(key) == 0 {
		err = &unusableError{damaged, "it has no key"}
	}
	return key, err
}

// create makes the buckets of a new file.
func create(tx *bbolt.Tx) error {
	for _, name := range append(buckets, metaBucket) {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	meta := tx.Bucket(metaBucket)
	if err := meta.Put(hashKey, newKey()); err != nil {
		return err
	}
	return meta.Put(formatKey, strconv.AppendInt(nil, format, 10))
}
