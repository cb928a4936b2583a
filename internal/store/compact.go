package store

import (
	"errors"
	"os"

	"go.etcd.io/bbolt"
)

// A file is compacted at the start if more than half of it is free, and at least minFree bytes: bbolt never shrinks a file.
const minFree = 4 << 20

// compactTx is how many bytes are copied per transaction.
const compactTx = 8 << 20

// compact returns the database in a file of the size that it needs. db is closed where that is another one. After an error db
// is still open, unless the returned database is nil.
func compact(path string, db *bbolt.DB) (*bbolt.DB, error) {
	info, err := os.Stat(path)
	if err != nil {
		return db, err
	}
	free := int64(db.Stats().FreePageN) * int64(db.Info().PageSize)
	if free < minFree || free < info.Size()/2 {
		return db, nil
	}
	smaller := path + ".compact"
	to, err := copyTo(smaller, db)
	if err != nil {
		return db, errors.Join(err, os.Remove(smaller))
	}
	return replaceFile(path, smaller, db, to)
}

// copyTo copies the database into a new file, which it opens.
func copyTo(path string, db *bbolt.DB) (to *bbolt.DB, err error) {
	if err := os.RemoveAll(path); err != nil { // left by a process that was killed
		return nil, err
	}
	f, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	if to, err = openDatabase(path, f); err != nil {
		return nil, err
	}
	if err := guard(func() error { return bbolt.Compact(to, db, compactTx) }); err != nil {
		return nil, errors.Join(err, guard(to.Close))
	}
	return to, nil
}
