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
	if err := copyTo(smaller, db); err != nil {
		return db, errors.Join(err, os.Remove(smaller))
	}
	if err := guard(db.Close); err != nil {
		return nil, err
	}
	if err := os.Rename(smaller, path); err != nil {
		return nil, err
	}
	return openDatabase(path)
}

func copyTo(path string, db *bbolt.DB) error {
	if err := os.RemoveAll(path); err != nil { // left by a process that was killed
		return err
	}
	return guard(func() error {
		to, err := bbolt.Open(path, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
		if err != nil {
			return err
		}
		return errors.Join(bbolt.Compact(to, db, compactTx), to.Close())
	})
}
