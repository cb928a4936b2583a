//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package store

import (
	"errors"
	"os"

	"go.etcd.io/bbolt"
)

// tryLock leaves it to bbolt to lock the file.
func tryLock(*os.File) (locked bool, err error) { return true, nil }

// replaceFile gives a database the path of another one. Open files cannot be renamed, so both are closed before.
func replaceFile(path, newPath string, old, db *bbolt.DB) (*bbolt.DB, error) {
	if err := errors.Join(guard(db.Close), guard(old.Close)); err != nil {
		return nil, err
	}
	if err := os.Rename(newPath, path); err != nil {
		return nil, err
	}
	f, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	return openDatabase(path, f)
}
